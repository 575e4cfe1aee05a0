//! What happened to each account, as the proxies and the callers saw it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long an access token lives.
pub(crate) const LIFETIME: Duration = Duration::from_secs(4);

/// A token is refreshed in the last fifth of its life at the earliest. Two refreshes that are as
/// close together as this were not made for two expiries, however busy the machine is.
const CLOSE: Duration = LIFETIME.checked_div(4).expect("not by zero");

/// What happened.
#[derive(Default)]
pub(crate) struct Book(Mutex<Pages>);

#[derive(Default)]
struct Pages {
    accounts: BTreeMap<String, Account>,
    /// Whose a refresh token is.
    tokens: HashMap<String, String>,
    /// Those whose successors are lost.
    used: HashSet<String>,
    violations: Vec<String>,
    refused: usize,
}

/// What happened to one account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// Refreshes that the provider accepted.
    pub(crate) accepted: usize,
    /// Processes killed between the provider's answer and their commit.
    pub(crate) window_kills: usize,
    /// How often the person connected it again.
    pub(crate) reconnected: usize,
    /// Odd from a kill in the window until it is connected again.
    epoch: usize,
    /// When the provider last granted something.
    last: Option<Instant>,
}

/// When a call began, as far as an account is concerned.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Epoch(usize);

impl Epoch {
    fn is_quiet(self) -> bool {
        self.0.is_multiple_of(2)
    }
}

impl Book {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn account<T>(&self, name: &str, change: impl FnOnce(&mut Account) -> T) -> T {
        change(self.pages().accounts.entry(name.to_owned()).or_default())
    }

    pub(crate) fn accounts(&self) -> BTreeMap<String, Account> {
        self.pages().accounts.clone()
    }

    /// Returns how many refreshes the provider accepted.
    pub(crate) fn accepted(&self) -> usize {
        self.pages().accounts.values().map(|it| it.accepted).sum()
    }

    /// Returns how many refreshes the provider refused.
    pub(crate) fn refused(&self) -> usize {
        self.pages().refused
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        self.pages().violations.clone()
    }

    /// Notes what must not happen.
    pub(crate) fn violation(&self, what: String) {
        eprintln!("{what}");
        self.pages().violations.push(what);
    }

    /// Notes that the provider granted what a person agreed to.
    pub(crate) fn grant(&self, name: &str) {
        self.account(name, |account| account.last = Some(Instant::now()));
    }

    /// Notes whose a refresh token is.
    pub(crate) fn issued(&self, token: &str, account: &str) {
        let mut pages = self.pages();
        pages.tokens.insert(token.to_owned(), account.to_owned());
    }

    pub(crate) fn owner(&self, token: &str) -> Option<String> {
        self.pages().tokens.get(token).cloned()
    }

    pub(crate) fn epoch(&self, account: &str) -> Epoch {
        Epoch(self.account(account, |account| account.epoch))
    }

    /// Returns whether the account could be used, without a break, since `before`.
    pub(crate) fn is_quiet_since(&self, account: &str, before: Epoch) -> bool {
        before.is_quiet() && self.epoch(account) == before
    }

    pub(crate) fn is_quiet(&self, account: &str) -> bool {
        self.epoch(account).is_quiet()
    }

    /// Notes that the provider accepted a refresh which came to it at `begun`.
    pub(crate) fn accept(&self, name: &str, begun: Instant) {
        let gap = self.account(name, |account| {
            account.accepted += 1;
            let last = account.last.replace(Instant::now());
            last.map(|last| begun.duration_since(last))
        });
        if let Some(gap) = gap.filter(|gap| *gap < CLOSE) {
            self.violation(format!("{name} was refreshed {gap:?} after it had been"));
        }
    }

    /// Notes that the provider refused a refresh with this token.
    pub(crate) fn refuse(&self, account: &str, token: &str, said: &str) {
        let mut pages = self.pages();
        pages.refused += 1;
        let is_expected = pages.used.contains(token);
        drop(pages);
        if !is_expected {
            self.violation(format!("the provider refused to refresh {account}: {said}"));
        }
    }

    /// Notes that what the provider granted for a token is lost with its process.
    pub(crate) fn lose(&self, name: &str, token: &str) {
        self.pages().used.insert(token.to_owned());
        self.account(name, |account| {
            account.window_kills += 1;
            account.epoch += 1;
        });
    }

    /// Notes that the person connected the account again.
    pub(crate) fn reconnect(&self, account: &str) {
        self.account(account, |account| account.reconnected += 1);
    }

    /// Notes that every process knows of that.
    pub(crate) fn settle(&self, account: &str) {
        self.account(account, |account| account.epoch += 1);
    }
}
