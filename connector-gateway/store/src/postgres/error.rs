//! Maps PostgreSQL's errors.

use std::borrow::Cow;

use sqlx::postgres::PgDatabaseError;

use crate::StoreError;

/// SQLSTATE codes that are handled; the first two characters are the class.
pub(super) mod code {
    pub(in super::super) const READ_ONLY: &str = "25006";
    pub(in super::super) const NO_SCHEMA: &str = "3F000";
    pub(in super::super) const SERIALIZATION: &str = "40001";
    pub(in super::super) const DEADLOCK: &str = "40P01";
    pub(in super::super) const NOT_ALLOWED: &str = "42501";
    pub(in super::super) const NO_COLUMN: &str = "42703";
    pub(in super::super) const NO_TABLE: &str = "42P01";
    pub(in super::super) const DISK_FULL: &str = "53100";
    pub(in super::super) const LOCKED: &str = "55P03";
    pub(in super::super) const TOOK_TOO_LONG: &str = "57014";
}

pub(crate) fn sqlstate(error: &sqlx::Error) -> Option<Cow<'_, str>> {
    error.as_database_error()?.code()
}

/// Maps an error that is not specific to a record. It contains no statements and no values.
#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
pub(super) fn store_error(error: sqlx::Error) -> StoreError {
    StoreError::Unavailable(reason(&error))
}

/// Describes the cause, without statements and values.
pub(crate) fn reason(error: &sqlx::Error) -> String {
    let said = match sqlstate(error).as_deref() {
        Some(code::READ_ONLY) => "the database can't be written, as on a standby server",
        Some(code::SERIALIZATION | code::DEADLOCK) => "two changes got in each other's way",
        Some(code::NOT_ALLOWED) => "the role of the database URL lacks a privilege",
        Some(code::NO_SCHEMA | code::NO_TABLE | code::NO_COLUMN) => {
            "the database does not have the schema of this version; run `plugwright migrate`"
        }
        Some(code::DISK_FULL) => "the disk of the database is full",
        Some(code::LOCKED) => "another change is taking too long",
        Some(code::TOOK_TOO_LONG) => "the database took too long",
        Some(class) if class.starts_with("53") => "the database is overloaded",
        Some(class) if class.starts_with("57P") => "the database is stopping or starting",
        Some(other) => return format!("the database failed with code {other}"),
        None => match error {
            sqlx::Error::PoolTimedOut => {
                "no database connection was available in time: the database is unreachable or overloaded"
            }
            sqlx::Error::PoolClosed => "it is closed",
            sqlx::Error::Io(reason) => {
                return format!("the database is unreachable: {}", reason.kind());
            }
            _ => "the database did not respond",
        },
    };
    said.to_owned()
}

/// Returns the server's message for a failed connection or migration, which contains no values.
pub(super) fn message(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(said) => said.try_downcast_ref::<PgDatabaseError>().map_or_else(
            || said.message().to_owned(),
            |said| format!("{} ({})", said.message(), said.code()),
        ),
        sqlx::Error::PoolTimedOut => "it does not respond".to_owned(),
        other => other.to_string(),
    }
}
