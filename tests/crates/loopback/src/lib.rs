//! A provider on loopback, which answers as told or as it was recorded, and the way to it.
#![allow(
    missing_docs,
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "helpers of tests go by their names, and fail where a test would"
)]

mod replay;
mod server;
mod to_loopback;

pub use replay::{Likeness, replaying};
pub use server::{Loopback, Received};
pub use to_loopback::ToLoopback;
