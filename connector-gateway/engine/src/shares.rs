//! Fair shares of concurrent calls.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use plugwright_sdk::{ActionError, ErrorCode};
use uuid::Uuid;

use crate::limits::Limit;
use crate::principal::Principal;

const SHARDS: usize = 16;
/// The fraction of slots reserved for principals with few running calls.
const RESERVE: usize = 8;
/// Most idle counters in a shard before they are removed.
const KEPT: usize = 256;

/// Shares out the slots for concurrent calls.
///
/// A principal with more running calls than there are free slots gets no other: so `n` greedy
/// principals leave one part of `n + 1` to the next. A single principal may use its whole limit.
/// The last eighth of the slots is reserved for those with few calls: there, each gets an eighth of
/// what is left, and a principal without running calls always gets one.
///
/// Counted by token; the keys of a project count together.
pub(crate) struct Shares {
    most: usize,
    most_of_one: usize,
    running: Arc<AtomicUsize>,
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
}

/// Running calls of one principal.
type Counter = Arc<AtomicUsize>;

#[derive(Default)]
struct Shard {
    principals: HashMap<String, Counter>,
    projects: HashMap<Uuid, Counter>,
    /// The number of counters after idle ones were last removed.
    needed: usize,
}

impl Shard {
    fn counter(&mut self, principal: &Principal) -> Counter {
        let known = match principal.project {
            Some(project) => self.projects.get(&project),
            None => self.principals.get(&principal.id),
        };
        if let Some(counter) = known {
            return Arc::clone(counter);
        }
        if self.principals.len() + self.projects.len() >= self.needed * 2 + KEPT {
            // Only this lock hands out counters, so one without other owners is idle.
            self.principals
                .retain(|_, count| Arc::strong_count(count) > 1);
            self.projects
                .retain(|_, count| Arc::strong_count(count) > 1);
            self.needed = self.principals.len() + self.projects.len();
        }
        let counter = Counter::default();
        match principal.project {
            Some(project) => self.projects.insert(project, Arc::clone(&counter)),
            None => self
                .principals
                .insert(principal.id.clone(), Arc::clone(&counter)),
        };
        counter
    }
}

/// A running call, until this is dropped.
pub(crate) struct Slot {
    running: Arc<AtomicUsize>,
    own: Counter,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.own.fetch_sub(1, Ordering::AcqRel);
        self.running.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Why a call may not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Busy {
    /// All slots are taken.
    All,
    /// The principal has used its share.
    Own,
}

impl Busy {
    pub(crate) fn limit(self) -> Limit {
        match self {
            Self::All => Limit::ConcurrentCalls,
            Self::Own => Limit::ConcurrentCallsPerPrincipal,
        }
    }
}

impl From<Busy> for ActionError {
    fn from(busy: Busy) -> Self {
        let (code, message) = match busy {
            Busy::All => (
                ErrorCode::Unavailable,
                "too many concurrent calls; nothing was sent",
            ),
            Busy::Own => (
                ErrorCode::RateLimited,
                "too many concurrent calls of this token; nothing was sent",
            ),
        };
        Self::new(code, message).with_retry_after(Duration::from_secs(1))
    }
}

impl Shares {
    pub(crate) fn new(most: usize, most_of_one: usize) -> Self {
        Self {
            most,
            most_of_one,
            running: Arc::default(),
            hasher: RandomState::new(),
            shards: std::array::from_fn(|_| Mutex::default()),
        }
    }

    pub(crate) fn take(&self, principal: &Principal) -> Result<Slot, Busy> {
        let own = self.counter(principal);
        let before = self.running.fetch_add(1, Ordering::AcqRel);
        let mine = own.fetch_add(1, Ordering::AcqRel);
        // From here on, both are released in any case.
        let slot = Slot {
            running: Arc::clone(&self.running),
            own,
        };
        if before >= self.most {
            return Err(Busy::All);
        }
        let free = self.most - before;
        let share = if free > self.most / RESERVE {
            let alone = before <= mine;
            if alone { usize::MAX } else { free }
        } else {
            free / RESERVE
        };
        if mine < self.most_of_one && mine <= share {
            Ok(slot)
        } else {
            Err(Busy::Own)
        }
    }

