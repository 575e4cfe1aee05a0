//! Opens a database with an existing schema.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection as _};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use super::error::{code, message, sqlstate};
use super::{PostgresStore, Shared, changes, migrate, presence};
use crate::DatabaseUrl;
use crate::claims::ClaimCounts;

/// A PostgreSQL database can't be used; `database` is its URL without the password.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
#[expect(missing_docs, reason = "the messages name the fields")]
pub enum PostgresError {
    /// It can't be reached, or rejects the role.
    #[error("the database {database} can't be reached: {reason}")]
    Unreachable { database: String, reason: String },
    /// There is no schema.
    #[error(
        "the database {0} is empty; run `plugwright migrate --database-url URL` with a role that can create tables"
    )]
    Empty(String),
    /// The schema is of an older version.
    #[error(
        "the database {database} has schema {found}, and this version needs {known}; run `plugwright migrate --database-url URL` with a role that can alter tables"
    )]
    Older {
        database: String,
        found: i64,
        known: i64,
    },
    /// The schema is of a newer version.
    #[error(
        "the database {database} was migrated by a newer version (schema {found}, this one knows {known}); start that version or restore a backup"
    )]
    Newer {
        database: String,
        found: i64,
        known: i64,
    },
    /// The role lacks a privilege.
    #[error(
        "the role of {database} lacks a privilege: {reason}; run as the role that owns the tables, `plugwright migrate --grant-to ROLE` grants what `serve` needs"
    )]
    NotAllowed { database: String, reason: String },
    /// An operation failed.
    #[error("the database {database} failed: {reason}")]
    Failed { database: String, reason: String },
}

/// The schema of all tables.
pub(super) const SCHEMA: &str = "plugwright";

/// How long a call waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(3);

/// A connection that was idle for longer is tested before use.
const TRUSTED: Duration = Duration::from_secs(1);

/// Timeout of that test.
const TRIAL: Duration = Duration::from_secs(1);

/// One for the heartbeat and one to spare while it is replaced. The listener has another.
const SERVICE: u32 = 2;

/// Returns the options of connections. The server's timeouts prevent a lock from blocking everyone.
pub(crate) fn options(url: &DatabaseUrl, purpose: &str) -> Result<PgConnectOptions, PostgresError> {
    let options: PgConnectOptions =
        url.expose()
            .parse()
            .map_err(|error: sqlx::Error| PostgresError::Unreachable {
                database: url.to_string(),
                reason: message(&error),
            })?;
    Ok(options
        .application_name(&format!("plugwright {purpose}"))
        .options([("search_path", SCHEMA)])
        .disable_statement_logging())
}

fn bounded(options: PgConnectOptions) -> PgConnectOptions {
    options.options([
        ("statement_timeout", "5s"),
        ("lock_timeout", "3s"),
        ("idle_in_transaction_session_timeout", "10s"),
    ])
}

/// Creates a pool that connects on demand.
pub(crate) fn pool(url: &DatabaseUrl, purpose: &str, most: u32) -> Result<PgPool, PostgresError> {
    let pool = PgPoolOptions::new()
        .max_connections(most)
        .acquire_timeout(ACQUIRE)
        .idle_timeout(Duration::from_mins(5))
        .max_lifetime(Duration::from_mins(30))
        .test_before_acquire(false)
        .before_acquire(|connection, idle| {
            Box::pin(async move {
                if idle.idle_for > TRUSTED {
                    try_out(connection).await?;
                }
                Ok(true)
            })
        })
        // An abandoned transaction must not last until the system notices that its client is gone.
        .after_release(|connection, _| {
            Box::pin(async move { try_out(connection).await.map(|()| true) })
        });
    Ok(pool.connect_lazy_with(bounded(options(url, purpose)?)))
}

async fn try_out(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    match timeout(TRIAL, connection.ping()).await {
        Ok(answer) => answer,
        Err(_) => Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

impl PostgresStore {
    /// Opens a database that [`migrate`](crate::migrate_postgres) has prepared, with at most this
    /// many connections for calls and three more for itself. From then on, this process counts as
    /// running until it closes the store or has sent no heartbeat for ten seconds.
    ///
    /// # Errors
    ///
    /// If the database can't be reached, its schema has another version, or the role may not use
    /// it.
    pub async fn connect(url: &DatabaseUrl, connections: u32) -> Result<Self, PostgresError> {
        let pool = pool(url, "calls", connections)?;
        check(&pool, url).await?;
        let shared = Arc::new(Shared {
            pool,
            service: self::pool(url, "service", SERVICE)?,
            instance: Uuid::new_v4(),
            clock: super::clock::Clock::default(),
            listeners: Mutex::default(),
            keys: Mutex::default(),
            claim_counts: ClaimCounts::default(),
            leftovers: Mutex::default(),
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        let failed = |error: sqlx::Error| translate(&error, url);
        presence::appear(&shared).await.map_err(failed)?;
        presence::forget_ended(&shared).await.map_err(failed)?;
        let closing = shared.closing.clone();
        let listening = changes::listen(Arc::clone(&shared));
        let staying = presence::stay(Arc::clone(&shared));
        shared
            .tasks
            .spawn(closing.clone().run_until_cancelled_owned(listening));
        shared
            .tasks
            .spawn(closing.clone().run_until_cancelled_owned(staying));
        Ok(Self {
            shared,
            _end: Arc::new(closing.drop_guard()),
        })
    }
}

async fn check(pool: &PgPool, url: &DatabaseUrl) -> Result<(), PostgresError> {
    let database = || url.to_string();
    let mut connection = pool
        .acquire()
        .await
        .map_err(|error| translate(&error, url))?;
    let found = migrate::schema(&mut connection)
        .await
        .map_err(|error| translate(&error, url))?;
    let known = migrate::known();
    match found {
        None => Err(PostgresError::Empty(database())),
        Some(found) if found < known => Err(PostgresError::Older {
            database: database(),
            found,
            known,
        }),
        Some(found) if found > known => Err(PostgresError::Newer {
            database: database(),
            found,
            known,
        }),
        Some(_) => Ok(()),
    }
}

pub(super) fn translate(error: &sqlx::Error, url: &DatabaseUrl) -> PostgresError {
    let (database, reason) = (url.to_string(), message(error));
    match sqlstate(error).as_deref() {
        Some(code::NOT_ALLOWED) => PostgresError::NotAllowed { database, reason },
        // Class 28 is authentication and authorization, 3D000 a database that does not exist.
        Some(said) if !said.starts_with("28") && !said.starts_with("57P") && said != "3D000" => {
            PostgresError::Failed { database, reason }
        }
        _ => PostgresError::Unreachable { database, reason },
    }
}

#[cfg(test)]
mod tests;
