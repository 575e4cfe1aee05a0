//! Large responses of providers: memory that calls share, and the sign that a call became large.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use plugwright_sdk::host::ResponseMemory;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use crate::limits::Limit;
use crate::metrics::LimitHits;

/// The unit of the memory budget, in bytes.
const UNIT: usize = 1 << 10;

/// A call whose responses take more memory than this, in bytes, leaves the threads of the others.
const LARGE: usize = 512 << 10;

/// Memory for the responses of all calls.
pub(crate) struct Memory {
    units: Arc<Semaphore>,
    /// All there are. One call never waits for more.
    most: usize,
    hits: LimitHits,
}

impl Memory {
    pub(crate) fn new(bytes: usize, hits: LimitHits) -> Self {
        let most = (bytes / UNIT).clamp(1, u32::MAX as usize);
        Self {
            units: Arc::new(Semaphore::new(most)),
            most,
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
    permit: Option<OwnedSemaphorePermit>,
    units: usize,
}

#[async_trait::async_trait]
impl ResponseMemory for CallMemory {
    /// Waits until other calls have ended, at most until the call's deadline.
    async fn reserve(&self, bytes: usize) {
        let shared = &self.shared;
        let has = self.lock().units;
        let more = bytes.div_ceil(UNIT).min(shared.most - has);
        let count = u32::try_from(more).unwrap_or(u32::MAX);
        let units = || Arc::clone(&shared.units);
        let permit = match units().try_acquire_many_owned(count) {
            Err(TryAcquireError::NoPermits) => {
                shared.hits.add(Limit::ResponseMemory);
                units().acquire_many_owned(count).await.ok()
            }
            taken => taken.ok(),
        };
        let is_large = {
            let mut held = self.lock();
            held.units += more;
            match (&mut held.permit, permit) {
                (Some(held), Some(more)) => held.merge(more),
                (held, more) => *held = held.take().or(more),
            }
            held.units * UNIT > LARGE
        };
        if is_large {
            ASKS_TO_MOVE.set(true);
            tokio::task::yield_now().await;
        }
    }
}

impl CallMemory {
    fn lock(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
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
