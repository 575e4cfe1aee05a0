//! The gateway: what surfaces, command lines and tests call.

mod builder;
mod directory;
mod lookup;
mod rate_limits;
mod settings;
mod shares;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use plugwright_egress::Egress;
use plugwright_sdk::{ActionError, Effect, ErrorCode, Registry};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use crate::call::{Call, OwnerSelector, Target};
use crate::connect::ConnectSettings;
use crate::connections::{Connections, Providers, sends_nothing};
use crate::limits::Limits;
use crate::outcome::Outcome;
use crate::pipeline::{self, Catalog, Verdict};
use crate::principal::Principal;
use crate::refresh::Refresher;
use crate::run_log::RunLog;
use crate::store::{Connection, ConnectionFilter, Store, TokenHash};
use crate::surface::{Bodies, Held, Surfaces};
use crate::telemetry::Metrics;
use crate::time::Timestamp;
use crate::tokens;
use crate::vault::Vault;
use crate::web::WebSettings;
pub use builder::{GatewayBuilder, GatewayError};
pub(crate) use directory::Directory;
use rate_limits::RateLimits;
pub use settings::{Dialects, OutputCheck, Policy};
use shares::Shares;
pub(crate) use shares::{Busy, Slot};

/// Executes the actions of a registry for principals. Clones share everything.
///
/// ```
/// use std::sync::{Arc, OnceLock};
///
/// use plugwright_gateway::{Call, CallOptions, Gateway, Mode, Principal};
/// use plugwright_sdk::{Registry, json};
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

/// What the stages of a call work with.
pub(crate) struct Inner {
    pub(crate) catalog: Catalog,
    pub(crate) policy: Policy,
    pub(crate) limits: Limits,
    /// Reads what requests bring.
    pub(crate) bodies: Bodies,
    pub(crate) output_check: OutputCheck,
    /// Base URLs that replace those of connectors, by the connector's name.
    pub(crate) base_urls: Arc<HashMap<String, String>>,
    /// Whom to ask whose a credential is.
    pub(crate) providers: Arc<Providers>,
    pub(crate) state: Option<State>,
    /// The way out; none where nothing is sent.
    egress: Option<Egress>,
    pub(crate) run_log: Arc<RunLog>,
    pub(crate) metrics: Metrics,
    pub(crate) rate_limits: RateLimits,
    pub(crate) dialects: Dialects,
    /// Work that goes on without whoever started it.
    pub(crate) tasks: TaskTracker,
    /// Calls that may run at the same time.
    shares: Shares,
    /// Cancelled when the gateway is to stop.
    pub(crate) stopping: CancellationToken,
    access: Access,
    pub(crate) connect: Arc<ConnectSettings>,
    /// Keeps credentials fresh, where they are kept and something can be sent.
    pub(crate) refresher: Option<Refresher>,
    /// Where browsers on this machine reach the gateway, once that is known.
    pub(crate) own_url: OnceLock<Url>,
    /// Whether there is `/mcp`.
    pub(crate) mcp: bool,
    pub(crate) web: Arc<WebSettings>,
}

impl Inner {
    /// Returns the way out.
    pub(crate) fn egress(&self) -> Result<&Egress, ActionError> {
        self.egress.as_ref().ok_or_else(sends_nothing)
    }

    /// Returns the connections of what it keeps.
    pub(crate) fn connections<'a>(&'a self, state: &'a State) -> Connections<'a> {
        Connections {
            store: &*state.store,
            vault: &state.vault,
            registry: self.catalog.registry(),
            identity: &*self.providers,
            refresher: self.refresher.as_ref(),
        }
    }
}

/// What a gateway has that keeps things.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Vault,
    pub(crate) directory: Arc<Directory>,
}

/// Who gets in beside the tokens of the store.
struct Access {
    operator: Option<TokenHash>,
    /// Whoever comes without a token, on a development server.
    anonymous: Option<Arc<Principal>>,
    operator_principal: Arc<Principal>,
}

impl Gateway {
    /// Starts to make a gateway for the connectors of a registry.
    pub fn builder(registry: Registry) -> GatewayBuilder {
        GatewayBuilder::new(registry)
    }

    /// Returns the connectors and actions.
    pub fn registry(&self) -> &Registry {
        self.inner.catalog.registry()
    }

    /// Finds out who calls, from the token of a request.
    ///
    /// # Errors
    ///
    /// `UNAUTHORIZED` for a missing, unknown, expired or revoked token; `UNAVAILABLE` if the store
    /// can't be asked.
    pub async fn authenticate(&self, token: Option<&str>) -> Result<Arc<Principal>, ActionError> {
        let access = &self.inner.access;
        let Some(token) = token else {
            return access.anonymous.clone().ok_or_else(|| {
                unauthorized("a token is required: send it as `Authorization: Bearer TOKEN`")
            });
        };
        let hash = tokens::hash(token);
        if let Some(operator) = &access.operator
            && verify_slices_are_equal(operator, &hash).is_ok()
        {
            return Ok(Arc::clone(&access.operator_principal));
        }
        let known = match &self.inner.state {
            Some(state) => state
                .directory
                .token(&*state.store, &hash)
                .await
                .map_err(ActionError::from)?,
            None => None,
        };
        let known = known.ok_or_else(|| unauthorized("the token is not known"))?;
        if known.revoked {
            return Err(unauthorized("the token was revoked"));
        }
        if known.expires_at.is_some_and(|end| end <= Timestamp::now()) {
            return Err(unauthorized("the token has expired"));
        }
        Ok(Arc::clone(&known.principal))
    }

