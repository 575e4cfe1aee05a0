//! Forgetting old records.

use plugwright_store::Timestamp;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use plugwright_store::run_log::{RunTable, Trouble, first_id};

/// How often old records are looked for.
const INTERVAL: Duration = Duration::from_hours(1);
/// How many are deleted at once, so that new ones are not held up.
const STEP: u32 = 500;
/// How long new ones are written before more old ones are deleted.
const PAUSE: Duration = Duration::from_millis(20);

/// When to forget, and what.
pub(super) struct Retention {
    period: Duration,
    most: u64,
    next: Instant,
    /// Those with a lower id are still to go, because there were too many.
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

    /// Waits until there is something to do.
    pub(super) async fn due(&self) {
        sleep_until(self.next).await;
    }

    /// Deletes some of what is too old or too much, and sets the time of the next step.
    pub(super) async fn step(&mut self, table: &mut dyn RunTable) -> Result<(), Trouble> {
        // If this fails, the next round begins anew.
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
