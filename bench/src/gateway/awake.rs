//! Cores that don't halt.

use std::hint;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
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
        let (lowered, is_lowered) = mpsc::channel();
        for _ in 0..thread::available_parallelism()?.get() {
            let (goes_on, lowered) = (Arc::clone(&awake.0), lowered.clone());
            thread::Builder::new()
                .name("awake".to_owned())
                .spawn(move || {
                    // Of this thread alone, on Linux.
                    let done = rustix::process::nice(19);
                    let is_low = done.is_ok();
                    // Nobody hears of it if another thread has failed.
                    let _ = lowered.send(done);
                    drop(lowered);
                    while is_low && goes_on.load(Ordering::Relaxed) {
                        hint::spin_loop();
                    }
                })
                .context("cannot keep the cores awake")?;
        }
        drop(lowered);
        for done in is_lowered {
            done.context("cannot lower the priority of what keeps the cores awake")?;
        }
        Ok(awake)
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}