    /// Tells whether the input of an action, by any spelling of its name, may bring a file.
    pub(crate) fn takes_file(&self, action: &str) -> bool {
        action.len() <= self.inner.limits.name && self.inner.catalog.takes_file(action)
    }

    /// Tells whether the deployment and the principal's grant allow an action at all, so that
    /// lists show only what can be called.
    pub fn allows(&self, principal: &Principal, action: &str) -> bool {
        let (policy, grant) = (&self.inner.policy, &principal.grant);
        let verdict = Verdict::of_action(policy, grant, action);
        let effect = self.inner.catalog.effect_of(action);
        let verdict = match effect {
            Some(effect) => verdict.and_effect(policy, grant, effect),
            None => return false,
        };
        verdict == Verdict::Allowed
    }

    /// Makes a call. It ends by itself at its deadline.
    ///
    /// A read stops when the future is dropped. Everything else runs to its end all the same: the
    /// provider may have it already, and the run log and whoever repeats the call with its
    /// idempotency key must know what came of it.
    pub async fn execute(&self, call: Call) -> Outcome {
        self.execute_holding(call, Held::default()).await
    }

    /// Makes a call whose input takes this memory until the call has ended.
    pub(crate) async fn execute_holding(&self, call: Call, held: Held) -> Outcome {
        let slot = self.inner.shares.take(&call.principal);
        if self.may_stop(&call) {
            // Boxed, as surfaces move the future that they make of this one a few times.
            return Box::pin(pipeline::run(&self.inner, &call, slot)).await;
        }
        let inner = Arc::clone(&self.inner);
        let running = inner.tasks.clone().spawn(async move {
            let _held = held;
            pipeline::run(&inner, &call, slot).await
        });
        running.await.unwrap_or_else(|_| Outcome::broken())
    }

    fn may_stop(&self, call: &Call) -> bool {
        let reads = match &call.target {
            Target::Action { name, .. } => self.inner.catalog.effect_of(name) == Some(Effect::Read),
            Target::Proxy { request, .. } => request.method.is_safe(),
        };
        reads && call.options.idempotency_key.is_none()
    }

    /// Notes where it listens. Browsers on the same machine reach it there.
    pub(crate) fn listens_on(&self, address: SocketAddr) {
        if address.ip().is_loopback()
            && let Ok(url) = Url::parse(&format!("http://{address}"))
        {
            // It listens on one address, and this is the first time that it is noted.
            let _ = self.inner.own_url.set(url);
        }
    }

    /// Says from now on that it is not ready, so that no new calls are sent to it.
    pub(crate) fn retire(&self) {
        self.inner.stopping.cancel();
    }

    /// Waits for calls that run on without their callers, then writes what is pending. Returns how
    /// many calls were still running when the grace was over.
    pub(crate) async fn finish(&self, grace: Duration) -> usize {
        let tasks = &self.inner.tasks;
        tasks.close();
        // How many are late is what is returned.
        let _ = tokio::time::timeout(grace, tasks.wait()).await;
        self.inner.run_log.close().await;
        if let Some(state) = &self.inner.state {
            state.store.close().await;
        }
        tasks.len()
    }

    /// Tells whether calls can be made: the store answers and nobody asked to stop.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE`, with what is missing.
    pub async fn ready(&self) -> Result<(), ActionError> {
        const LIMIT: Duration = Duration::from_secs(2);
        if self.inner.stopping.is_cancelled() {
            return Err(ActionError::new(
                ErrorCode::Unavailable,
                "the gateway is stopping",
            ));
        }
        match &self.inner.state {
            Some(state) => state.store.ping(LIMIT).await.map_err(ActionError::from),
            None => Ok(()),
        }
    }

    /// Returns the metrics in the text form that Prometheus reads ([OpenMetrics]).
    ///
    /// # Errors
    ///
    /// `INTERNAL_ERROR` if they can't be written.
    ///
    /// [OpenMetrics]: https://prometheus.io/docs/specs/om/open_metrics_spec/
    pub fn metrics(&self) -> Result<String, ActionError> {
        self.inner.metrics.render().map_err(|error| {
            ActionError::new(ErrorCode::InternalError, "the metrics can't be written")
                .with_source(error)
        })
    }

    /// Returns everything that is served over HTTP.
    pub fn router(&self) -> axum::Router {
        axum::Router::new().fallback_service(Surfaces::new(self))
    }

    /// Returns the connections that a principal may use, of the organization that it names or of
    /// its first one, by connector and name.
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
        let selector = OwnerSelector::Organization(organization.map(str::to_owned));
        let owner = pipeline::owner(principal, &selector)?;
        let Some(state) = &self.inner.state else {
            return Ok(Vec::new());
        };
        let filter = ConnectionFilter {
            owner: Some(owner),
            connector: connector.map(str::to_owned),
            ..ConnectionFilter::default()
        };
        let mut found = state
            .store
            .connections(&filter)
            .await
            .map_err(ActionError::from)?;
        if let Some(granted) = &principal.grant.connections {
            found.retain(|connection| granted.contains(&connection.id));
        }
        Ok(found)
    }

    /// Tells whether calls need no token.
    pub(crate) fn is_open(&self) -> bool {
        self.inner.access.anonymous.is_some()
    }

    pub(crate) fn shared_registry(&self) -> Arc<Registry> {
        self.inner.catalog.shared_registry()
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }
}

fn unauthorized(message: &str) -> ActionError {
    ActionError::new(ErrorCode::Unauthorized, message)
}
