//! Errors that a gateway responds with.

use std::time::Duration;

use http::StatusCode;
use plugwright_sdk::host::{Fault, Faults};
use plugwright_sdk::{ActionError, ErrorCode, Hint};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct AdminResponse {
    error: ErrorBody,
}

#[derive(Deserialize)]
struct ErrorBody {
    code: String,
    message: String,
    hint: Option<String>,
    status: Option<u16>,
    detail: Option<String>,
    retry_after: Option<u64>,
    #[serde(default)]
    faults: Vec<FaultBody>,
}

#[derive(Deserialize)]
struct FaultBody {
    param: String,
    message: String,
}

/// An error response of `/v1`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    message: String,
    error_code: String,
    #[serde(default)]
    data: Value,
    #[serde(default)]
    meta: EnvelopeMeta,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct EnvelopeMeta {
    code: Option<String>,
    status: Option<u16>,
    sent: Option<bool>,
    hint: Option<String>,
    retry_after_seconds: Option<u64>,
}

/// An error from a gateway. Codes and hints of newer gateways are accepted too.
#[derive(Debug)]
pub(crate) struct GatewayError {
    pub(crate) error: ActionError,
    /// Whether the provider may have received a request.
    pub(crate) sent: bool,
}

impl GatewayError {
    /// Parses the body of a response; `None` if it is not from a gateway.
    pub(crate) fn read(status: StatusCode, body: &[u8]) -> Option<Self> {
        if let Ok(response) = serde_json::from_slice::<AdminResponse>(body) {
            return Some(Self {
                error: response.error.into_error(status),
                sent: false,
            });
        }
        let envelope: Envelope = serde_json::from_slice(body).ok()?;
        let sent = envelope.meta.sent.unwrap_or_default();
        Some(Self {
            error: envelope.into_body().into_error(status),
            sent,
        })
    }
}

impl Envelope {
    fn into_body(self) -> ErrorBody {
        let (detail, faults) = match self.data {
            Value::String(detail) => (Some(detail), Vec::new()),
            data => (None, serde_json::from_value(data).unwrap_or_default()),
        };
        ErrorBody {
            code: self.meta.code.unwrap_or(self.error_code),
            message: self.message,
            hint: self.meta.hint,
            status: self.meta.status,
            detail,
            retry_after: self.meta.retry_after_seconds,
            faults,
        }
    }
}

impl ErrorBody {
    fn into_error(self, status: StatusCode) -> ActionError {
        let known: Option<ErrorCode> = self.code.parse().ok();
        // Some failures have a code in one dialect only, and no hint.
        let code = known.unwrap_or(if status == StatusCode::NOT_FOUND {
            ErrorCode::NotFound
        } else {
            ErrorCode::InternalError
        });
        let faults = self.faults.into_iter().map(|fault| Fault {
            param: fault.param,
            message: fault.message,
        });
        let mut error =
            ActionError::new(code, self.message).with_faults(faults.collect::<Faults>());
        if let Some(hint) = self.hint.and_then(|hint| hint.parse::<Hint>().ok()) {
            error = error.with_hint(hint);
        } else if known.is_none() && status.is_client_error() {
            error = error.with_hint(Hint::Abort);
        }
        if let Some(status) = self.status.or(known.is_none().then_some(status.as_u16())) {
            error = error.with_status(status);
        }
        let detail = match (self.detail, known) {
            (None, None) => Some(format!("error code {}", self.code)),
            (detail, _) => detail,
        };
        if let Some(detail) = detail {
            error = error.with_detail(detail);
        }
        if let Some(wait) = self.retry_after {
            error = error.with_retry_after(Duration::from_secs(wait));
        }
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_one_dialect_counts_as_its_status() {
        let read = |status| {
            let body = br#"{"message":"no","errorCode":"only_here","meta":{}}"#;
            GatewayError::read(status, body).unwrap().error
        };
        for (status, code, hint) in [
            (StatusCode::NOT_FOUND, ErrorCode::NotFound, Hint::Abort),
            (StatusCode::CONFLICT, ErrorCode::InternalError, Hint::Abort),
            (
                StatusCode::BAD_GATEWAY,
                ErrorCode::InternalError,
                Hint::Retry,
            ),
        ] {
            let error = read(status);
            assert_eq!((error.code(), error.hint()), (code, hint), "{status}");
            assert_eq!(error.status(), status.as_u16());
        }
    }
}
