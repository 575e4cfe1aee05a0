//! A provider on loopback, which answers as told or as it was recorded, and the way to it.

mod replay;
mod server;
mod to_loopback;

pub use replay::{Likeness, replaying};
pub use server::{Loopback, Received};
pub use to_loopback::ToLoopback;
