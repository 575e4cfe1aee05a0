-- Who made a request to connect, so that each may have only so many open. Those made before count
-- for nobody.
ALTER TABLE connection_requests ADD COLUMN principal TEXT COLLATE "C" NOT NULL DEFAULT '';

CREATE INDEX connection_requests_by_principal ON connection_requests (principal, created_at);
CREATE INDEX mcp_sessions_by_principal ON mcp_sessions (principal, expires_at);
