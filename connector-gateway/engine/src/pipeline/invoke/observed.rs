//! Counts what passes through a transport.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use plugwright_egress::{CallUsage, may_have_acted};
use plugwright_sdk::transport::{Request, Response, Transport, TransportError};

/// Counts the requests and responses of another transport.
pub(super) struct Observed {
    inner: Arc<dyn Transport>,
    requests: AtomicU32,
    answers: AtomicU32,
    acted: AtomicBool,
}

impl Observed {
    pub(super) fn new(inner: Arc<dyn Transport>) -> Self {
        Self {
            inner,
            requests: AtomicU32::new(0),
            answers: AtomicU32::new(0),
            acted: AtomicBool::new(false),
        }
    }

    pub(super) fn usage(&self) -> CallUsage {
        let requests = self.requests.load(Ordering::Relaxed);
        CallUsage {
            sent: requests > 0,
            acted: self.acted.load(Ordering::Acquire),
            attempts: requests,
            answers: self.answers.load(Ordering::Relaxed),
            ..CallUsage::default()
        }
    }
}

#[async_trait::async_trait]
impl Transport for Observed {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let answer = self.inner.send(request).await;
        if may_have_acted(
            &request.method,
            &answer.as_ref().map(|answer| answer.status),
        ) {
            self.acted.store(true, Ordering::Release);
        }
        let answer = answer?;
        self.answers.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }
}
