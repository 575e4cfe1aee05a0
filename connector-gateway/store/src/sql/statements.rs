//! What it means that a constraint refused a change.

use super::error::{is_duplicate, is_foreign_key, store_error};
use crate::{NameTaken, StoreError};

/// Translates the error of a statement that a foreign key may refuse, which means what is given.
pub(super) fn by_foreign_key(refused: StoreError) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| {
        if is_foreign_key(&error) {
            refused
        } else {
            store_error(error)
        }
    }
}

/// Translates the error of a statement that gives something a name, which may be in use.
pub(super) fn by_name(name: &str) -> impl FnOnce(sqlx::Error) -> StoreError {
    move |error| {
        if is_duplicate(&error) {
            NameTaken(name.to_owned()).into()
        } else {
            store_error(error)
        }
    }
}
