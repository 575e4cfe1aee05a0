//! Large responses of providers: memory for them, and the sign that a call became large.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::Poll;

use plugwright_sdk::host::ResponseMemory;

use crate::limits::Limit;
use crate::memory::{Reservation, SharedMemory};
use crate::metrics::LimitHits;
use crate::principal::Principal;

/// A call whose responses take more memory than this, in bytes, leaves the threads of the others.
const LARGE: usize = 512 << 10;

/// Memory for the responses of all calls.
pub(crate) struct Memory {
    shared: Arc<SharedMemory>,
    hits: LimitHits,
}

impl Memory {
    pub(crate) fn new(bytes: usize, hits: LimitHits) -> Self {
        Self {
            shared: Arc::new(SharedMemory::new(bytes)),
            hits,
        }
    }

    /// Returns the memory of one call, which has it until this is dropped.
    pub(crate) fn of_call(self: &Arc<Self>, principal: &Arc<Principal>) -> Arc<CallMemory> {
        Arc::new(CallMemory {
            memory: Arc::clone(self),
            principal: Arc::clone(principal),
            reserved: OnceLock::new(),
        })
    }
}

/// The memory that the responses of one call take.
pub(crate) struct CallMemory {
    memory: Arc<Memory>,
    principal: Arc<Principal>,
    reserved: OnceLock<Reservation>,
}

#[async_trait::async_trait]
impl ResponseMemory for CallMemory {
    /// Waits until other calls have ended, at most until the call's deadline. One call never waits for
    /// more than half.
    async fn reserve(&self, bytes: usize) {
        let Memory { shared, hits } = &*self.memory;
        let reserved = self.reserved.get_or_init(|| shared.of(&self.principal));
        let more = bytes.min((shared.most() / 2).saturating_sub(reserved.bytes()));
        let waits = || hits.add(Limit::ResponseMemory);
        reserved.add(more, waits).await;
        if reserved.bytes() > LARGE {
            ASKS_TO_MOVE.set(true);
            tokio::task::yield_now().await;
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
