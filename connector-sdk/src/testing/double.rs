//! A provider that keeps what it was told, and whose answers get lost.

mod cut;
mod made;
mod recorded;
mod rehearsal;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::Method;
use serde_json::Value;

pub use cut::Cut;
pub use rehearsal::Rehearsal;

use crate::transport::{PlannedRequest, Request, Response, Transport, TransportError};

/// Longer answers are none.
const CAP: usize = 32 << 20;

/// What stands behind a [`Double`]: a provider with a state. A closure is one.
pub trait Provider: Send {
    /// Applies a request and answers it.
    ///
    /// # Errors
    ///
    /// Where a provider would give no answer. [`TransportError::NotRecorded`] says that it has none
    /// to this request.
    fn answer(&mut self, request: &Request) -> Result<Response, TransportError>;
}

impl<F> Provider for F
where
    F: FnMut(&Request) -> Result<Response, TransportError> + Send,
{
    fn answer(&mut self, request: &Request) -> Result<Response, TransportError> {
        self(request)
    }
}

/// A provider for tests that applies writes, counts them, and whose answers can be [cut](Cut).
///
/// It is made of a [`Provider`] by hand, or of a connector's cassettes by a [`Rehearsal`].
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_sdk::testing::{Cut, Double, block_on};
/// use plugwright_sdk::transport::{Request, Response};
/// use plugwright_sdk::{ActionContext, ConnectorDefinition, Value, actions, json};
///
/// static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
///     .base_url("https://api.example.com")
///     .actions(actions![]);
///
/// let mut tasks = Vec::new();
/// let provider = move |request: &Request| {
///     if !request.is_safe() {
///         tasks.push(json!({ "id": tasks.len() }));
///         return Ok(Response::new(201, Default::default(), tasks[tasks.len() - 1].to_string()));
///     }
///     Ok(Response::new(200, Default::default(), json!(tasks).to_string()))
/// };
/// let double = Arc::new(Double::new(provider));
/// double.cut_at(0, Cut::Dropped);
///
/// let cx = ActionContext::builder(&CONNECTOR, double.clone()).build();
/// block_on(cx.post("/tasks").send()).unwrap_err();
/// // Nobody heard of it, and yet it is there.
/// assert_eq!(block_on(cx.get("/tasks").fetch::<Value>())?, json!([{ "id": 0 }]));
/// assert_eq!(double.applied().len(), 1);
/// # Ok::<(), plugwright_sdk::ActionError>(())
/// ```
pub struct Double(Mutex<State>);

struct State {
    provider: Box<dyn Provider>,
    sent: usize,
    cut: Option<(usize, Cut)>,
    applied: Vec<AppliedWrite>,
    unknown: Vec<String>,
}

/// A write that a [`Double`] applied.
#[derive(Clone, Debug, PartialEq)]
pub struct AppliedWrite {
    /// The request.
    pub request: PlannedRequest,
    /// Whether the answer says that it made something new: 201 to a POST, with an object that has an
    /// id.
    pub creates: bool,
}

impl Double {
    /// Makes a double of a provider.
    pub fn new(provider: impl Provider + 'static) -> Self {
        Self(Mutex::new(State {
            provider: Box::new(provider),
            sent: 0,
            cut: None,
            applied: Vec::new(),
            unknown: Vec::new(),
        }))
    }

    /// Cuts the answer to one request; requests are counted from 0 since the double was made.
    pub fn cut_at(&self, request: usize, cut: Cut) {
        self.state().cut = Some((request, cut));
    }

    /// Returns the number of requests that were sent to it.
    pub fn sent(&self) -> usize {
        self.state().sent
    }

    /// Returns the writes that it applied, in order: requests that are neither
    /// [safe](Request::is_safe) nor [unseen](Request::is_unseen), and that it answered as done.
    pub fn applied(&self) -> Vec<AppliedWrite> {
        self.state().applied.clone()
    }

    /// Returns what it was asked and had no answer to, in order.
    pub fn unknown(&self) -> Vec<String> {
        self.state().unknown.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets the provider answer, and returns whether the answer is to be cut.
    fn take(&self, request: &Request) -> (Option<Cut>, Result<Response, TransportError>) {
        let mut state = self.state();
        let number = state.sent;
        state.sent += 1;
        let cut = state.cut.take_if(|(at, _)| *at == number);
        let cut = cut.map(|(_, cut)| cut);
        if cut == Some(Cut::Unreceived) {
            return (None, Err(cut::lost()));
        }
        let answer = state.provider.answer(request);
        // To the connector it is no `NOT_FOUND`, which would say something about the provider.
        let answer = match answer {
            Err(TransportError::NotRecorded(reason)) => {
                let operation = request.operation();
                let operation = operation.map(|operation| format!(" ({operation:?})"));
                let line = format!(
                    "{} {}{}",
                    request.method,
                    request.url,
                    operation.unwrap_or_default()
                );
                state.unknown.push(line);
                Err(TransportError::Refused(reason))
            }
            answer => answer,
        };
        (cut, answer)
    }
}

#[async_trait::async_trait]
impl Transport for Double {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let (cut, answer) = self.take(request);
        let mut answer = answer?;
        let (status, headers) = (answer.status, std::mem::take(&mut answer.headers));
        let body = answer.read(CAP).await?;
        if is_applied(request, status, &body) {
            self.state().applied.push(AppliedWrite {
                request: PlannedRequest::new(request),
                creates: creates(request, status, &body),
            });
        }
        match cut {
            None => Ok(Response::new(status, headers, body)),
            Some(cut) => cut.end(status, headers, body),
        }
    }
}

fn is_applied(request: &Request, status: u16, body: &Bytes) -> bool {
    // A redirect that keeps the method has changed nothing yet.
    let is_done = matches!(status, 200..=299 | 303);
    let counts = !(request.is_safe() || request.is_unseen());
    is_done && counts && !(request.operation().is_some() && is_refused(body))
}

fn creates(request: &Request, status: u16, body: &Bytes) -> bool {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    request.method == Method::POST && status == 201 && answer.get("id").is_some()
}

/// Returns whether a GraphQL answer has errors and nothing else.
fn is_refused(body: &Bytes) -> bool {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let is_nothing = |data: &Value| match data {
        Value::Object(members) => members.values().all(Value::is_null),
        other => other.is_null(),
    };
    answer.get("errors").is_some() && answer.get("data").is_none_or(is_nothing)
}
