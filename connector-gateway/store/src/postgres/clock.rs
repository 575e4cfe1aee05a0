//! The server's clock, which all processes share.

use std::sync::atomic::{AtomicI64, Ordering};

use crate::Timestamp;

/// The last known offset of the server's clock from the local one.
#[derive(Debug, Default)]
pub(super) struct Clock {
    ahead_millis: AtomicI64,
}

impl Clock {
    /// Records the server's time at the local time `here`.
    pub(super) fn set(&self, server: Timestamp, here: Timestamp) {
        let ahead = server.as_millis().saturating_sub(here.as_millis());
        self.ahead_millis.store(ahead, Ordering::Relaxed);
    }

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
