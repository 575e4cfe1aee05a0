//! Writing down the request that a call would send, and sending nothing.

use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use url::Url;

use super::{Request, Response, Transport, TransportError};
use crate::cassette::RecordedBody;

/// Notes the first request of a call and stops there.
///
/// The call ends with an error, since there is no answer to go on with. The context should have the
/// placeholder of a scheme as its credential, and any credential shows as a placeholder here.
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_sdk::transport::{Plan, PlannedRequest};
/// use plugwright_sdk::host::Entry;
/// use plugwright_sdk::{ActionContext, Auth, Value, run};
///
/// async fn plan(entry: Entry, input: Value) -> Vec<PlannedRequest> {
///     let placeholder = entry.schemes().next().map(Auth::placeholder);
///     let plan = Arc::new(Plan::new());
///     let cx = ActionContext::builder(&entry.connector, plan.clone())
///         .credential(placeholder.unwrap_or_default())
///         .build();
///     // The error that nothing was sent is no news here.
///     drop(run(&*entry.action, &cx, input).await);
///     plan.requests()
/// }
/// ```
#[derive(Debug, Default)]
pub struct Plan {
    requests: Mutex<Vec<PlannedRequest>>,
}

/// A request as it would be sent, with `{{name}}` in place of each secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlannedRequest {
    /// Method.
    pub method: String,
    /// URL with the full query.
    pub url: String,
    /// Headers that are set above the HTTP library, in order.
    pub headers: Vec<(String, String)>,
    /// Body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<RecordedBody>,
}

impl Plan {
    /// Makes an empty plan.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns what was planned: the first request, or nothing if the action sends none.
    pub fn requests(&self) -> Vec<PlannedRequest> {
        self.requests
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }
}

impl PlannedRequest {
    pub(crate) fn new(request: &Request) -> Self {
        let mut headers: Vec<_> = request
            .headers
            .iter()
            .map(|(name, value)| {
                (
                    name.to_string(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let mut url = request.url.to_string();
        if let Some(auth) = &request.auth {
            for (name, value) in auth.header_placeholders() {
                let name = name.to_ascii_lowercase();
                headers.retain(|(other, _)| *other != name);
                headers.push((name, value));
            }
            if let Some((name, _)) = auth.query() {
                url = with_placeholder(&request.url, name);
            }
        }
        headers.sort();
        Self {
            method: request.method.to_string(),
            url,
            headers,
            body: request.body.shown(),
        }
    }
}

/// Adds the parameter without encoding the braces of the placeholder.
fn with_placeholder(url: &Url, name: &str) -> String {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair(name, "");
    format!("{url}{{{{api_key}}}}")
}

#[async_trait::async_trait]
impl Transport for Plan {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.requests
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(PlannedRequest::new(request));
        Err(TransportError::Planned)
    }
}
