#![doc = include_str!("../README.md")]

mod call;
mod config;
mod egress;
mod gateway;
mod outcome;
mod pipeline;
mod policy;
mod principal;
mod run_log;
mod server;
mod store;
mod surface;
mod time;
mod vault;

pub use call::{Call, CallOptions, ConnectionSelector, Mode, ProxyRequest, Target};
pub use config::{
    Config, ConfigError, ConnectorConfig, Effective, EgressConfig, Fault, Inputs, LimitsConfig,
    Loaded, LogConfig, LogFormat, OtlpConfig, OutputCheck, PolicyConfig, RunLogConfig, SETTINGS,
    Setting, Source, Sources, settings_table,
};
pub use gateway::Gateway;
pub use outcome::{Answer, Case, Outcome, Surface, answer};
pub use policy::{Pattern, PatternError, Patterns};
pub use principal::{Grant, Principal, RateLimit};
pub use server::{ServeError, serve};
pub use store::{
    Claim, Claimed, Connection, ConnectionFilter, ConnectionStatus, NameTaken, Organization, Owner,
    Store, StoreError, Token,
};
pub use time::Timestamp;
