//! A child process with those that it starts: package runners start the server in processes of their own.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// How long a program may take to end by itself, and then to end when it is asked to.
const GRACE: Duration = Duration::from_secs(2);

/// A program that has closed its output ends within this time, if that was its end.
const CLOSING: Duration = Duration::from_millis(500);

/// A child process at the head of a process group of its own. Dropping it kills all of them.
pub(super) struct Group {
    child: Child,
    #[cfg(unix)]
    id: Option<rustix::process::Pid>,
}

impl Group {
    pub(super) fn spawn(command: &mut Command) -> io::Result<Self> {
        #[cfg(unix)]
        command.process_group(0);
        let child = command.kill_on_drop(true).spawn()?;
        Ok(Self {
            #[cfg(unix)]
            id: child
                .id()
                .and_then(|id| i32::try_from(id).ok())
                .and_then(rustix::process::Pid::from_raw),
            child,
        })
    }

    pub(super) fn streams(
        &mut self,
    ) -> (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) {
        let child = &mut self.child;
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    }

    /// Returns how the program ended, if it has ended or is about to.
    pub(super) async fn ended(&mut self) -> Option<ExitStatus> {
        timeout(CLOSING, self.child.wait()).await.ok()?.ok()
    }

    /// Waits for the program's end, then asks for it. What is left after that is killed.
    pub(super) async fn stop(mut self) {
        if timeout(GRACE, self.child.wait()).await.is_ok() {
            return;
        }
        #[cfg(unix)]
        self.signal(rustix::process::Signal::TERM);
        // Whoever is late is killed when this is dropped.
        let _ = timeout(GRACE, self.child.wait()).await;
    }

    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(group) = self.id {
            // An error means that all of them have ended.
            let _ = rustix::process::kill_process_group(group, signal);
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::KILL);
    }
}
