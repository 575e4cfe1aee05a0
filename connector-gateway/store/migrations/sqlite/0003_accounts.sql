-- Accounts: end users of projects beside organizations, OAuth, and requests to connect.

CREATE TABLE projects (
  id BLOB NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  details TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE provider_configs (
  id BLOB NOT NULL PRIMARY KEY,
  project BLOB NOT NULL REFERENCES projects (id),
  connector TEXT NOT NULL,
  details TEXT NOT NULL,
  version INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX provider_configs_by_project ON provider_configs (project, connector);

-- A provider config's own client, or the operator's for the connector.
CREATE TABLE oauth_clients (
  id BLOB NOT NULL PRIMARY KEY,
  connector TEXT NOT NULL,
  provider_config BLOB REFERENCES provider_configs (id) ON DELETE CASCADE,
  client_id TEXT NOT NULL,
  key_id TEXT,
  secret BLOB,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX oauth_clients_of_operator ON oauth_clients (connector) WHERE provider_config IS NULL;
CREATE UNIQUE INDEX oauth_clients_of_config ON oauth_clients (provider_config) WHERE provider_config IS NOT NULL;
CREATE INDEX oauth_clients_by_key ON oauth_clients (key_id) WHERE key_id IS NOT NULL;

-- `browser` and `state` are hashes. A state is there while a provider may send a browser back.
CREATE TABLE connection_requests (
  id BLOB NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  connector TEXT NOT NULL,
  connection BLOB NOT NULL,
  status TEXT NOT NULL,
  browser BLOB,
  state BLOB UNIQUE,
  details TEXT NOT NULL,
  error TEXT,
  expires_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX connection_requests_by_owner ON connection_requests (owner, connector);
CREATE INDEX connection_requests_by_connection ON connection_requests (connection);
CREATE INDEX connection_requests_by_expiry ON connection_requests (expires_at);

-- A key of a project, where it is one.
ALTER TABLE tokens ADD COLUMN project BLOB REFERENCES projects (id);

-- `owner` is `org:NAME` or `user:PROJECT:USER`; the columns beside it keep what it names in place.
CREATE TABLE accounts (
  id BLOB NOT NULL PRIMARY KEY,
  owner TEXT NOT NULL,
  organization TEXT REFERENCES organizations (name),
  project BLOB REFERENCES projects (id),
  provider_config BLOB REFERENCES provider_configs (id),
  connector TEXT NOT NULL,
  name TEXT NOT NULL,
  label TEXT,
  is_default INTEGER NOT NULL,
  scheme TEXT NOT NULL,
  status TEXT NOT NULL,
  account_id TEXT,
  account_label TEXT,
  settings TEXT NOT NULL,
  scopes TEXT,
  expires_at INTEGER,
  refresh_at INTEGER,
  key_id TEXT NOT NULL,
  secret BLOB NOT NULL,
  version INTEGER NOT NULL,
  credential_version INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

INSERT INTO accounts
  SELECT id, 'org:' || organization, organization, NULL, NULL, connector, name, NULL, is_default,
    scheme, status, account_id, account_label, settings, NULL, NULL, NULL, key_id, secret, version, 1,
    created_at, updated_at
  FROM connections ORDER BY rowid;

DROP TABLE connections;
ALTER TABLE accounts RENAME TO connections;

CREATE UNIQUE INDEX connections_by_name ON connections (owner, connector, name);
CREATE UNIQUE INDEX connections_by_default ON connections (owner, connector) WHERE is_default;
CREATE INDEX connections_by_key ON connections (key_id);

-- Who refreshes a connection's credential, and until when nobody else does. The fence grows with
-- each holder, so that one that is late is known.
CREATE TABLE refresh_leases (
  connection BLOB NOT NULL PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  instance BLOB NOT NULL,
  until INTEGER NOT NULL
) STRICT;
