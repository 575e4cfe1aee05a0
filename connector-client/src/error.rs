//! What a call that failed says.

mod code;

use std::fmt;
use std::time::Duration;

use serde_json::Value;

pub use code::ErrorCode;

/// A call that failed.
///
/// ```
/// # use plugwright_client::{Connector, ErrorCode};
/// # async fn example(client: Connector) {
/// match client.execute::<serde_json::Value>("github.issues.list", &()).await {
///     Ok(issues) => println!("{issues}"),
///     Err(error) if error.is_retryable() => println!("later: {error}"),
///     Err(error) if *error.code() == ErrorCode::InvalidInput => println!("{:?}", error.data()),
///     Err(error) => println!("{error}, request {:?}", error.request_id()),
/// }
/// # }
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    code: ErrorCode,
    message: String,
    details: Details,
    attempts: u32,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

#[derive(Debug, Default)]
pub(crate) struct Details {
    pub(crate) status: Option<u16>,
    pub(crate) request_id: Option<String>,
    pub(crate) action_id: Option<String>,
    pub(crate) execution_id: Option<String>,
    pub(crate) data: Option<Value>,
    pub(crate) hint: Option<Hint>,
    pub(crate) retry_after: Option<Duration>,
}

/// What the gateway advises after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Hint {
    /// The same call may succeed later.
    Retry,
    /// The account must be connected again, or given more rights.
    Auth,
    /// The same call will not succeed.
    Abort,
}

impl Hint {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "retry" => Some(Self::Retry),
            "auth" => Some(Self::Auth),
            "abort" => Some(Self::Abort),
            _ => None,
        }
    }
}

impl Error {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            code,
            message: message.into(),
            details: Details::default(),
            attempts: 0,
            source: None,
        }))
    }

    pub(crate) fn invalid_request(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ClientInvalidRequest, message)
    }

    pub(crate) fn invalid_response(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::ClientInvalidResponse, message)
    }

    pub(crate) fn with_details(mut self, details: Details) -> Self {
        self.0.details = details;
        self
    }

    pub(crate) fn with_action(mut self, action: Option<&str>) -> Self {
        if let Some(action) = action {
            self.0.details.action_id = Some(action.to_owned());
        }
        self
    }

    pub(crate) fn of_run(mut self, execution_id: Option<&str>) -> Self {
        self.0.details.execution_id = execution_id.map(str::to_owned);
        self
    }

    pub(crate) fn with_data(mut self, data: Option<Value>) -> Self {
        self.0.details.data = data;
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn after(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    /// Returns what kind of error it is.
    pub fn code(&self) -> &ErrorCode {
        &self.0.code
    }

    /// Returns the HTTP status, or `None` if no response of the gateway is the reason.
    pub fn status(&self) -> Option<u16> {
        self.0.details.status
    }

    /// Returns the message of the gateway, or of this client if no response is the reason.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the id of the failed request, to look it up in the gateway's log.
    pub fn request_id(&self) -> Option<&str> {
        self.0.details.request_id.as_deref()
    }

    /// Returns the action that was called.
    pub fn action_id(&self) -> Option<&str> {
        self.0.details.action_id.as_deref()
    }

    /// Returns the id of the run, if the call got as far as that.
    pub fn execution_id(&self) -> Option<&str> {
        self.0.details.execution_id.as_deref()
    }

    /// Returns the faults of the input, or what the provider said.
    pub fn data(&self) -> Option<&Value> {
        self.0.details.data.as_ref()
    }

    /// Returns what the gateway advises, if it does.
    pub fn hint(&self) -> Option<Hint> {
        self.0.details.hint
    }

    /// Returns how long the gateway asks to wait, at most a minute.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.details.retry_after
    }

    /// Returns how many requests were sent.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns whether the same call may succeed later: after 429, a status from 500 on, no complete
    /// response, and the codes `rate_limited`, `proxy_upstream_timeout`, `request_in_progress` and
    /// `idempotency_request_in_progress`.
    pub fn is_retryable(&self) -> bool {
        match self.0.code {
            ErrorCode::RateLimited
            | ErrorCode::ProxyUpstreamTimeout
            | ErrorCode::RequestInProgress
            | ErrorCode::IdempotencyRequestInProgress
            | ErrorCode::ClientNetworkError
            | ErrorCode::ClientTimeout => true,
            ErrorCode::ClientInvalidRequest
            | ErrorCode::ClientWaitTimeout
            | ErrorCode::ClientInvalidResponse
            | ErrorCode::ClientUnsupported => false,
            _ => matches!(self.status(), Some(429 | 500..=599)),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(action) = self.action_id() {
            write!(f, "`{action}` failed: ")?;
        }
        write!(f, "{} ({}", self.message(), self.code())?;
        if let Some(status) = self.status() {
            write!(f, ", status {status}")?;
        }
        f.write_str(")")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            code,
            message,
            details,
            attempts,
            source,
        } = &*self.0;
        f.debug_struct("Error")
            .field("code", &code.as_str())
            .field("message", message)
            .field("status", &details.status)
            .field("request_id", &details.request_id)
            .field("action_id", &details.action_id)
            .field("execution_id", &details.execution_id)
            .field("data", &details.data)
            .field("hint", &details.hint)
            .field("retry_after", &details.retry_after)
            .field("attempts", attempts)
            .field("source", source)
            .finish()
    }
}
