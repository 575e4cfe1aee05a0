//! Why a request has no answer.

use std::time::Duration;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// No connection was made, so nothing was sent.
    #[error("can't connect to {host}")]
    Unreachable {
        /// The host, with its port if that is not the one of the URL's scheme.
        host: String,
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The request was sent and the connection was lost before the response was complete.
    #[error("the connection was lost before the response was complete")]
    Interrupted(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer came, and its body can't be decoded: decompressed, or put together from its pieces.
    #[error("the response body can't be decoded")]
    Undecodable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// What came is no answer, as the text says.
    #[error("the response can't be read: {0}")]
    Unreadable(String),
    /// No answer came in time.
    #[error("no response within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// The answer is longer than allowed.
    #[error("the response is longer than {cap} bytes")]
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
    #[error("the provider's rate limit is exhausted")]
    RateLimited {
        /// When it is worth while to ask again.
        retry_after: Duration,
    },
    /// The host failed too often of late, so nothing was sent.
    #[error("{host} failed several times in a row; requests to it are suspended")]
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
    #[error("the request was planned, not sent")]
    Planned,
}

impl TransportError {
    /// Returns whether a status can have come, but no body that can be read. What an error status means is
    /// known without one.
    pub fn leaves_status(&self) -> bool {
        matches!(
            self,
            Self::Interrupted(_)
                | Self::Undecodable(_)
                | Self::Unreadable(_)
                | Self::TooLarge { .. }
        )
    }
}
