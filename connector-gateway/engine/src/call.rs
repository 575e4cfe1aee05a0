//! What a surface asks of the pipeline.

mod handles;
mod option;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, Method};
use plugwright_sdk::Credential;
use plugwright_sdk::host::IdempotencyKey;
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
    /// Where it came in.
    pub surface: Surface,
    /// Who makes it.
    pub principal: Arc<Principal>,
    /// What is to be done.
    pub target: Target,
    /// With which connection.
    pub connection: ConnectionSelector,
    /// On whose connections.
    pub owner: OwnerSelector,
    /// How.
    pub options: CallOptions,
    /// Size of what the caller sent, in bytes, for the run log.
    pub bytes_in: u64,
    /// The caller's headers that say which trace this belongs to (W3C Trace Context).
    pub trace_context: HeaderMap,
    /// Tells that the caller gave up, where dropping the call's future is not how that is told.
    pub cancellation: Option<CancellationToken>,
    /// What comes with the call and is no data.
    pub handles: Handles,
}

impl Call {
    /// Makes a call of an action with default options and the default connection.
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
            handles: Handles::default(),
        }
    }
}

/// On whose connections a call is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerSelector {
    /// An organization's; `None` is the first of the principal's grant.
    Organization(Option<String>),
    /// An end user's, of the project whose key the principal is.
    EndUser {
        /// The project's own id of the user.
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

/// What a call is of.
#[derive(Clone, Debug)]
pub enum Target {
    /// An action, by any spelling of its id.
    Action {
        /// The name as the caller wrote it.
        name: String,
        /// The input.
        input: Arc<Value>,
    },
    /// The connector's API itself.
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
    /// Query parameters; a list is sent as several.
    pub query: Vec<(String, Value)>,
    /// Headers. The credential's own can't be set.
    pub headers: HeaderMap,
    /// Body: a text is sent as it is, any other value as JSON.
    pub body: Option<Value>,
}

/// Which connection a call uses.
#[derive(Clone, Debug, Default)]
pub enum ConnectionSelector {
    /// The default one of the organization; none at all where the connector needs none.
    #[default]
    Default,
    /// The one of this name. If there is none, the call fails.
    Named(String),
    /// The one of this id.
    Id(Uuid),
    /// A credential that is not stored, with the settings of a connection.
    Given {
        /// The credential.
        credential: Credential,
        /// The settings.
        settings: BTreeMap<String, String>,
    },
}

/// How a call is made.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    /// How long it may take; at most what the deployment allows.
    pub timeout: Option<Duration>,
    /// How many further attempts are made where the effect allows; `None` is the deployment's.
    pub retries: Option<u32>,
    /// Whether the provider is asked.
    pub mode: Mode,
    /// Fields of the output to keep, as paths (`user.login`); empty keeps all.
    pub fields: Vec<String>,
    /// Whether the provider's answer is wanted too.
    pub raw: bool,
    /// Where a list goes on.
    pub cursor: Option<String>,
    /// Further headers for the provider.
    pub headers: HeaderMap,
    /// How the input is written.
    pub input_form: InputForm,
    /// Makes the call happen once, however often it is made with this key.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// Whether the provider is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// It is.
    #[default]
    Live,
    /// A recorded answer stands in for it.
    Mock,
    /// The recorded answer to the same request stands in for it, or if there is none, a mock. A
    /// gateway that [`recorded`](crate::EngineBuilder::recorded) is set for makes its live calls so.
    Recorded,
    /// The request is shown and not sent.
    DryRun,
}

/// How an input is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InputForm {
    /// With the types that the action's schema asks for.
    #[default]
    Typed,
    /// With those, or with texts in their places, which are typed by the schema: JSON of callers
    /// that have nothing but texts.
    Mixed,
    /// With texts alone, and lists of texts for names that stand several times: query strings.
    Texts,
}
