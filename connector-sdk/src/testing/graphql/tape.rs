//! The operations that an action sends, and what was answered.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::graphql::Operation;
use crate::transport::{Replay, Request, Response, Transport, TransportError};

/// Replays a cassette and notes the operations in it.
pub(super) struct Tape {
    replay: Replay,
    sent: Mutex<Vec<Sent>>,
    change: Option<Change>,
}

pub(super) struct Sent {
    pub(super) operation: Operation,
    pub(super) variables: Value,
    pub(super) answer: Value,
}

/// A value of an answer that is null in place of what was recorded.
pub(super) struct Change {
    /// Which of the operations, counted from 0.
    pub(super) index: usize,
    /// JSON pointer into the answer.
    pub(super) pointer: String,
}

const CAP: usize = 32 << 20;

impl Tape {
    pub(super) fn new(replay: Replay, change: Option<Change>) -> Self {
        Self {
            replay,
            sent: Mutex::default(),
            change,
        }
    }

    pub(super) fn sent(&self) -> MutexGuard<'_, Vec<Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl Transport for Tape {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let mut response = self.replay.send(request).await?;
        let Some(operation) = request.operation().cloned() else {
            return Ok(response);
        };
        let (status, headers) = (response.status, std::mem::take(&mut response.headers));
        let mut body = response.read(CAP).await?;
        let mut answer: Value = serde_json::from_slice(&body).unwrap_or_default();
        let mut sent = self.sent();
        if let Some(change) = &self.change
            && change.index == sent.len()
            && let Some(value) = answer.pointer_mut(&change.pointer)
        {
            *value = Value::Null;
            body = answer.to_string().into();
        }
        sent.push(Sent {
            operation,
            variables: variables(request),
            answer,
        });
        Ok(Response::new(status, headers, body))
    }
}

#[cfg(feature = "testing-graphql")]
fn variables(request: &Request) -> Value {
    let body = request
        .body
        .bytes()
        .map(|body| serde_json::from_slice(body));
    let body: Value = body.and_then(Result::ok).unwrap_or_default();
    body.get("variables").cloned().unwrap_or_default()
}
