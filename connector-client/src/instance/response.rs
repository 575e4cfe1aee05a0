//! What a call of an instance returns.

use serde::{Deserialize, Serialize};

/// The envelope of a call that succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectorResponse<T> {
    /// Always true: failures are errors.
    pub success: bool,
    /// The output of the action.
    pub data: T,
    /// Which call it was.
    pub metadata: ResponseMetadata,
}

/// Which call a response is of.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ResponseMetadata {
    /// The instance, as the caller named it.
    pub connector: String,
    /// The resource, as the caller named it.
    pub resource: String,
    /// The action, as the gateway names it.
    pub action_id: String,
    /// Id of the run, if the gateway gives it one.
    pub execution_id: Option<String>,
    /// Whether this is the outcome of an earlier call with the same idempotency key.
    pub replayed: bool,
}
