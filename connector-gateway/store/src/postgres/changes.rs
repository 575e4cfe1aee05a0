//! What other processes change: triggers tell of it, and this listens.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::time::{sleep, timeout};

use super::error::reason;
use super::{PATIENCE, Shared};

/// The channel on which the triggers of the schema tell.
const CHANNEL: &str = "plugwright";

/// After this long without a word the connection is tried.
const QUIET: Duration = Duration::from_secs(5);

/// How long to wait before another connection is opened.
const PAUSE: Duration = Duration::from_millis(250);

/// Tells listeners of every change, and that there may have been one whenever nobody listened.
pub(super) async fn listen(shared: Arc<Shared>) {
    let mut missing = false;
    loop {
        let Err(reason) = session(&shared, &mut missing).await;
        if !std::mem::replace(&mut missing, true) {
            tracing::warn!(
                reason,
                "changes by other processes are heard of late until the database answers"
            );
        }
        shared.changed();
        sleep(PAUSE).await;
    }
}

/// Listens until that fails.
async fn session(shared: &Shared, missing: &mut bool) -> Result<Infallible, String> {
    let said = |error: sqlx::Error| reason(&error);
    let opening = async {
        // A listener that ends asks its connection to be quiet, and would wait without end for a
        // machine that is gone. In a pool of its own it holds nobody up.
        let own = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with((*shared.service.connect_options()).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        // A lost connection is to be known, not hidden.
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        Ok(listener)
    };
    let mut listener = timeout(PATIENCE, opening)
        .await
        .map_err(|_| "it does not answer".to_owned())?
        .map_err(said)?;
    // What changed before was not told.
    shared.changed();
    if std::mem::take(missing) {
        tracing::info!("changes by other processes are heard of at once again");
    }
    loop {
        match timeout(QUIET, listener.try_recv()).await {
            Ok(Ok(Some(_))) => shared.changed(),
            Ok(Ok(None)) => return Err("the connection was lost".to_owned()),
            Ok(Err(error)) => return Err(said(error)),
            Err(_) => {
                let question = sqlx::query("SELECT 1").execute(&mut listener);
                timeout(PATIENCE, question)
                    .await
                    .map_err(|_| "it does not answer".to_owned())?
                    .map_err(said)?;
            }
        }
    }
}
