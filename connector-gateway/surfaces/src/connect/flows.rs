//! Accounts connected and refreshed at a certified authorization server.

mod bench;
mod flow;
mod refresh;
