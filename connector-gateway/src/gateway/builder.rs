//! Making gateways.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use plugwright_egress::{Egress, EgressError, EgressSettings};
use plugwright_sdk::Registry;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::{
    Access, Dialects, Directory, Gateway, Inner, OutputCheck, Policy, RateLimits, Shares, State,
};
use crate::connect::ConnectSettings;
use crate::connections::Providers;
use crate::limits::Limits;
use crate::pipeline::Catalog;
use crate::principal::Principal;
use crate::refresh::Refresher;
use crate::run_log::RunLog;
use crate::store::{Store, TokenHash};
use crate::surface::Bodies;
use crate::telemetry::Metrics;
use crate::vault::Vault;
use crate::web::WebSettings;

/// Makes a [`Gateway`]. Without a store it knows no tokens and no connections, and a call brings
/// its credential with it.
#[must_use = "call `.build()`"]
pub struct GatewayBuilder {
    registry: Registry,
    policy: Policy,
    limits: Limits,
    output_check: OutputCheck,
    base_urls: HashMap<String, String>,
    state: Option<(Arc<dyn Store>, Vault)>,
    egress: Option<EgressSettings>,
    run_log: Option<RunLog>,
    operator: Option<TokenHash>,
    anonymous: bool,
    dialects: Dialects,
    mcp: bool,
    web: WebSettings,
    connect: ConnectSettings,
}

/// A gateway can't be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GatewayError {
    /// The way out can't be set up.
    #[error(transparent)]
    Egress(#[from] EgressError),
    /// A base URL is set for a connector that the registry does not have.
    #[error("no connector is named `{0}`, whose base URL is set")]
    UnknownConnector(String),
}

impl GatewayBuilder {
    pub(super) fn new(registry: Registry) -> Self {
        Self {
            registry,
            policy: Policy::default(),
            limits: Limits::default(),
            output_check: OutputCheck::default(),
            base_urls: HashMap::new(),
            state: None,
            egress: Some(EgressSettings::default()),
            run_log: None,
            operator: None,
            anonymous: false,
            dialects: Dialects::default(),
            mcp: true,
            web: WebSettings::default(),
            connect: ConnectSettings::default(),
        }
    }

    /// Sets where tokens, connections and claims are kept, and what seals their secrets.
    pub fn store(mut self, store: Arc<dyn Store>, vault: Vault) -> Self {
        self.state = Some((store, vault));
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

    /// Sets where runs are written down; without it they are not.
    pub fn run_log(mut self, run_log: RunLog) -> Self {
        self.run_log = Some(run_log);
        self
    }

    /// Sets the hash of the operator's token.
    pub fn operator_token(mut self, hash: TokenHash) -> Self {
        self.operator = Some(hash);
        self
    }

    /// Lets callers in that have no token. For development on one's own machine.
    pub fn allow_anonymous(mut self, allow: bool) -> Self {
        self.anonymous = allow;
        self
    }

    /// Sets which dialects are served over HTTP.
    pub fn dialects(mut self, dialects: Dialects) -> Self {
        self.dialects = dialects;
        self
    }

    /// Sets whether MCP is served over HTTP.
    pub fn mcp(mut self, enabled: bool) -> Self {
        self.mcp = enabled;
        self
    }

    /// Sets which web pages may call over HTTP, and under which names.
    pub fn web(mut self, settings: WebSettings) -> Self {
        self.web = settings;
        self
    }

    /// Sets how accounts are connected.
    pub fn connect(mut self, settings: ConnectSettings) -> Self {
        self.connect = settings;
        self
    }

    /// Makes the gateway.
    ///
    /// # Errors
    ///
    /// If TLS can't be set up, or a base URL is set for an unknown connector.
    pub fn build(self) -> Result<Gateway, GatewayError> {
        if let Some(unknown) = self
            .base_urls
            .keys()
            .find(|name| self.registry.connector(name).is_none())
        {
            return Err(GatewayError::UnknownConnector(unknown.clone()));
        }
        let run_log = Arc::new(self.run_log.unwrap_or_else(RunLog::disabled));
        let state = self.state.map(|(store, vault)| {
            let directory = Arc::new(Directory::new());
            let changed = Arc::clone(&directory);
            store.on_change(Arc::new(move || changed.forget()));
            State {
                store,
                vault,
                directory,
            }
        });
        let egress = self.egress.map(Egress::new).transpose()?;
        let catalog = Catalog::new(self.registry);
        let connect = Arc::new(self.connect);
        let tasks = TaskTracker::new();
        let mut metrics = Metrics::new(Arc::clone(&run_log));
        if let Some(egress) = &egress {
            metrics.watch(egress.clone());
        }
        let refresher = state.as_ref().zip(egress.as_ref()).map(|(state, egress)| {
            Refresher::new(
                state.clone(),
                egress.clone(),
                connect.oauth.clone(),
                catalog.shared_registry(),
                Arc::clone(&run_log),
                metrics.refreshes(),
                tasks.clone(),
            )
        });
        let base_urls = Arc::new(self.base_urls);
        let bodies = Bodies::new(&self.limits, metrics.limit_hits());
        let inner = Inner {
            catalog,
            bodies,
            policy: self.policy,
            limits: self.limits.clone(),
            output_check: self.output_check,
            providers: Arc::new(Providers {
                egress: egress.clone(),
                base_urls: Arc::clone(&base_urls),
                timeout: self.limits.call_timeout,
                response_cap: self.limits.response_body,
            }),
            base_urls,
            state,
            egress,
            metrics,
            run_log,
            rate_limits: RateLimits::new(),
            dialects: self.dialects,
            tasks,
            shares: Shares::new(
                self.limits.concurrent_calls,
                self.limits.concurrent_calls_per_principal,
            ),
            stopping: CancellationToken::new(),
            access: Access {
                operator: self.operator,
                anonymous: self.anonymous.then(|| Arc::new(Principal::anonymous())),
                operator_principal: Arc::new(Principal::operator()),
            },
            mcp: self.mcp,
            web: Arc::new(self.web),
            connect,
            refresher,
            own_url: OnceLock::new(),
        };
        Ok(Gateway {
            inner: Arc::new(inner),
        })
    }
}
