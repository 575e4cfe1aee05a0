#![doc = include_str!("../README.md")]

mod call;
pub mod config;
mod connections;
mod data_directory;
mod egress;
mod gateway;
mod outcome;
mod pipeline;
mod policy;
mod principal;
pub mod run_log;
pub mod search;
mod server;
mod store;
mod surface;
mod telemetry;
mod time;
mod tokens;
mod vault;

pub use call::{Call, CallOptions, ConnectionSelector, Mode, ProxyRequest, Target};
pub use egress::{AllowedDestination, EgressError, EgressSettings};
pub use gateway::{Gateway, GatewayBuilder, GatewayError, Limits, OutputCheck, Policy};
pub use outcome::{Answer, Case, Outcome, Surface, answer};
pub use policy::{Pattern, PatternError, Patterns};
pub use principal::{Grant, Principal, RateLimit};
pub use server::{ServeError, serve};
pub use store::{
    Claim, Claimed, Connection, ConnectionFilter, ConnectionStatus, NameTaken, OpenError,
    Organization, Owner, SqliteStore, Store, StoreError, Token,
};
pub use time::Timestamp;
pub use vault::{KeySource, Vault, VaultError};
