//! Calls through the whole gateway, with a real store, a real vault and a server on loopback.

#[path = "pipeline/authority.rs"]
mod authority;
#[path = "pipeline/bench.rs"]
mod bench;
#[path = "pipeline/connections.rs"]
mod connections;
#[path = "pipeline/idempotency.rs"]
mod idempotency;
#[path = "pipeline/options.rs"]
mod options;
#[path = "pipeline/outcomes.rs"]
mod outcomes;
#[path = "pipeline/secrets.rs"]
mod secrets;
