//! Deletes old records.

use plugwright_store::Timestamp;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use plugwright_store::run_log::{RunTable, WriteError, first_id};

const INTERVAL: Duration = Duration::from_hours(1);
/// How many are deleted at once, so that new ones are not held up.
const STEP: u32 = 500;
/// Time for writing new records between deletions.
const PAUSE: Duration = Duration::from_millis(20);

pub(super) struct Retention {
    period: Duration,
    most: u64,
    next: Instant,
    /// Records with lower ids exceed the limit and are to be deleted.
    first_kept: Option<Uuid>,
}

impl Retention {
    pub(super) fn new(period: Duration, most: u64) -> Self {
        Self {
            period,
            most,
            next: Instant::now(),
            first_kept: None,
        }
    }

    pub(super) async fn due(&self) {
        sleep_until(self.next).await;
    }

    /// Deletes some of the excess records, and schedules the next step.
    pub(super) async fn step(&mut self, table: &mut dyn RunTable) -> Result<(), WriteError> {
        // If this fails, the next round starts over.
        self.next = Instant::now() + INTERVAL;
        let first_kept = self.first_kept.take();
        let before = Timestamp::now().before(self.period);
        let oldest = first_id(before);
        if table.delete_before(oldest, STEP).await? == u64::from(STEP) {
            self.next = Instant::now() + PAUSE;
            return Ok(());
        }
        let first_kept = match first_kept {
            Some(id) => Some(id),
            None => table.first_of_newest(self.most).await?,
        };
        if let Some(id) = first_kept
            && table.delete_before(id, STEP).await? == u64::from(STEP)
        {
            self.first_kept = Some(id);
            self.next = Instant::now() + PAUSE;
        }
        Ok(())
    }
}
