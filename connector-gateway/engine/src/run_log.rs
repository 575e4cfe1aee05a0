//! The run log: one record for each call, in a file of its own or in the database that many
//! processes share.
//!
//! A call hands over its record and goes on. One task writes what has come in at least every
//! 40 ms, or as soon as 1,024 records wait, so that a crash loses at most the last 50 ms. Where it
//! can't be written, records wait in a bounded queue, then are dropped and counted; no call fails
//! or waits for that.

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

/// How many records wait at most; at full load that is more than a second.
const QUEUE: usize = 32_768;

/// How many bytes of payloads wait at most, counted as JSON.
const WAITING_PAYLOADS: usize = 16 << 20;

/// How the run log is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunLogSettings {
    /// Whether input and output are kept too, with secrets replaced.
    pub payloads: bool,
    /// How many bytes of input, and as many of output, are kept of a call; more is cut.
    pub payload_cap: usize,
    /// How long records are kept.
    pub retention: Duration,
    /// How many records are kept; the oldest go first.
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

/// The log of all runs.
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

/// What the writer and those who hand over records both count.
#[derive(Debug, Default)]
struct Counters {
    dropped: AtomicU64,
    waiting_payloads: AtomicUsize,
}

impl RunLog {
    /// Starts to write into a table, which may have the records of other processes too.
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

    /// Makes a log that keeps nothing.
    pub fn disabled() -> Self {
        Self {
            settings: RunLogSettings::default(),
            open: None,
            counters: Arc::default(),
        }
    }

    /// Tells whether records are kept at all.
    pub fn is_enabled(&self) -> bool {
        self.open.is_some()
    }

    /// Tells whether a record should bring its payload.
    pub fn keeps_payloads(&self) -> bool {
        self.open.is_some() && self.settings.payloads
    }

    /// Takes a record. Never waits; if too many wait already, the record is dropped and counted.
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
                // Two who push at once may both miss the exact number; the timer is there then.
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

    /// Returns the records that a filter lets through, the newest first.
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

    /// Returns one record, with its payload if that was kept.
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

    /// Waits until all that was recorded before is written.
    pub async fn flush(&self) {
        let Some(open) = &self.open else { return };
        let (done, written) = oneshot::channel();
        if open.queue.send(Message::Flush(done)).await.is_ok() {
            open.wake.notify_one();
            // An error means that the writer has ended, and it writes everything before it does.
            let _ = written.await;
        }
    }

    /// Writes what is pending and closes the file. Gives up after five seconds, as on a full disk.
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

    /// Returns how many records wait to be written.
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

    /// Gives back the room of a payload that no longer waits.
    fn release(&self, entry: &Entry) {
        if entry.payload.is_some() {
            self.waiting_payloads
                .fetch_sub(entry.payload_size(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
