//! Memory that principals share.

use std::borrow::Cow;
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
    /// Bytes of all answers that clients have not read yet.
    answers: AtomicUsize,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    /// What answers have of it.
    answers: usize,
    /// What each principal has.
    parts: HashMap<String, Part>,
}

/// What a principal has.
#[derive(Debug, Default)]
struct Part {
    bytes: usize,
    /// Bytes of answers for which there was no memory. They count for nobody else.
    beyond: usize,
    /// Bytes of all answers that its clients have not read yet.
    answers: usize,
}

impl Part {
    /// Returns what counts an answer, for which there was memory or not.
    fn place(&mut self, is_counted: bool) -> &mut usize {
        if is_counted {
            &mut self.bytes
        } else {
            &mut self.beyond
        }
    }

    fn is_empty(&self) -> bool {
        self.bytes == 0 && self.answers == 0
    }
}

impl Taken {
    fn change(&mut self, name: Cow<'_, str>, change: impl FnOnce(&mut Part)) {
        if let Some(part) = self.parts.get_mut(&*name) {
            change(part);
            if part.is_empty() {
                self.parts.remove(&*name);
            }
        } else {
            let mut part = Part::default();
            change(&mut part);
            if !part.is_empty() {
                self.parts.insert(name.into_owned(), part);
            }
        }
    }
}

impl SharedMemory {
    /// Makes memory of so many bytes.
    pub fn new(bytes: usize) -> Self {
        Self {
            most: bytes,
            taken: Mutex::default(),
            freed: Notify::new(),
            answers: AtomicUsize::new(0),
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

    /// Counts an answer until its client has read it. It exists already, so it takes memory that there
    /// isn't if need be: then its principal has to wait with whatever is next.
    pub fn of_answer(self: &Arc<Self>, principal: &Arc<Principal>, bytes: usize) -> UnreadAnswer {
        let mut taken = self.taken();
        let name = principal.budget();
        let is_counted = self.has_room(&taken, &name, 0, bytes);
        if is_counted {
            taken.all += bytes;
            taken.answers += bytes;
        }
        taken.change(name, |part| {
            part.answers += bytes;
            *part.place(is_counted) += bytes;
        });
        self.answers.fetch_add(bytes, Ordering::Relaxed);
        drop(taken);
        UnreadAnswer {
            memory: Arc::clone(self),
            principal: Arc::clone(principal),
            bytes,
            is_counted,
        }
    }

    /// Returns whether the clients of a principal leave more answers unread than its share. One whose
    /// clients read at once never does.
    pub fn is_overdue(&self, principal: &Principal) -> bool {
        if self.answers.load(Ordering::Relaxed) <= self.most / LEFT_ALONE {
            return false;
        }
        let taken = self.taken();
        let own = taken.parts.get(&*principal.budget());
        own.is_some_and(|own| !self.allows(taken.answers + own.beyond, own.answers, 0, 0))
    }

    /// Waits until a principal's clients have read enough.
    pub(crate) async fn until_read(&self, principal: &Principal) {
        loop {
            let mut freed = pin!(self.freed.notified());
            freed.as_mut().enable();
            if !self.is_overdue(principal) {
                return;
            }
            freed.await;
        }
    }

    /// Returns whether a request of a principal that has some bytes may have more.
    fn has_room(&self, taken: &Taken, name: &str, has: usize, more: usize) -> bool {
        let part = taken.parts.get(name);
        let (bytes, beyond) = part.map_or((0, 0), |part| (part.bytes, part.beyond));
        self.allows(taken.all + beyond, bytes + beyond, has, more)
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether a request that has `has` of its principal's `own` bytes may have `more`.
    fn allows(&self, all: usize, own: usize, has: usize, more: usize) -> bool {
        let Some(left) = self.most.checked_sub(all + more) else {
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
        if !self.memory.has_room(&taken, &name, self.bytes(), more) {
            return false;
        }
        taken.all += more;
        taken.change(name, |part| part.bytes += more);
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
        if bytes == 0 {
            return;
        }
        let mut taken = self.memory.taken();
        taken.change(self.principal.budget(), |part| part.bytes -= bytes);
        taken.all -= bytes;
        drop(taken);
        self.memory.freed.notify_waiters();
    }
}

/// An answer that its client has not read yet, until this is dropped.
#[derive(Debug)]
pub struct UnreadAnswer {
    memory: Arc<SharedMemory>,
    principal: Arc<Principal>,
    bytes: usize,
    /// Whether there was memory for it.
    is_counted: bool,
}

impl Drop for UnreadAnswer {
    fn drop(&mut self) {
        let Self {
            bytes, is_counted, ..
        } = *self;
        let mut taken = self.memory.taken();
        if is_counted {
            taken.all -= bytes;
            taken.answers -= bytes;
        }
        taken.change(self.principal.budget(), |part| {
            part.answers -= bytes;
            *part.place(is_counted) -= bytes;
        });
        self.memory.answers.fetch_sub(bytes, Ordering::Relaxed);
        drop(taken);
        self.memory.freed.notify_waiters();
    }
}

#[cfg(test)]
mod tests;
