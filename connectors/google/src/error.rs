//! The form of errors that Google's APIs share.
//!
//! `error` has `code`, `message`, `status`, `errors` with a `reason` each, and newer APIs have `details`
//! of the types of `google.rpc`: `ErrorInfo` with a `reason`, `BadRequest` with `fieldViolations`,
//! `RetryInfo` with a `retryDelay`. The token endpoint's form, a text as `error`, is read by its status.

use std::time::{Duration, SystemTime};

use plugwright_sdk::reading::retry_after;
use plugwright_sdk::{ActionError, ErrorCode, Hint, UpstreamResponse, Value};

#[cfg(test)]
mod tests;

/// Reasons that say that a limit is used up. Google sends them with 403 as often as with 429.
const LIMITS: &[&str] = &[
    "concurrentLimitExceeded",
    "dailyLimitExceeded",
    "dailyLimitExceededUnreg",
    "quotaExceeded",
    "rateLimitExceeded",
    "rateLimitExceededUnreg",
    "userRateLimitExceeded",
    "variableTermExpiredDailyExceeded",
    "variableTermLimitExceeded",
    "RATE_LIMIT_EXCEEDED",
    "RESOURCE_QUOTA_EXCEEDED",
];

/// Turns what differs from the usual meaning of a status into an error, and adds what Google says.
///
/// It is made for [`on_error`](plugwright_sdk::host::ConnectorBuilder), and a connector's own mapping can
/// start from it.
pub fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let by_status = response.status_error()?;
    let body = response.json().unwrap_or_default();
    let reasons = reasons(&body);
    let has = |names: &[&str]| reasons.iter().any(|reason| names.contains(reason));
    let error = match response.status {
        403 | 429 if has(LIMITS) => {
            let error = ActionError::new(ErrorCode::RateLimited, "Google limits the rate of calls");
            match wait(response, &body) {
                Some(wait) => error.with_retry_after(wait),
                None => error,
            }
        }
        403 if has(&["insufficientPermissions", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"]) => {
            ActionError::new(
                ErrorCode::ScopeMissing,
                "the account did not grant the scope for this",
            )
        }
        403 if has(&["accessNotConfigured", "SERVICE_DISABLED"]) => ActionError::new(
            ErrorCode::Forbidden,
            "the API is not enabled in the Google Cloud project of the OAuth client",
        )
        .with_hint(Hint::Abort),
        403 if has(&["domainPolicy"]) => ActionError::new(
            ErrorCode::Forbidden,
            "the administrator of the account's domain does not allow this",
        )
        .with_hint(Hint::Abort),
        _ => by_status,
    };
    Some(match detail(response, &body, &reasons) {
        Some(detail) => error.with_detail(detail),
        None => error,
    })
}

fn members<'a>(body: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let members = body.get("error").and_then(|error| error.get(name));
    members.and_then(Value::as_array).into_iter().flatten()
}

/// Returns the reasons, without repetition.
fn reasons(body: &Value) -> Vec<&str> {
    let mut reasons = Vec::new();
    for fault in members(body, "errors").chain(members(body, "details")) {
        if let Some(reason) = fault.get("reason").and_then(Value::as_str)
            && !reasons.contains(&reason)
        {
            reasons.push(reason);
        }
    }
    reasons
}

/// Returns how long to wait: by the header, by `RetryInfo`, or by the message, which in Gmail ends with
/// `Retry after 2030-01-31T08:30:00.000Z`.
fn wait(response: &UpstreamResponse, body: &Value) -> Option<Duration> {
    let now = SystemTime::now();
    let delay = || {
        let mut delays = members(body, "details")
            .filter_map(|detail| retry_after::wait(detail.get("retryDelay")?.as_str()?, now));
        delays.next()
    };
    let told = || {
        let message = body.pointer("/error/message")?.as_str()?;
        let (_, time) = message.rsplit_once("Retry after ")?;
        retry_after::wait(time.split_whitespace().next()?, now)
    };
    response.retry_after().or_else(delay).or_else(told)
}

/// Google's message, the invalid fields, and the reasons.
fn detail(response: &UpstreamResponse, body: &Value, reasons: &[&str]) -> Option<String> {
    let message = body.pointer("/error/message").and_then(Value::as_str);
    let mut detail = match message {
        Some(message) => message.to_owned(),
        None => response.error_text()?,
    };
    let violations = members(body, "details")
        .filter_map(|detail| detail.get("fieldViolations")?.as_array())
        .flatten();
    for violation in violations {
        let text = |name: &str| violation.get(name).and_then(Value::as_str);
        if let Some(field) = text("field")
            && !detail.contains(field)
        {
            let problem = text("description").unwrap_or("is not valid");
            detail = format!("{detail}; `{field}`: {problem}");
        }
    }
    if !reasons.is_empty() {
        detail = format!("{detail} ({})", reasons.join(", "));
    }
    Some(detail)
}
