//! Which attempts are repeated, and when.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use plugwright_sdk::transport::{Meaning, Request, TransportError};

/// The longest first wait; each later one may be twice as long.
const BASE: Duration = Duration::from_millis(200);
/// No wait of our own choice is longer.
const MOST: Duration = Duration::from_secs(10);

/// Returns whether a request that was answered so may be sent again; `is_asked_to` is whether the
/// provider says when.
pub(crate) fn repeats_answer(status: u16, is_asked_to: bool, repeatable: bool) -> bool {
    match status {
        // The provider says that it did nothing.
        429 => true,
        503 if is_asked_to => true,
        408 | 500 | 502 | 503 | 504 => repeatable,
        _ => false,
    }
}

/// Returns whether a request without an answer may be sent again.
pub(crate) fn repeats_error(error: &TransportError, repeatable: bool) -> bool {
    match error {
        TransportError::Unreachable { .. } => true,
        TransportError::Interrupted(_) => repeatable,
        _ => false,
    }
}

/// Returns whether a request may have changed something at the provider, from its final end.
pub fn may_have_acted(request: &Request, end: &Result<u16, &TransportError>) -> bool {
    if request.is_safe() {
        return false;
    }
    match end {
        // The provider refused. After 408 it may have done the work, and lost the time to say so.
        Ok(status) => *status == 408 || !(400..500).contains(status),
        Err(
            TransportError::Unreachable { .. }
            | TransportError::Refused(_)
            | TransportError::DestinationRefused(_)
            | TransportError::RateLimited { .. }
            | TransportError::Suspended { .. }
            | TransportError::NotRecorded(_)
            | TransportError::Planned,
        ) => false,
        Err(_) => true,
    }
}

/// Returns whether a request changed nothing, as the body of its answer says, that may have done so by
/// the answer's status.
pub fn was_refused(request: &Request, meaning: &Meaning) -> bool {
    may_have_acted(request, &Ok(meaning.answered)) && !may_have_acted(request, &Ok(meaning.means))
}

/// Random waits, the same ones for the same seed.
#[derive(Debug)]
pub(crate) struct Jitter(Mutex<fastrand::Rng>);

impl Jitter {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        let random = seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed);
        Self(Mutex::new(random))
    }

    /// Returns the wait before another attempt, after so many: anything up to 200 ms, 400 ms,
    /// 800 ms and so on, at most 10 s, so that callers who failed together come back apart.
    pub(crate) fn wait(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(16);
        let most = BASE.saturating_mul(1 << doublings).min(MOST);
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        most.mul_f64(random.f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_repeated_only_where_the_provider_did_nothing() {
        for status in [408, 500, 502, 503, 504] {
            assert!(repeats_answer(status, false, true), "{status}");
            assert!(!repeats_answer(status, false, false), "{status}");
        }
        assert!(repeats_answer(429, false, false));
        assert!(repeats_answer(503, true, false));
        for status in [200, 301, 400, 401, 404, 409, 422, 501] {
            assert!(!repeats_answer(status, true, true), "{status}");
        }
        let broken = TransportError::Interrupted("x".into());
        assert!(repeats_error(&broken, true) && !repeats_error(&broken, false));
        let host = "h".to_owned();
        let source = "x".into();
        let unreachable = TransportError::Unreachable { host, source };
        assert!(repeats_error(&unreachable, false));
        assert!(!repeats_error(&TransportError::Timeout(MOST), true));
    }

    #[test]
    fn waits_grow_to_a_limit_and_repeat_with_their_seed() {
        let waits = |seed| {
            let jitter = Jitter::new(Some(seed));
            (1..40)
                .map(|attempt| jitter.wait(attempt))
                .collect::<Vec<_>>()
        };
        assert_eq!(waits(7), waits(7));
        assert_ne!(waits(7), waits(8));
        assert!(waits(7)[0] <= BASE);
        assert!(waits(7).iter().all(|wait| *wait <= MOST));
        assert!(waits(7).iter().any(|wait| *wait > Duration::from_secs(5)));
    }
}
