//! Listens for changes of other processes, which triggers announce.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::time::{sleep, timeout};

use super::error::reason;
use super::{PATIENCE, Shared};

/// The channel of the schema's triggers.
const CHANNEL: &str = "plugwright";

/// Idle time after which the connection is tested.
const QUIET: Duration = Duration::from_secs(5);

const PAUSE: Duration = Duration::from_millis(250);

/// Notifies listeners of every change, and after each interruption, when changes may have been
/// missed.
pub(super) async fn listen(shared: Arc<Shared>) {
    let mut missing = false;
    loop {
        let Err(reason) = session(&shared, &mut missing).await;
        if !std::mem::replace(&mut missing, true) {
            tracing::warn!(
                reason,
                "changes by other processes are noticed late until the database responds"
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
        // Dropping a listener sends `UNLISTEN` and waits for the response, forever if the server is
        // gone. With a pool of its own, that blocks nobody.
        let own = PgPoolOptions::new()
            .max_connections(1)
            .max_lifetime(None)
            .idle_timeout(None)
            .connect_lazy_with((*shared.service.connect_options()).clone());
        let mut listener = PgListener::connect_with(&own).await?;
        // Lost connections must be noticed, not replaced silently.
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        Ok(listener)
    };
    let mut listener = timeout(PATIENCE, opening)
        .await
        .map_err(|_| "it does not respond".to_owned())?
        .map_err(said)?;
    // Earlier changes may have been missed.
    shared.changed();
    if std::mem::take(missing) {
        tracing::info!("change notifications resumed");
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
                    .map_err(|_| "it does not respond".to_owned())?
                    .map_err(said)?;
            }
        }
    }
}
