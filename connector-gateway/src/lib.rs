#![doc = include_str!("../README.md")]

mod config;
mod gateway;
mod pace;
mod server;
mod surface;
pub mod telemetry;
mod web;

use plugwright_engine::{
    self as call, self as engine, self as identity, self as limits, self as metrics,
    self as outcome, self as principal, self as settings, self as storage, accounts, connect,
    connections, loopback, oauth, projects, spans, tokens,
};
use plugwright_store::{
    self as policy, self as store, self as time, damage, data_directory, vault,
};

pub use plugwright_engine::{markdown, process, run_log};

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
pub use plugwright_egress::{
    AllowedDestination, AllowedDestinationError, CallTransport, Egress, EgressCall, EgressError,
    EgressSettings, Lookup,
};
pub use policy::{Pattern, PatternError, Patterns};
pub use principal::{Grant, Principal, RateLimit};
pub use server::{ServeError, serve, serve_mcp};
pub use settings::{OutputCheck, Policy};
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
    LogFormat, LogSettings, Telemetry, TelemetryError, TraceSettings, init as init_telemetry,
};
pub use time::Timestamp;
pub use vault::{KEY_VARIABLE, KeySource, Rotation, Vault, VaultError};
pub use web::{Origin, OriginError, WebSettings};
