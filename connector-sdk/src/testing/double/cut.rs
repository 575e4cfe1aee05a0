//! The ways in which an answer gets lost.

use bytes::Bytes;
use futures_util::StreamExt as _;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;

use crate::transport::{Response, TransportError};

/// A way in which the answer to a request gets lost.
///
/// What the provider was asked for is done in all cases but [`Unreceived`](Self::Unreceived), and
/// whoever asked can't tell these from each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// The connection is lost before the provider has the request, so that nothing is done.
    Unreceived,
    /// The connection is lost before the answer begins.
    Dropped,
    /// There is no answer in time.
    TimedOut,
    /// A proxy on the way answers 502, with a page.
    BadGateway,
    /// The connection is lost within the body; an answer without one comes whole.
    Truncated,
}

impl Cut {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Unreceived,
        Self::Dropped,
        Self::TimedOut,
        Self::BadGateway,
        Self::Truncated,
    ];

    /// Returns what happens, in words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreceived => "the request is lost",
            Self::Dropped => "the response is lost",
            Self::TimedOut => "the response takes too long",
            Self::BadGateway => "a proxy answers 502",
            Self::Truncated => "the response is cut off",
        }
    }

    pub(super) fn end(
        self,
        status: u16,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response, TransportError> {
        const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);
        match self {
            Self::Unreceived | Self::Dropped => Err(lost()),
            Self::TimedOut => Err(TransportError::Timeout(PATIENCE)),
            Self::BadGateway => {
                let html = HeaderValue::from_static("text/html");
                let headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, html)]);
                let page = "<html><body><h1>502 Bad Gateway</h1></body></html>";
                Ok(Response::new(502, headers, page))
            }
            Self::Truncated if body.len() < 2 => Ok(Response::new(status, headers, body)),
            Self::Truncated => {
                let half = body.slice(..body.len() / 2);
                let pieces = futures_util::stream::iter([Ok(half), Err(lost())]);
                Ok(Response {
                    status,
                    headers,
                    body: pieces.boxed(),
                })
            }
        }
    }
}

pub(super) fn lost() -> TransportError {
    TransportError::Interrupted("reset by peer".into())
}
