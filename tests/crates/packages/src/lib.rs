//! Packages of npm, PyPI and crates.io that tests run or read.
#![allow(
    clippy::missing_panics_doc,
    reason = "what helps tests panics where a test would fail"
)]

pub mod crates;
pub mod npm;
pub mod openapi;
mod place;
mod process;
pub mod python;

pub use place::{alone, scratch, share};
pub use process::run;
