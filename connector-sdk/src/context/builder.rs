//! Making contexts.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::Value;
use tokio::io::AsyncWrite;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{ActionContext, Progress, Shared};
use crate::auth::Credential;
use crate::connector::Connector;
use crate::file::{FileSource, Sink};
use crate::secret::Redactor;
use crate::transport::Transport;

/// An answer may be this long, in bytes, unless the caller sets another cap.
const DEFAULT_RESPONSE_CAP: usize = 16 << 20;

impl ActionContext {
    /// Starts to make a context for a call of one of the connector's actions.
    pub fn builder(
        connector: impl Into<Connector>,
        transport: Arc<dyn Transport>,
    ) -> ActionContextBuilder {
        ActionContextBuilder::new(connector.into(), transport)
    }
}

/// Makes an [`ActionContext`].
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use plugwright_sdk::transport::Transport;
/// use plugwright_sdk::{ActionContext, ConnectorDefinition, Credential};
///
/// fn context(
///     connector: &'static ConnectorDefinition,
///     transport: Arc<dyn Transport>,
///     credential: Credential,
/// ) -> ActionContext {
///     ActionContext::builder(connector, transport)
///         .credential(credential)
///         .setting("site", "eu-1")
///         .response_cap(1 << 20)
///         .build()
/// }
/// ```
#[must_use = "call `.build()`"]
pub struct ActionContextBuilder {
    /// Boxed, as each step of the builder moves it.
    shared: Box<Shared>,
    cursor: Option<String>,
}

impl ActionContextBuilder {
    pub(super) fn new(connector: Connector, transport: Arc<dyn Transport>) -> Self {
        Self {
            shared: Box::new(Shared {
                connector,
                transport,
                credential: Credential::None,
                redactor: OnceLock::new(),
                settings: BTreeMap::new(),
                params: None,
                base_url: None,
                run_id: String::new(),
                idempotency_key: None,
                tenant: None,
                deadline: None,
                cancellation: None,
                response_cap: DEFAULT_RESPONSE_CAP,
                capture_raw: false,
                is_supervised: false,
                attachments: BTreeMap::new(),
                sink: Sink::default(),
                on_progress: None,
            }),
            cursor: None,
        }
    }

    /// Sets the credential.
    pub fn credential(mut self, credential: Credential) -> Self {
        self.shared.credential = credential;
        self
    }

    /// Sets what finds the credential's secrets in what leaves the process; without it, it is made
    /// of the credential when it is needed.
    pub fn redactor(mut self, redactor: Redactor) -> Self {
        self.shared.redactor = redactor.into();
        self
    }

    /// Sets a setting of the connection, for base URLs that are templates.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.shared.settings.insert(name.into(), value.into());
        self
    }

    /// Sets all settings of the connection.
    pub fn settings(mut self, settings: BTreeMap<String, String>) -> Self {
        self.shared.settings = settings;
        self
    }

    /// Sets the input as the caller gave it, for [`ActionContext::params`].
    pub fn params(mut self, input: Arc<Value>) -> Self {
        self.shared.params = Some(input);
        self
    }

    /// Sets the cursor that the caller passed back.
    pub fn cursor(mut self, cursor: Option<String>) -> Self {
        self.cursor = cursor;
        self
    }

    /// Sets the id of the run; a new UUID if none is set.
    pub fn run_id(mut self, id: impl Into<String>) -> Self {
        self.shared.run_id = id.into();
        self
    }

    /// Replaces the connector's base URL, as for a provider's edition that runs on one's own
    /// servers; may be a template like it.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.shared.base_url = Some(base_url.into());
        self
    }

    /// Sets what [`ActionContext::idempotency_key`] returns; the id of the run if none is set.
    pub fn idempotency_key(mut self, key: impl Into<String>) -> Self {
        self.shared.idempotency_key = Some(key.into());
        self
    }

    /// Sets the organization.
    pub fn tenant(mut self, tenant: impl Into<String>) -> Self {
        self.shared.tenant = Some(tenant.into());
        self
    }

    /// Sets when the call must be done.
    pub fn deadline(mut self, deadline: Instant) -> Self {
        self.shared.deadline = Some(deadline);
        self
    }

    /// Sets the token that cancels the call.
    pub fn cancellation(mut self, token: CancellationToken) -> Self {
        self.shared.cancellation = Some(token);
        self
    }

    /// Says that whoever runs the action ends it at its deadline and when it is cancelled, so that
    /// no request has to look after that.
    pub fn supervised(mut self) -> Self {
        self.shared.is_supervised = true;
        self
    }

    /// Sets how long an answer may be, in bytes. 16 MiB unless set.
    pub fn response_cap(mut self, bytes: usize) -> Self {
        self.shared.response_cap = bytes;
        self
    }

    /// Keeps the provider's last JSON answer for [`ActionResult::raw`](crate::ActionResult::raw).
    pub fn capture_raw(mut self, capture: bool) -> Self {
        self.shared.capture_raw = capture;
        self
    }

    /// Attaches a file, which parameters name as `attachment:NAME`.
    pub fn attachment(mut self, name: impl Into<String>, file: FileSource) -> Self {
        self.shared.attachments.insert(name.into(), file);
        self
    }

    /// Sets where the file goes that the action returns, piece by piece as it comes. Without it the
    /// file is in the output and may be as long as any answer.
    pub fn save_to(mut self, writer: impl AsyncWrite + Send + Unpin + 'static) -> Self {
        self.shared.sink = Sink::new(writer);
        self
    }

    /// Sets what hears of progress.
    pub fn on_progress(mut self, report: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.shared.on_progress = Some(Arc::new(report));
        self
    }

    /// Makes the context.
    pub fn build(mut self) -> ActionContext {
        let shared = &mut *self.shared;
        shared.connector.add_default_settings(&mut shared.settings);
        if self.shared.run_id.is_empty() {
            self.shared.run_id = uuid::Uuid::new_v4().to_string();
        }
        ActionContext {
            shared: Arc::from(self.shared),
            cursor: self.cursor,
            notes: Mutex::default(),
        }
    }
}
