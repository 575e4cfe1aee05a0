#![doc = include_str!("../README.md")]

mod accounts;
mod call;
mod config;
mod connect;
mod connections;
mod gateway;
mod limits;
pub mod markdown;
mod oauth;
mod outcome;
mod pace;
mod pipeline;
mod principal;
pub mod process;
mod projects;
mod refresh;
pub mod run_log;
mod server;
mod surface;
pub mod telemetry;
mod tokens;
mod web;

use plugwright_store::{
    self as policy, self as store, self as time, damage, data_directory, vault,
};

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
pub use data_directory::{DataDirectory, DataDirectoryError, read_own, read_trusted};
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
    Asked, Backend, ChangeListener, Claim, ClaimStore, Claimed, ClientOf, Connection,
    ConnectionFilter, ConnectionRequest, ConnectionStatus, ConnectionStore, DEFAULT_ORGANIZATION,
    DatabaseUrl, EndedConnection, EndedConnectionStore, Lease, LeaseStore, McpSession,
    McpSessionStore, NameTaken, OAuthClient, OAuthClientStore, OpenError, Organization,
    OrganizationStore, Owner, ProcessStore, Project, ProjectStore, ProviderConfig, Quota,
    RequestError, RequestStatus, RequestStore, Sealed, SealedPlace, SealedRecord, SealedStore,
    Selection, SqliteStore, Store, StoreError, Token, TokenHash, TokenStore,
};
#[cfg(feature = "postgres")]
pub use store::{Migration, PostgresError, PostgresStore, migrate_postgres};
pub use telemetry::{
    CallMeasure, InFlight, LogFormat, LogSettings, Metrics, Telemetry, TelemetryError,
    TraceSettings, init as init_telemetry,
};
pub use time::Timestamp;
pub use vault::{KEY_VARIABLE, KeySource, Rotation, Vault, VaultError};
pub use web::{Origin, OriginError, WebSettings};
