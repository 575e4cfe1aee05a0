//! The context of a call: HTTP relative to the connector, ids, deadline, progress.

mod base_url;
mod builder;
mod exchange;
mod files;
mod memory;

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

pub use builder::ActionContextBuilder;
pub use memory::ResponseMemory;

use crate::auth::{Applied, Credential, CredentialHeaders};
use crate::data::{Data, JsonObject};
use crate::error::{ActionError, ErrorCode, Result};
use crate::file::{FileSource, Sink};
use crate::provider::Provider;
use crate::result::{ActionResult, Missing};
use crate::secret::{REDACTED, Redactor};
use crate::transport::Transport;

/// The first argument of an action's function: HTTP to the provider, and the metadata of the call.
///
/// ```
/// # use plugwright_sdk::{ActionContext, Result, path};
/// # use serde_json::Value;
/// async fn project(cx: &ActionContext, id: String) -> Result<Value> {
///     cx.get(path!("/projects/{id}", id = id)).fetch().await
/// }
/// ```
pub struct ActionContext {
    /// Erased: the compiler proves of each action's future that it is `Send`, which would take it
    /// through all of this every time.
    shared: Arc<dyn Deref<Target = Shared> + Send + Sync>,
    cursor: Option<String>,
    /// The places of the auth schemes that requests may go by, if not by any.
    schemes: Option<&'static [usize]>,
    /// Shared by all contexts of a page.
    notes: Arc<Mutex<Notes>>,
}

#[derive(Default)]
pub(crate) struct Notes {
    /// The last answer of the provider, if it is wanted.
    pub(crate) raw: Option<Data>,
    pub(crate) missing: Vec<Missing>,
}

/// How far a long action has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// All steps, if that is known.
    pub total: Option<u64>,
    /// What is being done.
    pub message: String,
}

struct Shared {
    provider: Provider,
    transport: Arc<dyn Transport>,
    credential: Credential,
    /// They take the credential's place.
    credential_headers: Option<Arc<CredentialHeaders>>,
    redactor: OnceLock<Redactor>,
    settings: BTreeMap<String, String>,
    params: Option<Arc<Value>>,
    base_url: Option<String>,
    run_id: String,
    idempotency_key: Option<String>,
    tenant: Option<String>,
    deadline: Option<Instant>,
    cancellation: Option<CancellationToken>,
    response_cap: usize,
    response_memory: Option<Arc<dyn ResponseMemory>>,
    capture_raw: bool,
    /// Whether the call is ended from outside when its time is over or it is no longer wanted.
    is_supervised: bool,
    /// Whether requests may be another account's than the credential's.
    may_act_for_others: bool,
    attachments: BTreeMap<String, FileSource>,
    sink: Sink,
    on_progress: Option<Arc<dyn Fn(Progress) + Send + Sync>>,
}

impl Shared {
    fn base_url(&self) -> &str {
        match &self.base_url {
            Some(own) => own,
            None => self.provider.base_url(),
        }
    }
}

impl ActionContext {
    pub(crate) fn declared_url(&self, url: &str) -> Result<Url> {
        let shared = &self.shared;
        let known = base_url::origins(shared.base_url(), &shared.provider, &shared.settings);
        let parsed = url.parse::<Url>().ok();
        let parsed = parsed.filter(|url| url.username().is_empty() && url.password().is_none());
        match parsed {
            Some(parsed) if known.contains(&parsed.origin()) => Ok(parsed),
            Some(parsed) => Err(ActionError::new(
                ErrorCode::DestinationRefused,
                format!(
                    "`{}` is not a host of {}",
                    parsed.origin().ascii_serialization(),
                    shared.provider.display_name(),
                ),
            )),
            None => Err(ActionError::invalid_param(
                "url",
                "must be an http or https URL without user name and password",
            )),
        }
    }

    /// Returns the input as the caller gave it.
    pub fn params(&self) -> &JsonObject {
        static NONE: LazyLock<JsonObject> = LazyLock::new(JsonObject::new);
        let input = self.shared.params.as_deref();
        input.and_then(Value::as_object).unwrap_or(&NONE)
    }

    /// Returns the cursor that the caller passed back for the next page.
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Returns the credential, for schemes that requests can't carry by themselves.
    pub fn credential(&self) -> &Credential {
        &self.shared.credential
    }

