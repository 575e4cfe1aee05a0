//! Rate limits, learned from what providers answer.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderName, HeaderValue};
use moka::sync::Cache;
use tokio::time::Instant;

use super::retry;

/// A budget counts as used up for at most this long, whatever the provider says.
const LONGEST: Duration = Duration::from_hours(1);
/// So many used-up budgets are remembered.
const MOST_BUDGETS: u64 = 100_000;

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
/// The header of the IETF draft, in its older and newer form.
static DRAFT: HeaderName = HeaderName::from_static("ratelimit");
/// Headers of providers that count kinds of requests apart: the limit is not that of the host.
static KINDS: [HeaderName; 2] = [
    HeaderName::from_static("x-ratelimit-resource"),
    HeaderName::from_static("x-ratelimit-bucket"),
];

/// The budgets that are used up, by whose they are and at which host. A budget that was never seen
/// at its end costs nothing.
pub(crate) struct Budgets {
    used_up: Cache<u64, Instant>,
    hasher: RandomState,
    started: Instant,
    /// When the last of them is over, in milliseconds since the start.
    latest: AtomicU64,
}

impl Budgets {
    pub(crate) fn new() -> Self {
        Self {
            used_up: Cache::builder()
                .max_capacity(MOST_BUDGETS)
                .time_to_live(LONGEST)
                .build(),
            hasher: RandomState::new(),
            started: Instant::now(),
            latest: AtomicU64::new(0),
        }
    }

    /// Returns how long a request would have to wait; nothing if it may go.
    pub(crate) fn wait(&self, budget: &str, host: &str, path: &str) -> Option<Duration> {
        let latest = self.started + Duration::from_millis(self.latest.load(Ordering::Relaxed));
        let now = Instant::now();
        if latest <= now {
            return None;
        }
        [
            self.key(budget, host, None),
            self.key(budget, host, Some(path)),
        ]
        .into_iter()
        .filter_map(|key| self.used_up.get(&key))
        .max()
        .and_then(|until| until.checked_duration_since(now))
        .filter(|wait| !wait.is_zero())
    }

    /// Learns from an answer.
    pub(crate) fn learn(
        &self,
        budget: &str,
        host: &str,
        path: &str,
        status: u16,
        headers: &HeaderMap,
    ) {
        let Some(wait) = used_up_for(status, headers).filter(|wait| !wait.is_zero()) else {
            return;
        };
        let until = Instant::now() + wait.min(LONGEST);
        let of_a_kind = KINDS.iter().any(|kind| headers.contains_key(kind));
        let key = self.key(budget, host, of_a_kind.then_some(path));
        self.used_up.insert(key, until);
        // Rounded up, so that the entry is never passed over while it counts.
        let millis = (until - self.started).as_millis().saturating_add(1);
        let millis = u64::try_from(millis).unwrap_or(u64::MAX >> 1);
        self.latest.fetch_max(millis, Ordering::Relaxed);
    }

    /// Hashes are keyed at random, so nobody can choose two names that meet.
    fn key(&self, budget: &str, host: &str, path: Option<&str>) -> u64 {
        self.hasher.hash_one((budget, host, path))
    }
}

/// Returns for how long an answer says that the limit is used up.
fn used_up_for(status: u16, headers: &HeaderMap) -> Option<Duration> {
    let paired = PAIRS.iter().filter_map(|(remaining, reset)| {
        let left: f64 = text(headers.get(remaining)?)?.parse().ok()?;
        (left < 1.0).then(|| reset_in(text(headers.get(reset)?)?))?
    });
    let drafts = headers
        .get_all(&DRAFT)
        .iter()
        .filter_map(text)
        .filter_map(draft);
    let refused = (status == 429)
        .then(|| retry::retry_after(headers))
        .flatten();
    paired.chain(drafts).chain(refused).max()
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok().map(str::trim)
}

/// Reads when there are new calls: seconds from now, seconds or milliseconds since 1970, or a date.
fn reset_in(text: &str) -> Option<Duration> {
    /// No wait is that long, and no clock of today shows less.
    const EPOCH: u64 = 1_000_000_000;

    let Some(number) = retry::seconds(text) else {
        return Some(retry::until(httpdate::parse_http_date(text).ok()?));
    };
    match number.as_secs() {
        ..EPOCH => Some(number),
        EPOCH..1_000_000_000_000 => Some(retry::until(UNIX_EPOCH.checked_add(number)?)),
        millis => {
            let millis = Duration::from_millis(millis);
            Some(retry::until(UNIX_EPOCH.checked_add(millis)?))
        }
    }
}

