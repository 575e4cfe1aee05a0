//! Cores that don't halt.

use std::hint;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context as _, Result};

/// Keeps the cores awake until it is dropped, by threads that run whenever nothing else does.
///
/// A virtual core that halts is woken by its host, in a time that is several times that of a call and
/// says nothing about the servers.
pub(super) struct Awake(Arc<AtomicBool>);

impl Awake {
    pub(super) fn start() -> Result<Self> {
        let awake = Self(Arc::new(AtomicBool::new(true)));
        for _ in 0..thread::available_parallelism()?.get() {
            let goes_on = Arc::clone(&awake.0);
            thread::Builder::new()
                .name("awake".to_owned())
                .spawn(move || {
                    // Of this thread alone, on Linux. Without it, it would compete.
                    if rustix::process::nice(19).is_err() {
                        return;
                    }
                    while goes_on.load(Ordering::Relaxed) {
                        hint::spin_loop();
                    }
                })
                .context("cannot keep the cores awake")?;
        }
        Ok(awake)
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
