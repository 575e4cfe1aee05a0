//! Packages of npm, PyPI and crates.io that tests run or read.

pub mod crates;
pub mod npm;
pub mod openapi;
mod place;
mod process;
pub mod python;

pub use place::{alone, scratch, share};
pub use process::run;
