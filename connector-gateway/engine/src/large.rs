//! Large responses of providers: memory that calls share, and the sign that a call became large.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use plugwright_sdk::host::ResponseMemory;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::Limit;
use crate::metrics::LimitHits;

/// The unit of the memory budget, in bytes.
const UNIT: usize = 1 << 10;

/// A call whose responses take more memory than this, in bytes, leaves the threads of the others.
const LARGE: usize = 512 << 10;

/// Memory for the responses of all calls.
pub(crate) struct Memory {
    units: Arc<Semaphore>,
    /// One call of those that wait may take more than there is. Otherwise calls that each have some and
    /// need more would wait for one another.
    beyond: Arc<Semaphore>,
    hits: LimitHits,
}

impl Memory {
    pub(crate) fn new(bytes: usize, hits: LimitHits) -> Self {
        let units = (bytes / UNIT).min(Semaphore::MAX_PERMITS);
        Self {
            units: Arc::new(Semaphore::new(units)),
            beyond: Arc::new(Semaphore::new(1)),
            hits,
        }
    }

    /// Returns the memory of one call, which has it until this is dropped.
    pub(crate) fn of_call(self: &Arc<Self>) -> Arc<CallMemory> {
        Arc::new(CallMemory {
            shared: Arc::clone(self),
            held: Mutex::default(),
        })
    }
}

/// The memory that the responses of one call take.
pub(crate) struct CallMemory {
    shared: Arc<Memory>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    units: Option<OwnedSemaphorePermit>,
    beyond: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

#[async_trait::async_trait]
impl ResponseMemory for CallMemory {
    async fn reserve(&self, bytes: usize) {
        let is_beyond = self.lock().beyond.is_some();
        if !is_beyond {
            self.take(bytes).await;
        }
        let is_large = {
            let mut held = self.lock();
            held.bytes = held.bytes.saturating_add(bytes);
            held.bytes > LARGE
        };
        if is_large {
            ASKS_TO_MOVE.set(true);
            tokio::task::yield_now().await;
        }
    }
}

impl CallMemory {
    /// Takes memory, and waits for it if need be: until other calls have ended, or the one that took
    /// more than there is.
    async fn take(&self, bytes: usize) {
        let Memory {
            units,
            beyond,
            hits,
        } = &*self.shared;
        let count = u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX);
        if let Ok(units) = Arc::clone(units).try_acquire_many_owned(count) {
            return self.lock().add(units);
        }
        hits.add(Limit::ResponseMemory);
        tokio::select! {
            biased;
            Ok(units) = Arc::clone(units).acquire_many_owned(count) => self.lock().add(units),
            Ok(beyond) = Arc::clone(beyond).acquire_owned() => self.lock().beyond = Some(beyond),
            // Neither is ever closed.
            else => {}
        }
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn add(&mut self, more: OwnedSemaphorePermit) {
        match &mut self.units {
            Some(units) => units.merge(more),
            None => self.units = Some(more),
        }
    }
}

thread_local! {
    /// Whether the work that this thread polls has become large.
    static ASKS_TO_MOVE: Cell<bool> = const { Cell::new(false) };
}

/// Polls work until it has ended. Returns `None` as soon as it has become large: then it can go on
/// elsewhere.
pub(crate) async fn until_large<W: Future + ?Sized>(work: &mut Pin<Box<W>>) -> Option<W::Output> {
    poll_fn(|cx| {
        ASKS_TO_MOVE.set(false);
        match work.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(Some(done)),
            Poll::Pending if ASKS_TO_MOVE.take() => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

#[cfg(test)]
mod tests;
