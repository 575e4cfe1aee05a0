//! Rate limits, as providers tell them in headers.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{charset, retry_after};

/// Remaining calls, and the header that says when there are new ones.
static PAIRS: [(HeaderName, HeaderName); 3] = [
    (
        HeaderName::from_static("x-ratelimit-remaining"),
        HeaderName::from_static("x-ratelimit-reset"),
    ),
    (
        HeaderName::from_static("ratelimit-remaining"),
        HeaderName::from_static("ratelimit-reset"),
    ),
    (
        HeaderName::from_static("x-rate-limit-remaining"),
        HeaderName::from_static("x-rate-limit-reset"),
    ),
];
/// Seconds until there are new ones, whatever the clocks say; some send it beside the first pair.
static RESET_AFTER: HeaderName = HeaderName::from_static("x-ratelimit-reset-after");
/// The header of the IETF draft, in its older and newer form.
static DRAFT: HeaderName = HeaderName::from_static("ratelimit");

/// Returns for how long an answer says that the limit is used up; nothing if it does not say so.
pub fn used_up_for(status: u16, headers: &HeaderMap) -> Option<Duration> {
    let paired = PAIRS.iter().filter_map(|(remaining, reset)| {
        let left = text(headers.get(remaining)?);
        // Some say how many there are in each window, the shortest first.
        let left: f64 = left.split([',', ';']).next()?.trim().parse().ok()?;
        let is_first = *remaining == PAIRS[0].0;
        let after = is_first.then(|| headers.get(&RESET_AFTER)).flatten();
        let reset = text(after.or_else(|| headers.get(reset))?);
        (left < 1.0).then(|| retry_after::wait(&reset, SystemTime::now()))?
    });
    let drafts = headers
        .get_all(&DRAFT)
        .iter()
        .filter_map(|value| draft(&text(value)));
    let refused = (status == 429)
        .then(|| retry_after::read(headers))
        .flatten();
    paired.chain(drafts).chain(refused).max()
}

fn text(value: &HeaderValue) -> std::borrow::Cow<'_, str> {
    charset::header(value.as_bytes())
}

/// Reads `limit=100, remaining=0, reset=50`, or a list of policies such as `"minute";r=0;t=30`.
pub fn draft(text: &str) -> Option<Duration> {
    let value = |part: &str, name: &str| {
        let (key, value) = part.trim().split_once('=')?;
        let own = key.trim().eq_ignore_ascii_case(name);
        own.then(|| value.trim().parse::<u64>().ok())?
    };
    let find = |parts: &str, between: char, name: &str| {
        parts.split(between).find_map(|part| value(part, name))
    };
    let seconds = if let Some(left) = find(text, ',', "remaining") {
        let reset = find(text, ',', "reset")?;
        (left == 0).then_some(reset)
    } else {
        text.split(',')
            .filter(|policy| find(policy, ';', "r") == Some(0))
            .filter_map(|policy| find(policy, ';', "t"))
            .max()
    };
    Some(Duration::from_secs(seconds?).min(retry_after::LONGEST))
}

#[cfg(test)]
#[path = "tests/rate_limit.rs"]
mod tests;
