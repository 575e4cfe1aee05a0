//! A provider on loopback, which answers as told or as it was recorded, and the way to it.
#![allow(
    clippy::missing_errors_doc,
    reason = "what helps tests fails where a test would fail"
)]

mod replay;
mod server;
mod to_loopback;

pub use replay::{Likeness, replaying};
pub use server::{Loopback, Received};
pub use to_loopback::ToLoopback;