    fn counter(&self, principal: &Principal) -> Counter {
        let hash = match principal.project {
            Some(project) => self.hasher.hash_one(project),
            None => self.hasher.hash_one(&principal.id),
        };
        let shard = &self.shards[usize::try_from(hash % SHARDS as u64).unwrap_or_default()];
        shard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .counter(principal)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;

    fn principal(id: &str) -> Principal {
        Principal {
            id: id.to_owned(),
            ..Principal::local()
        }
    }

    /// Takes slots until there are none.
    fn greedy(shares: &Shares, id: &str) -> (Vec<Slot>, Busy) {
        let principal = principal(id);
        let mut slots = Vec::new();
        loop {
            match shares.take(&principal) {
                Ok(slot) => slots.push(slot),
                Err(busy) => return (slots, busy),
            }
        }
    }

    #[test]
    fn one_alone_may_have_its_whole_limit() {
        let (slots, busy) = greedy(&Shares::new(1024, 512), "a");
        assert_eq!((slots.len(), busy), (512, Busy::Own));
        let (slots, busy) = greedy(&Shares::new(1024, 800), "a");
        assert_eq!((slots.len(), busy), (800, Busy::Own));
        // Except for those reserved for others.
        let (slots, _) = greedy(&Shares::new(1024, 1024), "a");
        assert_eq!(slots.len(), 896);
    }

    #[test]
    fn what_ends_gives_its_place_back() {
        let shares = Shares::new(1, 1);
        let slot = shares.take(&principal("a")).unwrap();
        assert_eq!(shares.take(&principal("b")).err(), Some(Busy::All));
        drop(slot);
        assert!(shares.take(&principal("b")).is_ok());
        assert_eq!(shares.running.load(Ordering::Acquire), 0);
    }

    #[test]
    fn keys_of_a_project_count_together() {
        let shares = Shares::new(100, 2);
        let project = Some(Uuid::from_u128(1));
        let key = |id| Principal {
            project,
            ..principal(id)
        };
        let slots = [shares.take(&key("a")), shares.take(&key("b"))];
        assert!(slots.iter().all(Result::is_ok));
        assert_eq!(shares.take(&key("c")).err(), Some(Busy::Own));
        assert!(shares.take(&principal("c")).is_ok());
    }

    #[test]
    fn principals_that_run_nothing_are_forgotten() {
        let shares = Shares::new(10, 10);
        let kept = shares.take(&principal("kept")).unwrap();
        for number in 0..100_000 {
            drop(shares.take(&principal(&number.to_string())));
        }
        let known: usize = shares
            .shards
            .iter()
            .map(|shard| shard.lock().unwrap().principals.len())
            .sum();
        assert!(known <= SHARDS * (KEPT + 2), "{known}");
        assert_eq!(kept.own.load(Ordering::Acquire), 1);
        let slots: Vec<_> = (0..5).map(|_| shares.take(&principal("kept"))).collect();
        assert_eq!(kept.own.load(Ordering::Acquire), 6, "{}", slots.len());
    }

    #[derive(Clone, Copy, Debug)]
    enum Step {
        Take(usize),
        End(usize),
    }

    fn steps(principals: usize) -> impl Strategy<Value = Vec<Step>> {
        // They start calls far more often than calls end.
        let step = prop_oneof![
            4 => (0..principals).prop_map(Step::Take),
            1 => (0..principals).prop_map(Step::End),
        ];
        prop::collection::vec(step, 0..2000)
    }

    proptest! {
        #[test]
        fn a_few_greedy_ones_never_keep_another_out(
            most in 64_usize..300,
            (greedy, steps) in (1_usize..8).prop_flat_map(|count| (Just(count), steps(count))),
        ) {
            let shares = Shares::new(most, most);
            let mut running: Vec<Vec<Slot>> = (0..greedy).map(|_| Vec::new()).collect();
            for step in steps {
                match step {
                    Step::Take(who) => running[who].extend(shares.take(&principal(&who.to_string()))),
                    Step::End(who) => drop(running[who].pop()),
                }
                let taken: usize = running.iter().map(Vec::len).sum();
                prop_assert_eq!(shares.running.load(Ordering::Acquire), taken);
                prop_assert!(taken < most);
                prop_assert!(shares.take(&principal("modest")).is_ok());
            }
        }

        #[test]
        fn shares_become_equal_as_calls_end(most in 32_usize..300, greedy in 2_usize..6) {
            let shares = Shares::new(most, most);
            let mut running = VecDeque::new();
            // The first takes most of them before the others arrive. All calls take equally long.
            for _ in 0..most * 20 {
                for who in 0..greedy {
                    while let Ok(slot) = shares.take(&principal(&who.to_string())) {
                        running.push_back((who, slot));
                    }
                }
                running.pop_front();
            }
            let fair = most / (greedy + 1);
            for who in 0..greedy {
                let own = running.iter().filter(|(other, _)| *other == who).count();
                prop_assert!(own + 3 >= fair, "{own} of {fair}");
            }
        }
    }
}
