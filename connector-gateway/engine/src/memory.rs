//! Memory that principals share.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
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
    parts: HashMap<String, Part>,
}

/// What a principal has.
#[derive(Debug, Default)]
struct Part {
    bytes: usize,
    /// Its requests that have some and wait for more. Others of it start after them.
    waiting: usize,
}

impl Taken {
    /// Changes the part of a principal, which is forgotten once it is nothing.
    fn change<T>(&mut self, principal: &Principal, change: impl FnOnce(&mut Part) -> T) -> T {
        let mut part = match self.parts.entry(principal.budget().into_owned()) {
            Entry::Occupied(known) => known,
            Entry::Vacant(free) => free.insert_entry(Part::default()),
        };
        let changed = change(part.get_mut());
        let Part { bytes, waiting } = part.get();
        if (bytes, waiting) == (&0, &0) {
            part.remove();
        }
        changed
    }
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

    /// Returns how many bytes there are for all.
    pub(crate) fn most(&self) -> usize {
        self.most
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

    /// Tells whether a request that has `has` of its principal's `own` bytes may have `more`.
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
        self.take(more, false)
    }

    /// Takes more as soon as that is possible. `on_wait` is called if it is not at once.
    pub async fn add(&self, more: usize, on_wait: impl FnOnce()) {
        if self.take(more, true) {
            return;
        }
        on_wait();
        let _waiting = Waiting::new(self);
        loop {
            let mut freed = pin!(self.memory.freed.notified());
            freed.as_mut().enable();
            if self.take(more, true) {
                return;
            }
            freed.await;
        }
    }

    fn take(&self, more: usize, in_turn: bool) -> bool {
        let mut taken = self.memory.taken();
        let (all, has) = (taken.all, self.bytes());
        let took = taken.change(&self.principal, |part| {
            let must_wait = in_turn && has == 0 && part.waiting > 0;
            let may = !must_wait && self.memory.allows(all, part.bytes, has, more);
            if may {
                part.bytes += more;
                self.bytes.fetch_add(more, Ordering::AcqRel);
            }
            may
        });
        if took {
            taken.all += more;
        }
        took
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let bytes = self.bytes();
        if bytes == 0 {
            return;
        }
        let mut taken = self.memory.taken();
        taken.all -= bytes;
        taken.change(&self.principal, |part| part.bytes -= bytes);
        drop(taken);
        self.memory.freed.notify_waiters();
    }
}

/// A request that has some memory and waits for more.
struct Waiting<'a>(Option<&'a Reservation>);

impl<'a> Waiting<'a> {
    fn new(reservation: &'a Reservation) -> Self {
        let counted = Some(reservation).filter(|reservation| reservation.bytes() > 0);
        if let Some(reservation) = counted {
            let mut taken = reservation.memory.taken();
            taken.change(&reservation.principal, |part| part.waiting += 1);
        }
        Self(counted)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(reservation) = self.0 {
            let mut taken = reservation.memory.taken();
            taken.change(&reservation.principal, |part| part.waiting -= 1);
            drop(taken);
            reservation.memory.freed.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests;
