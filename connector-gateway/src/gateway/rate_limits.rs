//! How many calls each principal may make.

use std::sync::Arc;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use moka::sync::Cache;
use plugwright_sdk::{ActionError, ErrorCode};

use crate::principal::{Principal, RateLimit};

/// Counts the calls of principals that have a limit.
pub(crate) struct RateLimits {
    limiters: Cache<String, (RateLimit, Arc<DefaultDirectRateLimiter>)>,
}

impl RateLimits {
    pub(crate) fn new() -> Self {
        Self {
            limiters: Cache::new(100_000),
        }
    }

    /// Counts a call, or refuses it until the limit allows the next.
    pub(crate) fn check(&self, principal: &Principal) -> Result<(), ActionError> {
        let Some(limit) = principal.grant.rate_limit else {
            return Ok(());
        };
        let known = self
            .limiters
            .get(&principal.id)
            .filter(|(own, _)| *own == limit);
        let limiter = match known {
            Some((_, limiter)) => limiter,
            None => {
                let limiter = Arc::new(RateLimiter::direct(quota(limit)));
                self.limiters
                    .insert(principal.id.clone(), (limit, Arc::clone(&limiter)));
                limiter
            }
        };
        limiter.check().map_err(|refused| {
            let wait = refused.wait_time_from(DefaultClock::default().now());
            ActionError::new(
                ErrorCode::RateLimited,
                format!(
                    "the token may make {} call(s) in {} second(s)",
                    limit.calls, limit.per_seconds
                ),
            )
            .with_retry_after(wait)
        })
    }
}

fn quota(limit: RateLimit) -> Quota {
    let interval = limit.period() / limit.calls.get();
    Quota::with_period(interval)
        .unwrap_or(Quota::per_second(limit.calls))
        .allow_burst(limit.calls)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;
    use std::time::Duration;

    use super::*;
    use crate::principal::Grant;

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
