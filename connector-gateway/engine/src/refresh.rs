//! Refreshes OAuth credentials: once per expiry, however many calls wait and however many processes
//! share the store.
//!
//! A refresh token may be valid for one request only, and using it twice may revoke the whole
//! consent. So callers in one process share a refresh, a lease in the store excludes other
//! processes, and the result is only stored if the lease was not lost and the credential has not
//! changed. No database connection is held meanwhile. One window remains: if a process crashes
//! between the provider's response and the commit, the new refresh token is lost and the account
//! has to be reconnected.

mod event;
mod validity;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};
use plugwright_egress::Egress;
use plugwright_sdk::auth::{Refresh, SchemeKind};
use plugwright_sdk::host::{Connector, Registry};
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use plugwright_store::{Connection, ConnectionStatus, Lease, StoreError, vault::OAuthTokens};
use tokio::time::{Instant, sleep};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::metrics::Refreshes;
use crate::oauth::{Grant, OAuthConfig, OAuthError, PATIENCE, Registrations};
use crate::run_log::RunLog;
use crate::storage::Storage;

use event::Event;
pub(crate) use validity::Validity;
use validity::{Need, need};

/// Longer than the timeout of token requests, so that nobody takes over while a response may
/// arrive.
const LEASE: Duration = PATIENCE.saturating_add(Duration::from_secs(5));

const POLL: Duration = Duration::from_millis(100);

/// Longest wait for another process: its lease, then an own attempt.
const WAIT: Duration = Duration::from_secs(25);

/// After a failure, the provider is not asked again for this long; longer if it refused for good. A
/// reconnected account has a new credential and does not wait.
const REST: Duration = Duration::from_secs(1);
const LONG_REST: Duration = Duration::from_mins(1);

/// How long a new credential is held while the store does not respond.
const KEEP: Duration = Duration::from_mins(2);

/// Refreshes credentials. Clones share everything.
#[derive(Clone)]
pub struct Refresher(Arc<Inner>);

struct Inner {
    storage: Storage,
    egress: Egress,
    configured: Arc<HashMap<String, OAuthConfig>>,
    registry: Arc<Registry>,
    run_log: Arc<RunLog>,
    refreshes: Refreshes,
    tasks: TaskTracker,
    running: Mutex<HashMap<Key, Running>>,
}

/// A connection and the version of its credential.
type Key = (Uuid, i64);
type Running = Shared<BoxFuture<'static, Result<Arc<Connection>, RefreshFailure>>>;

#[derive(Clone, Debug)]
enum RefreshFailure {
    /// A person has to reconnect the account.
    Reauthorize(String),
    /// A retry may succeed.
    Later {
        message: String,
        wait: Option<Duration>,
    },
    /// An operator has to fix something.
    Operator(String),
    /// The connection no longer exists.
    Gone,
}

/// Why an unreadable credential has to be replaced.
const DAMAGED: &str = "its stored credential is damaged";

impl RefreshFailure {
    fn outcome(&self) -> &'static str {
        match self {
            Self::Reauthorize(_) => "reauth_required",
            Self::Later { .. } => "later",
            Self::Operator(_) => "not_configured",
            Self::Gone => "deleted",
        }
    }
}

impl From<StoreError> for RefreshFailure {
    fn from(error: StoreError) -> Self {
        if let StoreError::Corrupt { .. } = error {
            return Self::Reauthorize(DAMAGED.to_owned());
        }
        Self::Later {
            message: error.to_string(),
            wait: None,
        }
    }
}

impl Refresher {
    pub(crate) fn new(
        storage: Storage,
        egress: Egress,
        configured: Arc<HashMap<String, OAuthConfig>>,
        registry: Arc<Registry>,
        run_log: Arc<RunLog>,
        refreshes: Refreshes,
        tasks: TaskTracker,
    ) -> Self {
        Self(Arc::new(Inner {
            storage,
            egress,
            configured,
            registry,
            run_log,
            refreshes,
            tasks,
            running: Mutex::default(),
        }))
    }

    /// Returns the connection with a valid credential, refreshing it if it is due. If it will be due soon,
    /// it is refreshed in the background. `CREDENTIAL_EXPIRED` if the account has to be reconnected.
    pub(crate) async fn fresh(
        &self,
        connection: Arc<Connection>,
    ) -> Result<Arc<Connection>, ActionError> {
        match need(&connection, self.0.storage.store.now()) {
            Need::Nothing => Ok(connection),
            Need::Soon => {
                drop(self.start(&connection));
                Ok(connection)
            }
            Need::Now => {
                let name = connection.name.clone();
                self.start(&connection)
                    .await
                    .map_err(|failed| said(&name, failed))
            }
        }
    }

    /// Refreshes a credential that the provider rejected. Returns whether there is a new one, or why
    /// refreshing failed, which says more than that the old one was rejected.
    pub(crate) async fn renew(&self, connection: &Arc<Connection>) -> Result<bool, ActionError> {
        if !self.0.is_refreshable(connection) || self.0.was_in_vain(connection) {
            return Ok(false);
        }
        let renewed = self.start(connection).await;
        let renewed = renewed.map_err(|failed| said(&connection.name, failed))?;
        Ok(renewed.credential_version != connection.credential_version)
    }

