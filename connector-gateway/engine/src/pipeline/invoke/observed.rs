//! Counts what passes through a transport.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use plugwright_egress::{CallUsage, may_have_acted, was_refused};
use plugwright_sdk::transport::{Meaning, Request, Response, Transport, TransportError};

/// Counts the requests and responses of another transport.
pub(super) struct Observed {
    inner: Arc<dyn Transport>,
    requests: AtomicU32,
    answers: AtomicU32,
    acted: AtomicU32,
}

impl Observed {
    pub(super) fn new(inner: Arc<dyn Transport>) -> Self {
        Self {
            inner,
            requests: AtomicU32::new(0),
            answers: AtomicU32::new(0),
            acted: AtomicU32::new(0),
        }
    }

    pub(super) fn usage(&self) -> CallUsage {
        let requests = self.requests.load(Ordering::Relaxed);
        CallUsage {
            sent: requests > 0,
            acted: self.acted.load(Ordering::Acquire) > 0,
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
        let end = answer.as_ref().map(|answer| answer.status);
        if may_have_acted(request, &end) {
            self.acted.fetch_add(1, Ordering::AcqRel);
        }
        let answer = answer?;
        self.answers.fetch_add(1, Ordering::Relaxed);
        Ok(answer)
    }

    fn learn(&self, request: &Request, meaning: &Meaning) -> Option<Duration> {
        if was_refused(request, meaning) {
            self.acted.fetch_sub(1, Ordering::AcqRel);
        }
        self.inner.learn(request, meaning)
    }
}
