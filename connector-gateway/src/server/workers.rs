//! Worker threads that serve clients.
//!
//! A call stays on the thread of its client's connection, and so do the connections to providers
//! that it uses, so that no thread has to wake another.

use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

use plugwright_egress::Egress;
use plugwright_engine::threads::Threads;

/// Shorter than any request timeout, and long enough to cost an idle gateway nothing.
const TICK: Duration = Duration::from_secs(1);

/// Starts the threads, each with connections of its own on the way out.
pub(super) fn start(count: NonZeroUsize, egress: Option<&Egress>) -> io::Result<Threads> {
    let egress = egress.cloned();
    Threads::start("worker", count, move || {
        if let Some(egress) = &egress {
            egress.use_own_connections();
        }
        tokio::spawn(tick());
    })
}

/// Keeps a timer that is due before those of requests. A timer that becomes the earliest wakes the
/// runtime, which costs a system call.
async fn tick() {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
    }
}