    /// Returns the secret of the gateway's client that a connection was made with, if it has one.
    pub(crate) async fn client_secret(
        &self,
        connector: &Connector,
        connection: &Connection,
    ) -> Result<Option<Secret>, ActionError> {
        if connection.scheme != SchemeKind::OAuth2 {
            return Ok(None);
        }
        let registrations = self.0.registrations();
        match registrations
            .find(connector, connection.provider_config)
            .await
        {
            Ok(registration) => Ok(registration.client.secret),
            Err(error) if error.code() == ErrorCode::ProviderNotConfigured => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Joins a running refresh, or starts one. It continues if its callers stop waiting.
    fn start(&self, connection: &Arc<Connection>) -> Running {
        let key = (connection.id, connection.credential_version);
        let mut running = lock(&self.0.running);
        if let Some(running) = running.get(&key) {
            return running.clone();
        }
        let inner = Arc::clone(&self.0);
        let before = Arc::clone(connection);
        let task = self.0.tasks.spawn(async move {
            let result = inner.refresh(before).await;
            let rest = match &result {
                Ok(_) => None,
                Err(RefreshFailure::Reauthorize(_)) => Some(LONG_REST),
                Err(_) => Some(REST),
            };
            match rest {
                None => drop(lock(&inner.running).remove(&key)),
                // Shutdown does not wait for it.
                Some(rest) => drop(tokio::spawn(async move {
                    sleep(rest).await;
                    lock(&inner.running).remove(&key);
                })),
            }
            result
        });
        let joined = task.map(|ended| {
            ended.unwrap_or_else(|_| {
                Err(RefreshFailure::Later {
                    message: "the refresh panicked".to_owned(),
                    wait: None,
                })
            })
        });
        let shared = joined.boxed().shared();
        running.insert(key, shared.clone());
        shared
    }
}

/// No value is left inconsistent under this lock.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn said(name: &str, failed: RefreshFailure) -> ActionError {
    match failed {
        RefreshFailure::Reauthorize(why) => ActionError::new(
            ErrorCode::CredentialExpired,
            format!("connection `{name}` must be reconnected: {why}"),
        ),
        RefreshFailure::Later { message, wait } => ActionError::new(
            ErrorCode::Unavailable,
            format!("the credential of connection `{name}` can't be refreshed now: {message}"),
        )
        .with_retry_after(wait.unwrap_or(REST)),
        RefreshFailure::Operator(message) => {
            ActionError::new(ErrorCode::ProviderNotConfigured, message)
        }
        RefreshFailure::Gone => ActionError::new(
            ErrorCode::ConnectionNotFound,
            format!("connection `{name}` was deleted"),
        ),
    }
}

impl Inner {
    fn registrations(&self) -> Registrations<'_> {
        Registrations {
            store: &*self.storage.store,
            vault: &self.storage.vault,
            configured: &self.configured,
        }
    }

    fn is_refreshable(&self, connection: &Connection) -> bool {
        let connector = self.registry.connector(&connection.connector);
        connection.scheme == SchemeKind::OAuth2
            && connector
                .and_then(Connector::oauth2)
                .is_some_and(|scheme| scheme.refresh != Refresh::Never)
    }

    /// Returns whether a credential was rejected so shortly ago that a new one would be rejected too:
    /// calls of a provider that rejects all would each get one.
    fn was_in_vain(&self, connection: &Connection) -> bool {
        connection.status == ConnectionStatus::ReauthRequired
            && self.storage.store.now() < connection.updated_at.after(LONG_REST)
    }

    /// Makes the credential differ from the one that failed.
    async fn refresh(&self, before: Arc<Connection>) -> Result<Arc<Connection>, RefreshFailure> {
        let store = &self.storage.store;
        let patience = Instant::now() + WAIT;
        let fence = loop {
            let lease = store
                .lease_refresh(before.id, before.credential_version, LEASE)
                .await?;
            match lease {
                Lease::Taken { fence } => break fence,
                Lease::Changed => return self.reload(&before).await,
                Lease::Busy if Instant::now() >= patience => {
                    return Err(RefreshFailure::Later {
                        message: "another process is still refreshing it".to_owned(),
                        wait: None,
                    });
                }
                Lease::Busy => sleep(POLL).await,
            }
        };
        let event = Event::begin(&before);
        let result = self.refresh_under(&before, fence).await;
        if result.is_err()
            && let Err(error) = store.release_refresh(before.id, fence).await
        {
            tracing::warn!(connection = %before.id, %error, "a lease could not be released; it expires");
        }
        self.storage.directory.forget();
        let failed = result.as_ref().err();
        self.refreshes.end(
            self.registry
                .connector(&before.connector)
                .map(Connector::lasting_name),
            failed.map_or("refreshed", RefreshFailure::outcome),
        );
        self.run_log
            .record(event.end(failed.map(|failed| said(&before.name, failed.clone()))));
        result
    }

