//! A context for calling an action's function directly.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::Canned;
use crate::cassette::RecordedRequest;
use crate::connector::ConnectorDefinition;
use crate::context::ActionContext;
use crate::transport::{Response, TransportError};

/// An [`ActionContext`] whose requests get prepared answers, in order, and are noted down.
///
/// Requests carry the placeholder of the connector's first auth scheme. It has no settings and no
/// cursor; where these matter, or headers and bodies other than JSON,
/// [`ActionContext::builder`](ActionContext::builder) with a [`Canned`] transport makes the context.
///
/// ```
/// use plugwright_sdk::testing::{MockContext, block_on};
/// use plugwright_sdk::{ActionContext, ConnectorDefinition, Result, Value, action, actions, json};
///
/// /// Adds a task.
/// #[action("tasks.create", write, post = "/tasks", json)]
/// async fn create(
///     cx: &ActionContext,
///     /// What is to be done.
///     content: String,
/// ) -> Result<Value>;
///
/// static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
///     .base_url("https://api.example.com")
///     .actions(actions![create]);
///
/// let cx = MockContext::new(&CONNECTOR, [(201, json!({ "id": 7 }))]);
/// assert_eq!(block_on(create(&cx, "Buy milk".to_owned()))?["id"], 7);
/// assert_eq!(cx.sent()[0].body.as_ref().unwrap().bytes(), r#"{"content":"Buy milk"}"#);
/// # Ok::<(), plugwright_sdk::ActionError>(())
/// ```
pub struct MockContext {
    context: ActionContext,
    sent: Arc<Mutex<Vec<RecordedRequest>>>,
}

impl MockContext {
    /// Makes a context that answers with these statuses and JSON bodies; `null` is no body.
    pub fn new(
        connector: &'static ConnectorDefinition,
        answers: impl IntoIterator<Item = (u16, Value)>,
    ) -> Self {
        Self::with_settings(connector, BTreeMap::new(), answers)
    }

    pub(super) fn with_settings(
        connector: &'static ConnectorDefinition,
        settings: BTreeMap<String, String>,
        answers: impl IntoIterator<Item = (u16, Value)>,
    ) -> Self {
        let answers: Mutex<VecDeque<_>> = Mutex::new(answers.into_iter().collect());
        let sent = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&sent);
        let transport = Canned::new(move |request| {
            log.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(RecordedRequest {
                    method: request.method.to_string(),
                    url: request.url.clone(),
                    body: request.body.shown(),
                });
            let next = answers
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front();
            let Some((status, body)) = next else {
                return Err(TransportError::NotRecorded(format!(
                    "no response is prepared for {} {}",
                    request.method, request.url
                )));
            };
            let mut headers = HeaderMap::new();
            headers.insert("content-type", HeaderValue::from_static("application/json"));
            let bytes = if body.is_null() {
                String::new()
            } else {
                body.to_string()
            };
            Ok(Response::new(status, headers, bytes))
        });
        let credential = connector
            .auth()
            .first()
            .map(crate::auth::Auth::placeholder)
            .unwrap_or_default();
        let context = ActionContext::builder(connector, Arc::new(transport))
            .settings(settings)
            .credential(credential)
            .run_id("test")
            .build();
        Self { context, sent }
    }

    /// Returns the requests that were sent.
    pub fn sent(&self) -> Vec<RecordedRequest> {
        self.sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Deref for MockContext {
    type Target = ActionContext;

    fn deref(&self) -> &ActionContext {
        &self.context
    }
}
