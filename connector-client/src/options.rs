//! How calls are made: for a client, for a scope of it, and for one call.

use std::time::Duration;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LimitOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retries: Option<u32>,
    pub(crate) deadline: Option<Duration>,
    pub(crate) idempotency_keys: Option<bool>,
}

impl LimitOptions {
    /// Returns these options, and those of `other` where these say nothing.
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            timeout: self.timeout.or(other.timeout),
            retries: self.retries.or(other.retries),
            deadline: self.deadline.or(other.deadline),
            idempotency_keys: self.idempotency_keys.or(other.idempotency_keys),
        }
    }

    pub(crate) fn resolve(self) -> Limits {
        Limits {
            timeout: self.timeout.unwrap_or(Limits::TIMEOUT),
            retries: self.retries.unwrap_or(Limits::RETRIES),
            deadline: self.deadline,
            idempotency_keys: self.idempotency_keys.unwrap_or(true),
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Of each attempt.
    pub(crate) timeout: Duration,
    pub(crate) retries: u32,
    /// Of all attempts and the waits between them.
    pub(crate) deadline: Option<Duration>,
    pub(crate) idempotency_keys: bool,
}

impl Limits {
    const TIMEOUT: Duration = Duration::from_secs(30);
    const RETRIES: u32 = 2;
}

/// Defines setters: name, parameter, member and what it becomes.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($value:ident: $type:ty) $($member:ident).+ = $set:expr;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $value: $type) -> Self {
            self.$($member).+ = $set;
            self
        }
    )*};
}

/// Adds the setters of what bounds a call. `$limits` leads from `self` to [`LimitOptions`].
macro_rules! limit_setters {
    ($($limits:ident).+) => {
        $crate::options::setters! {
            /// Sets the timeout of each attempt; by default 30 seconds.
            timeout(timeout: std::time::Duration) $($limits).+.timeout = Some(timeout);
            /// Sets how often a call is repeated after 429, a status from 500 on, or no complete
            /// response; by default twice.
            retries(retries: u32) $($limits).+.retries = Some(retries);
            /// Bounds all attempts and the waits between them; by default nothing does.
            deadline(deadline: std::time::Duration) $($limits).+.deadline = Some(deadline);
            /// Sets whether a call of an action that may be repeated gets an idempotency key of its
            /// own, which its repetitions keep; by default it does.
            ///
            /// A gateway stores each key for a day, so turn this off for reads that are called very
            /// often.
            idempotency_keys(enabled: bool) $($limits).+.idempotency_keys = Some(enabled);
        }
    };
}
pub(crate) use {limit_setters, setters};

/// Options of calls by a [`Connector`](crate::Connector), for a scope of it or for one action.
///
/// The most specific option applies: that of the action, then of [`using`](crate::Connector::using), then
/// the client.
#[derive(Clone, Debug, Default)]
pub struct CallOptions {
    pub(crate) team: Option<String>,
    pub(crate) connection_name: Option<String>,
    pub(crate) limits: LimitOptions,
}

impl CallOptions {
    /// Makes options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    setters! {
        /// Sets the team, which is an organization of the gateway. An empty name is none.
        team(team: impl Into<String>) team = Some(team.into());
        /// Sets the connection, by its name. An empty name is the default connection.
        connection_name(name: impl Into<String>) connection_name = Some(name.into());
    }

    limit_setters!(limits);

    /// Returns these options, and those of `other` where these say nothing.
    pub(crate) fn or(self, other: &Self) -> Self {
        Self {
            team: self.team.or_else(|| other.team.clone()),
            connection_name: self
                .connection_name
                .or_else(|| other.connection_name.clone()),
            limits: self.limits.or(other.limits),
        }
    }
}

/// Options of calls by a [`ProjectConnector`](crate::ProjectConnector).
#[derive(Clone, Copy, Debug, Default)]
pub struct ProjectOptions {
    pub(crate) limits: LimitOptions,
}

impl ProjectOptions {
    /// Makes options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    limit_setters!(limits);
}
