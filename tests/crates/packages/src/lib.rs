//! Packages of npm and PyPI that tests run.

pub mod npm;
pub mod openapi;
mod place;
mod process;
pub mod python;

pub use place::{alone, scratch, share};
pub use process::run;
