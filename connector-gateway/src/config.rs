//! The configuration of a deployment: flags over environment over file over defaults.

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
pub use load::{Inputs, Loaded};
pub use setting::{SETTINGS, Setting, table as settings_table};
pub use source::{Effective, Source, Sources};

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
/// [`Config::default`] is what holds where nobody says otherwise; [`Inputs::load`] reads what
/// somebody said. [`SETTINGS`] describes each member.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Directory of everything that is stored; beside a database, of the key file alone.
    pub data_dir: PathBuf,
    /// The PostgreSQL database that keeps everything instead.
    pub database_url: Option<DatabaseUrl>,
    /// Connections to the database for calls.
    pub database_connections: u32,
    /// Whether calls without a token are let in; only ever true with a loopback address.
    pub dev: bool,
    /// The operator's token, if it is not the stored one.
    pub admin_token: Option<Secret>,
    /// The key that seals credentials, if it is not the one of the key file.
    pub vault_key: Option<Secret>,
    /// What becomes of an output that breaks the action's schema.
    pub output_check: OutputCheck,
    /// How much of what there may be.
    pub limits: Limits,
    /// How providers are called.
    pub egress: EgressConfig,
    /// What anybody may do at all; a token's grant can only narrow it.
    pub policy: Policy,
    /// Which dialects are served.
    pub dialects: Dialects,
    /// What is kept of calls.
    pub run_log: RunLogConfig,
    /// What the process says about itself.
    pub log: LogSettings,
    /// Where traces go.
    pub otlp: OtlpConfig,
    /// Whether MCP is served.
    pub mcp: McpConfig,
    /// Which web pages may call, and under which names.
    pub web: WebConfig,
    /// The address under which browsers reach the gateway.
    pub public_url: Option<Url>,
    /// How accounts are connected.
    pub connect: ConnectConfig,
    /// What differs for single connectors, by name.
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
            admin_token: None,
            vault_key: None,
            output_check: OutputCheck::Warn,
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
    /// Destinations that may be called though they are not on the public internet.
    pub allow: Vec<String>,
    /// Further attempts where the effect allows.
    pub retries: u32,
    /// Time in which a connection to a provider must be made.
    pub connect_timeout: Duration,
    /// Certificates of further authorities, as PEM.
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

/// What is kept of calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLogConfig {
    /// Whether anything is.
    pub enabled: bool,
    /// Whether inputs and outputs are, redacted.
    pub payloads: bool,
    /// Longest input or output that is kept whole, in bytes.
    pub payload_limit: usize,
    /// Time for which runs are kept.
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

/// Where traces go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OtlpConfig {
    /// The collector, by OTLP over HTTP.
    pub endpoint: Option<Url>,
}

/// Whether MCP is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct McpConfig {
    /// Whether there is `/mcp`.
    pub enabled: bool,
}

impl Default for McpConfig {
    fn default() -> Self {
        Self { enabled: true }
    }
}

/// Which web pages may call, and under which names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WebConfig {
    /// Names, beside those of loopback, under which the gateway is reached. None given means any,
    /// where the gateway does not listen on loopback.
    pub hosts: Vec<String>,
    /// Origins, beside those of loopback, of pages that may call.
    pub origins: Vec<Origin>,
}

/// How accounts are connected.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectConfig {
    /// Where browsers may be sent back to after an organization's account was connected.
    pub return_uris: Vec<String>,
}

/// What differs for one connector.
#[derive(Clone, Debug)]
pub struct ConnectorConfig {
    /// Whether it is there at all.
    pub enabled: bool,
    /// Where its API is, instead of the connector's own base URL.
    pub base_url: Option<Url>,
    /// How its accounts are connected by OAuth.
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
