#![doc = include_str!("../README.md")]
#![allow(
    clippy::missing_errors_doc,
    reason = "errors are `ActionError`s, whose codes are explained once, at `ErrorCode`"
)]

mod admin;
mod api_v1;
mod body;
#[cfg(test)]
mod bounds;
mod connect;
mod cors;
mod dialects;
mod entity_tag;
mod feelr;
mod gateway;
mod mcp;
mod members;
mod oomol;
mod openapi;
mod operations;
mod own;
pub mod pace;
mod request;
mod retry_after;
mod revalidation;
mod router;
pub mod threads;
mod timed_body;
mod web;

pub use gateway::{Dialects, Gateway, GatewayBuilder};
pub use mcp::serve_stdio;
pub use router::Surfaces;
pub use web::{Origin, OriginError, WebSettings};
