//! Leaving hosts alone that fail.
//!
//! A host that can't be connected to is left alone by everyone. What a host answers, and whether it
//! answers in time, may be brought about by what one caller asks for, or by the callers of one tenant:
//! such failures open the caller's own breaker, the tenant's if several callers of it have them, and
//! the host's only if several tenants have.

use std::convert::Infallible;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use quick_cache::sync::Cache;
use tokio::time::Instant;

/// So many failed calls in a row open a breaker,
const FAILURES: u32 = 5;
/// if no more than this passed since the first of them,
const WINDOW: Duration = Duration::from_secs(30);
/// and, where the calls may have brought it about, if they are of so many callers or tenants.
const SUSPECTS: usize = 3;
/// It stays open for this long, twice as long each time that the trial fails,
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// but never for longer than this.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// What callers are told who come while the one trial is under way.
const TRIAL: Duration = Duration::from_secs(1);

/// The failures of a host without new ones for this long are forgotten.
const MEMORY: Duration = Duration::from_mins(10);
const MOST_HOSTS: usize = 10_000;
/// Callers with failures at a host that are remembered, over all hosts; as many tenants.
const MOST_CALLERS: usize = 50_000;

/// Who makes a call, as breakers count it; only those of one tenant share connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Asker {
    caller: u64,
    /// If there is none, its failures are its own alone.
    tenant: Option<u64>,
}

impl Asker {
    /// Takes the ids of a caller and of the tenant that it calls for.
    pub fn of(caller: &str, tenant: &str) -> Self {
        Self {
            caller: number(caller),
            tenant: Some(number(tenant)),
        }
    }

    /// Takes the id of a caller whose failures say nothing to others.
    pub fn alone(caller: &str) -> Self {
        Self {
            caller: number(caller),
            tenant: None,
        }
    }

    /// Returns whether two failures may be the work of one.
    fn is_akin(self, other: Self) -> bool {
        self.caller == other.caller || self.tenant == other.tenant
    }

    /// Returns what is the same for all of its tenant; who is alone stays so.
    pub(crate) fn for_all_of_its_tenant(self) -> Self {
        Self {
            caller: self.tenant.unwrap_or(self.caller),
            ..self
        }
    }

    /// Returns who it is within its tenant.
    fn within(self) -> Self {
        Self {
            tenant: Some(self.caller),
            ..self
        }
    }
}

/// Keyed at random, so that nobody can choose two ids of one number.
pub(crate) fn number(id: &str) -> u64 {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEY.hash_one(id)
}

/// The breakers of all hosts, and of tenants and callers at them; what never failed has none.
pub(crate) struct Breakers {
    hosts: Cache<String, Arc<Breaker>>,
    /// By host and tenant.
    tenants: Cache<u64, Arc<Breaker>>,
    /// By host, caller and what it calls with.
    callers: Cache<u64, Arc<Breaker>>,
    hasher: RandomState,
    /// Whether any host ever failed. As long as none did, no call has to look for its own.
    any: AtomicBool,
    started: Instant,
}

/// Failures of one host, or of one tenant or caller at it. Times are milliseconds since the breakers were
/// made.
#[derive(Default)]
struct Breaker {
    failures: AtomicU32,
    /// Those of them that were no connection.
    unreachable: AtomicU32,
    first_failure: AtomicU64,
    last_failure: AtomicU64,
    /// When a trial may be made; 0 while closed.
    open_until: AtomicU64,
    openings: AtomicU32,
    trial: AtomicBool,
    /// Who may have brought the failures about; looked at when there is another one.
    suspects: Mutex<Suspects>,
}

#[derive(Default)]
struct Suspects {
    /// Some of those with the failures in a row, no two akin.
    row: Vec<Asker>,
    /// Whose failed trial made it stay open last.
    last_trial: Option<Asker>,
}

/// Leave to call a host once. What came of it should be reported; if it is not, as when the caller
/// gives up, nothing is held against the host.
pub(crate) struct Permit<'a> {
    breakers: &'a Breakers,
    host: &'a str,
    asker: Asker,
    account: &'a str,
    of_host: Held,
    of_tenant: Held,
    of_caller: Held,
}

