//! Reading of columns; a value that can't be read is named, and never shown.

use std::fmt::Write as _;

use plugwright_sdk::host::Echo;
use sqlx::{Decode, Row as _, Type};
use uuid::Uuid;

use super::{Database, SqlRow};
use crate::{Owner, Sealed, StoreError, Timestamp, damage};

/// Tells whether no column can have this text. To ask for it would be an error in PostgreSQL instead
/// of nothing.
pub(crate) fn is_no_text(text: &str) -> bool {
    text.contains('\0')
}

/// Reads the rows of a list. One that is damaged is left out, and named in the log once: it must
/// not keep anybody from the others.
pub(crate) fn readable<T>(
    what: &'static str,
    rows: &[SqlRow],
    read: impl Fn(&SqlRow) -> Result<T, StoreError>,
) -> Vec<T> {
    let keep = |row| match read(row) {
        Ok(value) => Some(value),
        Err(error) => {
            damage::note(what, &name(row), &error);
            None
        }
    };
    rows.iter().filter_map(keep).collect()
}

/// Returns by what an operator finds a row again.
fn name(row: &SqlRow) -> String {
    if let Ok(id) = row.try_get::<Uuid, _>("id") {
        return id.to_string();
    }
    for column in ["id", "name", "run"] {
        if let Ok(text) = row.try_get::<String, _>(column) {
            return Echo(&text).to_string();
        }
        if let Ok(bytes) = row.try_get::<Vec<u8>, _>(column) {
            let bytes = bytes.iter().take(Echo::LONGEST / 2);
            return bytes.fold(String::new(), |mut text, byte| {
                // Writing to a string cannot fail.
                let _ = write!(text, "{byte:02x}");
                text
            });
        }
    }
    "without an id".to_owned()
}

/// A row of a kind of record.
pub(crate) struct Record<'r> {
    pub(crate) what: &'static str,
    pub(crate) row: &'r SqlRow,
}

impl<'r> Record<'r> {
    pub(crate) fn get<T: Decode<'r, Database> + Type<Database>>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        self.row
            .try_get(column)
            .map_err(|_| self.corrupt(column, "has another type"))
    }

    pub(crate) fn id(&self, column: &'static str) -> Result<Uuid, StoreError> {
        self.get(column)
    }

    pub(crate) fn optional_id(&self, column: &'static str) -> Result<Option<Uuid>, StoreError> {
        self.get(column)
    }

    pub(crate) fn owner(&self, column: &'static str) -> Result<Owner, StoreError> {
        self.word(column, Owner::from_key)
    }

    /// Reads one of a few words.
    pub(crate) fn word<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        read(self.get(column)?).ok_or_else(|| self.corrupt(column, "is not known"))
    }

    pub(crate) fn hash(&self, column: &'static str) -> Result<[u8; 32], StoreError> {
        let bytes: &[u8] = self.get(column)?;
        bytes
            .try_into()
            .map_err(|_| self.corrupt(column, "does not have 32 bytes"))
    }

    pub(crate) fn optional_hash(
        &self,
        column: &'static str,
    ) -> Result<Option<[u8; 32]>, StoreError> {
        let bytes: Option<&[u8]> = self.get(column)?;
        bytes
            .map(|bytes| {
                bytes
                    .try_into()
                    .map_err(|_| self.corrupt(column, "does not have 32 bytes"))
            })
            .transpose()
    }

    pub(crate) fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.get(column).map(Timestamp::from_millis)
    }

    pub(crate) fn optional_time(
        &self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StoreError> {
        let millis: Option<i64> = self.get(column)?;
        Ok(millis.map(Timestamp::from_millis))
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(self.get(column)?).map_err(|error| self.unreadable(column, &error))
    }

    pub(crate) fn optional_json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let text: Option<&str> = self.get(column)?;
        text.map(|text| serde_json::from_str(text).map_err(|error| self.unreadable(column, &error)))
            .transpose()
    }

    /// The parser's own message may repeat what it read.
    fn unreadable(&self, column: &str, error: &serde_json::Error) -> StoreError {
        let (line, at) = (error.line(), error.column());
        self.corrupt(column, &format!("can't be read (line {line}, column {at})"))
    }

    pub(crate) fn sealed(
        &self,
        key_id: &'static str,
        bytes: &'static str,
    ) -> Result<Sealed, StoreError> {
        Ok(Sealed {
            key_id: self.get(key_id)?,
            bytes: self.get(bytes)?,
        })
    }

    pub(crate) fn optional_sealed(
        &self,
        key_id: &'static str,
        bytes: &'static str,
    ) -> Result<Option<Sealed>, StoreError> {
        let key: Option<String> = self.get(key_id)?;
        key.map(|_| self.sealed(key_id, bytes)).transpose()
    }

    pub(crate) fn corrupt(&self, column: &str, problem: &str) -> StoreError {
        StoreError::Corrupt {
            what: self.what,
            reason: format!("its `{column}` {problem}"),
        }
    }
}
