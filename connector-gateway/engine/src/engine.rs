//! The engine: connectors and everything that calls need, independent of HTTP.

mod settings;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use plugwright_egress::Egress;
use plugwright_sdk::host::{Effect, Entry, Registry, UnknownAction};
use plugwright_sdk::schema::Schema;
use plugwright_sdk::{ActionError, ErrorCode};
use plugwright_store::{Connection, ConnectionFilter};
use tokio_util::task::TaskTracker;
use url::Url;

use crate::call::{Call, Mode, OwnerSelector, Target};
use crate::catalog::Catalog;
use crate::connect::{Connect, ConnectLimits};
use crate::connections::{Connections, Identify};
use crate::lane::Lane;
use crate::limits::{Limit, Limits};
use crate::memory::SharedMemory;
use crate::metrics::Metrics;
use crate::oauth::{OAuthConfig, Registrations};
use crate::outcome::Outcome;
use crate::pipeline::{self, Instance, Pipeline};
use crate::principal::Principal;
use crate::rate_limits::RateLimits;
use crate::refresh::Refresher;
use crate::run_log::RunLog;
use crate::settings::Policy;
use crate::shares::Shares;
use crate::storage::Storage;

pub use settings::{EngineError, EngineSettings};

/// Executes the actions of a registry for principals. Clones share everything.
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_engine::{Call, Engine, EngineSettings, Mode, Principal};
/// use plugwright_sdk::host::Registry;
/// use plugwright_sdk::json;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let registry = Registry::new([&plugwright_github::CONNECTOR])?;
/// let engine = Engine::new(registry, EngineSettings::default())?;
/// let input = json!({ "repo": "octocat/Hello-World" });
/// let mut call = Call::action(Arc::new(Principal::local()), "github.issues.list", input);
/// call.options.mode = Mode::Mock;
/// let outcome = engine.execute(call).await;
/// assert!(outcome.result?.data.value().is_array());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Engine {
    shared: Arc<Shared>,
}

struct Shared {
    pipeline: Pipeline,
    shares: Shares,
    connecting: Connecting,
    lane: Lane,
}

struct Connecting {
    /// OAuth clients of the configuration, by connector.
    configured: Arc<HashMap<String, OAuthConfig>>,
    limits: ConnectLimits,
}

impl Engine {
    /// Returns the connectors and actions.
    pub fn registry(&self) -> &Registry {
        self.catalog().registry()
    }

    /// Returns the connectors and actions, shared.
    pub fn shared_registry(&self) -> Arc<Registry> {
        self.catalog().shared_registry()
    }

    /// Returns the connectors and actions with what calls need to know of each.
    pub fn catalog(&self) -> &Catalog {
        &self.shared.pipeline.catalog
    }

    /// Returns what the deployment allows at all.
    pub fn policy(&self) -> &Policy {
        &self.shared.pipeline.policy
    }

    /// Returns the limits.
    pub fn limits(&self) -> &Limits {
        &self.shared.pipeline.limits
    }

    /// Returns the store, if there is one.
    pub fn storage(&self) -> Option<&Storage> {
        self.shared.pipeline.storage.as_ref()
    }

    /// Returns egress, if there is any.
    pub fn egress(&self) -> Option<&Egress> {
        self.shared.pipeline.outbound.egress.as_ref()
    }

    /// Returns the run log.
    pub fn run_log(&self) -> &Arc<RunLog> {
        &self.shared.pipeline.run_log
    }

    /// Returns the metrics.
    pub fn metrics(&self) -> &Metrics {
        &self.shared.pipeline.metrics
    }

    /// Returns the rate limits of principals.
    pub fn rate_limits(&self) -> &RateLimits {
        &self.shared.pipeline.rate_limits
    }

    /// Returns the threads for large requests and responses.
    pub fn lane(&self) -> &Lane {
        &self.shared.lane
    }

    /// Returns the tasks that outlive their caller.
    pub fn tasks(&self) -> &TaskTracker {
        &self.shared.pipeline.background.tasks
    }

    /// Returns what identifies accounts at providers.
    pub fn identity(&self) -> Arc<dyn Identify> {
        Arc::clone(&self.shared.pipeline.outbound) as Arc<dyn Identify>
    }

    /// Returns the refresher of credentials, if there are a store and egress.
    pub fn refresher(&self) -> Option<&Refresher> {
        self.shared.pipeline.refresher.as_ref()
    }

