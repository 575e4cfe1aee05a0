//! Threads with a runtime each, which take work in turn.
//!
//! Work stays on its thread, and so do the events that it waits for: no thread wakes another.

use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tokio::runtime::{Builder, Handle};
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

/// Returns how many threads this machine runs in parallel.
pub fn count() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// Threads that stop when this is dropped, with the work on them.
pub struct Threads {
    runtimes: Vec<Handle>,
    next: AtomicUsize,
    _end: DropGuard,
}

impl Threads {
    /// Starts threads named after `name` and their number. Each calls `prepare` first, in its runtime.
    ///
    /// # Errors
    ///
    /// If the system can't start a thread.
    pub fn start(
        name: &str,
        count: NonZeroUsize,
        prepare: impl Fn() + Clone + Send + 'static,
    ) -> io::Result<Self> {
        let end = CancellationToken::new();
        // Created first, so that the running threads stop if a later one can't start.
        let end_all = end.clone().drop_guard();
        let runtimes = (0..count.get()).map(|number| {
            let runtime = Builder::new_current_thread().enable_all().build()?;
            let handle = runtime.handle().clone();
            let (ended, prepare) = (end.clone(), prepare.clone());
            thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || {
                    runtime.block_on(async {
                        prepare();
                        ended.cancelled().await;
                    });
                    // Dropping it would wait for pending name lookups.
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

    /// Spawns work on the next thread.
    pub fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.runtimes[turn % self.runtimes.len()].spawn(work)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use tokio::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn work_goes_to_each_thread_in_turn_and_ends_with_them() {
        let threads = Threads::start("test", NonZeroUsize::new(3).unwrap(), || ()).unwrap();
        let (done, mut used) = mpsc::unbounded_channel();
        for _ in 0..6 {
            let done = done.clone();
            threads.spawn(async move {
                done.send(thread::current().id()).unwrap();
                std::future::pending::<()>().await;
            });
        }
        drop(done);
        let mut seen = Vec::new();
        for _ in 0..6 {
            seen.push(used.recv().await.unwrap());
        }
        let different: HashSet<_> = seen.iter().collect();
        assert_eq!(different.len(), 3, "{seen:?}");
        drop(threads);
        // The work that never ends by itself held the senders.
        assert_eq!(used.recv().await, None);
    }

    #[tokio::test]
    async fn each_thread_prepares_in_its_runtime() {
        let (done, mut names) = mpsc::unbounded_channel();
        let _threads = Threads::start("test", NonZeroUsize::new(2).unwrap(), move || {
            let done = done.clone();
            tokio::spawn(async move {
                let name = thread::current().name().map(str::to_owned);
                done.send(name).unwrap();
            });
        })
        .unwrap();
        let mut seen = [names.recv().await.unwrap(), names.recv().await.unwrap()];
        seen.sort();
        assert_eq!(seen, [0, 1].map(|number| Some(format!("test-{number}"))));
    }
}
