//! Reads columns. Errors name the column but never contain its value.

use std::fmt::Write as _;

use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::Echo;
use sqlx::{Decode, Row as _, Type, ValueRef as _};
use uuid::Uuid;

use super::{Database, SqlRow};
use crate::{
    ConnectionStatus, Owner, RecordKind, RequestStatus, Sealed, StoreError, Timestamp, damage,
};

/// Returns whether no column can contain this text. PostgreSQL rejects a query for it.
pub(crate) fn is_no_text(text: &str) -> bool {
    text.contains('\0')
}

/// Reads the rows of a list. A damaged one is skipped and logged once, so that the others stay
/// available.
pub(crate) fn readable<T>(
    kind: RecordKind,
    rows: &[SqlRow],
    read: impl Fn(&SqlRow) -> Result<T, StoreError>,
) -> Vec<T> {
    let keep = |row| match read(row) {
        Ok(value) => Some(value),
        Err(error) => {
            damage::note(kind.as_str(), &name(row), &error);
            None
        }
    };
    rows.iter().filter_map(keep).collect()
}

/// Returns the name by which an operator can find a row.
pub(crate) fn name(row: &SqlRow) -> String {
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

pub(crate) struct Record<'r> {
    pub(crate) kind: RecordKind,
    pub(crate) row: &'r SqlRow,
}

/// A type that is stored in one column.
pub(crate) trait Column: Sized {
    fn read(record: &Record<'_>, column: &'static str) -> Result<Self, StoreError>;
}

macro_rules! stored_as_itself {
    ($($type:ty)*) => {$(
        impl Column for $type {
            fn read(record: &Record<'_>, column: &'static str) -> Result<Self, StoreError> {
                record.raw(column)
            }
        }
    )*};
}

stored_as_itself!(Uuid String Vec<u8> i64 bool);

macro_rules! stored_as_text {
    ($($type:ty, $parse:expr;)*) => {$(
        impl Column for $type {
            fn read(record: &Record<'_>, column: &'static str) -> Result<Self, StoreError> {
                let parse: fn(&str) -> Option<Self> = $parse;
                parse(record.raw(column)?).ok_or_else(|| record.corrupt(column, "is not known"))
            }
        }
    )*};
}

stored_as_text! {
    Owner, Owner::from_key;
    SchemeKind, |name| name.parse().ok();
    ConnectionStatus, |name| name.parse().ok();
    RequestStatus, |name| name.parse().ok();
}

impl Column for Timestamp {
    fn read(record: &Record<'_>, column: &'static str) -> Result<Self, StoreError> {
        record.raw(column).map(Self::from_millis)
    }
}

impl Column for [u8; 32] {
    fn read(record: &Record<'_>, column: &'static str) -> Result<Self, StoreError> {
        let bytes: &[u8] = record.raw(column)?;
        let hash = bytes.try_into();
        hash.map_err(|_| record.corrupt(column, "does not have 32 bytes"))
    }
}

impl<T: Column> Column for Option<T> {
    fn read(record: &Record<'_>, column: &'static str) -> Result<Self, StoreError> {
        if record.is_null(column)? {
            return Ok(None);
        }
        T::read(record, column).map(Some)
    }
}

impl<'r> Record<'r> {
    pub(crate) fn get<T: Column>(&self, column: &'static str) -> Result<T, StoreError> {
        T::read(self, column)
    }

    fn raw<T: Decode<'r, Database> + Type<Database>>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        let value = self.row.try_get(column);
        value.map_err(|_| self.corrupt(column, "has another type"))
    }

    fn is_null(&self, column: &'static str) -> Result<bool, StoreError> {
        let value = self.row.try_get_raw(column);
        value
            .map(|value| value.is_null())
            .map_err(|_| self.corrupt(column, "is missing"))
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        // The parser's own message may contain the value.
        serde_json::from_str(self.raw(column)?).map_err(|error| {
            let (line, at) = (error.line(), error.column());
            self.corrupt(column, &format!("can't be read (line {line}, column {at})"))
        })
    }

    pub(crate) fn optional_json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<Option<T>, StoreError> {
        if self.is_null(column)? {
            return Ok(None);
        }
        self.json(column).map(Some)
    }

    /// Reads a sealed value; `bytes` is the column of its bytes.
    pub(crate) fn sealed(&self, bytes: &'static str) -> Result<Sealed, StoreError> {
        Ok(Sealed {
            key_id: self.get("key_id")?,
            bytes: self.get(bytes)?,
        })
    }

    pub(crate) fn optional_sealed(
        &self,
        bytes: &'static str,
    ) -> Result<Option<Sealed>, StoreError> {
        if self.is_null("key_id")? {
            return Ok(None);
        }
        self.sealed(bytes).map(Some)
    }

    pub(crate) fn corrupt(&self, column: &str, problem: &str) -> StoreError {
        StoreError::Corrupt {
            kind: self.kind,
            reason: format!("its `{column}` {problem}"),
        }
    }
}
