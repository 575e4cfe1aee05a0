//! Errors as our own routes answer them: `{"error": {..}}` with all that is known. No cache may
//! keep them.

use axum::http::header::{CACHE_CONTROL, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::json;

/// Renders an error with its own status; `Retry-After` is in whole seconds, at least one.
pub(crate) fn error(error: &ActionError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(json!({ "error": error }))).into_response();
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let waiting = matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    if waiting || error.retry_after().is_some() {
        let wait = error
            .retry_after()
            .unwrap_or_default()
            .as_secs_f64()
            .ceil()
            .max(1.0);
        if let Ok(value) = HeaderValue::try_from(format!("{wait:.0}")) {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
    }
    response
}

/// Says that a path leads nowhere.
pub(crate) fn nothing_at(path: &str) -> Response {
    error(&ActionError::new(
        ErrorCode::NotFound,
        format!("nothing is at `{}`", Echo(path)),
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
