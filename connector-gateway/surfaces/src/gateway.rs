//! The gateway: an engine with what is served over HTTP.

mod access;
mod builder;
mod dialects;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use plugwright_catalog::SearchIndex;
use plugwright_sdk::host::Registry;
use plugwright_sdk::{ActionError, ErrorCode};
use url::Url;

use crate::body::Bodies;
use crate::feelr::Inquiries;
use crate::unread;
use crate::web::WebSettings;
use access::Access;
use plugwright_engine::connect::Connect;
use plugwright_engine::{Call, Engine, Outcome, Principal};
use plugwright_store::Connection;

pub use builder::GatewayBuilder;
pub use dialects::Dialects;

/// An [engine](Engine) with what it takes to serve it over HTTP: authentication, and the dialects.
/// Clones share everything.
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_engine::{Call, Mode, Principal};
/// use plugwright_sdk::host::Registry;
/// use plugwright_sdk::json;
/// use plugwright_surfaces::Gateway;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let gateway = Gateway::builder(Registry::new([&plugwright_github::CONNECTOR])?).build()?;
/// let input = json!({ "repo": "octocat/Hello-World" });
/// let mut call = Call::action(Arc::new(Principal::local()), "github.issues.list", input);
/// call.options.mode = Mode::Mock;
/// let outcome = gateway.execute(call).await;
/// assert!(outcome.result?.data.value().is_array());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    engine: Engine,
    search_index: SearchIndex<Arc<Registry>>,
    pub(crate) bodies: Bodies,
    pub(crate) dialects: Dialects,
    access: Access,
    /// Where browsers reach the gateway, if it is configured.
    public_url: Option<Url>,
    /// Where browsers on this machine reach the gateway, once that is known.
    own_url: OnceLock<Url>,
    pub(crate) mcp: bool,
    pub(crate) web: Arc<WebSettings>,
    pub(crate) inquiries: Inquiries,
}

impl Gateway {
    /// Returns a builder for a gateway with the connectors of a registry.
    pub fn builder(registry: Registry) -> GatewayBuilder {
        GatewayBuilder::new(registry)
    }

    /// Returns the engine.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Returns the connectors and actions.
    pub fn registry(&self) -> &Registry {
        self.engine().registry()
    }

    /// Identifies the caller by the token of a request.
    ///
    /// # Errors
    ///
    /// `UNAUTHORIZED` for a missing, unknown, expired or revoked token; `UNAVAILABLE` if the store
    /// can't be asked; `RATE_LIMITED` for one whose clients leave too many answers unread.
    pub async fn authenticate(&self, token: Option<&str>) -> Result<Arc<Principal>, ActionError> {
        let storage = self.engine().storage();
        let principal = self.inner.access.authenticate(storage, token).await?;
        self.admit(&principal)?;
        Ok(principal)
    }

    /// Refuses a principal that leaves too many answers unread; those to come are counted for it.
    pub(crate) fn admit(&self, principal: &Arc<Principal>) -> Result<(), ActionError> {
        self.engine().check_unread(principal)?;
        unread::answers_to(principal);
        Ok(())
    }

    /// Returns whether the deployment and the principal's grant allow an action; see
    /// [`Engine::allows`].
    pub fn allows(&self, principal: &Principal, action: &str) -> bool {
        self.engine().allows(principal, action)
    }

    /// Makes a call; see [`Engine::execute`].
    pub async fn execute(&self, call: Call) -> Outcome {
        self.engine().execute(call).await
    }

    /// Returns whether calls can be made; see [`Engine::ready`].
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE`, with what is missing.
    pub async fn ready(&self) -> Result<(), ActionError> {
        self.engine().ready().await
    }

    /// Returns the connections that a principal may use; see [`Engine::usable_connections`].
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` for an organization that it may not use; `UNAVAILABLE`.
    pub async fn usable_connections(
        &self,
        principal: &Principal,
        organization: Option<&str>,
        connector: Option<&str>,
    ) -> Result<Vec<Connection>, ActionError> {
        self.engine()
            .usable_connections(principal, organization, connector)
            .await
    }

    /// Returns the metrics in the text form that Prometheus reads ([OpenMetrics]).
    ///
    /// # Errors
    ///
    /// `INTERNAL_ERROR` if they can't be written.
    ///
    /// [OpenMetrics]: https://prometheus.io/docs/specs/om/open_metrics_spec/
    pub fn metrics(&self) -> Result<String, ActionError> {
        self.engine().metrics().render().map_err(|error| {
            ActionError::new(ErrorCode::InternalError, "the metrics can't be written")
                .with_source(error)
        })
    }

    /// Records the address that it listens on, where browsers on the same machine reach it.
    pub fn listens_on(&self, address: SocketAddr) {
        if address.ip().is_loopback()
            && let Ok(url) = Url::parse(&format!("http://{address}"))
        {
            // It listens on one address.
            let _ = self.inner.own_url.set(url);
        }
    }

    /// Returns where browsers reach the gateway. One that only listens on loopback knows its address.
    pub(crate) fn public_url(&self) -> Option<&Url> {
        let configured = self.inner.public_url.as_ref();
        configured.or_else(|| self.inner.own_url.get())
    }

    /// Returns what connects accounts, as [`Engine::connect`].
    pub(crate) fn connect(&self) -> Result<Connect<'_>, ActionError> {
        self.engine().connect(self.public_url())
    }

    pub(crate) fn search_index(&self) -> &SearchIndex<Arc<Registry>> {
        &self.inner.search_index
    }

    /// Returns whether calls need no token.
    pub(crate) fn is_open(&self) -> bool {
        self.inner.access.is_open()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}
