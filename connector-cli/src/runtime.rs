//! Runs async work on this thread.

use std::future::Future;

use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;

/// Runs async work on this thread. Ctrl-C cancels it, and a second Ctrl-C ends the process.
pub(crate) fn block_on<T>(work: impl AsyncFnOnce(CancellationToken) -> T) -> Result<T, Failure> {
    Ok(start()?.block_on(async {
        let token = CancellationToken::new();
        let interrupts = tokio::spawn(watch_interrupts(token.clone()));
        let done = work(token).await;
        interrupts.abort();
        done
    }))
}

pub(crate) fn start() -> Result<Runtime, Failure> {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::internal(format!("can't start the async runtime: {error}")))
}

fn watch_interrupts(token: CancellationToken) -> impl Future<Output = ()> {
    /// The exit code that shells use for an interrupt.
    const INTERRUPTED: i32 = 130;
    async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            token.cancel();
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(INTERRUPTED);
            }
        }
    }
}
