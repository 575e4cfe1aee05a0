//! The statements that both databases understand, a file for each role. They are written once, and
//! built for each database.

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

use super::error::{is_duplicate, is_foreign_key, store_error};
use super::{Change, Database, SqlRow, SqlStore, Statement, claims, take_turn, take_turn_of};
use crate::{NameTaken, StoreError};
use row::readable;
pub(crate) use row::{Record, is_no_text};

impl SqlStore {
    /// Returns the record that a question is for, if there is one.
    async fn find<T>(
        &self,
        question: Statement<'_>,
        read: fn(&SqlRow) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.within(find(self.reading(), question, read)).await
    }

    /// Returns the records that a question is for, but for those that are damaged.
    async fn list<T>(
        &self,
        what: &'static str,
        question: Statement<'_>,
        read: impl Fn(&SqlRow) -> Result<T, StoreError> + Send,
    ) -> Result<Vec<T>, StoreError> {
        self.within(async {
            let rows = question.fetch_all(self.reading()).await;
            rows.map(|rows| readable(what, &rows, read))
                .map_err(store_error)
        })
        .await
    }

    /// Makes a change of one statement; returns how many rows it changed.
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

/// Returns the record that a statement gives, if it gives one.
async fn find<'c, T>(
    database: impl Executor<'c, Database = Database>,
    statement: Statement<'_>,
    read: fn(&SqlRow) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let row = statement.fetch_optional(database).await;
    row.map_err(store_error)?.as_ref().map(read).transpose()
}

/// Executes a statement of a larger change; returns how many rows it changed.
async fn execute(change: &mut Change, statement: Statement<'_>) -> Result<u64, StoreError> {
    let done = statement.execute(&mut **change).await;
    done.map(|done| done.rows_affected()).map_err(store_error)
}

/// Makes sure that a statement changed something.
pub(super) fn some(rows: u64, otherwise: StoreError) -> Result<(), StoreError> {
    match rows {
        0 => Err(otherwise),
        _ => Ok(()),
    }
}

/// Translates the error of a statement that a foreign key may refuse, which means what is given.
fn by_foreign_key(refused: StoreError) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| {
        if is_foreign_key(&error) {
            refused
        } else {
            store_error(error)
        }
    }
}

/// Translates the error of a statement that may find its place taken, which means what is given.
fn by_duplicate(refused: StoreError) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| {
        if is_duplicate(&error) {
            refused
        } else {
            store_error(error)
        }
    }
}

/// Translates the error of a statement that gives something a name, which may be in use.
fn by_name(name: &str) -> impl FnOnce(sqlx::Error) -> StoreError {
    by_duplicate(NameTaken(name.to_owned()).into())
}

/// Writes what is stored as JSON.
fn json(what: &'static str, value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt {
        what,
        reason: error.to_string(),
    })
}

fn optional_json(
    what: &'static str,
    value: Option<&impl Serialize>,
) -> Result<Option<String>, StoreError> {
    value.map(|value| json(what, value)).transpose()
}
