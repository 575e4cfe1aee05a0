//! The slow lane: threads of low priority for requests with large bodies, and for calls with large
//! responses, which don't delay small ones.

use std::io;
use std::panic;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use tokio::task::JoinHandle;
use tokio_util::task::AbortOnDropHandle;

use crate::large::until_large;
use crate::threads::{self, Threads};

/// Added to the niceness of the threads. Next to a busy serving thread they get about a tenth of a
/// core.
#[cfg(target_os = "linux")]
const NICER: i32 = 10;

/// Threads for large requests and responses. They start with the first of them, and stop when the last
/// clone is dropped.
#[derive(Clone, Default)]
pub struct Lane(Arc<OnceLock<Option<Threads>>>);

impl Lane {
    /// Runs work on one of the threads; it stops if this future is dropped. Returns `None` without
    /// threads.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<T> {
        finish(self.threads()?.spawn(work)).await
    }

    /// Runs work here until it has ended or become large, and the rest of it on one of the threads, if
    /// there are any.
    pub(crate) async fn run_if_large<T: Send + 'static>(
        &self,
        mut work: Pin<Box<dyn Future<Output = T> + Send>>,
    ) -> Option<T> {
        if let Some(done) = until_large(&mut work).await {
            return Some(done);
        }
        match self.threads() {
            Some(threads) => finish(threads.spawn(work)).await,
            None => Some(work.await),
        }
    }

    fn threads(&self) -> Option<&Threads> {
        let threads = self.0.get_or_init(|| {
            start()
                .inspect_err(|error| tracing::error!(%error, "no thread for large requests"))
                .ok()
        });
        threads.as_ref()
    }
}

/// Waits for work; `None` if its thread has ended before it.
async fn finish<T>(work: JoinHandle<T>) -> Option<T> {
    match AbortOnDropHandle::new(work).await {
        Ok(done) => Some(done),
        Err(error) => match error.try_into_panic() {
            // The surface renders it.
            Ok(panicked) => panic::resume_unwind(panicked),
            Err(_) => None,
        },
    }
}

fn start() -> io::Result<Threads> {
    Threads::start("large", threads::count(), lower_priority)
}

/// Lowers the priority of this thread. Only Linux has a niceness per thread.
fn lower_priority() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICER) {
        tracing::debug!(%error, "a thread keeps its priority");
    }
}

#[cfg(test)]
mod tests {
    use std::thread;
    use std::time::Duration;

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn work_is_done_on_a_thread_of_its_own_that_gives_way() {
        let lane = Lane::default();
        let here = thread::current().id();
        let there = lane.run(async { thread::current().id() }).await.unwrap();
        assert_ne!(here, there);
        #[cfg(target_os = "linux")]
        {
            let own = rustix::process::getpriority_process(None).unwrap();
            let lanes = lane
                .run(async { rustix::process::getpriority_process(None).unwrap() })
                .await
                .unwrap();
            assert_eq!(lanes, (own + NICER).min(19));
        }
    }

    #[tokio::test]
    async fn work_stops_when_nobody_waits() {
        let lane = Lane::default();
        let (kept, gone) = oneshot::channel::<()>();
        let work = lane.run(async move {
            let _kept = kept;
            std::future::pending::<()>().await;
        });
        assert!(
            tokio::time::timeout(Duration::from_millis(50), work)
                .await
                .is_err()
        );
        tokio::time::timeout(Duration::from_secs(10), gone)
            .await
            .expect("the work goes on")
            .unwrap_err();
    }

    #[tokio::test]
    async fn a_panic_is_whoever_asked_for_it() {
        let lane = Lane::default();
        let broken = lane.run(async { panic!("of a test") });
        let caught = futures_util::FutureExt::catch_unwind(panic::AssertUnwindSafe(broken)).await;
        assert!(caught.is_err());
        assert_eq!(lane.run(async { 7 }).await, Some(7));
    }
}
