//! What providers tell of writes, for doubles of them.

use serde_json::Value;

use crate::cassette::RecordedBody;
use crate::transport::{PlannedRequest, Request};

/// A request that only reads, to a double of the provider that has recorded no answer to it: it looks for
/// what a write did. [`evidence`](crate::host::ConnectorBuilder::evidence) answers it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Inquiry<'a> {
    /// Name of the action that writes.
    pub action: &'a str,
    /// The request.
    pub request: &'a Request,
    /// What the provider has applied of the action's call, oldest first.
    pub applied: &'a [AppliedRequest],
}

/// A request that a double of the provider has applied.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppliedRequest {
    /// The request.
    pub request: PlannedRequest,
    /// Its answer, if that is JSON.
    pub answer: Value,
}

/// Answers an inquiry with a status and JSON; `None` if the provider has no such thing.
pub type Evidence = fn(&Inquiry<'_>) -> Option<(u16, Value)>;

impl Inquiry<'_> {
    /// Returns the parts of the request's path, as they are encoded.
    pub fn path(&self) -> Vec<&str> {
        self.request.url.path().split('/').collect()
    }
}

impl AppliedRequest {
    #[cfg(feature = "testing")]
    pub(crate) fn new(request: &Request, answer: Value) -> Self {
        Self {
            request: PlannedRequest::new(request),
            answer,
        }
    }

    /// Returns the request's body, if that is JSON.
    pub fn json(&self) -> Option<&Value> {
        match &self.request.body {
            Some(RecordedBody::Json(body)) => Some(body),
            _ => None,
        }
    }

    /// Returns the last part of the request's path, as it is encoded.
    pub fn last_of_path(&self) -> &str {
        let path = self.request.url.split('?').next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }
}
