//! The task that writes records.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::record::{Payload, RunOutcome, RunRecord};
use super::retention::Retention;
use super::{Counters, RunLogSettings, row};
use plugwright_store::run_log::{LARGEST_INSERT, RunRow, RunTable, WriteError};

/// How many records are written without waiting for the timer.
pub(super) const BATCH: usize = LARGEST_INSERT;
/// Size of a batch after an error: on a full disk, a few may fit.
const FEW: usize = 64;
/// How long a record waits for others; writing takes the rest of the 50 ms.
const WINDOW: Duration = Duration::from_millis(40);
/// Pause after the file could not be written.
const REST: Duration = Duration::from_millis(200);
/// How long closing the log may take.
const CLOSING: Duration = Duration::from_secs(5);
/// Interval of logged errors.
const COMPLAINT: Duration = Duration::from_mins(1);

#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all messages are records, and a box would cost each of them an allocation"
)]
pub(super) enum Message {
    Record(Entry),
    /// Reports when all earlier records are written.
    Flush(oneshot::Sender<()>),
}

impl Message {
    fn is_flush(&self) -> bool {
        matches!(self, Self::Flush(_))
    }
}

/// A waiting record.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) record: RunRecord,
    pub(super) payload: Option<Box<Payload>>,
    pub(super) payload_omitted: bool,
}

impl Entry {
    pub(super) fn new(record: RunRecord) -> Self {
        Self {
            record,
            payload: None,
            payload_omitted: false,
        }
    }

    pub(super) fn payload_size(&self) -> usize {
        let size = self.record.bytes_in.saturating_add(self.record.bytes_out);
        // Far above the limit, but a sum of many can't overflow.
        usize::try_from(size).unwrap_or(usize::MAX).min(1 << 40)
    }
}

pub(super) struct Writer {
    table: Box<dyn RunTable>,
    settings: RunLogSettings,
    counters: Arc<Counters>,
    wake: Arc<Notify>,
    closing: CancellationToken,
    retention: Retention,
    /// When closing gives up.
    last_try: Option<Instant>,
    complaints: Complaints,
}

impl Writer {
    pub(super) fn new(
        table: Box<dyn RunTable>,
        settings: RunLogSettings,
        counters: Arc<Counters>,
        wake: Arc<Notify>,
        closing: CancellationToken,
    ) -> Self {
        Self {
            retention: Retention::new(settings.retention, settings.most),
            table,
            settings,
            counters,
            wake,
            closing,
            last_try: None,
            complaints: Complaints::default(),
        }
    }

    /// Writes until the log is closed or nobody can record any more.
    pub(super) async fn run(mut self, mut waiting: mpsc::Receiver<Message>) {
        let mut messages = Vec::with_capacity(BATCH);
        loop {
            tokio::select! {
                biased;
                () = self.closing.cancelled() => break,
                taken = waiting.recv_many(&mut messages, BATCH) => if taken == 0 { break },
                () = self.retention.due() => {
                    if let Err(error) = self.retention.step(&mut *self.table).await {
                        self.complaints.file(&error);
                    }
                    continue;
                }
            }
            if messages.len() < BATCH && !messages.iter().any(Message::is_flush) {
                self.wait_for_more().await;
                while messages.len() < BATCH
                    && let Ok(message) = waiting.try_recv()
                {
                    messages.push(message);
                }
            }
            self.write(&mut messages).await;
        }
        waiting.close();
        while waiting.recv_many(&mut messages, BATCH).await > 0 {
            self.write(&mut messages).await;
        }
        if let Err(error) = self.table.close().await {
            tracing::warn!(%error, "the run log was not closed cleanly");
        }
    }

    async fn wait_for_more(&self) {
        tokio::select! {
            () = sleep(WINDOW) => {}
            () = self.wake.notified() => {}
            () = self.closing.cancelled() => {}
        }
    }

