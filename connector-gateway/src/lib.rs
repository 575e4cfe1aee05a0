#![doc = include_str!("../README.md")]
#![allow(
    clippy::duplicate_mod,
    reason = "statements that both databases understand are written once and built for each"
)]

mod accounts;
mod call;
mod config;
mod connect;
mod connections;
mod data_directory;
mod gateway;
mod limits;
pub mod markdown;
mod oauth;
mod outcome;
mod pace;
mod pipeline;
mod policy;
mod principal;
pub mod process;
mod projects;
mod refresh;
pub mod run_log;
mod server;
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
    Config, ConfigError, ConnectConfig, ConnectorConfig, EffectiveSetting, EgressConfig, Fault,
    Inputs, LoadedConfig, McpConfig, OAuthConfig, OtlpConfig, RunLogConfig, SETTINGS, Setting,
    Source, Sources, WebConfig, settings_table,
};
pub use connect::ConnectSettings;
pub use data_directory::{DataDirectory, DataDirectoryError, read_trusted};
pub use gateway::{Dialects, Gateway, GatewayBuilder, GatewayError, OutputCheck, Policy};
pub use limits::Limits;
pub use outcome::{Answer, Case, Outcome, Surface, answer, outcome_table};
pub use plugwright_egress::{
    AllowedDestination, AllowedDestinationError, CallTransport, Egress, EgressCall, EgressError,
    EgressSettings, Lookup,
};
pub use policy::{Pattern, PatternError, Patterns};
pub use principal::{Grant, Principal, RateLimit};
pub use server::{ServeError, serve, serve_mcp};
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
    CallMeasure, InFlight, LogFormat, LogSettings, Metrics, Telemetry, TelemetryError,
    TraceSettings, init as init_telemetry,
};
pub use time::Timestamp;
pub use vault::{KEY_VARIABLE, KeySource, Rotation, Sealed, Vault, VaultError};
pub use web::{Origin, OriginError, WebSettings};