#[derive(Default)]
struct Held {
    breaker: Option<Arc<Breaker>>,
    trial: bool,
}

impl Held {
    fn pass(breaker: Option<Arc<Breaker>>, now: u64) -> Result<Self, Duration> {
        let trial = match &breaker {
            None => false,
            Some(breaker) => breaker.admit(now)?,
        };
        Ok(Self { breaker, trial })
    }

    fn succeeded(&self) {
        // A late answer to a call of before the opening closes nothing.
        if let Some(breaker) = &self.breaker
            && (self.trial || breaker.open_until.load(Ordering::Acquire) == 0)
        {
            breaker.succeeded();
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let (true, Some(breaker)) = (self.trial, &self.breaker) {
            breaker.trial.store(false, Ordering::Release);
        }
    }
}

impl Breakers {
    pub(crate) fn new() -> Self {
        Self {
            hosts: Cache::new(MOST_HOSTS),
            tenants: Cache::new(MOST_CALLERS),
            callers: Cache::new(MOST_CALLERS),
            hasher: RandomState::new(),
            any: AtomicBool::new(false),
            started: Instant::now(),
        }
    }

    /// Lets a call of a caller through, which it makes with what `account` names; else returns for how
    /// long the host is left alone, or by this tenant or caller.
    pub(crate) fn admit<'a>(
        &'a self,
        host: &'a str,
        asker: Asker,
        account: &'a str,
    ) -> Result<Permit<'a>, Duration> {
        let (of_host, of_tenant, of_caller) = if self.any.load(Ordering::Acquire) {
            let now = self.now();
            // The caller's own first: a trial of the host is for who may call it.
            let own = self.callers.get(&self.key(host, asker.caller, account));
            let of_caller = Held::pass(own, now)?;
            let tenant = asker.tenant.map(|tenant| self.key(host, tenant, ""));
            let tenant = tenant.and_then(|tenant| self.tenants.get(&tenant));
            let of_tenant = Held::pass(tenant, now)?;
            (Held::pass(self.hosts.get(host), now)?, of_tenant, of_caller)
        } else {
            (Held::default(), Held::default(), Held::default())
        };
        Ok(Permit {
            breakers: self,
            host,
            asker,
            account,
            of_host,
            of_tenant,
            of_caller,
        })
    }

    /// Counts the hosts that are left alone, or will be tried again next: by everyone, or by a
    /// tenant or caller.
    pub(crate) fn open(&self) -> usize {
        let now = self.now();
        let open = |breaker: &Breaker| {
            breaker.open_until.load(Ordering::Acquire) != 0 && !breaker.is_forgotten(now)
        };
        let hosts = self.hosts.iter().filter(|(_, host)| open(host)).count();
        let shared = self.tenants.iter().filter(|(_, own)| open(own)).count();
        hosts + shared + self.callers.iter().filter(|(_, own)| open(own)).count()
    }

    /// Hashes are keyed at random, so nobody can choose two names that meet.
    fn key(&self, host: &str, of: u64, account: &str) -> u64 {
        self.hasher.hash_one((host, of, account))
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
            _ if self.is_forgotten(now) => {
                self.succeeded();
                Ok(false)
            }
            _ if self.trial.swap(true, Ordering::AcqRel) => Err(TRIAL),
            _ => Ok(true),
        }
    }

    fn is_forgotten(&self, now: u64) -> bool {
        now.saturating_sub(self.last_failure.load(Ordering::Acquire)) > millis(MEMORY)
    }

    fn succeeded(&self) {
        let is_clean = |count: &AtomicU32| count.load(Ordering::Acquire) == 0;
        if is_clean(&self.failures) && is_clean(&self.openings) {
            return;
        }
        self.failures.store(0, Ordering::Release);
        self.unreachable.store(0, Ordering::Release);
        self.openings.store(0, Ordering::Release);
        self.open_until.store(0, Ordering::Release);
        self.suspects().last_trial = None;
    }

    fn suspects(&self) -> MutexGuard<'_, Suspects> {
        self.suspects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a failure; `is_enough` says whether so many in a row open it.
    fn failed(&self, now: u64, is_failed_trial: bool, is_enough: impl FnOnce(u32) -> bool) {
        self.last_failure.store(now, Ordering::Release);
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
        let enough = is_enough(failures);
        if is_failed_trial || (closed && enough) {
            let openings = self.openings.fetch_add(1, Ordering::AcqRel);
            let pause = FIRST_PAUSE
                .saturating_mul(1 << openings.min(10))
                .min(LONGEST_PAUSE);
            self.open_until
                .store(now + millis(pause), Ordering::Release);
        }
    }

    /// Counts a failure to connect, the first of a row if it stands alone.
    fn unreachable(&self, failures: u32) -> u32 {
        if failures <= 1 {
            self.unreachable.store(0, Ordering::Release);
        }
        self.unreachable.fetch_add(1, Ordering::AcqRel) + 1
    }

    /// Notes whose failure one is, the first of a row if it stands alone, and returns whether those
    /// in the row are of several.
    fn suspect(&self, asker: Asker, failures: u32) -> bool {
        let mut suspects = self.suspects();
        let row = &mut suspects.row;
        if failures <= 1 {
            row.clear();
        }
        if row.len() < SUSPECTS && !row.iter().any(|other| other.is_akin(asker)) {
            row.push(asker);
        }
        row.len() >= SUSPECTS
    }

    /// Counts a failure that may be brought about by who asks.
    fn failed_to_answer(&self, asker: Asker, now: u64, is_trial: bool) {
        // One alone can't keep a host suspended for others by failing each trial.
        let extends = is_trial && {
            let last = self.suspects().last_trial.replace(asker);
            last.is_none_or(|last| !last.is_akin(asker))
        };
        self.failed(now, extends, |failures| {
            self.suspect(asker, failures) && failures >= FAILURES
        });
    }
}

