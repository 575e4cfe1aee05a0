//! Calls through the whole gateway, with a real store, a real vault and a server on loopback.

mod bench;
mod connections;
mod idempotency;
mod options;
mod outcomes;
