//! What the tests across the crates share: a server on loopback and transports that lead to it.

mod loopback;

pub use loopback::{Loopback, Received, ToLoopback};
