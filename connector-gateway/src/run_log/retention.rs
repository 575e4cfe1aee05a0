//! Forgetting old records.

use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use tokio::time::{Instant, sleep_until};

use super::query::first_id;
use crate::time::Timestamp;

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
    /// How many of the oldest are still to go because there were too many.
    surplus: Option<u64>,
}

impl Retention {
    pub(super) fn new(period: Duration, most: u64) -> Self {
        Self {
            period,
            most,
            next: Instant::now(),
            surplus: None,
        }
    }

    /// Waits until there is something to do.
    pub(super) async fn due(&self) {
        sleep_until(self.next).await;
    }

    /// Deletes some of what is too old or too much, and sets the time of the next step.
    pub(super) async fn step(&mut self, file: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        // If this fails, the next round begins anew.
        self.next = Instant::now() + INTERVAL;
        let surplus = self.surplus.take();
        let before = Timestamp::now().before(self.period);
        let old = sqlx::query(
            "DELETE FROM runs WHERE id IN (SELECT id FROM runs WHERE id < ? ORDER BY id LIMIT ?)",
        )
        .bind(first_id(before.as_millis()))
        .bind(STEP)
        .execute(&mut *file)
        .await?
        .rows_affected();
        if old == u64::from(STEP) {
            self.next = Instant::now() + PAUSE;
            return Ok(());
        }
        let surplus = match surplus {
            Some(surplus) => surplus,
            None => {
                let all: i64 = sqlx::query_scalar("SELECT count(*) FROM runs")
                    .fetch_one(&mut *file)
                    .await?;
                all.unsigned_abs().saturating_sub(self.most)
            }
        };
        let now = u32::try_from(surplus).unwrap_or(STEP).min(STEP);
        if now > 0 {
            sqlx::query("DELETE FROM runs WHERE id IN (SELECT id FROM runs ORDER BY id LIMIT ?)")
                .bind(now)
                .execute(&mut *file)
                .await?;
            self.surplus = Some(surplus - u64::from(now)).filter(|rest| *rest > 0);
            if self.surplus.is_some() {
                self.next = Instant::now() + PAUSE;
            }
        }
        Ok(())
    }
}
