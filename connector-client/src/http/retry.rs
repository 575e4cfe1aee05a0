//! When a request is repeated, and how long to wait before.

use std::time::{Duration, Instant, SystemTime};

use reqwest::header::{HeaderMap, RETRY_AFTER};

use super::Key;
use crate::error::{Error, ErrorCode};
use crate::options::Limits;

const MOST_RETRY_AFTER: Duration = Duration::from_mins(1);
const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const MOST_BACKOFF: Duration = Duration::from_secs(10);

pub(super) struct Attempts {
    limits: Limits,
    started: Instant,
    sent: u32,
    repeated: u32,
    /// Since when the gateway says that the call, with its key, is still running.
    running_since: Option<Instant>,
    last_run: Option<String>,
    /// Whether an attempt with this key had no outcome, so that it may have one yet.
    in_doubt: bool,
    /// The last attempt that had no response.
    lost: Option<Error>,
}

pub(super) struct Repetition {
    /// How long to wait before.
    pub(super) wait: Duration,
    /// Whether the key has the outcome that nothing was done, which some gateways keep. With this key
    /// the call would not be made again.
    pub(super) is_key_spent: bool,
}

impl Attempts {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            started: Instant::now(),
            sent: 0,
            repeated: 0,
            running_since: None,
            last_run: None,
            in_doubt: false,
            lost: None,
        }
    }

    /// Begins an attempt; returns how long it may take.
    pub(super) fn begin(&mut self) -> Duration {
        self.sent = self.sent.saturating_add(1);
        let timeout = self.limits.timeout;
        self.remaining().map_or(timeout, |left| left.min(timeout))
    }

    fn remaining(&self) -> Option<Duration> {
        let deadline = self.limits.deadline?;
        Some(deadline.saturating_sub(self.started.elapsed()))
    }

    pub(super) fn after(&mut self, error: Error, key: &Key) -> Result<Repetition, Error> {
        let error = error.after(self.sent);
        if *error.code() == ErrorCode::ExecutionCancelled
            && let Some(lost) = self.lost.take()
        {
            // The gateway gave the run up when the attempt that began it was given up here.
            return Err(lost.of_run(error.execution_id()).after(self.sent));
        }
        if !error.is_retryable() || self.limits.retries == 0 {
            return Err(error);
        }
        let run = error.execution_id();
        let is_kept = run.is_some() && run == self.last_run.as_deref();
        let is_refused = run.is_some() && *error.code() == ErrorCode::RateLimited;
        let is_key_spent = key.is_own() && is_refused && (is_kept || !self.in_doubt);
        if is_kept && !is_key_spent {
            // The gateway keeps the outcome of this run for the key.
            return Err(error);
        }
        let Some(wait) = self.wait(&error) else {
            return Err(error);
        };
        tracing::debug!(
            attempt = self.sent,
            code = error.code().as_str(),
            status = error.status(),
            ?wait,
            "the call is repeated"
        );
        self.in_doubt = !is_key_spent && (self.in_doubt || run.is_none());
        self.last_run = run.map(str::to_owned);
        if error.status().is_none() {
            self.lost = Some(error);
        }
        Ok(Repetition { wait, is_key_spent })
    }

    /// Returns how long to wait after an error that may go away; nothing if the call has been repeated
    /// often enough, or would be too late.
    fn wait(&mut self, error: &Error) -> Option<Duration> {
        let wait = if *error.code() == ErrorCode::IdempotencyRequestInProgress {
            // An earlier attempt got through and has no outcome yet. Waiting for it takes no more time
            // than all attempts may.
            let since = *self.running_since.get_or_insert_with(Instant::now);
            let attempts = self.limits.retries.saturating_add(1);
            if since.elapsed() >= self.limits.timeout.saturating_mul(attempts) {
                return None;
            }
            error
                .retry_after()
                .unwrap_or_else(|| backoff(self.sent.min(3)))
        } else {
            if self.repeated >= self.limits.retries {
                return None;
            }
            self.repeated += 1;
            error
                .retry_after()
                .unwrap_or_else(|| backoff(self.repeated))
        };
        let is_too_late = self.remaining().is_some_and(|left| wait >= left);
        (!is_too_late).then_some(wait)
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
