//! Answers of a provider, and what they mean when they are errors.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use serde_json::Value;

use crate::error::{ActionError, ErrorCode, Hint};
use crate::reading::{charset, error_body, json, retry_after};
use crate::secret::Redactor;

/// A provider's answer, read to its end.
#[derive(Clone, Debug)]
pub struct UpstreamResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, at most as long as the context's cap.
    pub body: Bytes,
}

impl UpstreamResponse {
    /// Returns whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Returns whether the answer has no content by its status (RFC 9110, sections 15.3.5 and 15.3.6),
    /// and has none.
    pub(crate) fn has_no_content(&self) -> bool {
        matches!(self.status, 204 | 205) && self.body.trim_ascii().is_empty()
    }

    /// Returns a header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn content_type(&self) -> Option<&[u8]> {
        Some(self.headers.get(CONTENT_TYPE)?.as_bytes())
    }

    /// Returns the body as text, by its charset; what is wrong is replaced. See
    /// [`charset`](crate::reading::charset::text).
    pub fn text(&self) -> String {
        charset::text(&self.body, self.content_type()).into_owned()
    }

    /// Returns the body as JSON, if it is, or nearly; see [`json`](crate::reading::json).
    pub fn json(&self) -> Option<Value> {
        json::read(&self.body, self.content_type()).ok()
    }

    /// Returns how long the provider asks to wait; see
    /// [`retry_after`](crate::reading::retry_after::read).
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after::read(&self.headers)
    }

    /// Returns what the body says went wrong, in one line; see
    /// [`error_body`](crate::reading::error_body::sentence).
    pub fn error_text(&self) -> Option<String> {
        error_body::sentence(&self.body, self.content_type())
    }

    /// Returns the error that the status stands for, with what the body says as its detail; nothing
    /// for a success. It is what an answer means where the connector's error mapping says nothing,
    /// and what a mapping can start from.
    pub fn status_error(&self) -> Option<ActionError> {
        default_error(self)
    }

    pub(crate) fn without_secrets(&self, redactor: &Redactor) -> Option<Self> {
        let text = self.text();
        if !redactor.finds_in(&text) {
            return None;
        }
        let body = match self.json() {
            Some(mut json) => {
                redactor.redact_json(&mut json);
                json.to_string()
            }
            None => redactor.redact(&text),
        };
        let mut headers = self.headers.clone();
        // It is UTF-8 now.
        if let Some(Ok(kind)) = self.media_type().map(HeaderValue::try_from) {
            headers.insert(CONTENT_TYPE, kind);
        }
        Some(Self {
            status: self.status,
            headers,
            body: body.into(),
        })
    }

    /// Returns the media type without parameters, in lower case.
    pub(crate) fn media_type(&self) -> Option<String> {
        let text = self.header("content-type")?;
        Some(text.split(';').next()?.trim().to_ascii_lowercase())
    }
}

pub(crate) fn default_error(response: &UpstreamResponse) -> Option<ActionError> {
    if response.is_success() {
        return None;
    }
    let status = response.status;
    let (code, message) = match status {
        400 | 422 => (
            ErrorCode::ValidationError,
            "the provider rejected the request as invalid",
        ),
        401 => (
            ErrorCode::AuthInvalid,
            "the provider rejected the credential",
        ),
        403 => (
            ErrorCode::Forbidden,
            "the credential lacks permission for this",
        ),
        404 | 410 => (
            ErrorCode::NotFound,
            "the provider has no such resource, or hides it from this credential",
        ),
        408 | 504 => (ErrorCode::UpstreamTimeout, "the provider timed out"),
        409 | 412 => (
            ErrorCode::Conflict,
            "the request conflicts with the current state at the provider",
        ),
        429 => (
            ErrorCode::RateLimited,
            "the provider's rate limit was exceeded",
        ),
        _ => (ErrorCode::UpstreamError, "the provider returned an error"),
    };
    let mut error = ActionError::new(code, format!("{message} (HTTP {status})"));
    if code == ErrorCode::UpstreamError && status < 500 {
        error = error.with_hint(Hint::Abort);
    }
    // A gateway in between had no answer from the server behind it.
    if matches!(status, 408 | 502 | 504) {
        error = error.ambiguous();
    }
    if let Some(detail) = response.error_text() {
        error = error.with_detail(detail);
    }
    if let Some(wait) = response.retry_after() {
        error = error.with_retry_after(wait);
    }
    Some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &'static str) -> UpstreamResponse {
        UpstreamResponse {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    #[test]
    fn each_status_has_its_code() {
        for (status, code) in [
            (400, ErrorCode::ValidationError),
            (401, ErrorCode::AuthInvalid),
            (403, ErrorCode::Forbidden),
            (404, ErrorCode::NotFound),
            (409, ErrorCode::Conflict),
            (418, ErrorCode::UpstreamError),
            (422, ErrorCode::ValidationError),
            (429, ErrorCode::RateLimited),
            (503, ErrorCode::UpstreamError),
            (504, ErrorCode::UpstreamTimeout),
        ] {
            assert_eq!(
                default_error(&response(status, "")).map(|error| error.code()),
                Some(code)
            );
        }
        assert!(default_error(&response(204, "")).is_none());
    }

    #[test]
    fn the_detail_is_what_the_body_says() {
        assert_eq!(
            response(400, r#"{"error":{"message":"no"}}"#)
                .error_text()
                .as_deref(),
            Some("no")
        );
        assert_eq!(
            response(500, "<html>broken</html>").error_text().as_deref(),
            Some("broken")
        );
        assert_eq!(response(500, "").error_text(), None);
    }
}
