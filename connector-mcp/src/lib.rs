#![doc = include_str!("../README.md")]

mod definition;
mod http;
mod import;
mod message;
mod pending;
mod program;
mod servers;

pub use definition::digest;
pub use import::{InvalidServer, import, parts};
pub use message::list_request;
pub use pending::{Pending, pending};
pub use program::Group;
pub use servers::Servers;
