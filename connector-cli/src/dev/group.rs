//! Child processes that end together with those that they start.

use std::io;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::timeout;

/// A child process at the head of a process group of its own.
pub(super) struct Group {
    pub(super) child: Child,
}

impl Group {
    pub(super) fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        command.process_group(0);
        let child = command.kill_on_drop(true).spawn()?;
        Ok(Self { child })
    }

    /// Asks the processes to end, and ends them after a while.
    pub(super) async fn stop(mut self, grace: Duration) {
        self.signal(End::Asked);
        // Whoever is late is killed when this is dropped.
        let _ = timeout(grace, self.child.wait()).await;
    }

    fn signal(&mut self, end: End) {
        #[cfg(unix)]
        {
            use rustix::process::{Pid, Signal, kill_process_group};
            let signal = match end {
                End::Asked => Signal::TERM,
                End::Forced => Signal::KILL,
            };
            let id = self.child.id().and_then(|id| i32::try_from(id).ok());
            if let Some(group) = id.and_then(Pid::from_raw) {
                // An error means that all of them have ended.
                let _ = kill_process_group(group, signal);
            }
        }
        #[cfg(not(unix))]
        {
            let (End::Asked | End::Forced) = end;
            let _ = self.child.start_kill();
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(End::Forced);
    }
}

#[derive(Clone, Copy)]
enum End {
    Asked,
    Forced,
}

/// What asks this process to stop: an interrupt and, on Unix, SIGTERM and SIGHUP.
pub(super) struct Signals {
    #[cfg(unix)]
    all: [tokio::signal::unix::Signal; 3],
}

impl Signals {
    #[cfg(unix)]
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            all: [
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
                signal(SignalKind::hangup())?,
            ],
        })
    }

    #[cfg(not(unix))]
    #[expect(clippy::unnecessary_wraps, reason = "fails on Unix")]
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {})
    }

    /// Waits for the next one.
    #[cfg(unix)]
    pub(super) async fn next(&mut self) {
        let [interrupt, terminate, hangup] = &mut self.all;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
    }

    #[cfg(not(unix))]
    pub(super) async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
