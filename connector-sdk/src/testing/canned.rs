//! A transport that answers as a test says.

use crate::transport::{Request, Response, Transport, TransportError};

type Answer = dyn Fn(&Request) -> Result<Response, TransportError> + Send + Sync;

/// Answers every request with what a function makes of it.
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
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        (self.0)(&request)
    }
}
