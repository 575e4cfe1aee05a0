//! The client against the self-hosted gateway in TypeScript, `oomol-lab/open-connector`.
//!
//! These tests are ignored, as the gateway is on no registry. They need one that runs on this machine
//! with `OOMOL_CONNECT_RUNTIME_TOKEN=oct_for_tests` and `OOMOL_CONNECT_ADMIN_TOKEN=admin_for_tests`, holds
//! no connection to GitHub, and whose connectors can't reach the internet:
//!
//! ```sh
//! PLUGWRIGHT_TS_GATEWAY_URL=http://127.0.0.1:3000 \
//!   cargo nextest run -p plugwright-client --all-features --run-ignored only
//! ```
//!
//! Loopback is closed to its connectors. If `PLUGWRIGHT_TS_GATEWAY_PROVIDER` is a private address of this
//! machine and the gateway runs with `OOMOL_CONNECT_ALLOW_PRIVATE_NETWORK=1`, a provider there is asked too.

mod calls;
mod catalog;
mod gateway;
mod provider;
mod repetitions;
mod tools;
