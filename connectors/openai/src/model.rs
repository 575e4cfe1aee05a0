//! Types that several parts of the OpenAI API share, and what its errors mean.

use std::time::Duration;

use plugwright_sdk::pagination::AfterLast;
use plugwright_sdk::{ActionError, ErrorCode, Hint, Param, UpstreamResponse, Value, model};

/// Items per page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
#[param(range(1..=100), provider_default = 20)]
pub struct Limit(pub u32);

/// How many tokens were read and written.
#[model]
pub struct Usage {
    /// Tokens of the input.
    pub input_tokens: u64,
    /// Tokens of the output, with those of reasoning.
    pub output_tokens: u64,
    /// All tokens.
    pub total_tokens: u64,
    /// Tokens of the input that came from a cache.
    pub cached_tokens: Option<u64>,
    /// Tokens of the output that were spent on reasoning.
    pub reasoning_tokens: Option<u64>,
}

/// A function that the model wants to be called.
#[model]
pub struct ToolCall {
    /// Id, which the result of the call names.
    pub id: String,
    /// Name of the function.
    pub name: String,
    /// Arguments, as JSON text.
    pub arguments: String,
}

/// What is left of something that was deleted.
#[model]
pub struct Deleted {
    /// Id.
    pub id: String,
    /// Whether it is deleted.
    pub deleted: bool,
}

/// Lists come as `data`, and `has_more` says whether they go on after the last item.
pub(crate) const fn items() -> AfterLast<'static> {
    AfterLast::new("after", "/data", "/id", "/has_more")
}

/// Turns what differs from the usual meaning of a status into an error.
///
/// Bodies have `error` with a `message`, a `type`, a `code` and the `param` at fault.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let usual = response.status_error()?;
    let body = response.json().unwrap_or_default();
    let mut error = judged(response.status, &body["error"], usual);
    if response.header("x-should-retry") == Some("false") && error.hint() == Hint::Retry {
        error = error.with_hint(Hint::Abort);
    }
    let wait = response.retry_after().or_else(|| wait(response));
    Some(match wait {
        Some(wait) if error.hint() == Hint::Retry => error.with_retry_after(wait),
        _ => error,
    })
}

/// Turns an error that came within a stream, which has begun with status 200.
pub(crate) fn stream_error(said: &Value) -> ActionError {
    let message = "OpenAI ended the stream with an error";
    judged(
        500,
        said,
        ActionError::new(ErrorCode::UpstreamError, message),
    )
    .ambiguous()
}

fn judged(status: u16, said: &Value, usual: ActionError) -> ActionError {
    let text = |name: &str| said[name].as_str().filter(|text| !text.is_empty());
    let (kind, code) = (
        text("type").unwrap_or_default(),
        text("code").unwrap_or_default(),
    );
    let error = match (status, text("param")) {
        // Waiting does not help, nor does another key of the same account.
        _ if [kind, code].contains(&"insufficient_quota") => {
            ActionError::new(ErrorCode::Forbidden, "the account has no credit left")
                .with_hint(Hint::Abort)
        }
        (400, Some(param)) => ActionError::invalid_param(param, "was rejected by OpenAI"),
        _ => usual,
    };
    match (text("message"), code) {
        (None, _) => error,
        (Some(message), "") => error.with_detail(message),
        (Some(message), code) => error.with_detail(format!("{message} ({code})")),
    }
}

/// Returns how long to wait for the limit that is used up.
fn wait(response: &UpstreamResponse) -> Option<Duration> {
    if let Some(wait) = response.header("retry-after-ms") {
        return Some(Duration::from_millis(wait.parse().ok()?));
    }
    let limits = ["requests", "tokens"].into_iter();
    let waits = limits.filter_map(|limit| {
        let left = response.header(&format!("x-ratelimit-remaining-{limit}"))?;
        let reset = response.header(&format!("x-ratelimit-reset-{limit}"))?;
        (left == "0").then(|| duration(reset))?
    });
    waits.max()
}

/// Reads a time such as `1h2m0s`, `6m0s`, `8.64s` or `20ms`.
fn duration(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut whole = Duration::ZERO;
    while !rest.is_empty() {
        let unit = rest.find(|letter: char| letter.is_ascii_alphabetic())?;
        let (number, after) = rest.split_at(unit);
        let end = after.find(|letter: char| !letter.is_ascii_alphabetic());
        let (unit, next) = after.split_at(end.unwrap_or(after.len()));
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 0.001,
            _ => return None,
        };
        let part = number.parse::<f64>().ok()? * seconds;
        whole = whole.checked_add(Duration::try_from_secs_f64(part).ok()?)?;
        rest = next;
    }
    Some(whole)
}
