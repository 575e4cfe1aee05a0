//! What providers really send, read: JSON, base64, charsets, `Link`, `Content-Disposition`, `Retry-After`,
//! rate limits and the bodies of errors.
//!
//! Providers are read generously, callers strictly. Each kind of text has one reader here, which
//! the SDK and its hosts share. The readers are pure functions of bytes: none panics, takes more
//! than linear time, or returns more than it was given.

pub mod base64;
pub mod charset;
pub mod disposition;
pub(crate) mod entity;
pub mod error_body;
pub mod json;
mod line;
pub mod link;
mod parameter;
pub mod rate_limit;
pub mod retry_after;
pub(crate) mod rfc3339;
pub mod value;

pub use line::{is_hidden, is_unseen, line};
