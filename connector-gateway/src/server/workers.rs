//! Worker threads that serve clients, each with its own runtime.
//!
//! A call stays on the thread of its client's connection, and so do the connections to providers
//! that it uses, so that no thread has to wake another.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use plugwright_egress::Egress;
use tokio::runtime::{Builder, Handle};
use tokio_util::sync::{CancellationToken, DropGuard};

/// Returns the number of worker threads for this machine.
pub(super) fn count() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Shorter than any request timeout, and long enough to cost an idle gateway nothing.
const TICK: Duration = Duration::from_secs(1);

/// Worker threads, which end when this is dropped.
pub(super) struct Workers {
    runtimes: Vec<Handle>,
    next: AtomicUsize,
    _end: DropGuard,
}

impl Workers {
    /// Starts the threads, each with connections of its own on the way out.
    pub(super) fn start(count: NonZeroUsize, egress: Option<&Egress>) -> io::Result<Self> {
        let end = CancellationToken::new();
        // If a thread fails to start, this ends the ones before it.
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
                    // Dropping it would wait for running DNS lookups.
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

    /// Spawns work on the threads in turn.
    pub(super) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.runtimes[turn % self.runtimes.len()].spawn(work);
    }
}

/// Keeps a timer that is due before those of requests. A timer that becomes the earliest wakes the
/// runtime, which costs a system call.
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
