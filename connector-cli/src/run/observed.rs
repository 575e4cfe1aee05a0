//! Seeing what passes through a transport.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use plugwright_sdk::transport::{Request, Response, Transport, TransportError};

/// Counts the requests and answers of another transport.
pub(super) struct Observed {
    inner: Box<dyn Transport>,
    sent: AtomicUsize,
    answered: AtomicUsize,
    unrecorded: AtomicBool,
}

impl Observed {
    pub(super) fn new(inner: impl Transport + 'static) -> Arc<Self> {
        Arc::new(Self {
            inner: Box::new(inner),
            sent: AtomicUsize::new(0),
            answered: AtomicUsize::new(0),
            unrecorded: AtomicBool::new(false),
        })
    }

    /// Returns how many requests were made.
    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// Returns how many answers came.
    pub(super) fn answered(&self) -> usize {
        self.answered.load(Ordering::Relaxed)
    }

    /// Tells whether a request was made that nobody recorded.
    pub(super) fn missed(&self) -> bool {
        self.unrecorded.load(Ordering::Relaxed)
    }
}

#[async_trait::async_trait]
impl Transport for Observed {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let answer = self.inner.send(request).await;
        match &answer {
            Ok(_) => drop(self.answered.fetch_add(1, Ordering::Relaxed)),
            Err(TransportError::NotRecorded(_)) => self.unrecorded.store(true, Ordering::Relaxed),
            Err(_) => {}
        }
        answer
    }
}
