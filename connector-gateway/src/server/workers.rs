//! Threads that answer clients, each with a runtime of its own.
//!
//! A call stays on the thread that has its client's connection, and so do the connections to
//! providers that it uses: no thread has to be woken for what another one received.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use plugwright_egress::Egress;
use tokio::runtime::{Builder, Handle};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Returns how many threads this machine has work for.
pub(super) fn count() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Shorter than what limits are set to, and long enough to cost an idle gateway nothing.
const TICK: Duration = Duration::from_secs(1);

/// Threads that end when this is dropped.
pub(super) struct Workers {
    runtimes: Vec<Handle>,
    next: AtomicUsize,
    _end: DropGuard,
}

impl Workers {
    /// Starts the threads, each with connections of its own on the way out.
    pub(super) fn start(count: NonZeroUsize, egress: Option<&Egress>) -> io::Result<Self> {
        let end = CancellationToken::new();
        // Before the first thread: if a later one can't be had, those that run are to end.
        let end_all = end.clone().drop_guard();
        let runtimes = (0..count.get()).map(|number| {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let handle = runtime.handle().clone();
            let (ended, egress) = (end.clone(), egress.cloned());
            thread::Builder::new()
                .name(format!("worker-{number}"))
                .spawn(move || {
                    if let Some(egress) = egress {
                        egress.use_own_connections();
                    }
                    runtime.spawn(tick());
                    runtime.block_on(ended.cancelled());
                    // Not dropped: that would wait for lookups of names that go on.
                    runtime.shutdown_background();
                })?;
            Ok(handle)
        });
        Ok(Self {
            runtimes: runtimes.collect::<io::Result<_>>()?,
            next: AtomicUsize::new(0),
            _end: end_all,
        })
    }

    /// Lets one of the threads do work, each in turn.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.runtimes[turn % self.runtimes.len()].spawn(work);
    }
}

/// Always has a timer that is due sooner than those of requests. One that becomes the first of all
/// wakes the runtime, and that is a system call.
async fn tick() {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn work_goes_to_each_thread_in_turn_and_ends_with_them() {
        let workers = Workers::start(NonZeroUsize::new(3).unwrap(), None).unwrap();
        let (done, mut threads) = mpsc::unbounded_channel();
        for _ in 0..6 {
            let done = done.clone();
            workers.spawn(async move {
                done.send(thread::current().id()).unwrap();
                std::future::pending::<()>().await;
            });
        }
        drop(done);
        let mut seen = Vec::new();
        for _ in 0..6 {
            seen.push(threads.recv().await.unwrap());
        }
        let different: HashSet<_> = seen.iter().collect();
        assert_eq!(different.len(), 3, "{seen:?}");
        drop(workers);
        // The work that never ends by itself held the senders.
        assert_eq!(threads.recv().await, None);
    }
}
