//! Calls, as surfaces pass them to the pipeline.

mod handles;
mod option;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method};
use plugwright_sdk::Credential;
use plugwright_sdk::host::{Effect, Faults, IdempotencyKey};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use handles::{Handles, SaveTo};
pub(crate) use option::CallOption;

use crate::outcome::Surface;
use crate::principal::Principal;

/// One call, as a surface parsed it.
#[derive(Clone, Debug)]
pub struct Call {
    /// The surface that received it.
    pub surface: Surface,
    /// The caller.
    pub principal: Arc<Principal>,
    /// What to call.
    pub target: Target,
    /// The connection to use.
    pub connection: ConnectionSelector,
    /// Whose connections.
    pub owner: OwnerSelector,
    /// Options.
    pub options: CallOptions,
    /// Size of the caller's request in bytes, for the run log.
    pub bytes_in: u64,
    /// The caller's trace headers (W3C Trace Context).
    pub trace_context: HeaderMap,
    /// Cancelled to stop the call, whatever it does.
    pub cancellation: Option<CancellationToken>,
    /// Cancelled when the caller gives up, where dropping the call's future does not signal that. As
    /// with that, a write that has begun runs to its end.
    pub given_up: Option<CancellationToken>,
    /// Files and callbacks of the call.
    pub handles: Handles,
}

impl Call {
    /// Creates a call of an action with default options and the default connection.
    pub fn action(principal: Arc<Principal>, action: impl Into<String>, input: Value) -> Self {
        Self {
            surface: Surface::Action,
            principal,
            target: Target::Action {
                name: action.into(),
                input: Arc::new(input),
            },
            connection: ConnectionSelector::Default,
            owner: OwnerSelector::default(),
            options: CallOptions::default(),
            bytes_in: 0,
            trace_context: HeaderMap::new(),
            cancellation: None,
            given_up: None,
            handles: Handles::default(),
        }
    }

    /// Returns whether the call, if it has this effect, stops when its caller gives up. Any other runs
    /// to completion: the provider may have received it.
    pub(crate) fn may_stop(&self, effect: Effect) -> bool {
        effect == Effect::Read && self.options.idempotency_key.is_none()
    }

    /// Returns what stops the call, if it has this effect and has begun.
    pub(crate) fn stop(&self, effect: Effect) -> Option<&CancellationToken> {
        let given_up = self.given_up.as_ref().filter(|_| self.may_stop(effect));
        self.cancellation.as_ref().or(given_up)
    }
}

/// Whose connections a call uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerSelector {
    /// An organization's; `None` is the first one in the principal's grant.
    Organization(Option<String>),
    /// An end user's, of the project whose key the principal uses.
    EndUser {
        /// The user's id in the project.
        user: String,
        /// The provider configs whose connections may be used.
        provider_configs: Vec<Uuid>,
    },
}

impl Default for OwnerSelector {
    fn default() -> Self {
        Self::Organization(None)
    }
}

/// What a call is for.
#[derive(Clone, Debug)]
pub enum Target {
    /// An action, by any spelling of its id.
    Action {
        /// The name as the caller spelled it.
        name: String,
        /// The input.
        input: Arc<Value>,
    },
    /// A request to the connector's API.
    Proxy {
        /// The connector's name.
        connector: String,
        /// The request.
        request: Box<ProxyRequest>,
    },
}

/// A request to a connector's API, which the gateway authorizes and sends.
#[derive(Clone, Debug)]
pub struct ProxyRequest {
    /// A path relative to the connector's base URL, or a URL on one of its declared hosts.
    pub endpoint: String,
    /// GET, HEAD, POST, PUT, PATCH or DELETE.
    pub method: Method,
    /// Query parameters; a list is sent as repeated parameters.
    pub query: Vec<(String, Value)>,
    /// Headers, except those of the credential.
    pub headers: HeaderMap,
    /// Body: a string is sent unchanged, any other value as JSON.
    pub body: Option<Value>,
}

/// The connection of a call.
#[derive(Clone, Debug, Default)]
pub enum ConnectionSelector {
    /// The organization's default, or none where the connector needs none.
    #[default]
    Default,
    /// By name; the call fails if there is none.
    Named(String),
    /// By id.
    Id(Uuid),
    /// A credential from the caller, with settings of a connection.
    Credential {
        /// The credential.
        credential: Credential,
        /// The settings.
        settings: BTreeMap<String, String>,
    },
}

/// Options of a call.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// Timeout; at most what the deployment allows.
    pub timeout: Option<Duration>,
    /// Most retries where the effect permits them; `None` is the deployment's setting.
    pub retries: Option<u32>,
    /// Whether the call is sent to the provider.
    pub mode: Mode,
    /// Fields of the output to keep, as paths (`user.login`); empty keeps all.
    pub fields: Vec<String>,
    /// Whether to return the provider's response as well.
    pub raw: bool,
    /// The cursor of the next page of a list.
    pub cursor: Option<String>,
    /// Further headers for the provider.
    pub headers: HeaderMap,
    /// How the input is typed.
    pub input_form: InputForm,
    /// Idempotency key: repeated calls with it return the outcome of the first.
    pub idempotency_key: Option<IdempotencyKey>,
    /// What the surface found to be wrong with the request, which is reported with what is wrong with
    /// the input. Such a call is never made.
    pub faults: Faults,
}

/// Whether a call is sent to the provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    #[default]
    Live,
    /// A recorded response replaces it.
    Mock,
    /// The recorded response to the same request replaces it, or else a mock. A gateway with
    /// [`recorded`](crate::EngineSettings::recorded) makes its live calls this way.
    Recorded,
    /// The request is returned instead of being sent.
    DryRun,
}

/// How an input is typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputForm {
    /// As in the action's schema.
    #[default]
    Typed,
    /// As in the schema, or as strings that are converted by it, for JSON callers that only have
    /// strings.
    Mixed,
    /// Strings only, and lists of strings for repeated names, as in query strings.
    Texts,
}
