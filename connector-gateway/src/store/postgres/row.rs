//! Reading of columns; a value that can't be read is named, and never shown.

use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};
use uuid::Uuid;

use crate::store::StoreError;
use crate::time::Timestamp;
use crate::vault::Sealed;

/// Tells whether no column can have this text. To ask for it would be an error instead of nothing.
pub(crate) fn is_no_text(text: &str) -> bool {
    text.contains('\0')
}

/// A row of a kind of record.
pub(super) struct Record<'r> {
    pub(super) what: &'static str,
    pub(super) row: &'r PgRow,
}

impl<'r> Record<'r> {
    pub(super) fn get<T: Decode<'r, Postgres> + Type<Postgres>>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        self.row
            .try_get(column)
            .map_err(|_| self.corrupt(column, "has another type"))
    }

    pub(super) fn id(&self, column: &'static str) -> Result<Uuid, StoreError> {
        self.get(column)
    }

    pub(super) fn hash(&self, column: &'static str) -> Result<[u8; 32], StoreError> {
        let bytes: &[u8] = self.get(column)?;
        bytes
            .try_into()
            .map_err(|_| self.corrupt(column, "does not have 32 bytes"))
    }

    pub(super) fn time(&self, column: &'static str) -> Result<Timestamp, StoreError> {
        self.get(column).map(Timestamp::from_millis)
    }

    pub(super) fn optional_time(
        &self,
        column: &'static str,
    ) -> Result<Option<Timestamp>, StoreError> {
        let millis: Option<i64> = self.get(column)?;
        Ok(millis.map(Timestamp::from_millis))
    }

    pub(super) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: &'static str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(self.get(column)?)
            .map_err(|error| self.corrupt(column, &error.to_string()))
    }

    pub(super) fn sealed(
        &self,
        key_id: &'static str,
        bytes: &'static str,
    ) -> Result<Sealed, StoreError> {
        Ok(Sealed {
            key_id: self.get(key_id)?,
            bytes: self.get(bytes)?,
        })
    }

    pub(super) fn corrupt(&self, column: &str, problem: &str) -> StoreError {
        StoreError::Corrupt {
            what: self.what,
            reason: format!("its `{column}` {problem}"),
        }
    }
}
