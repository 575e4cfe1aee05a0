//! What the store of the gateways holds, read beside them.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{PgPool, SqlitePool};

/// Notes each connection that has to be connected again, each time that it comes to that.
const SQLITE_WATCH: &str = "
    CREATE TABLE watched (name TEXT NOT NULL);
    CREATE TRIGGER watch AFTER UPDATE OF status ON connections
      WHEN OLD.status <> NEW.status AND NEW.status = 'reauth_required'
      BEGIN INSERT INTO watched VALUES (NEW.name); END";
const POSTGRES_WATCH: &str = "
    CREATE TABLE public.watched (name TEXT NOT NULL);
    CREATE FUNCTION public.watch() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.watched VALUES (NEW.name); RETURN NULL; END $$;
    CREATE TRIGGER watch AFTER UPDATE OF status ON plugwright.connections FOR EACH ROW
      WHEN (OLD.status <> NEW.status AND NEW.status = 'reauth_required')
      EXECUTE FUNCTION public.watch()";

/// A connection as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// Grows with each other credential, from 1 on.
    pub(crate) version: usize,
    pub(crate) active: bool,
    /// Until when the credential is used.
    pub(crate) until: SystemTime,
}

/// The database.
pub(crate) enum Database {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Database {
    pub(crate) async fn sqlite(file: &Path) -> Self {
        let options = SqliteConnectOptions::new().filename(file);
        let pool = SqlitePool::connect_with(options).await;
        let pool = pool.expect("the database is there");
        let done = sqlx::raw_sql(SQLITE_WATCH).execute(&pool).await;
        done.expect("it is watched");
        Self::Sqlite(pool)
    }

    pub(crate) async fn postgres(url: &str) -> Self {
        let pool = PgPool::connect(url).await.expect("the database is there");
        let done = sqlx::raw_sql(POSTGRES_WATCH).execute(&pool).await;
        done.expect("it is watched");
        Self::Postgres(pool)
    }

    /// Returns all connections by name.
    pub(crate) async fn connections(&self) -> BTreeMap<String, Stored> {
        type Row = (String, i64, String, i64);
        let rows: Result<Vec<Row>, _> = match self {
            Self::Sqlite(pool) => {
                let read = "SELECT name, credential_version, status, expires_at FROM connections";
                sqlx::query_as(read).fetch_all(pool).await
            }
            Self::Postgres(pool) => {
                let read = "SELECT name, credential_version, status, expires_at
                            FROM plugwright.connections";
                sqlx::query_as(read).fetch_all(pool).await
            }
        };
        let rows = rows.expect("the database answers").into_iter();
        rows.map(|(name, version, status, until)| {
            let version = usize::try_from(version).expect("a version");
            let active = status == "active";
            let until = Duration::from_millis(u64::try_from(until).expect("a time"));
            let stored = Stored {
                version,
                active,
                until: UNIX_EPOCH + until,
            };
            (name, stored)
        })
        .collect()
    }

    /// Returns a connection.
    pub(crate) async fn connection(&self, name: &str) -> Stored {
        let mut all = self.connections().await;
        all.remove(name).expect("the account is connected")
    }

    /// Returns the names of those that had to be connected again, one for each time.
    pub(crate) async fn watched(&self) -> Vec<String> {
        let names: Result<Vec<String>, _> = match self {
            Self::Sqlite(pool) => {
                let read = "SELECT name FROM watched";
                sqlx::query_scalar(read).fetch_all(pool).await
            }
            Self::Postgres(pool) => {
                let read = "SELECT name FROM public.watched";
                sqlx::query_scalar(read).fetch_all(pool).await
            }
        };
        names.expect("the database answers")
    }
}
