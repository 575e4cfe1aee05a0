-- Times are milliseconds since 1970, but for `seen_at`, which only the server's clock sets.
-- The schema `plugwright` is made before this runs, and names stand for tables in it.

CREATE TABLE tokens (
  id UUID NOT NULL PRIMARY KEY,
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  name TEXT NOT NULL,
  hash BYTEA NOT NULL UNIQUE,
  preview TEXT NOT NULL,
  granted TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  revoked_at BIGINT
);

CREATE TABLE operator_token (
  only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  hash BYTEA NOT NULL
);

CREATE TABLE organizations (
  name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  created_at BIGINT NOT NULL
);

INSERT INTO organizations VALUES ('default', (extract(epoch FROM now()) * 1000)::BIGINT);

CREATE TABLE connections (
  id UUID NOT NULL PRIMARY KEY,
  number BIGINT GENERATED ALWAYS AS IDENTITY,
  organization TEXT COLLATE "C" NOT NULL REFERENCES organizations (name),
  connector TEXT COLLATE "C" NOT NULL,
  name TEXT COLLATE "C" NOT NULL,
  is_default BOOLEAN NOT NULL,
  scheme TEXT NOT NULL,
  status TEXT NOT NULL,
  account_id TEXT,
  account_label TEXT,
  settings TEXT NOT NULL,
  key_id TEXT NOT NULL,
  secret BYTEA NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX connections_by_name ON connections (organization, connector, name);
CREATE UNIQUE INDEX connections_by_default ON connections (organization, connector) WHERE is_default;
CREATE INDEX connections_by_key ON connections (key_id);

-- The processes that use the store. One that was not seen for a while has ended.
CREATE TABLE processes (
  instance UUID NOT NULL PRIMARY KEY,
  keys TEXT[] NOT NULL,
  seen_at TIMESTAMPTZ NOT NULL
);

-- A claim without an outcome is running in the process `instance`, or was when that ended. A key is
-- what a caller sends, and a text can't have the character 0.
CREATE TABLE claims (
  principal TEXT NOT NULL,
  key BYTEA NOT NULL,
  fingerprint BYTEA NOT NULL,
  run UUID NOT NULL,
  repeatable BOOLEAN NOT NULL,
  instance UUID NOT NULL,
  expires_at BIGINT NOT NULL,
  key_id TEXT,
  outcome BYTEA,
  PRIMARY KEY (principal, key)
);

CREATE INDEX claims_by_expiry ON claims (expires_at);
CREATE INDEX claims_by_key ON claims (key_id) WHERE key_id IS NOT NULL;

CREATE TABLE key_check (
  only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  key_id TEXT NOT NULL,
  sealed BYTEA NOT NULL
);

-- Every process keeps tokens and connections in memory, and forgets them when it is told of a
-- change, whoever made it.
CREATE FUNCTION tell_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_catalog.pg_notify('plugwright', TG_TABLE_NAME);
  RETURN NULL;
END
$$;

CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON tokens
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON connections
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
