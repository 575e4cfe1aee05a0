//! What hostile callers, pages, providers and users of the same machine get: brief refusals, and a
//! process that serves everybody else as if nothing had happened.
//!
//! `cargo xtask soak` runs these tests with the counts of a long run, which the variables that
//! [`plugwright_tests::count`] reads set.

mod authority;
mod breaker;
mod budgets;
mod connections;
mod disk;
mod http2;
mod pages;
mod readers;
mod secrets;
mod sessions;
mod unread;
mod world;

use plugwright_tests::count;
