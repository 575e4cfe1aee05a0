//! A server that is a program on this machine.

mod errors;
mod group;
mod output;
mod running;

use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use plugwright_import::ServerPlace;
use plugwright_sdk::Secret;
use plugwright_sdk::host::{Redactor, word_list};
use plugwright_sdk::transport::TransportError;
use tokio::process::Command;
use tokio::sync::Mutex;

use crate::message::Listing;
pub use group::Group;
pub(crate) use running::Running;

/// A program must be ready after this time; package runners download it first.
const READY: Duration = Duration::from_mins(1);

/// The longest time that a program which fails is left alone.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// A program that ran so long has not failed at its start.
const STEADY: Duration = Duration::from_mins(1);

/// The variables that every program gets: what programs need to find others and their files.
const USUAL: [&str; 16] = word_list(include_str!("../words/usual_variables.txt"));

pub(crate) struct Program {
    shared: Arc<Shared>,
}

struct Shared {
    name: String,
    place: ServerPlace,
    report: fn(&str, &str),
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    running: Option<Arc<Running>>,
    failures: u32,
    /// When it may be started again.
    not_before: Option<Instant>,
    stopped: bool,
}

impl Program {
    pub(crate) fn new(name: &str, place: ServerPlace, report: fn(&str, &str)) -> Self {
        Self {
            shared: Arc::new(Shared {
                name: name.to_owned(),
                place,
                report,
                state: Mutex::default(),
            }),
        }
    }

    pub(crate) fn is_at(&self, place: &ServerPlace) -> bool {
        self.shared.place == *place
    }

    /// Returns the running program, after starting it if need be. A start goes on when its caller has
    /// given up, so that a slow one succeeds for the next.
    pub(crate) async fn running(&self) -> Result<Arc<Running>, TransportError> {
        let shared = Arc::clone(&self.shared);
        let starting = tokio::spawn(async move { shared.running().await });
        starting
            .await
            .map_err(|error| TransportError::Unreachable {
                host: self.shared.host(),
                source: error.into(),
            })?
    }

    pub(crate) async fn list(&self) -> Result<Listing, TransportError> {
        self.running().await?.list().await
    }

    pub(crate) async fn stop(&self) {
        let mut state = self.shared.state.lock().await;
        state.stopped = true;
        if let Some(running) = state.running.take() {
            running.stop().await;
        }
    }
}

impl Shared {
    fn host(&self) -> String {
        format!("MCP server `{}`", self.name)
    }

    async fn running(&self) -> Result<Arc<Running>, TransportError> {
        let mut state = self.state.lock().await;
        if state.stopped {
            let message = "the gateway is shutting down".to_owned();
            return Err(TransportError::Refused(message));
        }
        if let Some(running) = &state.running {
            if !running.is_over() {
                return Ok(Arc::clone(running));
            }
            let lasted = running.lasted();
            state.running = None;
            state.fail(lasted >= STEADY);
        }
        if let Some(wait) = state.pause() {
            return Err(TransportError::Suspended {
                host: self.host(),
                retry_after: wait,
            });
        }
        match tokio::time::timeout(READY, self.start()).await {
            Ok(Ok(running)) => {
                let running = Arc::new(running);
                state.running = Some(Arc::clone(&running));
                Ok(running)
            }
            Ok(Err(error)) => {
                state.fail(false);
                Err(TransportError::Unreachable {
                    host: self.host(),
                    source: error,
                })
            }
            Err(_) => {
                state.fail(false);
                Err(TransportError::Unreachable {
                    host: self.host(),
                    source: format!("it was not ready within {} s", READY.as_secs()).into(),
                })
            }
        }
    }

    async fn start(&self) -> Result<Running, Box<dyn std::error::Error + Send + Sync>> {
        let ServerPlace::Program {
            program,
            arguments,
            environment,
        } = &self.place
        else {
            return Err("it is not a program".into());
        };
        let mut command = Command::new(program);
        command.args(arguments).env_clear();
        let usual = USUAL.iter().copied();
        let secret = environment.iter().map(String::as_str);
        for name in usual.chain(secret.clone()) {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        let secrets: Vec<Secret> = secret
            .filter_map(|name| std::env::var(name).ok())
            .map(Secret::new)
            .collect();
        let redactor = Redactor::new(&secrets);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut group = Group::spawn(&mut command)
            .map_err(|error| format!("`{program}` can't be started: {error}"))?;
        let (stdin, stdout, stderr) = group.streams();
        if let Some(stderr) = stderr {
            let (name, report) = (self.name.clone(), self.report);
            let redactor = redactor.clone();
            tokio::spawn(errors::pass_on(stderr, redactor, move |line| {
                report(&name, line);
            }));
        }
        let streams = stdin.zip(stdout).ok_or("its standard streams are closed")?;
        Ok(Running::start(group, streams, redactor).await?)
    }
}

impl State {
    /// Notes that the program failed. The first time, it is started again at once.
    fn fail(&mut self, was_steady: bool) {
        self.failures = if was_steady {
            1
        } else {
            self.failures.saturating_add(1)
        };
        let seconds = match self.failures {
            0 | 1 => 0,
            more => 1_u64 << (more - 2).min(10),
        };
        let pause = Duration::from_secs(seconds).min(LONGEST_PAUSE);
        self.not_before = Some(Instant::now() + pause);
    }

    fn pause(&self) -> Option<Duration> {
        let left = self.not_before?.checked_duration_since(Instant::now())?;
        (!left.is_zero()).then_some(left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_keeps_failing_is_left_alone_for_longer() {
        let mut state = State::default();
        let mut pauses = Vec::new();
        for _ in 0..10 {
            state.fail(false);
            let pause = state.pause().unwrap_or_default();
            // A little of it is over already.
            pauses.push((pause + Duration::from_millis(500)).as_secs());
        }
        assert_eq!(pauses, [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        state.fail(true);
        assert_eq!(state.pause(), None);
    }
}
