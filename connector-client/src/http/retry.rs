//! When a request is repeated, and how long to wait before.

use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

use crate::error::{Error, ErrorCode};
use crate::options::Limits;

/// Longest wait that a gateway can ask for.
const MOST_RETRY_AFTER: Duration = Duration::from_mins(1);
const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const MOST_BACKOFF: Duration = Duration::from_secs(10);

/// The attempts of one call.
pub(crate) struct Attempts {
    limits: Limits,
    started: Instant,
    /// Requests that were sent.
    sent: u32,
    repeated: u32,
    /// Since when the gateway says that the call, with its key, is still running.
    running_since: Option<Instant>,
}

impl Attempts {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            started: Instant::now(),
            sent: 0,
            repeated: 0,
            running_since: None,
        }
    }

    /// Begins an attempt; returns how long it may take.
    pub(crate) fn begin(&mut self) -> Duration {
        self.sent = self.sent.saturating_add(1);
        let timeout = self.limits.timeout;
        self.remaining().map_or(timeout, |left| left.min(timeout))
    }

    fn remaining(&self) -> Option<Duration> {
        let deadline = self.limits.deadline?;
        Some(deadline.saturating_sub(self.started.elapsed()))
    }

    /// Returns how long to wait before the call is repeated, or the error if it is not.
    pub(crate) fn wait(&mut self, error: Error) -> Result<Duration, Error> {
        let error = error.after(self.sent);
        if !error.is_retryable() || self.limits.retries == 0 {
            return Err(error);
        }
        let wait = if *error.code() == ErrorCode::IdempotencyRequestInProgress {
            // An earlier attempt got through and has no outcome yet: this one fails no more than that
            // one did, and is bounded like it.
            let since = *self.running_since.get_or_insert_with(Instant::now);
            if since.elapsed() >= self.limits.timeout {
                return Err(error);
            }
            error
                .retry_after()
                .unwrap_or_else(|| backoff(self.sent.min(3)))
        } else {
            if self.repeated >= self.limits.retries {
                return Err(error);
            }
            self.repeated += 1;
            error
                .retry_after()
                .unwrap_or_else(|| backoff(self.repeated))
        };
        if self.remaining().is_some_and(|left| wait >= left) {
            return Err(error);
        }
        tracing::debug!(
            attempt = self.sent,
            code = error.code().as_str(),
            status = error.status(),
            ?wait,
            "the call is repeated"
        );
        Ok(wait)
    }
}

/// Returns a wait with full jitter; the first repetition is 1.
fn backoff(repetition: u32) -> Duration {
    let doublings = repetition.saturating_sub(1).min(16);
    let most = (FIRST_BACKOFF * (1 << doublings)).min(MOST_BACKOFF);
    most.mul_f64(fastrand::f64())
}

/// Reads `Retry-After`: seconds, also with a fraction, or a date.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if text.is_empty() {
        return None;
    }
    if let Ok(seconds) = text.parse::<f64>() {
        // Not finite, negative, or more than any wait.
        let seconds = Some(seconds).filter(|seconds| seconds.is_finite())?;
        let most = MOST_RETRY_AFTER.as_secs_f64();
        return Some(Duration::from_secs_f64(seconds.clamp(0.0, most)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    let wait = date.duration_since(SystemTime::now()).unwrap_or_default();
    Some(wait.min(MOST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<Duration> {
        let value = text.parse().unwrap();
        retry_after(&HeaderMap::from_iter([(RETRY_AFTER, value)]))
    }

    #[test]
    fn waits_as_long_as_asked_and_at_most_a_minute() {
        for (text, wait) in [
            ("0", Some(0)),
            ("2", Some(2_000)),
            (" 0.25 ", Some(250)),
            ("-3", Some(0)),
            ("86400", Some(60_000)),
            ("1e300", Some(60_000)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", Some(60_000)),
            ("soon", None),
            ("NaN", None),
            ("inf", None),
            ("", None),
        ] {
            assert_eq!(parsed(text), wait.map(Duration::from_millis), "{text}");
        }
    }

    #[test]
    fn backs_off_with_full_jitter_up_to_ten_seconds() {
        for (repetition, most) in [
            (1, 200),
            (2, 400),
            (3, 800),
            (6, 6_400),
            (7, 10_000),
            (40, 10_000),
        ] {
            let most = Duration::from_millis(most);
            let waits: Vec<_> = (0..200).map(|_| backoff(repetition)).collect();
            assert!(waits.iter().all(|wait| *wait < most), "{repetition}");
            assert!(waits.iter().any(|wait| *wait < most / 3));
            assert!(waits.iter().any(|wait| *wait > most / 3 * 2));
        }
    }
}
