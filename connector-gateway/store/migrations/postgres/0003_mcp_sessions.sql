-- Sessions of MCP clients that speak a version with sessions.

CREATE TABLE mcp_sessions (
  id UUID NOT NULL PRIMARY KEY,
  principal TEXT NOT NULL,
  expires_at BIGINT NOT NULL
);

CREATE INDEX mcp_sessions_by_expiry ON mcp_sessions (expires_at);
