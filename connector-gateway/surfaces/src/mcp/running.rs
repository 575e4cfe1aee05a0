//! Running calls, which a client can cancel.
//!
//! Only the process that runs a call knows it: a cancellation that reaches another process has no
//! effect, which MCP allows. Closing the request's connection always reaches the call.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rmcp::model::RequestId;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

type Key = (Uuid, RequestId);

#[derive(Default)]
pub(super) struct Running(Mutex<HashMap<Key, CancellationToken>>);

impl Running {
    /// Registers a call until the entry is dropped.
    pub(super) fn add(self: &Arc<Self>, session: Uuid, request: &RequestId) -> Entry {
        let key = (session, request.clone());
        let token = CancellationToken::new();
        self.lock().insert(key.clone(), token.clone());
        Entry {
            running: Arc::clone(self),
            key,
            token,
        }
    }

    /// Cancels a call, if it runs here.
    pub(super) fn cancel(&self, session: Uuid, request: RequestId) {
        if let Some(token) = self.lock().get(&(session, request)) {
            token.cancel();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, CancellationToken>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A running call.
pub(super) struct Entry {
    running: Arc<Running>,
    key: Key,
    token: CancellationToken,
}

impl Entry {
    pub(super) fn token(&self) -> CancellationToken {
        self.token.clone()
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.running.lock().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_cancelled_in_its_own_session_and_while_it_runs() {
        let running = Arc::new(Running::default());
        let (session, other) = (Uuid::new_v4(), Uuid::new_v4());
        let entry = running.add(session, &RequestId::Number(1));
        running.cancel(other, RequestId::Number(1));
        running.cancel(session, RequestId::Number(2));
        assert!(!entry.token().is_cancelled());
        running.cancel(session, RequestId::Number(1));
        assert!(entry.token().is_cancelled());
        drop(entry);
        assert!(running.lock().is_empty());
    }
}
