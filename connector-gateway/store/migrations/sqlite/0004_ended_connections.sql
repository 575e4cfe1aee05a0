-- Connections of organizations that were deleted, without anything secret, for as long as one can
-- ask what became of them.
CREATE TABLE ended_connections (
  id BLOB NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL REFERENCES organizations (name) ON DELETE CASCADE,
  connector TEXT NOT NULL,
  name TEXT,
  label TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL
) STRICT;

CREATE INDEX ended_connections_by_organization ON ended_connections (organization);
CREATE INDEX ended_connections_by_end ON ended_connections (ended_at);
