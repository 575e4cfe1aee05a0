//! How long the rate limit is used up, as GraphQL providers say it.
//!
//! What every transport reads in headers (`X-RateLimit-Remaining` and its kin) is not read again.

use std::time::{Duration, SystemTime};

use http::HeaderMap;
use serde_json::Value;

use crate::pagination::PageBody;
use crate::reading::{charset, retry_after};

/// Headers of limits that only GraphQL APIs have: what is left, and when there is more.
const PAIRS: [(&str, &str); 3] = [
    (
        "x-ratelimit-requests-remaining",
        "x-ratelimit-requests-reset",
    ),
    (
        "x-ratelimit-complexity-remaining",
        "x-ratelimit-complexity-reset",
    ),
    (
        "x-ratelimit-endpoint-requests-remaining",
        "x-ratelimit-endpoint-requests-reset",
    ),
];

/// Returns for how long the limit is used up, if an answer says so: in headers, in the fields
/// `rateLimit` (GitHub) and `complexity` (monday) of the data, or in `extensions.cost` (Shopify).
pub(super) fn used_up_for(
    headers: &HeaderMap,
    data: Option<&PageBody<'_>>,
    extensions: Option<&Value>,
) -> Option<Duration> {
    let of_headers = PAIRS.iter().filter_map(|(remaining, reset)| {
        let left: f64 = header(headers, remaining)?.trim().parse().ok()?;
        (left < 1.0).then(|| wait(&header(headers, reset)?))?
    });
    let of_data = data.and_then(|data| {
        let limit = data.at("/rateLimit");
        let limit = limit.as_ref().and_then(of_points);
        limit.or_else(|| of_complexity(&data.at("/complexity")?))
    });
    let of_cost = extensions.and_then(|extensions| of_bucket(extensions.get("cost")?));
    of_headers.chain(of_data).chain(of_cost).max()
}

pub(super) fn after_refusal(headers: &HeaderMap) -> Option<Duration> {
    let until_reset = || {
        // The number that is left may still say that there is some.
        let reset = header(headers, "x-ratelimit-reset")?;
        wait(&reset).filter(|wait| !wait.is_zero())
    };
    retry_after::read(headers).or_else(until_reset)
}

fn of_points(limit: &Value) -> Option<Duration> {
    let left = limit.get("remaining")?.as_f64()?;
    (left < 1.0).then(|| wait(limit.get("resetAt")?.as_str()?))?
}

fn of_complexity(complexity: &Value) -> Option<Duration> {
    let left = complexity.get("after")?.as_f64()?;
    let seconds = complexity.get("reset_in_x_seconds")?.as_f64()?;
    (left < 1.0).then(|| Duration::try_from_secs_f64(seconds).ok())?
}

/// A bucket that fills again: the same operation can be sent when there is enough for it.
fn of_bucket(cost: &Value) -> Option<Duration> {
    let status = cost.get("throttleStatus")?;
    let asked = cost.get("requestedQueryCost")?.as_f64()?;
    let available = status.get("currentlyAvailable")?.as_f64()?;
    let rate = status
        .get("restoreRate")?
        .as_f64()
        .filter(|rate| *rate > 0.0)?;
    (available < asked).then(|| Duration::try_from_secs_f64((asked - available) / rate).ok())?
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<std::borrow::Cow<'h, str>> {
    Some(charset::header(headers.get(name)?.as_bytes()))
}

fn wait(text: &str) -> Option<Duration> {
    retry_after::wait(text, SystemTime::now())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seconds(data: &Value, extensions: &Value) -> Option<u64> {
        let text = data.to_string();
        let data = PageBody::read(&text).unwrap();
        let wait = used_up_for(&HeaderMap::new(), Some(&data), Some(extensions))?;
        Some(wait.as_secs())
    }

    #[test]
    fn reads_points_complexity_and_buckets() {
        let far = "2100-01-01T00:00:00Z";
        let points = |left: u32| json!({ "rateLimit": { "remaining": left, "resetAt": far } });
        assert!(seconds(&points(0), &json!({})) > Some(3600));
        assert_eq!(seconds(&points(1), &json!({})), None);

        let complexity =
            |left: u32| json!({ "complexity": { "after": left, "reset_in_x_seconds": 12 } });
        assert_eq!(seconds(&complexity(0), &json!({})), Some(12));
        assert_eq!(seconds(&complexity(5), &json!({})), None);

        let cost = |available: u32| {
            json!({ "cost": {
                "requestedQueryCost": 202,
                "throttleStatus": { "maximumAvailable": 1000, "currentlyAvailable": available, "restoreRate": 50 },
            } })
        };
        assert_eq!(seconds(&json!({}), &cost(102)), Some(2));
        assert_eq!(seconds(&json!({}), &cost(202)), None);
        for odd in [
            json!(null),
            json!({ "cost": 1 }),
            json!({ "cost": { "throttleStatus": [] } }),
        ] {
            assert_eq!(
                seconds(&json!({ "rateLimit": odd, "complexity": odd }), &odd),
                None
            );
        }
    }

    #[test]
    fn reads_headers_of_each_limit() {
        let headers = |pairs: &[(&'static str, &str)]| -> HeaderMap {
            let pair = |(name, value): &(&'static str, &str)| {
                (http::HeaderName::from_static(name), value.parse().unwrap())
            };
            pairs.iter().map(pair).collect()
        };
        let used_up = headers(&[
            ("x-ratelimit-requests-remaining", "20"),
            ("x-ratelimit-requests-reset", "10"),
            ("x-ratelimit-complexity-remaining", "0"),
            ("x-ratelimit-complexity-reset", "30"),
        ]);
        assert_eq!(
            used_up_for(&used_up, None, None),
            Some(Duration::from_secs(30))
        );
        let reset = headers(&[("x-ratelimit-reset", "40"), ("x-ratelimit-remaining", "7")]);
        assert_eq!(after_refusal(&reset), Some(Duration::from_secs(40)));
        let both = headers(&[("x-ratelimit-reset", "40"), ("retry-after", "5")]);
        assert_eq!(after_refusal(&both), Some(Duration::from_secs(5)));
        assert_eq!(after_refusal(&HeaderMap::new()), None);
    }
}
