//! MCP, against gateways in processes of their own: requests written by hand in every version that is
//! spoken, MCP's own clients, and its conformance suite.

mod calls;
mod clients;
mod conformance;
mod exposure;
mod http;
pub(crate) mod speaker;