    async fn write(&mut self, messages: &mut Vec<Message>) {
        let mut entries = Vec::with_capacity(messages.len());
        let mut flushes = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Record(entry) => entries.push(entry),
                Message::Flush(done) => flushes.push(done),
            }
        }
        let dropped = self.persist(&entries).await;
        self.counters.drop_more(dropped);
        for entry in &entries {
            self.counters.release(entry);
        }
        for done in flushes {
            // The receiver may have stopped waiting.
            let _ = done.send(());
        }
        self.complaints.drops(self.counters.dropped());
    }

    /// Inserts records, retrying as long as that may help. Returns how many were dropped.
    async fn persist(&mut self, entries: &[Entry]) -> u64 {
        let (mut rest, mut dropped) = (entries, 0);
        if self.has_given_up() {
            // Each retry could wait for a lock once more.
            return rest.len() as u64;
        }
        let mut portion = rest.len();
        // Whether the failed batch may have been written, with only the confirmation lost.
        let mut in_doubt = false;
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(portion.min(rest.len()));
            match self.insert(chunk).await {
                Ok(written) => {
                    if !std::mem::take(&mut in_doubt) {
                        dropped += chunk.len() as u64 - written;
                    }
                    rest = after;
                }
                Err(error) if error.is_transient => {
                    self.complaints.file(&error);
                    in_doubt = true;
                    portion = FEW;
                    if !self.rest().await {
                        return dropped + rest.len() as u64;
                    }
                }
                Err(error) => {
                    self.complaints.file(&error);
                    dropped += chunk.len() as u64;
                    rest = after;
                }
            }
        }
        dropped
    }

    async fn insert(&mut self, entries: &[Entry]) -> Result<u64, WriteError> {
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let record = &entry.record;
            let payload = match &entry.payload {
                Some(payload) => {
                    // A long walk over values must not block the calls on this thread.
                    tokio::task::yield_now().await;
                    Some(row::payload(payload, self.settings.payload_cap))
                }
                None => entry.payload_omitted.then(|| row::OMITTED.to_owned()),
            };
            rows.push(RunRow {
                id: record.id,
                started_at: record.started_at,
                principal: Cow::Borrowed(&record.principal),
                connector: record.connector.as_deref().map(Cow::Borrowed),
                action: record.action.as_deref().map(Cow::Borrowed),
                connection: record.connection,
                code: match &record.outcome {
                    RunOutcome::Ok => None,
                    RunOutcome::Error { code, .. } => Some(Cow::Borrowed(code.as_str())),
                },
                details: row::details(record),
                payload,
            });
        }
        self.table.insert(rows).await
    }

    fn has_given_up(&self) -> bool {
        self.last_try.is_some_and(|last| Instant::now() >= last)
    }

    /// Waits before a retry; returns whether there is one.
    async fn rest(&mut self) -> bool {
        if self.closing.is_cancelled() {
            self.last_try
                .get_or_insert_with(|| Instant::now() + CLOSING);
            if self.has_given_up() {
                return false;
            }
            sleep(REST).await;
        } else {
            tokio::select! {
                () = sleep(REST) => {}
                () = self.closing.cancelled() => {}
            }
        }
        true
    }
}

#[derive(Default)]
struct Complaints {
    file: Option<Instant>,
    drops: Option<Instant>,
    told: u64,
}

impl Complaints {
    fn file(&mut self, error: &WriteError) {
        if is_due(&mut self.file) {
            tracing::error!(error = %error, "the run log can't be written; records wait");
        }
    }

    fn drops(&mut self, dropped: u64) {
        if dropped > self.told && is_due(&mut self.drops) {
            let now = dropped - self.told;
            tracing::error!(
                dropped = now,
                total = dropped,
                "records of the run log were dropped"
            );
            self.told = dropped;
        }
    }
}

fn is_due(last: &mut Option<Instant>) -> bool {
    let due = last.is_none_or(|last| last.elapsed() >= COMPLAINT);
    if due {
        *last = Some(Instant::now());
    }
    due
}
