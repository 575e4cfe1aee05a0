//! A transport that answers as a test says.

use crate::transport::{Request, Response, Transport, TransportError};

type Answer = dyn Fn(&Request) -> Result<Response, TransportError> + Send + Sync;

/// Answers every request with what a function makes of it.
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_sdk::testing::{Canned, block_on};
/// use plugwright_sdk::transport::Response;
/// use plugwright_sdk::{ActionContext, ConnectorDefinition, ErrorCode, actions};
///
/// static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
///     .base_url("https://api.example.com")
///     .actions(actions![]);
///
/// let broken = Canned::new(|_| Ok(Response::new(503, Default::default(), "<h1>Back soon</h1>")));
/// let cx = ActionContext::builder(&CONNECTOR, Arc::new(broken)).build();
/// let error = block_on(cx.get("/tasks").send()).unwrap_err();
/// assert_eq!(error.code(), ErrorCode::UpstreamError);
/// ```
pub struct Canned(Box<Answer>);

impl Canned {
    /// Takes the function.
    pub fn new(
        answer: impl Fn(&Request) -> Result<Response, TransportError> + Send + Sync + 'static,
    ) -> Self {
        Self(Box::new(answer))
    }
}

#[async_trait::async_trait]
impl Transport for Canned {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        (self.0)(request)
    }
}
