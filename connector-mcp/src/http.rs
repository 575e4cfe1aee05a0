//! A server at a URL, over streamable HTTP.

mod answer;
mod last_use;
mod session;

use std::sync::Arc;
use std::time::{Duration, Instant};

use plugwright_sdk::transport::{Response, TransportError};
use quick_cache::sync::Cache;

pub(crate) use session::{Line, Session};

const MOST_SESSIONS: usize = 1000;

/// One that nobody used for this long is forgotten, as the server may have done.
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
        Self(Cache::new(MOST_SESSIONS))
    }

    /// Returns the session of a peer, after greeting the server if there is none or it has forgotten it.
    pub(crate) async fn get(&self, line: Line<'_>, peer: &str) -> Result<Arc<Session>, Failure> {
        let now = Instant::now();
        if let Some(known) = self.0.get(peer)
            && known.last_use.renew(IDLE, now)
        {
            return Ok(known);
        }
        let session = Arc::new(Session::open(line).await?);
        self.0
            .retain(|_, known| known.last_use.is_within(IDLE, now));
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
            self.0.remove(peer);
        }
        Ok((!is_forgotten).then_some(answer))
    }

    pub(crate) fn forget(&self, peer: &str) {
        self.0.remove(peer);
    }
}
