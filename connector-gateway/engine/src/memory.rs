//! Memory that principals share.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::principal::Principal;

/// The fraction that a principal leaves while nobody else has anything.
const LEFT_ALONE: usize = 4;
/// The fraction that a principal's only request leaves.
const LEFT_BY_ONE: usize = 16;

/// Memory that principals share, as calls share their slots: the keys of a project count together.
///
/// A principal gets more as long as it then has no more than is left: so `n` greedy ones leave one
/// part of `n + 1`. One alone may have three quarters. A principal's only request gets what it needs
/// while a sixteenth is left, or all if nobody else has anything.
#[derive(Debug)]
pub struct SharedMemory {
    /// In bytes.
    most: usize,
    taken: Mutex<Taken>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// What each principal has.
    parts: HashMap<String, usize>,
}

impl SharedMemory {
    /// Makes memory of so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self {
            most: bytes,
            taken: Mutex::default(),
            freed: Notify::new(),
        }
    }

    /// Returns how many bytes nobody has.
    pub fn free(&self) -> usize {
        self.most - self.taken().all
    }

    /// Returns the memory of a request, which has none yet.
    pub fn of(self: &Arc<Self>, principal: &Arc<Principal>) -> Reservation {
        Reservation {
            memory: Arc::clone(self),
            principal: Arc::clone(principal),
            bytes: AtomicUsize::new(0),
        }
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether a request that has `has` of its principal's `own` bytes may have `more`.
    fn allows(&self, all: usize, own: usize, has: usize, more: usize) -> bool {
        let Some(left) = (self.most - all).checked_sub(more) else {
            return false;
        };
        let is_alone = all == own;
        let is_only = own == has;
        own + more <= left
            || is_only && (is_alone || left >= self.most / LEFT_BY_ONE)
            || is_alone && left >= self.most / LEFT_ALONE
    }
}

/// The memory of one request, until this is dropped.
#[derive(Debug)]
pub struct Reservation {
    memory: Arc<SharedMemory>,
    principal: Arc<Principal>,
    bytes: AtomicUsize,
}

impl Reservation {
    /// Returns how many bytes it has.
    pub fn bytes(&self) -> usize {
        self.bytes.load(Ordering::Acquire)
    }

    /// Takes more, if that is possible now.
    pub fn try_add(&self, more: usize) -> bool {
        let mut taken = self.memory.taken();
        let name = self.principal.budget();
        let own = taken.parts.get(&*name).copied().unwrap_or_default();
        if !self.memory.allows(taken.all, own, self.bytes(), more) {
            return false;
        }
        taken.all += more;
        taken.parts.insert(name.into_owned(), own + more);
        self.bytes.fetch_add(more, Ordering::AcqRel);
        true
    }

    /// Takes more as soon as that is possible.
    pub async fn add(&self, more: usize) {
        loop {
            let mut freed = pin!(self.memory.freed.notified());
            freed.as_mut().enable();
            if self.try_add(more) {
                return;
            }
            freed.await;
        }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let bytes = self.bytes();
        let mut taken = self.memory.taken();
        let name = self.principal.budget();
        if let Some(own) = taken.parts.get_mut(&*name) {
            *own -= bytes;
            if *own == 0 {
                taken.parts.remove(&*name);
            }
        }
        taken.all -= bytes;
        drop(taken);
        self.memory.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
