//! Rate limits of principals.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::clock::{Clock as _, DefaultClock};
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use plugwright_sdk::{ActionError, ErrorCode};
use plugwright_store::RateLimit;
use quick_cache::sync::Cache;

use crate::principal::Principal;

/// Counts the calls of principals that have a limit.
pub struct RateLimits {
    counters: Cache<String, Arc<Counter>>,
}

/// The state of a principal's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// The size of a burst.
    pub limit: u32,
    /// Calls that may be made at once now.
    pub remaining: u32,
    /// Time until a full burst is available.
    pub reset: Duration,
}

struct Counter {
    limit: RateLimit,
    limiter: DefaultDirectRateLimiter<StateInformationMiddleware>,
    /// The calls left after the last call, and its time.
    left: Mutex<(u32, Instant)>,
}

impl Counter {
    fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            limiter: RateLimiter::direct(quota(limit))
                .with_middleware::<StateInformationMiddleware>(),
            left: Mutex::new((limit.calls.get(), Instant::now())),
        }
    }

    fn note(&self, left: u32) {
        *self.left.lock().unwrap_or_else(PoisonError::into_inner) = (left, Instant::now());
    }

    fn allowance(&self) -> Allowance {
        let (left, then) = *self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = self.limit.calls.get();
        let interval = interval(self.limit);
        let back = then.elapsed().as_nanos() / interval.as_nanos().max(1);
        let remaining = u32::try_from(back)
            .unwrap_or(u32::MAX)
            .saturating_add(left)
            .min(limit);
        Allowance {
            limit,
            remaining,
            reset: interval * (limit - remaining),
        }
    }
}

impl RateLimits {
    pub(crate) fn new() -> Self {
        Self {
            counters: Cache::new(100_000),
        }
    }

    /// Counts a call, or rejects it until the limit allows the next.
    pub fn check(&self, principal: &Principal) -> Result<(), ActionError> {
        let Some(limit) = principal.grant.rate_limit else {
            return Ok(());
        };
        let counter = self.counter(principal, limit).unwrap_or_else(|| {
            let counter = Arc::new(Counter::new(limit));
            self.counters
                .insert(principal.id.clone(), Arc::clone(&counter));
            counter
        });
        let checked = counter.limiter.check().map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            ActionError::new(
                ErrorCode::RateLimited,
                format!(
                    "rate limit exceeded ({} calls per {} s)",
                    limit.calls, limit.per_seconds
                ),
            )
            .with_retry_after(wait)
        });
        let left = checked
            .as_ref()
            .map_or(0, StateSnapshot::remaining_burst_capacity);
        counter.note(left);
        checked.map(drop)
    }

    /// Returns the state of a principal's limit, if it has one.
    pub fn allowance(&self, principal: &Principal) -> Option<Allowance> {
        let limit = principal.grant.rate_limit?;
        let counter = self.counter(principal, limit);
        Some(counter.map_or_else(
            || Counter::new(limit).allowance(),
            |counter| counter.allowance(),
        ))
    }

    fn counter(&self, principal: &Principal, limit: RateLimit) -> Option<Arc<Counter>> {
        self.counters
            .get(&principal.id)
            .filter(|counter| counter.limit == limit)
    }
}

/// Returns the time until one more call may be made.
fn interval(limit: RateLimit) -> Duration {
    limit.period() / limit.calls.get()
}

fn quota(limit: RateLimit) -> Quota {
    Quota::with_period(interval(limit))
        .unwrap_or(Quota::per_second(limit.calls))
        .allow_burst(limit.calls)
}

#[cfg(test)]
mod tests {
    use plugwright_store::Grant;
    use std::num::NonZeroU32;

    use super::*;

    fn limited(id: &str, calls: u32, per_seconds: u32) -> Principal {
        let grant = Grant {
            rate_limit: Some(RateLimit {
                calls: NonZeroU32::new(calls).unwrap(),
                per_seconds: NonZeroU32::new(per_seconds).unwrap(),
            }),
            ..Grant::default()
        };
        Principal {
            id: id.to_owned(),
            grant,
            ..Principal::local()
        }
    }

    #[test]
    fn refuses_the_call_over_the_limit_and_says_how_long_to_wait() {
        let limits = RateLimits::new();
        for _ in 0..3 {
            limits.check(&limited("a", 3, 60)).unwrap();
        }
        let error = limits.check(&limited("a", 3, 60)).unwrap_err();
        assert_eq!(error.code(), ErrorCode::RateLimited);
        let wait = error.retry_after().unwrap();
        assert!(
            wait > Duration::from_secs(15) && wait <= Duration::from_secs(20),
            "{wait:?}"
        );
        limits.check(&limited("b", 3, 60)).unwrap();
    }

    #[test]
    fn tells_what_is_left() {
        let limits = RateLimits::new();
        let caller = limited("a", 3, 60);
        let left = |limits: &RateLimits| limits.allowance(&caller).unwrap();
        assert_eq!((left(&limits).limit, left(&limits).remaining), (3, 3));
        assert_eq!(left(&limits).reset, Duration::ZERO);
        limits.check(&caller).unwrap();
        assert_eq!(left(&limits).remaining, 2);
        assert_eq!(left(&limits).reset, Duration::from_secs(20));
        for _ in 0..3 {
            let _ = limits.check(&caller);
        }
        assert_eq!(left(&limits).remaining, 0);
        assert_eq!(limits.allowance(&Principal::local()), None);
    }

    #[test]
    fn another_limit_starts_to_count_anew() {
        let limits = RateLimits::new();
        limits.check(&limited("a", 1, 60)).unwrap();
        assert!(limits.check(&limited("a", 1, 60)).is_err());
        limits.check(&limited("a", 2, 60)).unwrap();
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let limits = RateLimits::new();
        (0..10_000).for_each(|_| limits.check(&Principal::local()).unwrap());
    }
}
