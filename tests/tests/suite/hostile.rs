//! What hostile callers, pages, providers and users of the same machine get: brief refusals, and a
//! process that serves everybody else as if nothing had happened.
//!
//! `cargo xtask soak` runs these tests with the counts of a long run, which the variables that
//! [`plugwright_tests::count`] reads set.
#![cfg(target_os = "linux")]

#[path = "hostile/authority.rs"]
mod authority;
#[path = "hostile/breaker.rs"]
mod breaker;
#[path = "hostile/budgets.rs"]
mod budgets;
#[path = "hostile/connections.rs"]
mod connections;
#[path = "hostile/disk.rs"]
mod disk;
#[path = "hostile/http2.rs"]
mod http2;
#[path = "hostile/pages.rs"]
mod pages;
#[path = "hostile/readers.rs"]
mod readers;
#[path = "hostile/secrets.rs"]
mod secrets;
#[path = "hostile/sessions.rs"]
mod sessions;
#[path = "hostile/world.rs"]
mod world;

use plugwright_tests::count;
