#![doc = include_str!("../README.md")]

mod admin;
mod answer;
mod api_v1;
mod body;
mod caller;
mod connect;
mod cors;
mod dialects;
mod erased;
mod feelr;
mod gateway;
mod head;
mod icons;
mod in_process;
mod mcp;
mod members;
mod oomol;
mod openapi;
mod operations;
mod own;
pub mod pace;
mod request;
mod router;
mod selectors;
mod tagged;
#[cfg(test)]
mod tests;
mod timed_body;
mod unread;
mod view;
mod web;

pub use gateway::{Dialects, Gateway, GatewayBuilder};
pub use icons::monogram;
pub use in_process::InProcess;
pub use mcp::serve_stdio;
pub use router::Surfaces;
pub use web::{Origin, OriginError, WebSettings};
