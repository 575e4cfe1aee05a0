//! Large responses of providers: memory for them, and the sign that a call became large.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use plugwright_sdk::host::ResponseMemory;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::Limit;
use crate::memory::{Reservation, SharedMemory};
use crate::metrics::LimitHits;
use crate::principal::Principal;

/// A call whose responses take more memory than this, in bytes, leaves the threads of the others.
const LARGE: usize = 512 << 10;

/// Memory for the responses of all calls, and for their answers until clients have read them.
pub(crate) struct Memory {
    pub(crate) shared: Arc<SharedMemory>,
    /// One call of those that wait may take more than there is. Otherwise calls that each have some and
    /// need more would wait for one another.
    beyond: Arc<Semaphore>,
    hits: LimitHits,
}

impl Memory {
    pub(crate) fn new(bytes: usize, hits: LimitHits) -> Self {
        Self {
            shared: Arc::new(SharedMemory::new(bytes)),
            beyond: Arc::new(Semaphore::new(1)),
            hits,
        }
    }

    /// Returns the memory of one call, which has it until this is dropped.
    pub(crate) fn of_call(self: &Arc<Self>, principal: &Arc<Principal>) -> Arc<CallMemory> {
        Arc::new(CallMemory {
            memory: Arc::clone(self),
            principal: Arc::clone(principal),
            reserved: OnceLock::new(),
            beyond: OnceLock::new(),
            bytes: AtomicUsize::new(0),
        })
    }
}

pub(crate) struct CallMemory {
    memory: Arc<Memory>,
    principal: Arc<Principal>,
    reserved: OnceLock<Reservation>,
    beyond: OnceLock<OwnedSemaphorePermit>,
    bytes: AtomicUsize,
}

#[async_trait::async_trait]
impl ResponseMemory for CallMemory {
    async fn reserve(&self, bytes: usize) {
        if self.beyond.get().is_none() {
            self.take(bytes).await;
        }
        if self.bytes.fetch_add(bytes, Ordering::Relaxed) + bytes > LARGE {
            ASKS_TO_MOVE.set(true);
            tokio::task::yield_now().await;
        }
    }
}

impl CallMemory {
    /// Takes memory, and waits for it if need be: until other calls have ended and their answers are
    /// read, or the one ended that took more than there is.
    async fn take(&self, bytes: usize) {
        let Memory { shared, hits, .. } = &*self.memory;
        let reserved = self.reserved.get_or_init(|| shared.of(&self.principal));
        if reserved.try_add(bytes) {
            return;
        }
        hits.add(Limit::ResponseMemory);
        tokio::select! {
            biased;
            () = reserved.add(bytes) => {}
            Some(beyond) = self.beyond() => {
                // Another request of the call may have it by now.
                let _ = self.beyond.set(beyond);
            }
            // It is never closed.
            else => {}
        }
    }

    /// Waits until the call may take more than there is. Answers that nobody reads would add up, so
    /// their principal's calls may not.
    async fn beyond(&self) -> Option<OwnedSemaphorePermit> {
        let Memory { shared, beyond, .. } = &*self.memory;
        loop {
            shared.until_read(&self.principal).await;
            let permit = Arc::clone(beyond).acquire_owned().await.ok()?;
            if !shared.is_overdue(&self.principal) {
                return Some(permit);
            }
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
