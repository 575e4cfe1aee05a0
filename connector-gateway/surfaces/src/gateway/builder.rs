//! The builder of gateways.

use std::sync::{Arc, OnceLock};

use plugwright_catalog::SearchIndex;
use plugwright_engine::{Engine, EngineError, EngineSettings};
use plugwright_sdk::host::Registry;
use plugwright_store::TokenHash;
use url::Url;

use super::{Access, Dialects, Gateway, Inner};
use crate::body::Bodies;
use crate::feelr::Inquiries;
use crate::web::WebSettings;

/// Builds a [`Gateway`]. Without a store it has no tokens and no connections, and each call brings
/// its credential.
#[must_use = "call `.build()`"]
pub struct GatewayBuilder {
    registry: Registry,
    engine: EngineSettings,
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
            registry,
            engine: EngineSettings::default(),
            operator: None,
            anonymous: false,
            dialects: Dialects::default(),
            mcp: true,
            web: WebSettings::default(),
            public_url: None,
        }
    }

    /// Sets how calls are made, and what is stored.
    pub fn engine(mut self, settings: EngineSettings) -> Self {
        self.engine = settings;
        self
    }

    /// Sets the hash of the operator's token.
    pub fn operator_token(mut self, hash: TokenHash) -> Self {
        self.operator = Some(hash);
        self
    }

    /// Allows calls without a token, for development.
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

    /// Sets which web pages may call over HTTP, and the accepted host names.
    pub fn web(mut self, settings: WebSettings) -> Self {
        self.web = settings;
        self
    }

    /// Sets the URL under which browsers reach the gateway, to connect accounts.
    pub fn public_url(mut self, url: Option<Url>) -> Self {
        self.public_url = url;
        self
    }

    /// Builds the gateway.
    ///
    /// # Errors
    ///
    /// As [`Engine::new`].
    pub fn build(self) -> Result<Gateway, EngineError> {
        let engine = Engine::new(self.registry, self.engine)?;
        let hits = engine.metrics().limit_hits().clone();
        let inner = Inner {
            bodies: Bodies::new(engine.limits(), hits, engine.lane().clone()),
            search_index: SearchIndex::new(engine.shared_registry()),
            engine,
            dialects: self.dialects,
            access: Access::new(self.operator, self.anonymous),
            public_url: self.public_url,
            own_url: OnceLock::new(),
            mcp: self.mcp,
            web: Arc::new(self.web),
            inquiries: Inquiries::default(),
        };
        Ok(Gateway {
            inner: Arc::new(inner),
        })
    }
}
