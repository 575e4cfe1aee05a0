//! When something was last used.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

pub(super) struct LastUse(Mutex<Instant>);

impl LastUse {
    pub(super) fn now() -> Self {
        Self(Mutex::new(Instant::now()))
    }

    pub(super) fn is_within(&self, span: Duration, now: Instant) -> bool {
        now.saturating_duration_since(*self.last()) < span
    }

    /// Returns whether it was used within this span; if so, it is used again now.
    pub(super) fn renew(&self, span: Duration, now: Instant) -> bool {
        let is_within = self.is_within(span, now);
        if is_within {
            *self.last() = now;
        }
        is_within
    }

    fn last(&self) -> MutexGuard<'_, Instant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_makes_it_last_longer_until_there_is_none_in_time() {
        const SPAN: Duration = Duration::from_secs(10);
        let (last_use, start) = (LastUse::now(), Instant::now());
        let after = |seconds| start + Duration::from_secs(seconds);
        assert!(last_use.renew(SPAN, after(9)));
        assert!(last_use.renew(SPAN, after(18)));
        assert!(!last_use.is_within(SPAN, after(28)));
        assert!(!last_use.renew(SPAN, after(28)));
        assert!(last_use.is_within(SPAN, after(27)));
    }
}
