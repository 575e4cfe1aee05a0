//! The configuration of a deployment: flags override the environment, which overrides the file.

mod error;
mod file;
mod form;
mod load;
mod oauth;
mod secret_files;
mod setting;
mod size;
mod source;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use plugwright_sdk::Secret;
use url::Url;

pub use error::{ConfigError, Fault};
pub use load::{Inputs, LoadedConfig};
pub use setting::{SETTINGS, Setting, table as settings_table};
pub use source::{EffectiveSetting, Source, Sources};

pub(crate) use crate::telemetry::{LogFormat, LogSettings};
use plugwright_engine::Limits;
pub(crate) use plugwright_engine::OutputCheck;
use plugwright_engine::Policy;
pub(crate) use plugwright_engine::oauth::OAuthConfig;
use plugwright_engine::run_log::RunLogSettings;
use plugwright_store::DatabaseUrl;
use plugwright_surfaces::Dialects;
use plugwright_surfaces::Origin;

/// The configuration of a deployment.
///
/// [`Config::default`] has the defaults, and [`Inputs::load`] reads a configuration. [`SETTINGS`]
/// describes each member.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Directory of all stored data; with a database, only of the key file.
    pub data_dir: PathBuf,
    /// PostgreSQL database to store data in instead.
    pub database_url: Option<DatabaseUrl>,
    /// Database connections for calls.
    pub database_connections: u32,
    /// Whether calls need no token; only possible with a loopback address.
    pub dev: bool,
    /// Whether calls are answered from recorded traffic.
    pub recorded: bool,
    /// The operator's token, instead of the stored one.
    pub admin_token: Option<Secret>,
    /// The key that seals credentials, instead of the one in the key file.
    pub vault_key: Option<Secret>,
    /// What happens if an output violates the action's schema.
    pub output_check: OutputCheck,
    /// The lock that the linked actions are compared with at start.
    pub lock_file: Option<PathBuf>,
    /// Limits on time, memory and concurrency.
    pub limits: Limits,
    /// How providers are called.
    pub egress: EgressConfig,
    /// What callers may do at all; a token's grant can only narrow it.
    pub policy: Policy,
    /// Which dialects are served.
    pub dialects: Dialects,
    /// The record of calls.
    pub run_log: RunLogConfig,
    /// Log settings.
    pub log: LogSettings,
    /// Where to send traces.
    pub otlp: OtlpConfig,
    /// Whether MCP is served.
    pub mcp: McpConfig,
    /// Allowed origins of web pages, and host names.
    pub web: WebConfig,
    /// The URL under which browsers reach the gateway.
    pub public_url: Option<Url>,
    /// How accounts are connected.
    pub connect: ConnectConfig,
    /// Settings of single connectors, by name.
    pub connectors: BTreeMap<String, ConnectorConfig>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 3000)),
            data_dir: PathBuf::from("./data"),
            database_url: None,
            database_connections: 10,
            dev: false,
            recorded: false,
            admin_token: None,
            vault_key: None,
            output_check: OutputCheck::Warn,
            lock_file: None,
            limits: Limits::default(),
            egress: EgressConfig::default(),
            policy: Policy::default(),
            dialects: Dialects::default(),
            run_log: RunLogConfig::default(),
            log: LogSettings::default(),
            otlp: OtlpConfig::default(),
            mcp: McpConfig::default(),
            web: WebConfig::default(),
            public_url: None,
            connect: ConnectConfig::default(),
            connectors: BTreeMap::new(),
        }
    }
}

/// How providers are called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressConfig {
    /// Allowed destinations outside the public internet.
    pub allow: Vec<String>,
    /// How often a call that is safe to repeat is retried.
    pub retries: u32,
    /// Timeout for connecting to a provider.
    pub connect_timeout: Duration,
    /// PEM file with additional CA certificates.
    pub ca_file: Option<PathBuf>,
}

impl Default for EgressConfig {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            retries: 2,
            connect_timeout: Duration::from_secs(10),
            ca_file: None,
        }
    }
}

/// The record of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLogConfig {
    /// Whether calls are recorded.
    pub enabled: bool,
    /// Whether redacted inputs and outputs are recorded.
    pub payloads: bool,
    /// Largest input or output that is recorded, in bytes.
    pub payload_limit: usize,
    /// How long records are kept.
    pub retention: Duration,
}

impl Default for RunLogConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            payloads: false,
            payload_limit: 64 * size::KIB,
            retention: Duration::from_hours(30 * 24),
        }
    }
}

impl From<&RunLogConfig> for RunLogSettings {
    fn from(config: &RunLogConfig) -> Self {
        Self {
            payloads: config.payloads,
            payload_cap: config.payload_limit,
            retention: config.retention,
            ..Self::default()
        }
    }
}

/// Where to send traces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtlpConfig {
    /// The collector, by OTLP over HTTP.
    pub endpoint: Option<Url>,
}

/// Whether MCP is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpConfig {
    /// Whether `/mcp` is served.
    pub enabled: bool,
}

impl Default for McpConfig {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// Allowed origins of web pages, and host names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebConfig {
    /// Accepted `Host` names besides those of loopback. Empty accepts any, unless the gateway listens
    /// on loopback.
    pub hosts: Vec<String>,
    /// Allowed origins besides those of loopback.
    pub origins: Vec<Origin>,
}

/// How accounts are connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectConfig {
    /// URLs that browsers may return to after connecting an organization's account.
    pub return_uris: Vec<String>,
}

/// Settings of one connector.
#[derive(Clone, Debug)]
pub struct ConnectorConfig {
    /// Whether the connector is available.
    pub enabled: bool,
    /// Base URL of the API, instead of the connector's own.
    pub base_url: Option<Url>,
    /// The gateway's OAuth client.
    pub oauth: OAuthConfig,
}

impl Default for ConnectorConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            base_url: None,
            oauth: OAuthConfig::default(),
        }
    }
}