    /// Returns the connections, if there is a store.
    pub fn connections(&self) -> Option<Connections<'_>> {
        let connect = self.connect(None).ok()?;
        Some(connect.connections())
    }

    /// Returns the OAuth clients of the configuration, by connector.
    pub fn configured_clients(&self) -> &Arc<HashMap<String, OAuthConfig>> {
        &self.shared.connecting.configured
    }

    /// Returns whether the input of an action, by any spelling of its name, may contain a file.
    pub fn takes_file(&self, action: &str) -> bool {
        action.len() <= self.limits().name && self.catalog().takes_file(action)
    }

    /// Returns the schema of the input of an action, by any spelling of its name.
    pub fn input_schema(&self, action: &str) -> Option<Arc<Schema>> {
        if action.len() > self.limits().name {
            return None;
        }
        self.catalog().input_schema(action)
    }

    /// Finds an action by any spelling of its id, or the nearest names that a principal may call.
    pub fn find(&self, principal: &Principal, name: &str) -> Result<Entry, UnknownAction> {
        let pipeline = &self.shared.pipeline;
        let found = pipeline.names().find(name);
        found.map_err(|unknown| unknown.among(|id| pipeline.allows(principal, id)))
    }

    /// Finds an action by the name of a connection in place of its connector's, such as
    /// `hubspot-prod.contacts.list`, in the organization that the principal names or its first one.
    /// Returns the connection's name with it.
    ///
    /// # Errors
    ///
    /// `CONNECTION_NOT_ALLOWED` for an organization that it may not use; `UNAVAILABLE`.
    pub async fn find_instance(
        &self,
        principal: &Principal,
        organization: Option<&str>,
        name: &str,
    ) -> Result<Option<(Entry, String)>, ActionError> {
        let Some(storage) = self.storage().filter(|_| principal.project.is_none()) else {
            return Ok(None);
        };
        if name.len() > self.limits().name {
            return Ok(None);
        }
        let owner = OwnerSelector::Organization(organization.map(str::to_owned));
        let found = Instance::find(storage, self.registry(), principal, &owner, name).await?;
        Ok(found.and_then(|found| {
            let entry = self.registry().find(&found.action).ok()?;
            Some((entry, found.connection))
        }))
    }

    /// Returns the memory for responses of providers, and for answers that clients have not read yet.
    pub fn response_memory(&self) -> &Arc<SharedMemory> {
        &self.shared.pipeline.outbound.memory.shared
    }

    /// Refuses a principal whose clients leave more answers unread than its share of
    /// [`response_memory`](Limits::response_memory).
    ///
    /// # Errors
    ///
    /// `RATE_LIMITED`.
    pub fn check_unread(&self, principal: &Principal) -> Result<(), ActionError> {
        if !self.response_memory().is_overdue(principal) {
            return Ok(());
        }
        self.metrics().limit_hits().add(Limit::ResponseMemory);
        let message = "too many answers to this token are not read yet; nothing was done";
        let error = ActionError::new(ErrorCode::RateLimited, message);
        Err(error.with_retry_after(Duration::from_secs(1)))
    }

    /// Rejects a search query that is too long; `param` is the caller's name for it.
    pub fn check_search(&self, param: &str, text: &str) -> Result<(), ActionError> {
        let most = self.limits().search;
        if text.len() <= most {
            return Ok(());
        }
        self.metrics().limit_hits().add(Limit::Search);
        Err(ActionError::invalid_param(
            param,
            format!("must have at most {most} bytes, not {}", text.len()),
        ))
    }

    /// Returns whether the deployment and the principal's grant allow an action, so that lists only
    /// contain what can be called.
    pub fn allows(&self, principal: &Principal, action: &str) -> bool {
        self.shared.pipeline.allows(principal, action)
    }

    /// As [`allows`](Self::allows), for an action whose effect is known already.
    pub fn allows_effect(&self, principal: &Principal, action: &str, effect: Effect) -> bool {
        pipeline::allows(self.policy(), principal, action, effect)
    }

    /// Returns whether a call of an action, by any spelling of its name, is refused whatever its input
    /// is.
    pub fn refuses(&self, principal: &Principal, action: &str) -> bool {
        let found = self.find(principal, action);
        found.is_ok_and(|entry| !self.allows_effect(principal, &entry.id(), entry.action.effect()))
    }

    /// Returns whether each direct request to a connector is refused.
    pub fn refuses_proxy(&self, principal: &Principal, connector: &str) -> bool {
        let found = self.catalog().connector(connector);
        found.is_ok_and(|found| !pipeline::allows_proxy(self.policy(), principal, found.name()))
    }

    /// Executes a call, at most until its deadline.
    ///
    /// A read stops when the future is dropped. Anything else runs to completion: the provider may
    /// have received it, and the run log and repeated calls with its idempotency key need the
    /// outcome.
    pub async fn execute(&self, call: Call) -> Outcome {
        self.execute_holding(call, ()).await
    }

    /// Executes a call and keeps a value until it has ended, such as the memory budget of its
    /// input.
    pub async fn execute_holding(&self, mut call: Call, held: impl Send + 'static) -> Outcome {
        let diverted = self.shared.pipeline.outbound.recorded && call.handles.upstream.is_none();
        if diverted && call.options.mode == Mode::Live {
            call.options.mode = Mode::Recorded;
        }
        let slot = self.shared.shares.take(&call.principal);
        let may_stop = self.may_stop(&call);
        let shared = Arc::clone(&self.shared);
        // Boxed, so that it can go on elsewhere.
        let running = Box::pin(async move {
            let _held = held;
            shared.pipeline.run(&call, slot).await
        });
        let outcome = if may_stop {
            self.shared.lane.run_if_large(running).await
        } else {
            let lane = self.shared.lane.clone();
            let running = self
                .tasks()
                .spawn(async move { lane.run_if_large(running).await });
            running.await.unwrap_or_default()
        };
        outcome.unwrap_or_else(Outcome::broken)
    }

    fn may_stop(&self, call: &Call) -> bool {
        let effect = match &call.target {
            Target::Action { name, .. } => self.catalog().effect_of(name),
            Target::Proxy { request, .. } => request.method.is_safe().then_some(Effect::Read),
        };
        effect.is_some_and(|effect| call.may_stop(effect))
    }

    /// Returns what connects accounts; `public_url` is the URL for browsers, if there is one.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE` if there is no store.
    pub fn connect<'a>(&'a self, public_url: Option<&'a Url>) -> Result<Connect<'a>, ActionError> {
        let connecting = &self.shared.connecting;
        let storage = self.storage().ok_or_else(|| {
            ActionError::new(
                ErrorCode::Unavailable,
                "this gateway has no store, so accounts can't be connected",
            )
        })?;
        Ok(Connect {
            storage,
            registry: self.registry(),
            registrations: Registrations {
                store: &*storage.store,
                vault: &storage.vault,
                configured: &connecting.configured,
            },
            refresher: self.refresher(),
            outbound: &self.shared.pipeline.outbound,
            limits: &connecting.limits,
            hits: self.metrics().limit_hits(),
            public_url,
        })
    }

    /// Reports the engine as not ready from now on, so that no new calls are routed to it.
    pub fn retire(&self) {
        self.shared.pipeline.background.stopping.cancel();
    }

    /// Waits for calls that outlive their callers, then writes pending records. Returns how many
    /// calls were still running at the end of the grace period.
    pub async fn finish(&self, grace: Duration) -> usize {
        let tasks = self.tasks();
        tasks.close();
        // The number of unfinished calls is the result.
        let _ = tokio::time::timeout(grace, tasks.wait()).await;
        self.run_log().close().await;
        if let Some(storage) = self.storage() {
            storage.store.close().await;
        }
        tasks.len()
    }

    /// Fails unless calls can be made: the store responds and no stop was requested.
    ///
    /// # Errors
    ///
    /// `UNAVAILABLE`, with what is missing.
    pub async fn ready(&self) -> Result<(), ActionError> {
        const LIMIT: Duration = Duration::from_secs(2);
        if self.shared.pipeline.background.stopping.is_cancelled() {
            return Err(ActionError::new(
                ErrorCode::Unavailable,
                "the gateway is stopping",
            ));
        }
        match self.storage() {
            Some(storage) => storage.store.ping(LIMIT).await.map_err(ActionError::from),
            None => Ok(()),
        }
    }

    /// Returns the connections that a principal may use in the organization that it names or its
    /// first one, by connector and name.
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
        let Some(storage) = self.storage() else {
            return Ok(Vec::new());
        };
        let filter = ConnectionFilter {
            owner: Some(owner),
            connector: connector.map(str::to_owned),
            ..ConnectionFilter::default()
        };
        let mut found = storage
            .store
            .connections(&filter)
            .await
            .map_err(ActionError::from)?;
        if let Some(granted) = &principal.grant.connections {
            found.retain(|connection| granted.contains(&connection.id));
        }
        Ok(found)
    }
}
