//! Organizations.

use super::error::store_error;
use super::row::{Record, is_no_text, readable};
use super::{SqlRow, SqlStore, refused};
use crate::{DEFAULT_ORGANIZATION, Organization, StoreError};

const WHAT: &str = "organization";

pub(super) async fn create(
    store: &SqlStore,
    organization: &Organization,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO organizations (name, created_at) VALUES ($1, $2)")
        .bind(&organization.name)
        .bind(organization.created_at.as_millis())
        .execute(store.writing())
        .await
        .map(drop)
        .map_err(refused::by_name(&organization.name))
}

pub(super) async fn all(store: &SqlStore) -> Result<Vec<Organization>, StoreError> {
    sqlx::query("SELECT name, created_at FROM organizations ORDER BY name")
        .fetch_all(store.reading())
        .await
        .map_err(store_error)
        .map(|rows| readable(WHAT, &rows, read))
}

fn read(row: &SqlRow) -> Result<Organization, StoreError> {
    let record = Record { what: WHAT, row };
    Ok(Organization {
        name: record.get("name")?,
        created_at: record.time("created_at")?,
    })
}

pub(super) async fn delete(store: &SqlStore, name: &str) -> Result<(), StoreError> {
    if name == DEFAULT_ORGANIZATION {
        return Err(StoreError::NotEmpty);
    }
    if is_no_text(name) {
        return Err(StoreError::NotFound(WHAT));
    }
    let deleted = sqlx::query("DELETE FROM organizations WHERE name = $1")
        .bind(name)
        .execute(store.writing())
        .await
        .map_err(refused::by_foreign_key(StoreError::NotEmpty))?;
    match deleted.rows_affected() {
        0 => Err(StoreError::NotFound(WHAT)),
        _ => Ok(()),
    }
}
