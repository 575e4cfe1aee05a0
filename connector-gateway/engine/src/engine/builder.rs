//! Making engines.

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

/// Makes an [`Engine`]. Without a store it knows no connections, and a call brings its credential
/// with it.
#[must_use = "call `.build()`"]
pub struct EngineBuilder {
    registry: Registry,
    policy: Policy,
    limits: Limits,
    output_check: OutputCheck,
    base_urls: HashMap<String, String>,
    storage: Option<(Arc<dyn Store>, Vault)>,
    egress: Option<EgressSettings>,
    recorded: bool,
    run_log: Option<RunLog>,
    return_uris: Vec<String>,
    oauth: HashMap<String, OAuthConfig>,
}

/// An engine can't be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The way out can't be set up.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// A base URL is set for a connector that the registry does not have.
    #[error("no connector is named `{0}`, whose base URL is set")]
    UnknownConnector(String),
}

impl EngineBuilder {
    pub(super) fn new(registry: Registry) -> Self {
        Self {
            registry,
            policy: Policy::default(),
            limits: Limits::default(),
            output_check: OutputCheck::default(),
            base_urls: HashMap::new(),
            storage: None,
            egress: Some(EgressSettings::default()),
            recorded: false,
            run_log: None,
            return_uris: Vec::new(),
            oauth: HashMap::new(),
        }
    }

    /// Sets where tokens, connections and claims are kept, and what seals their secrets.
    pub fn store(mut self, store: Arc<dyn Store>, vault: Vault) -> Self {
        self.storage = Some((store, vault));
        self
    }

    /// Sets what the deployment allows at all.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// Sets how long and how large calls may be.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets what happens when an output does not fit its schema.
    pub fn output_check(mut self, output_check: OutputCheck) -> Self {
        self.output_check = output_check;
        self
    }

    /// Replaces a connector's base URL.
    pub fn base_url(mut self, connector: impl Into<String>, base_url: impl Into<String>) -> Self {
        self.base_urls.insert(connector.into(), base_url.into());
        self
    }

    /// Sets how requests leave the process.
    pub fn egress(mut self, settings: EgressSettings) -> Self {
        self.egress = Some(settings);
        self
    }

    /// Lets no request leave the process, and sets nothing up for it. Calls are dry runs or mocks,
    /// or bring [their upstream](crate::Handles::upstream).
    pub fn offline(mut self) -> Self {
        self.egress = None;
        self
    }

    /// Answers calls from recorded traffic instead of sending them to providers.
    pub fn recorded(mut self, recorded: bool) -> Self {
        self.recorded = recorded;
        self
    }

    /// Sets where runs are written down; without it they are not.
    pub fn run_log(mut self, run_log: RunLog) -> Self {
        self.run_log = Some(run_log);
        self
    }

    /// Sets where browsers may be sent back to after an organization's account was connected,
    /// beside addresses of the browser's own machine: each is a URL that the address must begin
    /// with.
    pub fn return_uris(mut self, return_uris: Vec<String>) -> Self {
        self.return_uris = return_uris;
        self
    }

    /// Sets clients and endpoints of OAuth by connector. A client that is stored comes before
    /// these.
    pub fn oauth(mut self, oauth: HashMap<String, OAuthConfig>) -> Self {
        self.oauth = oauth;
        self
    }

    /// Makes the engine.
    ///
    /// # Errors
    ///
    /// If TLS can't be set up, or a base URL is set for an unknown connector.
    pub fn build(self) -> Result<Engine, EngineError> {
        if let Some(unknown) = self
            .base_urls
            .keys()
            .find(|name| self.registry.connector(name).is_none())
        {
            return Err(EngineError::UnknownConnector(unknown.clone()));
        }
        let catalog = Catalog::new(self.registry);
        let storage = self
            .storage
            .map(|(store, vault)| Storage::new(store, vault));
        let configured = Arc::new(self.oauth);
        let run_log = Arc::new(self.run_log.unwrap_or_else(RunLog::disabled));
        let egress = self.egress.map(Egress::new).transpose()?;
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
            recorded: self.recorded,
            base_urls: self.base_urls,
            timeout: self.limits.call_timeout,
            response_cap: self.limits.response_body,
        });
        let connecting = Connecting {
            configured,
            limits: ConnectLimits {
                open_requests: self.limits.connect_requests_per_principal,
                return_uris: self.return_uris,
            },
        };
        let shares = Shares::new(
            self.limits.concurrent_calls,
            self.limits.concurrent_calls_per_principal,
        );
        let pipeline = Pipeline {
            catalog,
            policy: self.policy,
            limits: self.limits,
            output_check: self.output_check,
            storage,
            outbound,
            refresher,
            run_log,
            metrics,
            rate_limits: RateLimits::new(),
            background,
        };
        Ok(Engine {
            shared: Arc::new(Shared {
                pipeline,
                shares,
                connecting,
            }),
        })
    }
}
