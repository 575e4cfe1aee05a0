//! What engines are made with.

use std::collections::HashMap;
use std::sync::Arc;

use plugwright_egress::{Egress, EgressError, EgressSettings};
use plugwright_sdk::host::Registry;
use plugwright_store::{Store, vault::Vault};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{Connecting, Engine, Shared};
use crate::catalog::Catalog;
use crate::connect::ConnectLimits;
use crate::lane::Lane;
use crate::large::Memory;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::oauth::OAuthConfig;
use crate::outbound::Outbound;
use crate::pipeline::{Background, Pipeline};
use crate::rate_limits::RateLimits;
use crate::refresh::Refresher;
use crate::run_log::RunLog;
use crate::settings::{OutputCheck, Policy};
use crate::shares::Shares;
use crate::storage::Storage;

/// What an [`Engine`] is made with. Without a store it knows no connections, and a call brings its
/// credential.
pub struct EngineSettings {
    /// What the deployment allows.
    pub policy: Policy,
    /// How long and how large calls may be.
    pub limits: Limits,
    /// What happens if an output does not fit its schema.
    pub output_check: OutputCheck,
    /// Base URLs that replace those of connectors, by the connector's name.
    pub base_urls: HashMap<String, String>,
    /// Where tokens, connections and claims are stored, and what seals their secrets.
    pub storage: Option<(Arc<dyn Store>, Vault)>,
    /// How requests leave the process. With `None`, none does: calls are dry runs or mocks, or
    /// bring [their upstream](crate::Handles::upstream).
    pub egress: Option<EgressSettings>,
    /// Whether live calls are answered from recorded traffic instead of being sent.
    pub recorded: bool,
    /// Where runs are recorded.
    pub run_log: RunLog,
    /// URL prefixes that browsers may return to after connecting an organization's account, besides
    /// loopback URLs.
    pub return_uris: Vec<String>,
    /// OAuth clients and endpoints by connector. A stored client takes precedence.
    pub oauth: HashMap<String, OAuthConfig>,
}

impl Default for EngineSettings {
    fn default() -> Self {
        Self {
            policy: Policy::default(),
            limits: Limits::default(),
            output_check: OutputCheck::default(),
            base_urls: HashMap::new(),
            storage: None,
            egress: Some(EgressSettings::default()),
            recorded: false,
            run_log: RunLog::disabled(),
            return_uris: Vec::new(),
            oauth: HashMap::new(),
        }
    }
}

impl EngineSettings {
    /// Returns the default settings, but without egress.
    pub fn offline() -> Self {
        Self {
            egress: None,
            ..Self::default()
        }
    }
}

/// An engine can't be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Egress can't be set up.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// A base URL is set for a connector that the registry does not have.
    #[error("no connector is named `{0}`, whose base URL is set")]
    UnknownConnector(String),
}

impl Engine {
    /// Makes an engine for the connectors of a registry.
    ///
    /// # Errors
    ///
    /// If TLS can't be set up, or a base URL is set for an unknown connector.
    pub fn new(registry: Registry, settings: EngineSettings) -> Result<Self, EngineError> {
        let is_unknown = |name: &&String| !registry.has_connector(name);
        if let Some(unknown) = settings.base_urls.keys().find(is_unknown) {
            return Err(EngineError::UnknownConnector(unknown.clone()));
        }
        let catalog = Catalog::new(registry);
        let storage = settings
            .storage
            .map(|(store, vault)| Storage::new(store, vault));
        let configured = Arc::new(settings.oauth);
        let run_log = Arc::new(settings.run_log);
        let egress = settings.egress.map(Egress::new).transpose()?;
        let mut metrics = Metrics::new(Arc::clone(&run_log));
        if let Some(egress) = &egress {
            metrics.watch(egress.clone());
        }
        let background = Background {
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
        };
        let refresher = storage.as_ref().zip(egress.as_ref());
        let refresher = refresher.map(|(storage, egress)| {
            Refresher::new(
                storage.clone(),
                egress.clone(),
                Arc::clone(&configured),
                catalog.shared_registry(),
                Arc::clone(&run_log),
                metrics.refreshes(),
                background.tasks.clone(),
            )
        });
        let outbound = Arc::new(Outbound {
            egress,
            base_urls: settings.base_urls,
            recorded: settings.recorded,
            timeout: settings.limits.call_timeout,
            response_cap: settings.limits.response_body,
            memory: Arc::new(Memory::new(
                settings.limits.response_memory,
                metrics.limit_hits().clone(),
            )),
        });
        let connecting = Connecting {
            configured,
            limits: ConnectLimits {
                open_requests: settings.limits.connect_requests_per_principal,
                connections: settings.limits.connections_per_owner,
                accounts: settings.limits.connections_per_project,
                return_uris: settings.return_uris,
            },
        };
        let shares = Shares::new(
            settings.limits.concurrent_calls,
            settings.limits.concurrent_calls_per_principal,
        );
        let pipeline = Pipeline {
            catalog,
            policy: settings.policy,
            limits: settings.limits,
            output_check: settings.output_check,
            storage,
            outbound,
            refresher,
            run_log,
            metrics,
            rate_limits: RateLimits::new(),
            background,
        };
        Ok(Self {
            shared: Arc::new(Shared {
                pipeline,
                shares,
                connecting,
                lane: Lane::default(),
            }),
        })
    }
}
