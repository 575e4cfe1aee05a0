#![doc = include_str!("../README.md")]
#![allow(
    clippy::manual_async_fn,
    reason = "a future that is declared `Send` is proven so once, and not again in each action"
)]

extern crate self as plugwright_sdk;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;
mod action;
pub mod auth;
pub mod cassette;
mod concurrent;
mod connector;
mod context;
mod data;
mod echo;
mod error;
mod file;
pub mod graphql;
pub mod host;
pub mod http;
mod nearest;
pub mod pagination;
pub mod param;
mod provider;
pub mod reading;
mod reconcile;
mod result;
mod run;
pub mod schema;
mod secret;
mod spelled;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
pub mod transport;
mod url_template;

pub use action::{Action, ActionFunction};
pub use auth::{Auth, Credential, plain_field, scope, secret_field};
pub use cassette::Cassette;
pub use concurrent::concurrently;
pub use connector::ConnectorDefinition;
pub use context::ActionContext;
pub use error::{ActionError, ErrorCode, Hint, Result};
pub use file::{EncodedFile, FileContent, FileInput, FileOutput};
pub use http::UpstreamResponse;
pub use param::{Param, Params, Patch};
pub use provider::{Account, Availability, host};
pub use reconcile::{Inquiry, Lost, Outcome};
pub use result::{ActionResult, Page};
pub use run::{run, run_pages};
pub use secret::Secret;

// What connectors need of JSON, so that they depend on this crate alone.
pub use serde;
pub use serde_json::{self, Value, json};

// What tools for models are made with.
pub use plugwright_tools as tools;

pub use plugwright_macros::{Param, Params, action, actions, cassettes, model, params, path};
