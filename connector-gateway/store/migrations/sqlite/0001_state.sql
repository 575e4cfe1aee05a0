-- Times are milliseconds since 1970, ids are the 16 bytes of a UUID.

CREATE TABLE tokens (
  id BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE,
  preview TEXT NOT NULL,
  granted TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER
) STRICT;

CREATE TABLE operator_token (
  only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  hash BLOB NOT NULL
) STRICT;

CREATE TABLE organizations (
  name TEXT NOT NULL PRIMARY KEY,
  created_at INTEGER NOT NULL
) STRICT;

INSERT INTO organizations VALUES ('default', unixepoch() * 1000);

CREATE TABLE connections (
  id BLOB NOT NULL PRIMARY KEY,
  organization TEXT NOT NULL REFERENCES organizations (name),
  connector TEXT NOT NULL,
  name TEXT NOT NULL,
  is_default INTEGER NOT NULL,
  scheme TEXT NOT NULL,
  status TEXT NOT NULL,
  account_id TEXT,
  account_label TEXT,
  settings TEXT NOT NULL,
  key_id TEXT NOT NULL,
  secret BLOB NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX connections_by_name ON connections (organization, connector, name);
CREATE UNIQUE INDEX connections_by_default ON connections (organization, connector) WHERE is_default = 1;
CREATE INDEX connections_by_key ON connections (key_id);

-- A claim without an outcome is running in the process `instance`, or was when that ended.
CREATE TABLE claims (
  principal TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint BLOB NOT NULL,
  run BLOB NOT NULL,
  repeatable INTEGER NOT NULL,
  instance BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  key_id TEXT,
  outcome BLOB,
  PRIMARY KEY (principal, key)
) STRICT;

CREATE INDEX claims_by_expiry ON claims (expires_at);
CREATE INDEX claims_by_key ON claims (key_id) WHERE key_id IS NOT NULL;

CREATE TABLE key_check (
  only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  key_id TEXT NOT NULL,
  sealed BLOB NOT NULL
) STRICT;
