//! The statements of both databases, one file per role. They are written once and compiled for each
//! database.

/// Defines `read`, which reads a record: fields from the columns of their names, others as given.
macro_rules! reads {
    (
        $kind:expr => $type:ident { $($field:ident),* $(,)? }
        $(|$record:ident| { $($other:ident: $value:expr),* $(,)? })?
    ) => {
        fn read(row: &SqlRow) -> Result<$type, StoreError> {
            let record = Record { kind: $kind, row };
            $(let $record = &record;)?
            Ok($type {
                $($field: record.get(stringify!($field))?,)*
                $($($other: $value,)*)?
            })
        }
    };
}

pub(crate) mod claims;
mod connections;
mod ended_connections;
mod leases;
mod mcp_sessions;
mod oauth_clients;
mod organizations;
mod projects;
mod requests;
mod row;
mod sealed;
mod tokens;

use serde::Serialize;
use sqlx::Executor;
use sqlx::error::ErrorKind;

use super::error::store_error;
use super::{Change, Database, SqlRow, SqlStore, Statement, take_turn, take_turn_of};
use crate::{NameTaken, RecordKind, Store, StoreError};
use row::readable;
pub(crate) use row::{Record, is_no_text, name};

impl Store for SqlStore {}

impl SqlStore {
    async fn find<T>(
        &self,
        query: Statement<'_>,
        read: fn(&SqlRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.within(find(self.reading(), query, read)).await
    }

    /// Returns the records that a query selects, without damaged ones.
    async fn list<T>(
        &self,
        kind: RecordKind,
        query: Statement<'_>,
        read: impl Fn(&SqlRow) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        self.within(async {
            let rows = query.fetch_all(self.reading()).await;
            rows.map(|rows| readable(kind, &rows, read))
                .map_err(store_error)
        })
        .await
    }

    /// Executes one statement; returns the number of changed rows.
    pub(super) async fn execute(
        &self,
        statement: Statement<'_>,
        refused: impl FnOnce(sqlx::Error) -> StoreError + Send,
    ) -> Result<u64, StoreError> {
        self.within(async {
            let done = statement.execute(self.writing()).await;
            done.map(|done| done.rows_affected()).map_err(refused)
        })
        .await
    }
}

/// Returns the record that a statement returns, if it returns one.
async fn find<'c, T>(
    database: impl Executor<'c, Database = Database>,
    statement: Statement<'_>,
    read: fn(&SqlRow) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let row = statement.fetch_optional(database).await;
    row.map_err(store_error)?.as_ref().map(read).transpose()
}

/// Executes a statement of a transaction; returns the number of changed rows.
async fn execute(change: &mut Change, statement: Statement<'_>) -> Result<u64, StoreError> {
    let done = statement.execute(&mut **change).await;
    done.map(|done| done.rows_affected()).map_err(store_error)
}

/// Returns an error if a statement changed nothing.
pub(super) fn some(rows: u64, otherwise: StoreError) -> Result<(), StoreError> {
    match rows {
        0 => Err(otherwise),
        _ => Ok(()),
    }
}

/// Maps a violation of a constraint to `refused`, and any other error to its own.
fn on(violation: ErrorKind, refused: StoreError) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| match error.as_database_error() {
        Some(said) if said.kind() == violation => refused,
        _ => store_error(error),
    }
}

fn by_foreign_key(refused: StoreError) -> impl FnOnce(sqlx::Error) -> StoreError {
    on(ErrorKind::ForeignKeyViolation, refused)
}

fn by_duplicate(refused: StoreError) -> impl FnOnce(sqlx::Error) -> StoreError {
    on(ErrorKind::UniqueViolation, refused)
}

fn by_name(name: &str) -> impl FnOnce(sqlx::Error) -> StoreError {
    by_duplicate(NameTaken(name.to_owned()).into())
}

fn json(kind: RecordKind, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt {
        kind,
        reason: error.to_string(),
    })
}

fn optional_json(
    kind: RecordKind,
    value: Option<&impl Serialize>,
) -> Result<Option<String>, StoreError> {
    value.map(|value| json(kind, value)).transpose()
}
