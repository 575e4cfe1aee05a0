//! Accounts connected and refreshed at a certified authorization server.

mod bench;
mod damage;
mod entitlement;
mod flow;
mod refresh;
