-- Accounts: end users of projects beside organizations, OAuth, and requests to connect.

CREATE TABLE projects (
  id UUID NOT NULL PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL UNIQUE,
  details TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE provider_configs (
  id UUID NOT NULL PRIMARY KEY,
  project UUID NOT NULL REFERENCES projects (id),
  connector TEXT COLLATE "C" NOT NULL,
  details TEXT NOT NULL,
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE INDEX provider_configs_by_project ON provider_configs (project, connector);

-- A provider config's own client, or the operator's for the connector.
CREATE TABLE oauth_clients (
  id UUID NOT NULL PRIMARY KEY,
  connector TEXT COLLATE "C" NOT NULL,
  provider_config UUID REFERENCES provider_configs (id) ON DELETE CASCADE,
  client_id TEXT NOT NULL,
  key_id TEXT,
  secret BYTEA,
  updated_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX oauth_clients_of_operator ON oauth_clients (connector) WHERE provider_config IS NULL;
CREATE UNIQUE INDEX oauth_clients_of_config ON oauth_clients (provider_config) WHERE provider_config IS NOT NULL;
CREATE INDEX oauth_clients_by_key ON oauth_clients (key_id) WHERE key_id IS NOT NULL;

-- `browser` and `state` are hashes. A state is there while a provider may send a browser back.
CREATE TABLE connection_requests (
  id UUID NOT NULL PRIMARY KEY,
  owner TEXT COLLATE "C" NOT NULL,
  connector TEXT COLLATE "C" NOT NULL,
  connection UUID NOT NULL,
  status TEXT NOT NULL,
  browser BYTEA,
  state BYTEA UNIQUE,
  details TEXT NOT NULL,
  error TEXT,
  expires_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

CREATE INDEX connection_requests_by_owner ON connection_requests (owner, connector);
CREATE INDEX connection_requests_by_connection ON connection_requests (connection);
CREATE INDEX connection_requests_by_expiry ON connection_requests (expires_at);

-- A key of a project, where it is one.
ALTER TABLE tokens ADD COLUMN project UUID REFERENCES projects (id);

-- `owner` is `org:NAME` or `user:PROJECT:USER`; the columns beside it keep what it names in place.
ALTER TABLE connections
  ADD COLUMN owner TEXT COLLATE "C",
  ADD COLUMN project UUID REFERENCES projects (id),
  ADD COLUMN provider_config UUID REFERENCES provider_configs (id),
  ADD COLUMN label TEXT,
  ADD COLUMN scopes TEXT,
  ADD COLUMN expires_at BIGINT,
  ADD COLUMN refresh_at BIGINT,
  ADD COLUMN credential_version BIGINT NOT NULL DEFAULT 1,
  ALTER COLUMN organization DROP NOT NULL;

UPDATE connections SET owner = 'org:' || organization;

ALTER TABLE connections ALTER COLUMN owner SET NOT NULL;

DROP INDEX connections_by_name;
DROP INDEX connections_by_default;
CREATE UNIQUE INDEX connections_by_name ON connections (owner, connector, name);
CREATE UNIQUE INDEX connections_by_default ON connections (owner, connector) WHERE is_default;

CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON provider_configs
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON projects
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();
CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON oauth_clients
  FOR EACH STATEMENT EXECUTE FUNCTION tell_of_change();

-- Who refreshes a connection's credential, and until when nobody else does, by the server's clock.
-- The fence grows with each holder, so that one that is late is known.
CREATE TABLE refresh_leases (
  connection UUID NOT NULL PRIMARY KEY REFERENCES connections (id) ON DELETE CASCADE,
  fence BIGINT NOT NULL,
  instance UUID NOT NULL,
  until BIGINT NOT NULL
);
