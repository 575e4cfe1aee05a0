//! The transport of a recording.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use plugwright_sdk::cassette::Exchange;
use plugwright_sdk::host::Redactor;
use plugwright_sdk::transport::{
    Live, Meaning, Record, Request, Response, Transport, TransportError,
};

/// Records live traffic and counts all requests, including those without a response.
pub(super) struct Tape {
    record: Record<Live>,
    sent: AtomicUsize,
}

impl Tape {
    pub(super) fn new(live: Live, redactor: Redactor) -> Self {
        Self {
            record: Record::new(live, redactor),
            sent: AtomicUsize::new(0),
        }
    }

    pub(super) fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    pub(super) fn exchanges(&self) -> Vec<Exchange> {
        self.record.exchanges()
    }
}

#[async_trait::async_trait]
impl Transport for Tape {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        self.record.send(request).await
    }

    fn learn(&self, request: &Request, meaning: &Meaning) -> Option<Duration> {
        self.record.learn(request, meaning)
    }
}
