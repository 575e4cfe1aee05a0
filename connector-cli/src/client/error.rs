//! Errors that a gateway responds with.

use std::time::Duration;

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
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        if let Ok(response) = serde_json::from_slice::<AdminResponse>(body) {
            return Some(Self {
                error: response.error.into_error(),
                sent: false,
            });
        }
        let envelope: Envelope = serde_json::from_slice(body).ok()?;
        let sent = envelope.meta.sent.unwrap_or_default();
        Some(Self {
            error: envelope.into_body().into_error(),
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
    fn into_error(self) -> ActionError {
        let known: Option<ErrorCode> = self.code.parse().ok();
        let code = known.unwrap_or(ErrorCode::InternalError);
        let faults = self.faults.into_iter().map(|fault| Fault {
            param: fault.param,
            message: fault.message,
        });
        let mut error =
            ActionError::new(code, self.message).with_faults(faults.collect::<Faults>());
        if let Some(hint) = self.hint.and_then(|hint| hint.parse::<Hint>().ok()) {
            error = error.with_hint(hint);
        }
        if let Some(status) = self.status {
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
