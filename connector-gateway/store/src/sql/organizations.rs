//! Organizations.

use async_trait::async_trait;

use super::{
    Change, Record, SqlRow, SqlStore, by_foreign_key, by_name, is_no_text, readable, requests,
    some, store_error, take_turn,
};
use crate::{
    DEFAULT_ORGANIZATION, Grant, Organization, OrganizationStore, Owner, RecordKind, StoreError,
};

const KIND: RecordKind = RecordKind::Organization;

#[async_trait]
impl OrganizationStore for SqlStore {
    async fn create_organization(&self, organization: &Organization) -> Result<(), StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            sqlx::query("INSERT INTO organizations (name, created_at) VALUES ($1, $2)")
                .bind(&organization.name)
                .bind(organization.created_at.as_millis())
                .execute(&mut *change)
                .await
                .map_err(by_name(&organization.name))?;
            if is_named(&mut change, &organization.name).await? {
                return Err(StoreError::Named);
            }
            // A request may have been stored while the earlier one was deleted.
            let owner = Owner::Organization(organization.name.clone());
            requests::withdraw_of(self, &mut change, &owner).await?;
            change.commit().await.map_err(store_error)
        })
        .await
    }

    async fn organizations(&self) -> Result<Vec<Organization>, StoreError> {
        let select = sqlx::query("SELECT name, created_at FROM organizations ORDER BY name");
        self.list(KIND, select, read).await
    }

    async fn delete_organization(&self, name: &str) -> Result<(), StoreError> {
        if name == DEFAULT_ORGANIZATION {
            return Err(StoreError::NotEmpty);
        }
        if is_no_text(name) {
            return Err(StoreError::NotFound(KIND));
        }
        self.within(async {
            let mut change = self.change().await?;
            let owner = Owner::Organization(name.to_owned());
            take_turn(&mut change, &owner).await?;
            requests::withdraw_of(self, &mut change, &owner).await?;
            let deleted = sqlx::query("DELETE FROM organizations WHERE name = $1")
                .bind(name)
                .execute(&mut *change)
                .await
                .map_err(by_foreign_key(StoreError::NotEmpty))?;
            some(deleted.rows_affected(), StoreError::NotFound(KIND))?;
            change.commit().await.map_err(store_error)
        })
        .await
    }
}

/// Returns whether a token that is not revoked names an organization.
async fn is_named(change: &mut Change, name: &str) -> Result<bool, StoreError> {
    let rows = sqlx::query("SELECT id, granted FROM tokens WHERE revoked_at IS NULL")
        .fetch_all(&mut **change)
        .await
        .map_err(store_error)?;
    // A token whose grant can't be read grants nothing.
    let kind = RecordKind::Token;
    let grants = readable(kind, &rows, |row| {
        Record { kind, row }.json::<Grant>("granted")
    });
    let mut named = grants.iter().flat_map(|grant| &grant.organizations);
    Ok(named.any(|named| named == name))
}

reads! { KIND => Organization { name, created_at } }
