//! Rate limits, learned from what providers answer.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use http::{HeaderMap, HeaderName};
use plugwright_sdk::reading::rate_limit;
use quick_cache::sync::Cache;
use tokio::time::Instant;

/// A budget counts as used up for at most this long, whatever the provider says.
const LONGEST: Duration = Duration::from_hours(1);
/// So many used-up budgets are remembered.
const MOST_BUDGETS: usize = 100_000;

/// Headers of providers that count kinds of requests apart: the limit is not that of the host.
static KINDS: [HeaderName; 2] = [
    HeaderName::from_static("x-ratelimit-resource"),
    HeaderName::from_static("x-ratelimit-bucket"),
];

/// Says that it is the limit of all kinds together.
static GLOBAL: HeaderName = HeaderName::from_static("x-ratelimit-global");

/// The budgets that are used up, by whose they are and at which host. A budget that was never seen
/// at its end costs nothing, and one that is over counts no more and makes room for others.
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
            used_up: Cache::new(MOST_BUDGETS),
            hasher: RandomState::new(),
            started: Instant::now(),
            latest: AtomicU64::new(0),
        }
    }

    /// Returns how long a request would have to wait; nothing if it may go.
    pub(crate) fn wait(&self, budget: &str, host: &str, path: &str) -> Option<Duration> {
        let latest = match self.latest.load(Ordering::Relaxed) {
            // Nothing was ever used up, and most calls need not look at the clock.
            0 => return None,
            latest => self.started + Duration::from_millis(latest),
        };
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

    pub(crate) fn learn(
        &self,
        budget: &str,
        host: &str,
        path: &str,
        status: u16,
        headers: &HeaderMap,
    ) {
        let Some(wait) = rate_limit::used_up_for(status, headers) else {
            return;
        };
        let is_global = headers.contains_key(&GLOBAL);
        let of_a_kind = !is_global && KINDS.iter().any(|kind| headers.contains_key(kind));
        self.exhaust(budget, host, of_a_kind.then_some(path), wait);
    }

    pub(crate) fn exhaust(&self, budget: &str, host: &str, path: Option<&str>, wait: Duration) {
        if wait.is_zero() {
            return;
        }
        let until = Instant::now() + wait.min(LONGEST);
        self.used_up.insert(self.key(budget, host, path), until);
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
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
    async fn a_global_limit_holds_the_host_whatever_kind_of_request_it_hit() {
        let budgets = Budgets::new();
        let mut used = headers(&[("retry-after", "30"), ("x-ratelimit-bucket", "abcd1234")]);
        budgets.learn("me", "https://a", "/channels/1", 429, &used);
        assert_eq!(budgets.wait("me", "https://a", "/channels/2"), None);
        used.extend(headers(&[("x-ratelimit-global", "true")]));
        budgets.learn("me", "https://a", "/channels/1", 429, &used);
        assert!(budgets.wait("me", "https://a", "/channels/2").is_some());
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
