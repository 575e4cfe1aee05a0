//! The server's clock, which all processes share whatever their own say.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::Timestamp;

/// How far the server's clock is ahead of this machine's, as it was last seen.
#[derive(Debug, Default)]
pub(super) struct Clock {
    ahead_millis: AtomicI64,
}

impl Clock {
    /// Notes what the server's clock said at this machine's time `here`.
    pub(super) fn set(&self, server: Timestamp, here: Timestamp) {
        let ahead = server.as_millis().saturating_sub(here.as_millis());
        self.ahead_millis.store(ahead, Ordering::Relaxed);
    }

    /// Returns the time by the server's clock.
    pub(super) fn now(&self) -> Timestamp {
        let ahead = self.ahead_millis.load(Ordering::Relaxed);
        Timestamp::from_millis(Timestamp::now().as_millis().saturating_add(ahead))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_servers_time_whatever_the_machines_clock_says() {
        let clock = Clock::default();
        let here = Timestamp::now();
        clock.set(Timestamp::from_millis(here.as_millis() - 300_000), here);
        let passed = clock.now().as_millis() - (here.as_millis() - 300_000);
        assert!((0..60_000).contains(&passed), "{passed}");
    }
}
