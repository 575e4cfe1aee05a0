//! A server at a URL, over streamable HTTP.

mod answer;
mod session;

use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use plugwright_sdk::transport::{Response, TransportError};

pub(crate) use session::{Line, Session};

const MOST_SESSIONS: u64 = 1000;

const IDLE: Duration = Duration::from_mins(10);

/// The sessions with one server: one for each connection, or for each caller without one.
pub(crate) struct Sessions(Cache<String, Arc<Session>>);

/// Why a server did not do what comes before a call.
pub(crate) enum Failure {
    /// It answered with this, which an action reads as it reads the answer to a call.
    Status(Response),
    Transport(TransportError),
}

impl From<TransportError> for Failure {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl Failure {
    pub(crate) fn into_answer(self) -> Result<Response, TransportError> {
        match self {
            Self::Status(response) => Ok(response),
            Self::Transport(error) => Err(error),
        }
    }
}

impl Sessions {
    pub(crate) fn new() -> Self {
        let cache = Cache::builder().max_capacity(MOST_SESSIONS);
        Self(cache.time_to_idle(IDLE).build())
    }

    /// Returns the session of a peer, after greeting the server if there is none or it has forgotten it.
    pub(crate) async fn get(&self, line: Line<'_>, peer: &str) -> Result<Arc<Session>, Failure> {
        if let Some(known) = self.0.get(peer) {
            return Ok(known);
        }
        let session = Arc::new(Session::open(line).await?);
        self.0.insert(peer.to_owned(), Arc::clone(&session));
        Ok(session)
    }

    /// Sends the call of a tool; returns none if the server has forgotten the session.
    pub(crate) async fn call(
        &self,
        session: &Session,
        line: Line<'_>,
        peer: &str,
    ) -> Result<Option<Response>, TransportError> {
        let answer = session.call(line).await?;
        let is_forgotten = answer.status == 404 && session.is_named();
        if is_forgotten {
            self.0.invalidate(peer);
        }
        Ok((!is_forgotten).then_some(answer))
    }

    pub(crate) fn forget(&self, peer: &str) {
        self.0.invalidate(peer);
    }
}
