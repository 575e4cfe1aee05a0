//! What a gateway process does when something around it breaks.
//!
//! `cargo xtask soak` runs these tests with the counts of a long run, which the variables that
//! [`plugwright_tests::count`] reads set.
#![cfg(target_os = "linux")]

#[path = "faults/clients.rs"]
mod clients;
#[path = "faults/crash.rs"]
mod crash;
#[path = "faults/disk.rs"]
mod disk;
#[path = "faults/provider.rs"]
mod provider;
#[path = "faults/start.rs"]
mod start;
#[path = "faults/stop.rs"]
mod stop;
#[path = "faults/upstream.rs"]
mod upstream;

use plugwright_tests::count;
use plugwright_tests::gateway::Setup;

fn setup() -> Setup {
    Setup::new(env!("CARGO_BIN_EXE_local"))
}
