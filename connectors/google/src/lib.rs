#![doc = include_str!("../README.md")]

mod error;
mod given;
mod lost;
mod oauth2;

pub use error::error;
pub use given::given;
pub use lost::{call_id, there};
pub use oauth2::oauth2;
