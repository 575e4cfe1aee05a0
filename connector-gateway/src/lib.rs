#![doc = include_str!("../README.md")]

mod call;
mod egress;
mod gateway;
mod outcome;
mod pipeline;
mod policy;
mod principal;
mod run_log;
pub mod search;
mod store;
mod surface;
mod time;
mod vault;

pub use call::{Call, CallOptions, ConnectionSelector, Mode, ProxyRequest, Target};
pub use gateway::Gateway;
pub use outcome::{Answer, Case, Outcome, Surface, answer};
pub use policy::{Pattern, PatternError, Patterns};
pub use principal::{Grant, Principal, RateLimit};
pub use store::{
    Claim, Claimed, Connection, ConnectionFilter, ConnectionStatus, NameTaken, Organization, Owner,
    Store, StoreError, Token,
};
pub use time::Timestamp;
