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
#[derive(Debug)]
pub struct Group {
    child: Child,
    #[cfg(unix)]
    id: Option<rustix::process::Pid>,
}

impl Group {
    /// Starts a program.
    ///
    /// # Errors
    ///
    /// If it can't be started.
    pub fn spawn(command: &mut Command) -> io::Result<Self> {
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

    /// Takes the pipes to the program.
    pub fn streams(&mut self) -> (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) {
        let child = &mut self.child;
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    }

    /// Waits until the program ends by itself.
    ///
    /// # Errors
    ///
    /// If the system can't tell how it ended.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }

    /// Returns how the program ended, if it has ended or is about to.
    pub(super) async fn ended(&mut self) -> Option<ExitStatus> {
        timeout(CLOSING, self.child.wait()).await.ok()?.ok()
    }

    /// Waits for the program's end, then asks for it. What is left after that is killed.
    pub(super) async fn end(mut self) {
        if timeout(GRACE, self.child.wait()).await.is_err() {
            self.stop(GRACE).await;
        }
    }

    /// Asks the processes to end, and kills what is left after this time.
    pub async fn stop(mut self, grace: Duration) {
        #[cfg(unix)]
        self.signal(rustix::process::Signal::TERM);
        #[cfg(not(unix))]
        let _ = self.child.start_kill();
        // Whoever is late is killed when this is dropped.
        let _ = timeout(grace, self.child.wait()).await;
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

#[cfg(all(test, unix))]
mod tests {
    use std::process::Stdio;

    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

    use super::*;

    #[tokio::test]
    async fn what_a_program_leaves_behind_is_killed() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 300 & echo started"]);
        let mut group = Group::spawn(command.stdout(Stdio::piped())).unwrap();
        let mut output = BufReader::new(group.streams().1.unwrap());
        output.read_line(&mut String::new()).await.unwrap();
        assert!(group.wait().await.unwrap().success());
        drop(group);
        // The output ends when nobody has it any more.
        let mut rest = Vec::new();
        let end = output.read_to_end(&mut rest);
        timeout(Duration::from_secs(20), end)
            .await
            .unwrap()
            .unwrap();
    }
}
