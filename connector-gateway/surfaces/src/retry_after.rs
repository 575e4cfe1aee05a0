//! `Retry-After`: when to ask again.

use std::time::Duration;

/// How long to wait where an answer must say so and nobody knows.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);

/// Returns the seconds that an answer of this status asks its caller to wait: what is known, and
/// at least a second for 429 and 503.
pub(super) fn wait_of(status: u16, known: Option<Duration>) -> Option<u64> {
    let must_say = matches!(status, 429 | 503);
    known
        .or(must_say.then_some(SHORTEST_WAIT))
        .map(whole_seconds)
}

/// Rounds up, so that nobody comes back too early.
fn whole_seconds(wait: Duration) -> u64 {
    let whole = wait.as_secs();
    (whole + u64::from(wait.subsec_nanos() > 0)).max(1)
}
