//! What the tests across the crates share: a server on loopback and transports that lead to it.

#[cfg(doctest)]
pub mod book;
mod loopback;

pub use loopback::{Loopback, Received, ToLoopback};
