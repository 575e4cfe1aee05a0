//! The configuration of a deployment: flags override the environment, which overrides the file.

mod ca_file;
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

use plugwright_egress::EgressSettings;
use plugwright_engine::run_log::RunLogSettings;
use plugwright_engine::{Limits, Policy};
use plugwright_sdk::Secret;
use plugwright_store::DatabaseUrl;
use plugwright_surfaces::{Dialects, Origin};
use url::Url;

pub use ca_file::CaFile;
pub use error::{ConfigError, Fault};
pub use load::{Inputs, LoadedConfig, ReadInputs};
pub use setting::{SETTINGS, Setting};
pub use source::{EffectiveSetting, Source, Sources};

pub(crate) use crate::telemetry::{LogFormat, LogSettings};
pub(crate) use plugwright_engine::OutputCheck;
pub(crate) use plugwright_engine::oauth::OAuthConfig;

/// The configuration of a deployment.
///
/// [`Config::default`] has the defaults, and [`Inputs::load`] reads a configuration. [`SETTINGS`]
/// describes each member.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    missing_docs,
    reason = "each is a setting of its own, which has its description in `SETTINGS`"
)]
pub struct Config {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    pub database_url: Option<DatabaseUrl>,
    pub database_connections: u32,
    pub dev: bool,
    pub recorded: bool,
    pub admin_token: Option<Secret>,
    pub vault_key: Option<Secret>,
    pub output_check: OutputCheck,
    pub lock_file: Option<PathBuf>,
    pub limits: Limits,
    pub egress: EgressSettings,
    pub ca_file: Option<CaFile>,
    pub policy: Policy,
    pub dialects: Dialects,
    pub run_log_enabled: bool,
    pub run_log: RunLogSettings,
    pub log: LogSettings,
    pub otlp_endpoint: Option<Url>,
    pub mcp: bool,
    pub web: WebConfig,
    pub public_url: Option<Url>,
    pub return_uris: Vec<String>,
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
            egress: EgressSettings::default(),
            ca_file: None,
            policy: Policy::default(),
            dialects: Dialects::default(),
            run_log_enabled: true,
            run_log: RunLogSettings {
                payload_cap: 64 * size::KIB,
                ..RunLogSettings::default()
            },
            log: LogSettings::default(),
            otlp_endpoint: None,
            mcp: true,
            web: WebConfig::default(),
            public_url: None,
            return_uris: Vec::new(),
            connectors: BTreeMap::new(),
        }
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
