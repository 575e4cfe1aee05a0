//! Calls through the whole gateway, with a real store, a real vault and a server on loopback.

mod authority;
mod bench;
mod caller_credentials;
mod connections;
mod graphql;
mod idempotency;
mod options;
mod outcomes;
mod reconcile;
mod secrets;
