#![doc = include_str!("../README.md")]

mod address;
mod allow;
mod breaker;
mod budget;
mod call;
mod client;
mod coding;
mod connection;
mod egress;
mod failure;
mod guard;
pub mod headers;
pub mod method_override;
pub mod pieces;
mod pools;
mod resolver;
mod retry;
mod settings;
mod tls;

pub use allow::{AllowedDestination, AllowedDestinationError};
pub use breaker::Asker;
pub use call::{CallTransport, CallUsage, EgressCall};
pub use egress::Egress;
pub use resolver::Lookup;
pub use retry::{may_have_acted, was_refused};
pub use settings::{EgressError, EgressSettings};
pub use tls::{check_certificates, is_not_tls};
