#![doc = include_str!("../README.md")]

extern crate self as plugwright_sdk;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod action;
mod auth;
pub mod cassette;
pub mod coerce;
mod concurrent;
mod connector;
mod context;
mod data;
mod echo;
mod error;
pub mod fields;
mod file;
pub mod http;
pub mod nearest;
pub mod pagination;
pub mod param;
mod registry;
mod result;
mod run;
pub mod schema;
pub mod search;
mod secret;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
pub mod transport;

pub use action::{
    Action, ActionDefinition, ActionFunction, ActionInfo, BoxFuture, Effect, Invocation,
};
pub use auth::{
    Auth, ClientAuthentication, Credential, CustomField, KeyPlace, OAuth2, Refresh, RequestFormat,
    Revocation, RevocationRequest, Scheme, Scope, TokenAnswer, plain_field, scope, secret_field,
};
pub use cassette::Cassette;
pub use concurrent::concurrently;
pub use connector::{
    Account, AccountReader, Availability, ConnectorBuilder, ConnectorDefinition, ErrorMapper, Host,
    Identity, RESERVED_NAMES, Setting, host,
};
pub use context::{ActionContext, ActionContextBuilder, Progress};
pub use data::Data;
pub use echo::Echo;
pub use error::{ActionError, ErrorCode, Fault, Faults, Hint, Result, UnknownErrorCode};
pub use file::{FileInput, FileOutput, FileSource, Pieces};
pub use http::UpstreamResponse;
pub use param::{Param, ParamDefinition, Params, Patch};
pub use registry::{Entry, Registry, RegistryError, UnknownAction, tool_name};
pub use result::{ActionResult, Meta, Outcome, Output, Page, Returns};
pub use run::{Cursors, run, run_pages};
pub use secret::{REDACTED, Redactor, Secret};

// What connectors need of JSON, so that they depend on this crate alone.
pub use serde;
pub use serde_json::{self, Value, json};

pub use plugwright_macros::{Param, Params, action, actions, cassettes, model, path};
