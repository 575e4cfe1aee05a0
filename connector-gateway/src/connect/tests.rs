//! Accounts connected and refreshed at a certified authorization server.

mod bench;
mod entitlement;
mod flow;
mod refresh;
