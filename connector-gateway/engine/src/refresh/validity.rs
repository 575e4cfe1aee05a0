//! When a credential must and should be refreshed.

use plugwright_store::{Connection, ConnectionStatus, Timestamp};
use std::time::Duration;

/// A token is not used shortly before it expires, since a request takes time: for the last tenth of
/// its lifetime, but at most this long.
const MARGIN: Duration = Duration::from_mins(1);

/// The validity of a credential. By default it never expires.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Validity {
    /// It is not used after this.
    pub(crate) expires_at: Option<Timestamp>,
    /// It is refreshed after this, while it is still used.
    pub(crate) refresh_at: Option<Timestamp>,
}

impl Validity {
    pub(crate) fn of(lifetime: Option<Duration>, now: Timestamp) -> Self {
        Self::with_jitter(lifetime, now, fastrand::f64())
    }

    /// `jitter` is from 0 to 1: connections that were made together are not refreshed together.
    fn with_jitter(lifetime: Option<Duration>, now: Timestamp, jitter: f64) -> Self {
        let Some(lifetime) = lifetime else {
            return Self::default();
        };
        let margin = (lifetime / 10).min(MARGIN);
        let early = lifetime.mul_f64(0.1 + 0.1 * jitter);
        Self {
            expires_at: Some(now.after(lifetime.saturating_sub(margin))),
            refresh_at: Some(now.after(lifetime.saturating_sub(margin.max(early)))),
        }
    }
}

/// What a credential needs before use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Need {
    Nothing,
    Soon,
    Now,
}

pub(super) fn need(connection: &Connection, now: Timestamp) -> Need {
    let is_past = |time: Option<Timestamp>| time.is_some_and(|time| time <= now);
    if is_past(connection.expires_at) {
        Need::Now
    } else if is_past(connection.refresh_at) && connection.status == ConnectionStatus::Active {
        Need::Soon
    } else {
        Need::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plugwright_store::testing::connection;

    const NOW: Timestamp = Timestamp::from_millis(1_000_000);

    fn millis(lifetime: u64, jitter: f64) -> (i64, i64) {
        let lifetime = Some(Duration::from_millis(lifetime));
        let validity = Validity::with_jitter(lifetime, NOW, jitter);
        let from_now = |time: Option<Timestamp>| time.unwrap().as_millis() - NOW.as_millis();
        (from_now(validity.refresh_at), from_now(validity.expires_at))
    }

    #[test]
    fn a_token_is_refreshed_before_it_expires_and_not_with_all_others() {
        assert_eq!(millis(3_600_000, 0.0), (3_240_000, 3_540_000));
        assert_eq!(millis(3_600_000, 1.0), (2_880_000, 3_540_000));
        assert_eq!(millis(5_000, 0.0), (4_500, 4_500));
        assert_eq!(millis(5_000, 1.0), (4_000, 4_500));
        assert_eq!(millis(0, 1.0), (0, 0));
    }

    #[test]
    fn what_does_not_expire_is_never_refreshed() {
        let validity = Validity::with_jitter(None, NOW, 0.5);
        assert_eq!((validity.expires_at, validity.refresh_at), (None, None));
        assert_eq!(need(&connection("a"), NOW), Need::Nothing);
    }

    #[test]
    fn the_time_tells_what_a_credential_needs() {
        let mut connection = connection("a");
        connection.refresh_at = Some(NOW);
        connection.expires_at = Some(NOW.after(Duration::from_millis(1)));
        assert_eq!(
            need(&connection, NOW.before(Duration::from_millis(1))),
            Need::Nothing
        );
        assert_eq!(need(&connection, NOW), Need::Soon);
        assert_eq!(
            need(&connection, NOW.after(Duration::from_millis(1))),
            Need::Now
        );
        connection.status = ConnectionStatus::ReauthRequired;
        assert_eq!(need(&connection, NOW), Need::Nothing);
    }
}