    /// Returns the credential as requests carry it, by one of the auth schemes at these places; or else
    /// at those of the action.
    pub(crate) fn applied_credential(&self, schemes: Option<&[usize]>) -> Result<Option<Applied>> {
        if let Some(own) = &self.shared.credential_headers {
            return Ok(Some(Applied::Headers(Arc::clone(own))));
        }
        let schemes = schemes.or(self.schemes);
        Applied::new(&self.shared.provider, &self.shared.credential, schemes)
    }

    /// Returns a setting of the connection, such as the site of a self-hosted service.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.shared.settings.get(name).map(String::as_str)
    }

    pub(crate) fn provider(&self) -> &Provider {
        &self.shared.provider
    }

    /// Returns the id of this run.
    pub fn run_id(&self) -> &str {
        &self.shared.run_id
    }

    /// Returns a text that is the same however often this call is made, for providers that do a
    /// write once per key: that of the caller's own key, or else the run's id.
    pub fn idempotency_key(&self) -> &str {
        let own = self.shared.idempotency_key.as_deref();
        own.unwrap_or(&self.shared.run_id)
    }

    /// Returns the organization that the call belongs to, if there are several.
    pub fn tenant(&self) -> Option<&str> {
        self.shared.tenant.as_deref()
    }

    /// Returns whether the caller may choose, by a header such as `Stripe-Account`, for whom else the
    /// credential acts. That is for callers who may do all that the credential may.
    pub fn may_act_for_others(&self) -> bool {
        self.shared.may_act_for_others
    }

    /// Returns when the call must be done.
    pub fn deadline(&self) -> Option<Instant> {
        self.shared.deadline
    }

    /// Waits until the caller gives up. Requests stop by themselves; other waiting should stop
    /// with this.
    pub async fn cancelled(&self) {
        match &self.shared.cancellation {
            Some(token) => token.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// Reports how far a long action has come.
    pub fn progress(&self, done: u64, total: Option<u64>, message: impl Into<String>) {
        if let Some(report) = &self.shared.on_progress {
            report(Progress {
                done,
                total,
                message: self.redactor().redact(&message.into()),
            });
        }
    }

    /// Makes a context for another page of the same call.
    #[must_use]
    pub fn at_cursor(&self, cursor: impl Into<String>) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            cursor: Some(cursor.into()),
            schemes: self.schemes,
            notes: Arc::default(),
        }
    }

    /// Makes a context for the same page, whose requests authenticate by the auth schemes at these places,
    /// or not at all if there are none.
    pub(crate) fn by_schemes(&self, places: &'static [usize]) -> Self {
        Self {
            shared: Arc::clone(&self.shared),
            cursor: self.cursor.clone(),
            schemes: Some(places),
            notes: Arc::clone(&self.notes),
        }
    }

    pub(crate) fn url(&self, host: Option<&str>, path: &str) -> Result<Url> {
        let shared = &self.shared;
        base_url::resolve(
            shared.base_url(),
            &shared.provider,
            &shared.settings,
            host,
            path,
        )
    }

    /// Adds to a result what its requests left for it, and removes the credential's secrets.
    pub(crate) fn complete(&self, result: &mut ActionResult) {
        let notes = self.take_notes();
        let raw = result.raw.take();
        result.raw = raw.or(notes.raw);
        result.meta.missing.extend(notes.missing);
        self.redactor().redact_result(result);
    }

    pub(crate) fn take_notes(&self) -> Notes {
        std::mem::take(&mut *self.notes())
    }

    pub(crate) fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what the provider left out of data that is taken all the same.
    pub(crate) fn note_missing(&self, missing: Vec<Missing>) {
        if !missing.is_empty() {
            self.notes().missing.extend(missing);
        }
    }

    /// Returns what finds the credential's secrets in text. Everything that an action gives back
    /// passes it: providers may repeat what they were sent.
    pub fn redactor(&self) -> &Redactor {
        let Shared {
            credential,
            credential_headers,
            provider,
            ..
        } = &**self.shared;
        let make = || match credential_headers {
            Some(own) => own.redactor(),
            None => credential.redactor_under(provider.auth()),
        };
        self.shared.redactor.get_or_init(make)
    }

    pub(crate) fn clean(&self, error: ActionError) -> ActionError {
        self.redactor().redact_error(error)
    }
}

impl fmt::Debug for ActionContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionContext")
            .field("connector", &self.shared.provider.name())
            .field("run_id", &self.shared.run_id)
            .field("cursor", &self.cursor)
            .field("credential", &REDACTED)
            .finish_non_exhaustive()
    }
}