impl Permit<'_> {
    /// Reports that the host answered as hosts do.
    pub(crate) fn succeeded(self) {
        self.of_host.succeeded();
        self.of_tenant.succeeded();
        self.of_caller.succeeded();
    }

    /// Reports that no connection to the host could be made, whatever it was for.
    pub(crate) fn failed_to_connect(mut self) {
        let trial = self.of_host.trial;
        let now = self.breakers.now();
        let breaker = self.breaker_of_host();
        breaker.failed(now, trial, |failures| {
            breaker.unreachable(failures) >= FAILURES
        });
    }

    /// Reports that the host answered with an error of its own, broke off, or was silent.
    pub(crate) fn failed_to_answer(mut self) {
        let (asker, now) = (self.asker, self.breakers.now());
        if let Some(tenant) = asker.tenant {
            let trial = self.of_host.trial;
            self.breaker_of_host().failed_to_answer(asker, now, trial);
            let trial = self.of_tenant.trial;
            let key = self.breakers.key(self.host, tenant, "");
            let own = own(&mut self.of_tenant, &self.breakers.tenants, key);
            own.failed_to_answer(asker.within(), now, trial);
        }
        let trial = self.of_caller.trial;
        self.breaker_of_caller()
            .failed(now, trial, |failures| failures >= FAILURES);
    }

    fn breaker_of_host(&mut self) -> Arc<Breaker> {
        let breakers = self.breakers;
        let breaker = self.of_host.breaker.get_or_insert_with(|| {
            let make = || Ok::<_, Infallible>(Arc::default());
            let Ok(breaker) = breakers.hosts.get_or_insert_with(self.host, make);
            breakers.any.store(true, Ordering::Release);
            breaker
        });
        Arc::clone(breaker)
    }

    fn breaker_of_caller(&mut self) -> Arc<Breaker> {
        let breakers = self.breakers;
        let key = breakers.key(self.host, self.asker.caller, self.account);
        let breaker = own(&mut self.of_caller, &breakers.callers, key);
        breakers.any.store(true, Ordering::Release);
        breaker
    }
}

fn own(held: &mut Held, breakers: &Cache<u64, Arc<Breaker>>, key: u64) -> Arc<Breaker> {
    let breaker = held.breaker.get_or_insert_with(|| {
        let make = || Ok::<_, Infallible>(Arc::default());
        let Ok(breaker) = breakers.get_or_insert_with(&key, make);
        breaker
    });
    Arc::clone(breaker)
}

#[cfg(test)]
mod tests;
