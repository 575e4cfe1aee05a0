-- Connections of organizations that were deleted, without anything secret, for as long as one can
-- ask what became of them.
CREATE TABLE ended_connections (
  id UUID NOT NULL PRIMARY KEY,
  organization TEXT COLLATE "C" NOT NULL REFERENCES organizations (name) ON DELETE CASCADE,
  connector TEXT COLLATE "C" NOT NULL,
  name TEXT,
  label TEXT,
  created_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL
);

CREATE INDEX ended_connections_by_organization ON ended_connections (organization);
CREATE INDEX ended_connections_by_end ON ended_connections (ended_at);
