//! Plausible answers without a provider.

use std::sync::Mutex;

use super::{Request, Response, Transport, TransportError};
use crate::cassette::{Cassette, Exchange};

/// Answers with the recorded traffic of an action, whatever its parameters are.
///
/// Each request gets the next recorded answer to a request of the same method. When there is none
/// left, there is no answer.
#[derive(Debug)]
pub struct Mock {
    exchanges: Mutex<Vec<Exchange>>,
}

impl Mock {
    /// Takes the first of `cassettes` that is of a call which succeeds; nothing if there is none.
    pub fn new<'a>(cassettes: impl IntoIterator<Item = &'a Cassette>) -> Option<Self> {
        let exchanges = cassettes
            .into_iter()
            .find(|cassette| cassette.expect.error.is_none())?
            .exchanges
            .clone();
        Some(Self {
            exchanges: Mutex::new(exchanges),
        })
    }
}

#[async_trait::async_trait]
impl Transport for Mock {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let mut exchanges = self
            .exchanges
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let next = exchanges.iter().position(|exchange| {
            exchange
                .request
                .method
                .eq_ignore_ascii_case(request.method.as_str())
        });
        match next {
            Some(index) => {
                let recorded = exchanges.remove(index).response;
                Ok(Response::new(
                    recorded.status,
                    recorded.header_map(),
                    recorded.bytes(),
                ))
            }
            None => Err(TransportError::NotRecorded(format!(
                "the mock has no further response to {} {}",
                request.method, request.url
            ))),
        }
    }
}
