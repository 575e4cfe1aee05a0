//! The run log: one record for each call, in a file of its own or in the shared database.
//!
//! Calls only hand over their record. One task writes records every 40 ms or as soon as 1,024 are
//! waiting, so that a crash loses at most the last 50 ms. While writing fails, records wait in a
//! bounded queue and are then dropped and counted; no call fails or waits.

mod query;
mod record;
mod redact;
mod retention;
mod row;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use plugwright_store::run_log::RunReader;
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use plugwright_store::run_log::{OutcomeFilter, RunDatabase, RunFilter, RunLogError};
pub use query::{LARGEST_PAGE, PAGE, RunPage};
pub use record::{EndUser, Payload, RunOutcome, RunRecord, StageTimes};
pub use row::{RunEntry, RunPayload};
use writer::{Entry, Message, Writer};

/// Most waiting records; at full load that is more than a second.
const QUEUE: usize = 32_768;

/// Most bytes of waiting payloads, as JSON.
const WAITING_PAYLOADS: usize = 16 << 20;

/// Settings of the run log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLogSettings {
    /// Whether to keep input and output, with secrets redacted.
    pub payloads: bool,
    /// Most bytes of an input and of an output; more is cut.
    pub payload_cap: usize,
    /// How long records are kept.
    pub retention: Duration,
    /// Most records; the oldest are deleted first.
    pub most: u64,
}

impl Default for RunLogSettings {
    fn default() -> Self {
        Self {
            payloads: false,
            payload_cap: 16 << 10,
            retention: Duration::from_hours(30 * 24),
            most: 1_000_000,
        }
    }
}

/// The run log.
#[derive(Debug)]
pub struct RunLog {
    settings: RunLogSettings,
    open: Option<Open>,
    counters: Arc<Counters>,
}

#[derive(Debug)]
struct Open {
    queue: mpsc::Sender<Message>,
    wake: Arc<Notify>,
    closing: CancellationToken,
    finished: CancellationToken,
    readers: Box<dyn RunReader>,
}

/// Counters of the writer and of those who hand over records.
#[derive(Debug, Default)]
struct Counters {
    dropped: AtomicU64,
    waiting_payloads: AtomicUsize,
}

impl RunLog {
    /// Opens a table, which may contain records of other processes.
    pub fn start(database: RunDatabase, settings: RunLogSettings) -> Self {
        let counters = Arc::new(Counters::default());
        let (queue, waiting) = mpsc::channel(QUEUE);
        let wake = Arc::new(Notify::new());
        let closing = CancellationToken::new();
        let writer = Writer::new(
            database.table,
            settings.clone(),
            Arc::clone(&counters),
            Arc::clone(&wake),
            closing.clone(),
        );
        let finished = CancellationToken::new();
        let end = finished.clone().drop_guard();
        tokio::spawn(async move {
            let _end = end;
            writer.run(waiting).await;
        });
        Self {
            settings,
            open: Some(Open {
                queue,
                wake,
                closing,
                finished,
                readers: database.reader,
            }),
            counters,
        }
    }

    /// Creates a log that keeps nothing.
    pub fn disabled() -> Self {
        Self {
            settings: RunLogSettings::default(),
            open: None,
            counters: Arc::default(),
        }
    }

    /// Returns whether records should contain a payload.
    pub fn keeps_payloads(&self) -> bool {
        self.open.is_some() && self.settings.payloads
    }

    /// Takes a record without waiting; if too many are waiting, it is dropped and counted.
    pub fn record(&self, mut record: RunRecord) {
        let Some(open) = &self.open else { return };
        let payload = record.payload.take();
        let mut entry = Entry::new(record);
        if let Some(payload) = payload
            && self.settings.payloads
        {
            let size = entry.payload_size();
            let waiting = &self.counters.waiting_payloads;
            if waiting.fetch_add(size, Ordering::Relaxed) + size <= WAITING_PAYLOADS {
                entry.payload = Some(payload);
            } else {
                waiting.fetch_sub(size, Ordering::Relaxed);
                entry.payload_omitted = true;
            }
        }
        match open.queue.try_send(Message::Record(entry)) {
            Ok(()) => {
                // Two concurrent pushes may both miss the exact number; then the timer writes.
                if open.queue.max_capacity() - open.queue.capacity() == writer::BATCH {
                    open.wake.notify_one();
                }
            }
            Err(
                mpsc::error::TrySendError::Full(Message::Record(entry))
                | mpsc::error::TrySendError::Closed(Message::Record(entry)),
            ) => self.counters.forget(&entry),
            Err(_) => {}
        }
    }

    /// Returns the records that match a filter, newest first.
    ///
    /// # Errors
    ///
    /// [`RunLogError::Cursor`] and [`RunLogError::Unavailable`].
    pub async fn find(&self, filter: &RunFilter) -> Result<RunPage, RunLogError> {
        match &self.open {
            Some(open) => query::find(&*open.readers, filter).await,
            None => Ok(RunPage::default()),
        }
    }

    /// Returns one record, with its payload if there is one.
    ///
    /// # Errors
    ///
    /// [`RunLogError::Unavailable`].
    pub async fn run(&self, id: Uuid) -> Result<Option<RunEntry>, RunLogError> {
        match &self.open {
            Some(open) => {
                let found = open.readers.run(id).await?;
                let entry = found.map(row::entry).transpose();
                entry.map_err(RunLogError::Unavailable)
            }
            None => Ok(None),
        }
    }

    /// Waits until all earlier records are written.
    pub async fn flush(&self) {
        let Some(open) = &self.open else { return };
        let (done, written) = oneshot::channel();
        if open.queue.send(Message::Flush(done)).await.is_ok() {
            open.wake.notify_one();
            // An error means that the writer has ended, after writing everything.
            let _ = written.await;
        }
    }

    /// Writes pending records and closes the file, within five seconds.
    pub async fn close(&self) {
        let Some(open) = &self.open else { return };
        open.closing.cancel();
        open.finished.cancelled().await;
        open.readers.close().await;
    }

    /// Returns how many records were dropped since the start.
    pub fn dropped(&self) -> u64 {
        self.counters.dropped()
    }

    /// Returns how many records are waiting.
    pub fn waiting(&self) -> usize {
        self.open
            .as_ref()
            .map_or(0, |open| open.queue.max_capacity() - open.queue.capacity())
    }
}

impl Counters {
    /// Counts a record that will not be written.
    fn forget(&self, entry: &Entry) {
        self.drop_more(1);
        self.release(entry);
    }

    fn drop_more(&self, records: u64) {
        self.dropped.fetch_add(records, Ordering::Relaxed);
    }

    fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn release(&self, entry: &Entry) {
        if entry.payload.is_some() {
            self.waiting_payloads
                .fetch_sub(entry.payload_size(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
