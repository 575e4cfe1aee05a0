-- Sessions of MCP clients that speak a version with sessions.
CREATE TABLE mcp_sessions (
  id BLOB NOT NULL PRIMARY KEY,
  principal TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX mcp_sessions_by_expiry ON mcp_sessions (expires_at);