/// Reads `limit=100, remaining=0, reset=50`, or a list of policies such as `"minute";r=0;t=30`.
fn draft(text: &str) -> Option<Duration> {
    let value = |part: &str, name: &str| {
        let (key, value) = part.trim().split_once('=')?;
        let own = key.trim().eq_ignore_ascii_case(name);
        own.then(|| value.trim().parse::<u64>().ok())?
    };
    let find = |parts: &str, between: char, name: &str| {
        parts.split(between).find_map(|part| value(part, name))
    };
    if let Some(left) = find(text, ',', "remaining") {
        let reset = find(text, ',', "reset")?;
        return (left == 0).then_some(Duration::from_secs(reset));
    }
    text.split(',')
        .filter(|policy| find(policy, ';', "r") == Some(0))
        .filter_map(|policy| find(policy, ';', "t"))
        .max()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use proptest::prelude::*;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    fn wait(status: u16, pairs: &[(&'static str, &str)]) -> Option<u64> {
        let wait = used_up_for(status, &headers(pairs))?;
        Some((wait + Duration::from_millis(500)).as_secs())
    }

    #[test]
    fn reads_the_headers_of_many_providers() {
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(40);
        let (seconds, millis) = (
            epoch.as_secs_f64().to_string(),
            epoch.as_millis().to_string(),
        );
        for reset in ["40", "40.0", &seconds, &millis] {
            let read = wait(
                200,
                &[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", reset)],
            );
            assert_eq!(read, Some(40), "{reset}");
        }
        for text in [
            "limit=100, remaining=0, reset=40",
            "\"minute\";r=0;t=40",
            "\"day\";r=9;t=400, \"minute\";q=5;r=0;t=40",
        ] {
            assert_eq!(wait(200, &[("ratelimit", text)]), Some(40), "{text}");
        }
        let split = [("ratelimit-remaining", "0"), ("ratelimit-reset", "40")];
        assert_eq!(wait(200, &split), Some(40));
        assert_eq!(wait(429, &[("retry-after", "40")]), Some(40));
    }

    #[test]
    fn learns_nothing_while_calls_remain() {
        for (status, pairs) in [
            (
                200,
                &[("x-ratelimit-remaining", "1"), ("x-ratelimit-reset", "9")][..],
            ),
            (200, &[("x-ratelimit-remaining", "0")]),
            (200, &[("ratelimit", "limit=9, remaining=1, reset=9")]),
            (200, &[("ratelimit", "\"x\";r=1;t=9")]),
            (503, &[("retry-after", "9")]),
            (429, &[]),
        ] {
            assert_eq!(wait(status, pairs), None, "{pairs:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_used_up_budget_holds_its_own_host_until_it_is_new() {
        let budgets = Budgets::new();
        let used = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "30")]);
        budgets.learn("me", "https://a", "/x", 200, &used);
        let left = budgets.wait("me", "https://a", "/y").unwrap();
        assert_eq!(left.as_secs(), 30);
        assert_eq!(budgets.wait("you", "https://a", "/x"), None);
        assert_eq!(budgets.wait("me", "https://b", "/x"), None);
        tokio::time::advance(Duration::from_secs(30)).await;
        assert_eq!(budgets.wait("me", "https://a", "/y"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_of_one_kind_of_request_holds_only_its_path() {
        let budgets = Budgets::new();
        let used = headers(&[
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", "30"),
            ("x-ratelimit-resource", "search"),
        ]);
        budgets.learn("me", "https://a", "/search", 200, &used);
        assert!(budgets.wait("me", "https://a", "/search").is_some());
        assert_eq!(budgets.wait("me", "https://a", "/user"), None);
    }

    #[tokio::test(start_paused = true)]
    async fn no_provider_closes_its_host_for_more_than_an_hour() {
        let budgets = Budgets::new();
        let forever = headers(&[("retry-after", "99999999999999999999")]);
        budgets.learn("me", "https://a", "/x", 429, &forever);
        let huge = headers(&[("retry-after", "999999999")]);
        budgets.learn("me", "https://a", "/x", 429, &huge);
        assert_eq!(budgets.wait("me", "https://a", "/x"), Some(LONGEST));
    }

    proptest! {
        #[test]
        fn reads_any_header_without_panic(
            left in "[ -~]{0,20}|0",
            reset in "[ -~]{0,30}|[0-9.]{0,40}",
            draft in "[ -~]{0,60}|\"[a-z]\";r=0;t=[0-9]{0,30}",
        ) {
            let budgets = Budgets::new();
            let all = headers(&[
                ("x-ratelimit-remaining", &left),
                ("x-ratelimit-reset", &reset),
                ("ratelimit", &draft),
                ("retry-after", &reset),
            ]);
            budgets.learn("me", "https://a", "/x", 429, &all);
            prop_assert!(budgets.wait("me", "https://a", "/x").is_none_or(|wait| wait <= LONGEST));
        }
    }
}
