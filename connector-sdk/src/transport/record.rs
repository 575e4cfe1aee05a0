//! Writing traffic down while it passes.

use std::sync::Mutex;
use std::time::Duration;

use http::header::CONTENT_DISPOSITION;

use super::{Meaning, Request, Response, Transport, TransportError};
use crate::cassette::{Exchange, RecordedBody, RecordedRequest, RecordedResponse};
use crate::reading::disposition;
use crate::secret::{REDACTED, Redactor};
use crate::text::word_list;

/// Headers of answers that connectors read; all others are left out of cassettes.
const KEPT_HEADERS: &[&str] = &word_list::<8>(include_str!("../../words/kept_headers.txt"));

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
        let mut body = RecordedBody::new(content_type, bytes)?;
        if let RecordedBody::Json(value) = &mut body {
            self.redactor.redact_json(value);
            return Some(body);
        }
        let kind = content_type.map(str::as_bytes);
        Some(match self.redactor.redact_bytes(bytes, kind) {
            Ok(None) => body,
            Ok(Some(clean)) => RecordedBody::Text(clean),
            Err(_) => RecordedBody::Text(REDACTED.to_owned()),
        })
    }

    fn header(&self, name: &str, value: &str) -> String {
        if name == CONTENT_DISPOSITION {
            disposition::without_secrets(value.as_bytes(), &self.redactor)
        } else {
            self.redactor.redact(value)
        }
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
                    Some(((*name).to_owned(), self.header(name, value)))
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

#[cfg(all(test, feature = "testing"))]
mod tests {
    use http::{HeaderMap, HeaderValue, Method};

    use super::*;
    use crate::secret::Secret;
    use crate::testing::{Canned, block_on};

    const TOKEN: &str = "S3cr3t-T0ken/with+chars=9x";

    /// Returns what is recorded of an answer with a header and a body.
    fn recorded(header: &'static str, value: &str, body: &[u8]) -> RecordedResponse {
        let (value, body) = (HeaderValue::from_str(value).unwrap(), body.to_vec());
        let canned = Canned::new(move |_| {
            let headers = [(header.parse().unwrap(), value.clone())];
            Ok(Response::new(
                200,
                HeaderMap::from_iter(headers),
                body.clone(),
            ))
        });
        let record = Record::new(canned, Redactor::new([&Secret::new(TOKEN)]));
        let url = "https://api.example.com/".parse().unwrap();
        block_on(record.send(&Request::new(Method::GET, url))).unwrap();
        record.exchanges().remove(0).response
    }

    #[test]
    fn bodies_of_every_charset_are_recorded_without_secrets() {
        let wide =
            |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_be_bytes).collect() };
        let text = |clean: &str| Some(RecordedBody::Text(clean.to_owned()));
        for (kind, body, clean) in [
            (
                "text/plain",
                wide(&format!("\u{feff}é {TOKEN}")),
                text("é [redacted]"),
            ),
            (
                "application/xml",
                wide(&format!("<a>{TOKEN}</a>")),
                text("<a>[redacted]</a>"),
            ),
            (
                "application/json",
                wide(&format!("[\"{TOKEN}\"]")),
                text("[\"[redacted]\"]"),
            ),
            (
                "image/png",
                [b"\x89PNG\xff", TOKEN.as_bytes()].concat(),
                text("[redacted]"),
            ),
        ] {
            assert_eq!(recorded("content-type", kind, &body).body, clean, "{kind}");
        }
        let body = b"\x89PNG\xff\0";
        let kept = recorded("content-type", "image/png", body).body;
        assert_eq!(kept, Some(RecordedBody::Base64(body.as_slice().into())));
    }

    #[test]
    fn names_of_files_are_recorded_without_secrets() {
        for (value, clean) in [
            (
                "inline; filename=\"=?utf-8?Q?S3cr3t=2DT0ken/with=2Bchars=3D9x?=.txt\"",
                "attachment; filename=\"[redacted].txt\"",
            ),
            (
                "inline; filename*=UTF-8''a.txt; filename=\"=?utf-8?Q?=533cr3t-T0ken/with+chars=3D9x?=\"",
                "attachment; filename=\"a.txt\"",
            ),
            (
                "inline; filename=\"a b.txt\"; size=3",
                "inline; filename=\"a b.txt\"; size=3",
            ),
        ] {
            let recorded = recorded("content-disposition", value, b"");
            assert_eq!(recorded.headers["content-disposition"], clean);
        }
    }
}
