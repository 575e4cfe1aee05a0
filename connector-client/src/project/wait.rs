//! Waiting until a user has connected an account.

use std::future::IntoFuture;
use std::pin::Pin;
use std::time::{Duration, Instant};

use super::{ConnectionRequest, ConnectionRequestStatus, ProjectConnector};
use crate::error::{Error, ErrorCode};

const POLL_INTERVAL: Duration = Duration::from_secs(2);
const MAX_WAIT: Duration = Duration::from_mins(10);

/// Waits until a user has connected an account; await it.
/// [`ProjectConnector::wait_for_connection`] makes one.
#[derive(Clone, Debug)]
#[must_use = "nothing is asked before it is awaited"]
pub struct WaitForConnection {
    project: ProjectConnector,
    request: String,
    poll_interval: Duration,
    max_wait: Duration,
}

impl WaitForConnection {
    pub(super) fn new(project: ProjectConnector, request: String) -> Self {
        Self {
            project,
            request,
            poll_interval: POLL_INTERVAL,
            max_wait: MAX_WAIT,
        }
    }

    /// Sets how long to wait between two questions; by default two seconds.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.poll_interval = interval;
        self
    }

    /// Sets how long to wait in all; by default ten minutes, which is as long as a request is valid.
    pub fn max_wait(mut self, wait: Duration) -> Self {
        self.max_wait = wait;
        self
    }

    async fn wait(self) -> Result<ConnectionRequest, Error> {
        let started = Instant::now();
        let left = || self.max_wait.saturating_sub(started.elapsed());
        let mut last = None;
        while !left().is_zero() {
            let asked = self
                .project
                .within(left())
                .connection_request(&self.request)
                .await;
            let request = match asked {
                // The time that is left cut the question short.
                Err(error) if *error.code() == ErrorCode::ClientTimeout && left().is_zero() => {
                    break;
                }
                asked => asked?,
            };
            if request.status != ConnectionRequestStatus::Initiated {
                return Ok(request);
            }
            last = Some(request);
            tokio::time::sleep(self.poll_interval.min(left())).await;
        }
        let message = format!(
            "the account was not connected within {:?}; the request `{}` is still pending",
            self.max_wait, self.request
        );
        let error = Error::new(ErrorCode::ClientWaitTimeout, message);
        Err(error.with_data(last.and_then(|request| serde_json::to_value(request).ok())))
    }
}

impl IntoFuture for WaitForConnection {
    type Output = Result<ConnectionRequest, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.wait())
    }
}
