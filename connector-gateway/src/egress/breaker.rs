//! Leaving hosts alone that fail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;
use tokio::time::Instant;

/// So many failed calls in a row open a breaker,
const FAILURES: u32 = 5;
/// if no more than this passed since the first of them.
const WINDOW: Duration = Duration::from_secs(30);
/// It stays open for this long, twice as long each time that the trial fails,
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// but never for longer than this.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// What callers are told who come while the one trial is under way.
const TRIAL: Duration = Duration::from_secs(1);

/// A host without failures for this long is forgotten.
const MEMORY: Duration = Duration::from_mins(10);
const MOST_HOSTS: u64 = 10_000;

/// The breakers of all hosts; one that never failed has none.
pub(crate) struct Breakers {
    hosts: Cache<Box<str>, Arc<Breaker>>,
    /// Whether any host ever failed. As long as none did, no call has to look for its own.
    any: AtomicBool,
    started: Instant,
}

/// One host's failures. All times are milliseconds since the breakers were made.
#[derive(Default)]
struct Breaker {
    failures: AtomicU32,
    first_failure: AtomicU64,
    /// When a trial may be made; 0 while closed.
    open_until: AtomicU64,
    openings: AtomicU32,
    trial: AtomicBool,
}

/// Leave to call a host once. What came of it should be reported; if it is not, as when the caller
/// gives up, nothing is held against the host.
pub(crate) struct Permit<'a> {
    breakers: &'a Breakers,
    host: &'a str,
    breaker: Option<Arc<Breaker>>,
    trial: bool,
}

impl Breakers {
    pub(crate) fn new() -> Self {
        Self {
            hosts: Cache::builder()
                .max_capacity(MOST_HOSTS)
                .time_to_idle(MEMORY)
                .build(),
            any: AtomicBool::new(false),
            started: Instant::now(),
        }
    }

    /// Lets a call through.
    ///
    /// # Errors
    ///
    /// If the host is left alone: for how long.
    pub(crate) fn admit<'a>(&'a self, host: &'a str) -> Result<Permit<'a>, Duration> {
        let known = self.any.load(Ordering::Acquire);
        let breaker = known.then(|| self.hosts.get(host)).flatten();
        let trial = match &breaker {
            None => false,
            Some(breaker) => breaker.admit(self.now())?,
        };
        Ok(Permit {
            breakers: self,
            host,
            breaker,
            trial,
        })
    }

    /// Counts the hosts that are left alone, or will be tried again next.
    pub(crate) fn open(&self) -> usize {
        let open = |breaker: &Breaker| breaker.open_until.load(Ordering::Acquire) != 0;
        self.hosts.iter().filter(|(_, host)| open(host)).count()
    }

    fn now(&self) -> u64 {
        // 0 means never.
        millis(self.started.elapsed()).saturating_add(1)
    }
}

fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Breaker {
    /// Returns whether the call is the trial of an open breaker.
    fn admit(&self, now: u64) -> Result<bool, Duration> {
        match self.open_until.load(Ordering::Acquire) {
            0 => Ok(false),
            until if now < until => Err(Duration::from_millis(until - now)),
            _ if self.trial.swap(true, Ordering::AcqRel) => Err(TRIAL),
            _ => Ok(true),
        }
    }

    fn succeeded(&self) {
        self.failures.store(0, Ordering::Release);
        self.openings.store(0, Ordering::Release);
        self.open_until.store(0, Ordering::Release);
    }

    fn failed(&self, now: u64, trial: bool) {
        let since = self.first_failure.load(Ordering::Acquire);
        let stale = now.saturating_sub(since) > millis(WINDOW);
        let failures = if stale || self.failures.load(Ordering::Acquire) == 0 {
            self.first_failure.store(now, Ordering::Release);
            self.failures.store(1, Ordering::Release);
            1
        } else {
            self.failures.fetch_add(1, Ordering::AcqRel) + 1
        };
        // Calls that were under way when it opened don't make it stay open longer.
        let closed = self.open_until.load(Ordering::Acquire) == 0;
        if trial || (closed && failures >= FAILURES) {
            let openings = self.openings.fetch_add(1, Ordering::AcqRel);
            let pause = FIRST_PAUSE
                .saturating_mul(1 << openings.min(10))
                .min(LONGEST_PAUSE);
            self.open_until
                .store(now + millis(pause), Ordering::Release);
        }
    }
}

impl Permit<'_> {
    /// Reports that the host answered as hosts do.
    pub(crate) fn succeeded(self) {
        // A late answer to a call of before the opening closes nothing.
        if let Some(breaker) = &self.breaker
            && (self.trial || breaker.open_until.load(Ordering::Acquire) == 0)
        {
            breaker.succeeded();
        }
    }

    /// Reports that the host failed.
    pub(crate) fn failed(mut self) {
        let breaker = self.breaker.take().unwrap_or_else(|| {
            let host = self.host.into();
            let breaker = self.breakers.hosts.get_with(host, Arc::default);
            self.breakers.any.store(true, Ordering::Release);
            breaker
        });
        breaker.failed(self.breakers.now(), self.trial);
        self.breaker = Some(breaker);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let (true, Some(breaker)) = (self.trial, &self.breaker) {
            breaker.trial.store(false, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::advance;

    use super::*;

    const HOST: &str = "https://a";

    fn fail(breakers: &Breakers, times: u32) {
        for _ in 0..times {
            breakers.admit(HOST).ok().unwrap().failed();
        }
    }

    fn wait(breakers: &Breakers) -> Option<Duration> {
        breakers.admit(HOST).err()
    }

    #[tokio::test(start_paused = true)]
    async fn opens_after_five_failures_in_a_row_for_its_host_alone() {
        let breakers = Breakers::new();
        fail(&breakers, 4);
        breakers.admit(HOST).ok().unwrap().succeeded();
        fail(&breakers, 4);
        assert_eq!((wait(&breakers), breakers.open()), (None, 0));
        fail(&breakers, 1);
        assert_eq!(wait(&breakers), Some(FIRST_PAUSE));
        assert_eq!(breakers.open(), 1);
        assert!(breakers.admit("https://b").is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn failures_far_apart_do_not_open_it() {
        let breakers = Breakers::new();
        for _ in 0..20 {
            fail(&breakers, 1);
            advance(Duration::from_secs(8)).await;
        }
        assert_eq!(wait(&breakers), None);
    }

    #[tokio::test(start_paused = true)]
    async fn one_trial_decides_whether_it_closes() {
        let breakers = Breakers::new();
        fail(&breakers, 5);
        advance(FIRST_PAUSE).await;
        let trial = breakers.admit(HOST).ok().unwrap();
        assert_eq!(wait(&breakers), Some(TRIAL));
        trial.failed();
        assert_eq!(wait(&breakers), Some(FIRST_PAUSE * 2));
        advance(FIRST_PAUSE * 2).await;
        breakers.admit(HOST).ok().unwrap().succeeded();
        assert_eq!(wait(&breakers), None);
        fail(&breakers, 4);
        assert_eq!(wait(&breakers), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_trial_that_is_given_up_makes_room_for_another() {
        let breakers = Breakers::new();
        fail(&breakers, 5);
        advance(FIRST_PAUSE).await;
        drop(breakers.admit(HOST).ok().unwrap());
        assert!(breakers.admit(HOST).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_end() {
        let breakers = Breakers::new();
        fail(&breakers, 5);
        for _ in 0..40 {
            advance(wait(&breakers).unwrap()).await;
            fail(&breakers, 1);
        }
        assert_eq!(wait(&breakers), Some(LONGEST_PAUSE));
    }
}
