//! The one seam for upstream traffic: live, replayed, recorded, mocked or planned.

#[cfg(feature = "live")]
mod live;
mod mock;
mod plan;
mod record;
mod replay;

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method};
use url::Url;

use crate::auth::Applied;
use crate::http::{Body, Content};

#[cfg(feature = "live")]
pub use live::Live;
pub use mock::Mock;
pub use plan::{Plan, PlannedRequest};
pub use record::Record;
pub use replay::Replay;

/// A request, with its credential kept apart from the rest until it is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// URL, without the credential.
    pub url: Url,
    /// Headers, without the credential.
    pub headers: HeaderMap,
    /// Body.
    pub body: Body,
    pub(crate) auth: Option<Applied>,
    pub(crate) for_stranger: bool,
}

impl Request {
    /// Makes a request without headers, body and credential.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Body::default(),
            auth: None,
            for_stranger: false,
        }
    }

    /// Returns whether a redirect led this request to a host that the connector does not declare.
    /// Nothing that is meant for the provider alone may go there.
    pub fn is_for_stranger(&self) -> bool {
        self.for_stranger
    }

    /// Puts the credential into URL and headers, for a transport that sends them.
    ///
    /// # Errors
    ///
    /// If the credential has characters that a header can't have. The message does not show it.
    pub fn authorize(&mut self) -> Result<(), TransportError> {
        let Some(auth) = self.auth.take() else {
            return Ok(());
        };
        if let Some((name, value)) = auth.query() {
            self.url.query_pairs_mut().append_pair(name, value.expose());
        }
        if let Some((name, value)) = auth.header() {
            let mut value = http::HeaderValue::try_from(value.expose()).map_err(|_| {
                TransportError::Refused(
                    "the credential has characters that a header can't have".to_owned(),
                )
            })?;
            value.set_sensitive(true);
            let name = http::HeaderName::try_from(name).map_err(|_| {
                TransportError::Refused(format!("`{name}` can't be the name of a header"))
            })?;
            self.headers.insert(name, value);
        }
        Ok(())
    }

    /// Makes the request ready for an HTTP client: with its credential, and with the length of its
    /// body where a client does not add that.
    ///
    /// # Errors
    ///
    /// As [`authorize`](Self::authorize).
    pub fn prepare(&mut self) -> Result<(), TransportError> {
        self.authorize()?;
        let expects_body = matches!(self.method, Method::POST | Method::PUT | Method::PATCH);
        match &self.body.content {
            // Clients leave it out, and some servers insist (RFC 9110, 8.6).
            Content::Bytes(bytes) if bytes.is_empty() && expects_body => {
                self.headers.insert(CONTENT_LENGTH, 0.into());
            }
            Content::Bytes(_) => {}
            Content::File(file) => {
                self.headers.insert(CONTENT_LENGTH, file.length().into());
            }
        }
        Ok(())
    }
}

/// An answer whose body is still to be read.
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, piece by piece.
    pub body: BoxStream<'static, Result<Bytes, TransportError>>,
}

impl Response {
    /// Makes an answer from a body that is there already.
    pub fn new(status: u16, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self {
            status,
            headers,
            body: futures_util::stream::once(async move { Ok(body) }).boxed(),
        }
    }

    /// Reads the body to its end.
    ///
    /// # Errors
    ///
    /// [`TransportError::TooLarge`] if it is longer than `cap` bytes; what the stream reports.
    pub async fn read(mut self, cap: usize) -> Result<Bytes, TransportError> {
        let mut body = BytesMut::new();
        while let Some(piece) = self.body.next().await {
            let piece = piece?;
            if body.len() + piece.len() > cap {
                return Err(TransportError::TooLarge { cap });
            }
            body.extend_from_slice(&piece);
        }
        Ok(body.freeze())
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection was made, so nothing was sent.
    #[error("no connection to {host} could be made")]
    Unreachable {
        /// The host.
        host: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The request was sent and the connection broke before the answer was complete.
    #[error("the connection broke before the answer was complete")]
    Interrupted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer came, and its body can't be decompressed.
    #[error("the answer's body can't be decompressed")]
    Undecodable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No answer came in time.
    #[error("no answer came within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// The answer is longer than allowed.
    #[error("the answer is longer than {cap} bytes")]
    TooLarge {
        /// The longest allowed.
        cap: usize,
    },
    /// The request can't or may not be sent.
    #[error("{0}")]
    Refused(String),
    /// Requests may not go to this address, so nothing was sent.
    #[error("{0}")]
    DestinationRefused(String),
    /// The provider's rate limit is used up, so nothing was sent.
    #[error("the provider's rate limit is used up")]
    RateLimited {
        /// When it is worth while to ask again.
        retry_after: Duration,
    },
    /// The host failed too often of late, so nothing was sent.
    #[error("{host} failed several times in a row and is left alone for a while")]
    Suspended {
        /// The host.
        host: String,
        /// When it is worth while to ask again.
        retry_after: Duration,
    },
    /// The cassettes have no such request.
    #[error("{0}")]
    NotRecorded(String),
    /// The request was noted down and, as asked, not sent.
    #[error("the request was planned and not sent")]
    Planned,
}

/// Sends requests. All upstream traffic goes through it.
///
/// The context follows redirects, keeps to deadline and cap, and judges answers. A transport only
/// carries one request and its answer.
#[async_trait::async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request; follows no redirect.
    async fn send(&self, request: Request) -> Result<Response, TransportError>;
}
