//! Errors of the gateway's own routes: `{"error": {..}}` with all that is known.

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};

use crate::answer::{self, wait_of};

pub(crate) fn body(error: &ActionError) -> Value {
    json!({ "error": error })
}

/// Renders an error with its own status.
pub(crate) fn error(error: &ActionError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = answer::json(status, &body(error));
    if let Some(wait) = wait_of(status.as_u16(), error.retry_after()) {
        response.headers_mut().insert(RETRY_AFTER, wait.into());
    }
    response
}

pub(crate) fn nothing_at(path: &str) -> Response {
    error(&ActionError::new(
        ErrorCode::NotFound,
        format!("there is nothing at `{}`", Echo(path)),
    ))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn tells_in_whole_seconds_when_to_ask_again() {
        for (wait, expected) in [(Some(Duration::from_millis(1_200)), "2"), (None, "1")] {
            let mut busy = ActionError::new(ErrorCode::Unavailable, "busy");
            if let Some(wait) = wait {
                busy = busy.with_retry_after(wait);
            }
            assert_eq!(error(&busy).headers()[RETRY_AFTER], expected);
        }
        let gone = ActionError::new(ErrorCode::NotFound, "gone");
        assert!(!error(&gone).headers().contains_key(RETRY_AFTER));
        assert_eq!(error(&gone).status(), StatusCode::NOT_FOUND);
    }
}