    async fn refresh_under(
        &self,
        before: &Arc<Connection>,
        fence: i64,
    ) -> Result<Arc<Connection>, RefreshFailure> {
        // Its status and key may have changed since it was read.
        let current = self.reload(before).await?;
        if current.credential_version != before.credential_version {
            return Ok(current);
        }
        let connector = self.registry.connector(&current.connector).ok_or_else(|| {
            RefreshFailure::Operator(format!("no connector is named `{}`", current.connector))
        })?;
        let scheme = connector.oauth2().ok_or_else(|| {
            RefreshFailure::Operator(format!("{} has no OAuth", connector.display_name()))
        })?;
        let opened = match self.storage.vault.open_tokens(&current) {
            Ok(opened) => opened,
            Err(error) if error.is_damage() => return self.give_up(&current, DAMAGED).await,
            Err(error) => return Err(RefreshFailure::Operator(error.to_string())),
        };
        let registrations = self.registrations();
        let registration = registrations.find(connector, current.provider_config).await;
        let registration = registration.map_err(|error| match error.code() {
            ErrorCode::Unavailable => RefreshFailure::Later {
                message: error.message().to_owned(),
                wait: error.retry_after(),
            },
            _ => RefreshFailure::Operator(error.message().to_owned()),
        })?;
        let provider = registration.provider(connector, scheme, &current.settings, &self.egress);
        let granted = match (&opened.refresh_token, scheme.authorization_endpoint) {
            (Some(token), _) => provider.refresh(token, &[]).await,
            (None, None) => {
                let scopes = current.scopes.clone().unwrap_or_default();
                let scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
                provider.client_credentials(&scopes).await
            }
            (None, Some(_)) => {
                let why = "its access token has expired, and the provider issued no refresh token";
                return self.give_up(&current, why).await;
            }
        };
        match granted {
            Ok(grant) => self.keep(&current, &opened, &grant, fence).await,
            Err(error) if error.is_invalid_grant() => {
                let why = format!("{} refused to renew it: {error}", connector.display_name());
                self.give_up(&current, &why).await
            }
            Err(OAuthError::Transient {
                reason,
                retry_after,
            }) => Err(RefreshFailure::Later {
                message: reason,
                wait: retry_after,
            }),
            // The refresh token may be used up; only another attempt tells.
            Err(error @ (OAuthError::Ambiguous { .. } | OAuthError::Unusable { .. })) => {
                Err(RefreshFailure::Later {
                    message: error.to_string(),
                    wait: None,
                })
            }
            Err(error @ (OAuthError::Refused { .. } | OAuthError::Unsent(_))) => {
                Err(RefreshFailure::Operator(error.to_string()))
            }
        }
    }

    /// Stores the granted tokens, retrying for as long as needed: there is no other copy.
    async fn keep(
        &self,
        current: &Connection,
        opened: &OAuthTokens,
        grant: &Grant,
        fence: i64,
    ) -> Result<Arc<Connection>, RefreshFailure> {
        let store = &self.storage.store;
        let tokens = opened.renewed(grant.access_token.clone(), grant.refresh_token.clone());
        let validity = Validity::of(grant.expires_in, store.now());
        let secret = self
            .storage
            .vault
            .seal(current.id, tokens.to_json().as_bytes())
            .map_err(|error| RefreshFailure::Operator(error.to_string()))?;
        let refreshed = Connection {
            status: ConnectionStatus::Active,
            scopes: grant.scopes.clone().or_else(|| current.scopes.clone()),
            expires_at: validity.expires_at,
            refresh_at: validity.refresh_at,
            secret,
            ..current.clone()
        };
        let end = Instant::now() + KEEP;
        loop {
            match store.finish_refresh(&refreshed, fence).await {
                Ok(stored) => return Ok(Arc::new(stored)),
                Err(StoreError::Unavailable(reason)) if Instant::now() < end => {
                    tracing::warn!(connection = %current.id, reason, "a refreshed credential waits for the store");
                    sleep(POLL).await;
                }
                // The credential was replaced or the connection deleted meanwhile, or this commit
                // was acknowledged late.
                Err(StoreError::Changed(_) | StoreError::NotFound(_)) => {
                    return self.reload(current).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Marks the account as to be reconnected, unless the credential has changed.
    async fn give_up(
        &self,
        current: &Connection,
        why: &str,
    ) -> Result<Arc<Connection>, RefreshFailure> {
        let store = &self.storage.store;
        loop {
            let latest = self.reload(current).await?;
            if latest.credential_version != current.credential_version {
                return Ok(latest);
            }
            let expired = Connection {
                status: ConnectionStatus::ReauthRequired,
                ..Connection::clone(&latest)
            };
            match store.update_connection(&expired).await {
                Ok(_) => return Err(RefreshFailure::Reauthorize(why.to_owned())),
                Err(StoreError::Changed(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn reload(&self, before: &Connection) -> Result<Arc<Connection>, RefreshFailure> {
        let found = self.storage.store.connection(before.id).await?;
        found.map(Arc::new).ok_or(RefreshFailure::Gone)
    }
}
