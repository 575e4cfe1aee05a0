//! The processes that run on the store.
//!
//! Each sends a heartbeat every two seconds, by the server's clock. After ten seconds without one,
//! a process counts as ended: its claims are lost, or taken over if they may be repeated. A process
//! that was merely cut off or suspended keeps what nobody took over.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::error::{reason, store_error};
use super::{PATIENCE, PostgresStore, Shared, claims, lock};
use crate::{ChangeListener, ProcessStore, StoreError, Timestamp};

const BEAT: Duration = Duration::from_secs(2);

/// Registers this process as running.
pub(super) async fn appear(shared: &Shared) -> Result<(), sqlx::Error> {
    let keys = lock(&shared.keys).clone();
    let here = Timestamp::now();
    let seen_at: i64 = sqlx::query_scalar(
        "INSERT INTO processes (instance, keys, seen_at) VALUES ($1, $2, clock_timestamp())
         ON CONFLICT (instance) DO UPDATE SET keys = excluded.keys, seen_at = excluded.seen_at
         RETURNING (extract(epoch FROM seen_at) * 1000)::BIGINT",
    )
    .bind(shared.instance)
    .bind(keys)
    .fetch_one(&shared.service)
    .await?;
    shared.clock.set(Timestamp::from_millis(seen_at), here);
    Ok(())
}

/// Deletes the heartbeats of processes that ended long ago.
pub(super) async fn forget_ended(shared: &Shared) -> Result<(), sqlx::Error> {
    let delete = "DELETE FROM processes WHERE seen_at < clock_timestamp() - interval '1 day'";
    let done = sqlx::query(delete).execute(&shared.service).await;
    done.map(drop)
}

pub(super) async fn stay(shared: Arc<Shared>) {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut missing = false;
    loop {
        beat.tick().await;
        let marked = match timeout(PATIENCE, appear(&shared)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(reason(&error)),
            Err(_) => Err("it does not respond".to_owned()),
        };
        match marked {
            Ok(()) => {
                if std::mem::take(&mut missing) {
                    tracing::info!("the database responds again");
                }
                claims::clean_up(&shared).await;
            }
            Err(reason) => {
                if !std::mem::replace(&mut missing, true) {
                    tracing::warn!(reason, "the database does not respond");
                }
            }
        }
    }
}

#[async_trait]
impl ProcessStore for PostgresStore {
    fn on_change(&self, listener: ChangeListener) {
        lock(&self.shared.listeners).push(listener);
    }

    async fn announce_keys(&self, ids: &[String]) -> Result<(), StoreError> {
        self.within(async {
            *lock(&self.shared.keys) = ids.to_vec();
            appear(&self.shared).await.map_err(store_error)
        })
        .await
    }

    /// A process without an announced key is about to announce one, and looks itself then.
    async fn processes_without_key(&self, id: &str) -> Result<u64, StoreError> {
        let count = sqlx::query_scalar(
            "SELECT count(*) FROM processes
             WHERE instance <> $1 AND keys <> '{}' AND NOT $2 = ANY (keys)
               AND seen_at > clock_timestamp() - interval '10 seconds'",
        )
        .bind(self.shared.instance)
        .bind(id);
        self.within(async {
            let count: i64 = count.fetch_one(self.pool()).await.map_err(store_error)?;
            Ok(count.unsigned_abs())
        })
        .await
    }
}

/// Reports that this process ends. Its running claims are lost from now on.
pub(super) async fn leave(shared: &Shared) {
    let gone = sqlx::query("DELETE FROM processes WHERE instance = $1")
        .bind(shared.instance)
        .execute(&shared.service);
    // Others find out themselves after some seconds.
    let _ = timeout(BEAT, gone).await;
}
