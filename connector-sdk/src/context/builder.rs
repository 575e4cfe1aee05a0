//! Making contexts.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use tokio::io::AsyncWrite;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{ActionContext, Progress, ResponseMemory, Shared};
use crate::auth::{Credential, CredentialHeaders};
use crate::connector::Connector;
use crate::file::{FileSource, Sink};
use crate::provider::Provider;
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
        ActionContextBuilder::new(connector.into().provider().clone(), transport)
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

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($value:ident: $type:ty) $member:ident = $set:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name(mut self, $value: $type) -> Self {
            self.shared.$member = $set;
            self
        }
    )*};
}

impl ActionContextBuilder {
    pub(super) fn new(provider: Provider, transport: Arc<dyn Transport>) -> Self {
        Self {
            shared: Box::new(Shared {
                provider,
                transport,
                credential: Credential::None,
                credential_headers: None,
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
                response_memory: None,
                capture_raw: false,
                is_supervised: false,
                may_act_for_others: true,
                attachments: BTreeMap::new(),
                sink: Sink::default(),
                on_progress: None,
            }),
            cursor: None,
        }
    }

    setters! {
        /// Sets the credential.
        credential(credential: Credential) credential = credential;
        /// Sets headers that requests carry in place of the credential, by none of the connector's
        /// schemes.
        credential_headers(headers: CredentialHeaders) credential_headers = Some(Arc::new(headers));
        /// Sets what finds the credential's secrets in what leaves the process; without it, it is made
        /// of the credential when it is needed.
        redactor(redactor: Redactor) redactor = redactor.into();
        /// Sets all settings of the connection.
        settings(settings: BTreeMap<String, String>) settings = settings;
        /// Sets the input as the caller gave it, for [`ActionContext::params`].
        params(input: Arc<Value>) params = Some(input);
        /// Sets the id of the run; a new UUID if none is set.
        run_id(id: impl Into<String>) run_id = id.into();
        /// Replaces the connector's base URL, as for a provider's edition that runs on one's own
        /// servers; may be a template like it.
        base_url(base_url: impl Into<String>) base_url = Some(base_url.into());
        /// Sets what [`ActionContext::idempotency_key`] returns; the id of the run if none is set.
        idempotency_key(key: impl Into<String>) idempotency_key = Some(key.into());
        /// Sets the organization.
        tenant(tenant: impl Into<String>) tenant = Some(tenant.into());
        /// Sets when the call must be done.
        deadline(deadline: Instant) deadline = Some(deadline);
        /// Sets the token that cancels the call.
        cancellation(token: CancellationToken) cancellation = Some(token);
        /// Sets how long an answer may be, in bytes. 16 MiB unless set.
        response_cap(bytes: usize) response_cap = bytes;
        /// Sets what large answers take their memory from, for hosts that run many calls.
        response_memory(memory: Arc<dyn ResponseMemory>) response_memory = Some(memory);
        /// Keeps the provider's last JSON answer for [`ActionResult::raw`](crate::ActionResult::raw).
        capture_raw(capture: bool) capture_raw = capture;
        /// Sets where the file goes that the action returns, piece by piece as it comes. Without it the
        /// file is in the output and may be as long as any answer.
        save_to(writer: impl AsyncWrite + Send + Unpin + 'static) sink = Sink::new(writer);
        /// Sets what [`ActionContext::may_act_for_others`] returns; true unless set.
        may_act_for_others(may: bool) may_act_for_others = may;
        /// Sets what hears of progress.
        on_progress(report: impl Fn(Progress) + Send + Sync + 'static) on_progress = Some(Arc::new(report));
    }

    /// Sets a setting of the connection, for base URLs that are templates.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.shared.settings.insert(name.into(), value.into());
        self
    }

    /// Sets the cursor that the caller passed back.
    pub fn cursor(mut self, cursor: Option<String>) -> Self {
        self.cursor = cursor;
        self
    }

    /// Says that whoever runs the action ends it at its deadline and when it is cancelled, so that
    /// no request has to look after that.
    pub fn supervised(mut self) -> Self {
        self.shared.is_supervised = true;
        self
    }

    /// Attaches a file, which parameters name as `attachment:NAME`.
    pub fn attachment(mut self, name: impl Into<String>, file: FileSource) -> Self {
        self.shared.attachments.insert(name.into(), file);
        self
    }

    /// Makes the context.
    pub fn build(mut self) -> ActionContext {
        let shared = &mut *self.shared;
        shared.provider.add_default_settings(&mut shared.settings);
        if self.shared.run_id.is_empty() {
            self.shared.run_id = uuid::Uuid::new_v4().to_string();
        }
        ActionContext {
            shared: Arc::new(self.shared),
            cursor: self.cursor,
            schemes: None,
            notes: Arc::default(),
        }
    }
}
