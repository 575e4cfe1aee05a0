//! Maps SQLite's errors.

use crate::{RecordKind, StoreError};

/// SQLite's primary result codes that are handled.
pub(super) mod code {
    pub(in super::super) const BUSY: i32 = 5;
    pub(in super::super) const LOCKED: i32 = 6;
    pub(in super::super) const READ_ONLY: i32 = 8;
    pub(in super::super) const INPUT_OUTPUT: i32 = 10;
    pub(in super::super) const CORRUPT: i32 = 11;
    pub(in super::super) const FULL: i32 = 13;
    pub(in super::super) const CANT_OPEN: i32 = 14;
    pub(in super::super) const NOT_A_DATABASE: i32 = 26;
}

pub(crate) fn primary(error: &sqlx::Error) -> Option<i32> {
    let extended: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(extended & 0xff)
}

/// Maps an error that is not specific to a record. It contains no statements and no values.
#[expect(clippy::needless_pass_by_value, reason = "it is given to `map_err`")]
pub(super) fn store_error(error: sqlx::Error) -> StoreError {
    let unavailable = |reason: &str| StoreError::Unavailable(reason.to_owned());
    match (&error, primary(&error)) {
        (_, Some(code::BUSY | code::LOCKED)) => unavailable("the database is locked"),
        (_, Some(code::FULL)) => unavailable("the disk is full"),
        (_, Some(code::INPUT_OUTPUT)) => unavailable("the disk could not be read or written"),
        (_, Some(code::READ_ONLY)) => unavailable("the database can't be written"),
        (_, Some(code::CANT_OPEN)) => unavailable("the database can't be opened"),
        (_, Some(code::CORRUPT | code::NOT_A_DATABASE)) => StoreError::Corrupt {
            kind: RecordKind::DatabasePage,
            reason: "the file is damaged".to_owned(),
        },
        (_, Some(other)) => {
            StoreError::Unavailable(format!("the database failed with code {other}"))
        }
        (sqlx::Error::PoolTimedOut, _) => unavailable("the database is overloaded"),
        (sqlx::Error::PoolClosed, _) => unavailable("it is closed"),
        (sqlx::Error::Io(reason), _) => StoreError::Unavailable(reason.kind().to_string()),
        _ => unavailable("the database did not respond"),
    }
}
