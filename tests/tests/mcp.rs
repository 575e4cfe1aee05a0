//! MCP, against gateways in processes of their own: requests written by hand in every version that is
//! spoken, MCP's own clients, and its conformance suite.

#[path = "mcp/calls.rs"]
mod calls;
#[path = "mcp/clients.rs"]
mod clients;
#[path = "mcp/conformance.rs"]
mod conformance;
#[path = "mcp/exposure.rs"]
mod exposure;
#[path = "mcp/http.rs"]
mod http;
#[path = "mcp/speaker.rs"]
mod speaker;
