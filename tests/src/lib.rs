//! What the tests across the crates share: a server on loopback, and transports and a connector
//! that lead to it.

#[cfg(doctest)]
pub mod book;
mod local;
mod loopback;

pub use local::LOCAL;
pub use loopback::{Loopback, Received, ToLoopback};
