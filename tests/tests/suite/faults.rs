//! What a gateway process does when something around it breaks.
//!
//! `cargo xtask soak` runs these tests with the counts of a long run, which the variables that
//! [`plugwright_tests::count`] reads set.

mod client;
mod clients;
mod crash;
mod disk;
pub(crate) mod provider;
mod reconcile;
mod shop;
mod start;
mod stop;
mod upstream;

use plugwright_tests::count;
use plugwright_tests::gateway::Setup;

use crate::fixture;

fn setup() -> Setup {
    Setup::new(fixture::LOCAL)
}
