#![doc = include_str!("../README.md")]

mod config;
mod server;
pub mod telemetry;

pub use plugwright_engine::{markdown, process, run_log};

pub use config::{
    CaFile, Config, ConfigError, ConnectorConfig, EffectiveSetting, Fault, Inputs, LoadedConfig,
    ReadInputs, SETTINGS, Setting, Source, Sources, WebConfig,
};
pub use plugwright_egress::{
    AllowedDestination, AllowedDestinationError, CallTransport, CallUsage, Egress, EgressCall,
    EgressError, EgressSettings, Lookup,
};
pub use plugwright_engine::oauth::{Endpoints, OAuthConfig};
pub use plugwright_engine::{
    Answer, Call, CallMeasure, CallOptions, Case, ConnectionSelector, Engine, EngineError,
    EngineSettings, Handles, InFlight, InputForm, Limits, Metrics, Mode, Outcome, OutputCheck,
    OwnerSelector, Policy, Principal, ProxyRequest, SaveTo, Surface, Target, answer,
};
pub use plugwright_store::data_directory::{
    DataDirectory, DataDirectoryError, read_own, read_trusted,
};
pub use plugwright_store::vault::{KEY_VARIABLE, KeySource, Rotation, Vault, VaultError};
pub use plugwright_store::{
    Backend, ChangeListener, Claim, ClaimResult, ClaimStore, ClientOf, Connection,
    ConnectionFilter, ConnectionRequest, ConnectionStatus, ConnectionStore, DEFAULT_ORGANIZATION,
    DatabaseUrl, EndedConnection, EndedConnectionStore, FoundSealed, Grant, Lease, LeaseStore,
    McpSession, McpSessionStore, NameTaken, OAuthClient, OAuthClientStore, OpenError, Organization,
    OrganizationStore, Owner, Pattern, PatternError, Patterns, ProcessStore, Project, ProjectStore,
    ProviderConfig, Quota, RateLimit, RecordKind, RequestDetails, RequestError, RequestStatus,
    RequestStore, Sealed, SealedPlace, SealedRecord, SealedStore, Selection, SqliteStore, Store,
    StoreError, Timestamp, Token, TokenHash, TokenStore,
};
#[cfg(feature = "postgres")]
pub use plugwright_store::{Migration, PostgresError, PostgresStore, migrate_postgres};
pub use plugwright_surfaces::{
    Dialects, Gateway, GatewayBuilder, InProcess, Origin, OriginError, WebSettings, monogram,
};
pub use server::{ServeError, serve, serve_mcp};
