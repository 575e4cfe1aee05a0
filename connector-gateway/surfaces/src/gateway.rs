//! The gateway: an engine with what is served over HTTP.

mod access;
mod builder;
mod dialects;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use plugwright_sdk::host::Registry;
use plugwright_sdk::{ActionError, ErrorCode};
use url::Url;

use crate::body::Bodies;
use crate::web::WebSettings;
use access::Access;
use plugwright_engine::Call;
use plugwright_engine::Engine;
use plugwright_engine::Outcome;
use plugwright_engine::Principal;
use plugwright_engine::accounts::Accounts;
use plugwright_engine::connect::Connect;
use plugwright_engine::connect::personal::Personal;
use plugwright_store::Connection;

pub use builder::GatewayBuilder;
pub use dialects::Dialects;

/// An [engine](Engine) with what is served over HTTP: who gets in, and by which dialects. Clones
/// share everything.
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

/// What surfaces are made with.
pub(crate) struct Inner {
    engine: Engine,
    /// Reads what requests bring.
    pub(crate) bodies: Bodies,
    pub(crate) dialects: Dialects,
    access: Access,
    /// Where browsers reach the gateway, as the configuration says.
    public_url: Option<Url>,
    /// Where browsers on this machine reach the gateway, once that is known.
    own_url: OnceLock<Url>,
    /// Whether there is `/mcp`.
    pub(crate) mcp: bool,
    pub(crate) web: Arc<WebSettings>,
}

impl Gateway {
    /// Starts to make a gateway for the connectors of a registry.
    pub fn builder(registry: Registry) -> GatewayBuilder {
        GatewayBuilder::new(registry)
    }

    /// Returns what makes the calls.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }

    /// Returns the connectors and actions.
    pub fn registry(&self) -> &Registry {
        self.engine().registry()
    }

    /// Finds out who calls, from the token of a request.
    ///
    /// # Errors
    ///
    /// `UNAUTHORIZED` for a missing, unknown, expired or revoked token; `UNAVAILABLE` if the store
    /// can't be asked.
    pub async fn authenticate(&self, token: Option<&str>) -> Result<Arc<Principal>, ActionError> {
        let storage = self.engine().storage();
        self.inner.access.authenticate(storage, token).await
    }

    /// Tells whether the deployment and the principal's grant allow an action; see
    /// [`Engine::allows`].
    pub fn allows(&self, principal: &Principal, action: &str) -> bool {
        self.engine().allows(principal, action)
    }

    /// Makes a call; see [`Engine::execute`].
    pub async fn execute(&self, call: Call) -> Outcome {
        self.engine().execute(call).await
    }

    /// Tells whether calls can be made; see [`Engine::ready`].
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

    /// Notes where it listens. Browsers on the same machine reach it there.
    pub fn listens_on(&self, address: SocketAddr) {
        if address.ip().is_loopback()
            && let Ok(url) = Url::parse(&format!("http://{address}"))
        {
            // It listens on one address, and this is the first time that it is noted.
            let _ = self.inner.own_url.set(url);
        }
    }

    /// Returns where browsers reach the gateway. One that listens on loopback alone knows its address
    /// by itself.
    fn public_url(&self) -> Option<&Url> {
        let configured = self.inner.public_url.as_ref();
        configured.or_else(|| self.inner.own_url.get())
    }

    /// Returns what connects accounts.
    ///
    /// # Errors
    ///
    /// As [`Engine::connect`].
    pub(crate) fn connect(&self) -> Result<Connect<'_>, ActionError> {
        self.engine().connect(self.public_url())
    }

    /// Returns what connects and disconnects accounts for a caller.
    ///
    /// # Errors
    ///
    /// As [`Engine::connect`] and [`Personal::new`].
    pub(crate) fn personal<'a>(
        &'a self,
        principal: &'a Principal,
    ) -> Result<Personal<'a>, ActionError> {
        let engine = self.engine();
        Personal::new(
            self.connect()?,
            engine.policy(),
            engine.catalog(),
            principal,
        )
    }

    /// Returns the accounts that a project's key reaches.
    ///
    /// # Errors
    ///
    /// As [`Accounts::new`].
    pub(crate) fn accounts(&self, principal: &Principal) -> Result<Accounts<'_>, ActionError> {
        Accounts::new(self.connect().ok(), principal)
    }

    /// Tells whether calls need no token.
    pub(crate) fn is_open(&self) -> bool {
        self.inner.access.is_open()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}
