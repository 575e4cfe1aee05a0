//! The minimum pace of senders and receivers.

use std::time::Duration;

use tokio::time::Instant;

/// Bytes per second that extend the time for a whole message.
pub const SLOWEST: u64 = 16 << 10;

/// The progress of a message.
///
/// ```text
/// due = the sooner of: last bytes + pause
///                      start + whole + bytes / SLOWEST
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    started: Instant,
    last: Instant,
    bytes: u64,
}

impl Pace {
    /// Starts now.
    pub fn new(now: Instant) -> Self {
        Self {
            started: now,
            last: now,
            bytes: 0,
        }
    }

    /// Records that bytes were transferred. Zero is no progress.
    pub fn advance(&mut self, now: Instant, bytes: usize) {
        if bytes > 0 {
            self.last = now;
            self.bytes = self.bytes.saturating_add(bytes as u64);
        }
    }

    /// Returns the deadline of the next bytes. It never moves back.
    pub fn due(&self, pause: Duration, whole: Duration) -> Instant {
        (self.last + pause).min(self.started + whole + self.earned())
    }

    /// Returns whether the deadline is that of the pause.
    pub fn pauses(&self, pause: Duration, whole: Duration) -> bool {
        self.last + pause <= self.started + whole + self.earned()
    }

    /// Returns whether the transfer is slower than allowed, after a delay.
    pub fn lags(&self, now: Instant, delay: Duration) -> bool {
        now >= self.started + delay + self.earned()
    }

    /// The time that the bytes have earned.
    fn earned(&self) -> Duration {
        Duration::from_millis(self.bytes.saturating_mul(1000) / SLOWEST)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PAUSE: Duration = Duration::from_secs(10);
    const WHOLE: Duration = Duration::from_mins(1);

    #[test]
    fn a_steady_sender_may_take_long_and_a_slow_one_may_not() {
        let start = Instant::now();
        let after = |bytes: usize| {
            let mut pace = Pace::new(start);
            let mut now = start;
            for _ in 0..1000 {
                if now >= pace.due(PAUSE, WHOLE) {
                    break;
                }
                now += Duration::from_secs(1);
                pace.advance(now, bytes);
            }
            (now - start).as_secs()
        };
        assert_eq!(after(1), 61);
        assert_eq!(after(0), 10);
        assert_eq!(after(1 << 13), 120);
        assert_eq!(after(1 << 14), 1000);
    }

    proptest! {
        #[test]
        fn what_is_due_never_moves_back(steps in prop::collection::vec((0_u64..20, 0_usize..1 << 20), 0..50)) {
            let mut now = Instant::now();
            let mut pace = Pace::new(now);
            for (seconds, bytes) in steps {
                let before = pace.due(PAUSE, WHOLE);
                now += Duration::from_secs(seconds);
                pace.advance(now, bytes);
                prop_assert!(pace.due(PAUSE, WHOLE) >= before);
            }
        }
    }
}
