//! What Discord's errors mean: a message, a code of its own, and what is wrong with which field.

use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode, Hint, UpstreamResponse, Value};

/// Refines what the status says.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let error = response.status_error()?;
    let body = response.json().unwrap_or_default();
    let code = body.get("code").and_then(Value::as_u64).unwrap_or_default();
    let error = match (response.status, code) {
        (403, 50_001) => forbidden("the bot can't see this"),
        (403, 50_013) => forbidden("the bot lacks the permission for this"),
        // Servers have limits, such as 500 channels or 50 pins.
        (400 | 403, 30_001..=30_061) => forbidden("the limit of the server is reached"),
        _ => error,
    };
    let wait = body.get("retry_after").and_then(Value::as_f64);
    let wait = wait.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let error = match wait {
        Some(wait) if error.hint() == Hint::Retry => error.with_retry_after(wait),
        _ => error,
    };
    Some(match detail(&body, code) {
        Some(detail) => error.with_detail(detail),
        None => error,
    })
}

/// Another token of the same bot would not help.
fn forbidden(message: &str) -> ActionError {
    ActionError::new(ErrorCode::Forbidden, message).with_hint(Hint::Abort)
}

/// Discord's message, what it says of each field, and its code.
fn detail(body: &Value, code: u64) -> Option<String> {
    let message = body.get("message")?.as_str()?;
    let mut said = vec![message.to_owned()];
    if let Some(errors) = body.get("errors") {
        collect(errors, "", &mut said);
    }
    let said = said.join("; ");
    Some(if code == 0 {
        said
    } else {
        format!("{said} ({code})")
    })
}

/// Collects what is under `_errors` at any depth, each with the path of its field.
fn collect(errors: &Value, path: &str, said: &mut Vec<String>) {
    for (name, inner) in errors.as_object().into_iter().flatten() {
        if name == "_errors" {
            for error in inner.as_array().into_iter().flatten() {
                let message = error.get("message").and_then(Value::as_str);
                let place = if path.is_empty() {
                    String::new()
                } else {
                    format!("`{path}`: ")
                };
                said.extend(message.map(|message| format!("{place}{message}")));
            }
            continue;
        }
        let is_index = name.bytes().all(|byte| byte.is_ascii_digit());
        let path = match (is_index, path) {
            (true, path) => format!("{path}[{name}]"),
            (false, "") => name.clone(),
            (false, path) => format!("{path}.{name}"),
        };
        collect(inner, &path, said);
    }
}

/// Returns whether an error is Discord's with this code.
pub(crate) fn says(error: &ActionError, code: u64) -> bool {
    let detail = error.detail().unwrap_or_default();
    detail.ends_with(&format!("({code})"))
}
