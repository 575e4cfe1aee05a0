//! The builder of gateways.

use std::sync::{Arc, OnceLock};

use plugwright_egress::EgressSettings;
use plugwright_sdk::host::Registry;
use url::Url;

use super::{Access, ConnectSettings, Dialects, Gateway, Inner};
use crate::body::Bodies;
use crate::web::WebSettings;
use plugwright_engine::run_log::RunLog;
use plugwright_engine::{Engine, EngineBuilder, EngineError, Limits, OutputCheck, Policy};
use plugwright_store::vault::Vault;
use plugwright_store::{Store, TokenHash};

/// Builds a [`Gateway`]. Without a store it has no tokens and no connections, and each call brings
/// its credential.
#[must_use = "call `.build()`"]
pub struct GatewayBuilder {
    engine: EngineBuilder,
    operator: Option<TokenHash>,
    anonymous: bool,
    dialects: Dialects,
    mcp: bool,
    web: WebSettings,
    public_url: Option<Url>,
}

impl GatewayBuilder {
    pub(super) fn new(registry: Registry) -> Self {
        Self {
            engine: Engine::builder(registry),
            operator: None,
            anonymous: false,
            dialects: Dialects::default(),
            mcp: true,
            web: WebSettings::default(),
            public_url: None,
        }
    }

    /// Sets the store of tokens, connections and claims, and the vault that seals their secrets.
    pub fn store(mut self, store: Arc<dyn Store>, vault: Vault) -> Self {
        self.engine = self.engine.store(store, vault);
        self
    }

    /// Sets what the deployment allows.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.engine = self.engine.policy(policy);
        self
    }

    /// Sets the limits of calls.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.engine = self.engine.limits(limits);
        self
    }

    /// Sets what happens when an output does not match its schema.
    pub fn output_check(mut self, output_check: OutputCheck) -> Self {
        self.engine = self.engine.output_check(output_check);
        self
    }

    /// Replaces a connector's base URL.
    pub fn base_url(mut self, connector: impl Into<String>, base_url: impl Into<String>) -> Self {
        self.engine = self.engine.base_url(connector, base_url);
        self
    }

    /// Sets how requests leave the process.
    pub fn egress(mut self, settings: EgressSettings) -> Self {
        self.engine = self.engine.egress(settings);
        self
    }

    /// Lets no request leave the process; see [`EngineBuilder::offline`].
    pub fn offline(mut self) -> Self {
        self.engine = self.engine.offline();
        self
    }

    /// Answers calls from recorded traffic; see [`EngineBuilder::recorded`].
    pub fn recorded(mut self, recorded: bool) -> Self {
        self.engine = self.engine.recorded(recorded);
        self
    }

    /// Sets the run log; without it runs are not recorded.
    pub fn run_log(mut self, run_log: RunLog) -> Self {
        self.engine = self.engine.run_log(run_log);
        self
    }

    /// Sets the hash of the operator's token.
    pub fn operator_token(mut self, hash: TokenHash) -> Self {
        self.operator = Some(hash);
        self
    }

    /// Sets whether calls need no token. For development on your own machine.
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

    /// Sets which web pages may call over HTTP, and by which host names.
    pub fn web(mut self, settings: WebSettings) -> Self {
        self.web = settings;
        self
    }

    /// Sets how accounts are connected.
    pub fn connect(mut self, settings: ConnectSettings) -> Self {
        let engine = self.engine.return_uris(settings.return_uris);
        self.engine = engine.oauth(settings.oauth);
        self.public_url = settings.public_url;
        self
    }

    /// Builds the gateway.
    ///
    /// # Errors
    ///
    /// If TLS can't be set up, or a base URL is set for an unknown connector.
    pub fn build(self) -> Result<Gateway, EngineError> {
        let engine = self.engine.build()?;
        let hits = engine.metrics().limit_hits().clone();
        let inner = Inner {
            bodies: Bodies::new(engine.limits(), hits),
            engine,
            search_index: OnceLock::new(),
            dialects: self.dialects,
            access: Access::new(self.operator, self.anonymous),
            public_url: self.public_url,
            own_url: OnceLock::new(),
            mcp: self.mcp,
            web: Arc::new(self.web),
        };
        Ok(Gateway {
            inner: Arc::new(inner),
        })
    }
}
