//! Writing traffic down while it passes.

use std::sync::Mutex;
use std::time::Duration;

use super::{Meaning, Request, Response, Transport, TransportError};
use crate::cassette::{Exchange, RecordedBody, RecordedRequest, RecordedResponse};
use crate::secret::Redactor;

/// Headers of answers that connectors read; all others are left out of cassettes.
const KEPT_HEADERS: &[&str] = &[
    "content-disposition",
    "content-type",
    "link",
    "location",
    "retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
];

const CAP: usize = 32 << 20;

/// Passes requests to another transport and keeps what was asked and answered, without secrets.
///
/// Request headers are never kept, and of the answer's headers only those that connectors read:
/// `content-disposition`, `content-type`, `link`, `location`, `retry-after` and the rate limit's.
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_sdk::cassette::Exchange;
/// use plugwright_sdk::transport::{Record, Transport};
/// use plugwright_sdk::host::Entry;
/// use plugwright_sdk::{ActionContext, Credential, Result, Value, run};
///
/// async fn record(
///     entry: Entry,
///     input: Value,
///     transport: impl Transport + 'static,
///     credential: Credential,
/// ) -> Result<Vec<Exchange>> {
///     let record = Arc::new(Record::new(transport, credential.redactor()));
///     let cx = ActionContext::builder(&entry.connector, record.clone()).credential(credential).build();
///     run(&*entry.action, &cx, input).await?;
///     Ok(record.exchanges())
/// }
/// ```
pub struct Record<T> {
    inner: T,
    redactor: Redactor,
    exchanges: Mutex<Vec<Exchange>>,
}

impl<T: Transport> Record<T> {
    /// Records the traffic of `inner`; `redactor` knows the secrets in use.
    pub fn new(inner: T, redactor: Redactor) -> Self {
        Self {
            inner,
            redactor,
            exchanges: Mutex::new(Vec::new()),
        }
    }

    /// Returns what was recorded so far.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    fn body(&self, content_type: Option<&str>, bytes: &bytes::Bytes) -> Option<RecordedBody> {
        Some(match RecordedBody::new(content_type, bytes)? {
            RecordedBody::Json(mut value) => {
                self.redactor.redact_json(&mut value);
                RecordedBody::Json(value)
            }
            RecordedBody::Text(text) => RecordedBody::Text(self.redactor.redact(&text)),
            RecordedBody::Base64(bytes) => {
                let lossy = String::from_utf8_lossy(&bytes);
                if self.redactor.finds_in(&lossy) {
                    RecordedBody::Text(self.redactor.redact(&lossy))
                } else {
                    RecordedBody::Base64(bytes)
                }
            }
        })
    }
}

#[async_trait::async_trait]
impl<T: Transport> Transport for Record<T> {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let url = self.redactor.redact(request.url.as_str());
        let asked = RecordedRequest {
            method: request.method.to_string(),
            url: url.parse().unwrap_or_else(|_| request.url.clone()),
            body: self.body(
                request.body.content_type.as_deref(),
                &request.body.read(CAP).await?,
            ),
        };
        let response = self.inner.send(request).await?;
        let (status, headers) = (response.status, response.headers.clone());
        let bytes = response.read(CAP).await?;
        let content_type = headers
            .get("content-type")
            .and_then(|value| value.to_str().ok());
        let answered = RecordedResponse {
            status,
            headers: KEPT_HEADERS
                .iter()
                .filter_map(|name| {
                    let value = headers.get(*name)?.to_str().ok()?;
                    Some(((*name).to_owned(), self.redactor.redact(value)))
                })
                .collect(),
            body: self.body(content_type, &bytes),
        };
        self.exchanges
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .push(Exchange {
                request: asked,
                response: answered,
            });
        Ok(Response::new(status, headers, bytes))
    }

    fn learn(&self, request: &Request, meaning: &Meaning) -> Option<Duration> {
        self.inner.learn(request, meaning)
    }
}
