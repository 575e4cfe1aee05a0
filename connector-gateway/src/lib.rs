#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "statements that both databases understand are written once and built for each"
)]

mod accounts;
mod call;
mod catalog;
mod config;
mod connect;
mod connections;
mod damage;
mod data_directory;
mod engine;
mod gateway;
mod grant;
mod identity;
mod limits;
mod loopback;
pub mod markdown;
mod metrics;
mod oauth;
mod outbound;
mod outcome;
mod owner;
mod pace;
mod pattern;
mod pipeline;
mod principal;
pub mod process;
mod projects;
mod rate_limits;
mod refresh;
pub mod run_log;
mod sealed;
mod server;
mod settings;
mod shares;
mod spans;
mod storage;
mod store;
mod surface;
pub mod telemetry;
mod time;
mod tokens;
mod vault;
mod web;

pub use call::{
    Call, CallOptions, ConnectionSelector, Handles, InputForm, Mode, OwnerSelector, ProxyRequest,
    SaveTo, Target,
};
pub use config::{
    Config, ConfigError, ConnectConfig, ConnectorConfig, Effective, EgressConfig, Fault, Inputs,
    Loaded, McpConfig, OAuthConfig, OtlpConfig, RunLogConfig, SETTINGS, Setting, Source, Sources,
    WebConfig, settings_table,
};
pub use data_directory::{DataDirectory, DataDirectoryError, read_trusted};
pub use engine::{Engine, EngineBuilder, EngineError};
pub use gateway::{ConnectSettings, Dialects, Gateway, GatewayBuilder};
pub use limits::Limits;
pub use metrics::{CallMeasure, InFlight, Metrics};
pub use outcome::{Answer, Case, Outcome, Surface, answer, outcome_table};
use pattern as policy;
pub use plugwright_egress::{
    AllowedDestination, AllowedDestinationError, CallTransport, Egress, EgressCall, EgressError,
    EgressSettings, Lookup,
};
pub use policy::{Pattern, PatternError, Patterns};
pub use principal::{Grant, Principal, RateLimit};
pub use server::{ServeError, serve, serve_mcp};
pub use settings::{OutputCheck, Policy};
pub use store::{
    Accounts, Asked, ChangeListener, Claim, Claimed, ClientOf, Connection, ConnectionFilter,
    ConnectionRequest, ConnectionStatus, DEFAULT_ORGANIZATION, DatabaseUrl, EndedConnection, Lease,
    McpSession, NameTaken, OAuthClient, OpenError, Organization, Owner, Project, ProviderConfig,
    Quota, RequestError, RequestStatus, SealedPlace, SealedRecord, Selection, SqliteStore, Store,
    StoreError, Token, TokenHash,
};
#[cfg(feature = "postgres")]
pub use store::{Migration, PostgresError, PostgresStore, migrate_postgres};
pub use telemetry::{
    LogFormat, LogSettings, Telemetry, TelemetryError, TraceSettings, init as init_telemetry,
};
pub use time::Timestamp;
pub use vault::{KEY_VARIABLE, KeySource, Rotation, Sealed, Vault, VaultError};
pub use web::{Origin, OriginError, WebSettings};
