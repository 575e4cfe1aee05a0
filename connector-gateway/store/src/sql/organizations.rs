//! Organizations.

use async_trait::async_trait;

use super::{Record, SqlRow, SqlStore, by_foreign_key, by_name, is_no_text, some};
use crate::{DEFAULT_ORGANIZATION, Organization, OrganizationStore, RecordKind, StoreError};

const KIND: RecordKind = RecordKind::Organization;

#[async_trait]
impl OrganizationStore for SqlStore {
    async fn create_organization(&self, organization: &Organization) -> Result<(), StoreError> {
        let insert = sqlx::query("INSERT INTO organizations (name, created_at) VALUES ($1, $2)")
            .bind(&organization.name)
            .bind(organization.created_at.as_millis());
        let done = self.execute(insert, by_name(&organization.name)).await;
        done.map(drop)
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
        let delete = sqlx::query("DELETE FROM organizations WHERE name = $1").bind(name);
        let deleted = self.execute(delete, by_foreign_key(StoreError::NotEmpty));
        some(deleted.await?, StoreError::NotFound(KIND))
    }
}

reads! { KIND => Organization { name, created_at } }
