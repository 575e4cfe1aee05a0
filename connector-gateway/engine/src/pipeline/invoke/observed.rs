//! Counting what passes through a transport.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use plugwright_egress::{may_have_acted, was_refused};
use plugwright_sdk::transport::{Meaning, Request, Response, Transport, TransportError};

/// Counts the requests and answers of another transport.
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

    /// Returns how many requests were made.
    pub(super) fn requests(&self) -> u32 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Returns whether a request may have changed something.
    pub(super) fn acted(&self) -> bool {
        self.acted.load(Ordering::Acquire) > 0
    }

    /// Returns how many answers came.
    pub(super) fn answers(&self) -> u32 {
        self.answers.load(Ordering::Relaxed)
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
