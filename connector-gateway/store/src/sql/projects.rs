//! Projects and their provider configs.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Record, SqlRow, SqlStore, by_foreign_key, by_name, find, json, some, store_error};
use crate::{Project, ProjectStore, ProviderConfig, RecordKind, StoreError};

const PROJECT: RecordKind = RecordKind::Project;
const CONFIG: RecordKind = RecordKind::ProviderConfig;

/// Columns of projects that are never searched.
#[derive(Serialize, Deserialize)]
struct ProjectDetails {
    display_name: String,
    return_uris: Vec<String>,
}

/// Columns of provider configs that are never searched.
#[derive(Serialize, Deserialize)]
struct ConfigDetails {
    name: String,
    active: bool,
    scopes: Option<Vec<String>>,
}

fn project_details(project: &Project) -> Result<String, StoreError> {
    let details = ProjectDetails {
        display_name: project.display_name.clone(),
        return_uris: project.return_uris.clone(),
    };
    json(PROJECT, &details)
}

fn config_details(config: &ProviderConfig) -> Result<String, StoreError> {
    let details = ConfigDetails {
        name: config.name.clone(),
        active: config.active,
        scopes: config.scopes.clone(),
    };
    json(CONFIG, &details)
}

#[async_trait]
impl ProjectStore for SqlStore {
    async fn create_project(&self, project: &Project) -> Result<(), StoreError> {
        let insert = sqlx::query(
            "INSERT INTO projects (id, name, details, version, created_at)
             VALUES ($1, $2, $3, 1, $4)",
        )
        .bind(project.id)
        .bind(&project.name)
        .bind(project_details(project)?)
        .bind(project.created_at.as_millis());
        let done = self.execute(insert, by_name(&project.name)).await;
        done.map(drop)
    }

    async fn project(&self, id: Uuid) -> Result<Option<Project>, StoreError> {
        let select = "SELECT id, name, details, version, created_at FROM projects WHERE id = $1";
        self.find(sqlx::query(select).bind(id), read).await
    }

    async fn projects(&self) -> Result<Vec<Project>, StoreError> {
        let select = "SELECT id, name, details, version, created_at FROM projects ORDER BY name";
        self.list(PROJECT, sqlx::query(select), read).await
    }

    async fn update_project(&self, project: &Project) -> Result<Project, StoreError> {
        self.within(async {
            let updated = sqlx::query(
                "UPDATE projects SET name = $1, details = $2, version = version + 1
                 WHERE id = $3 AND version = $4 RETURNING id, name, details, version, created_at",
            )
            .bind(&project.name)
            .bind(project_details(project)?)
            .bind(project.id)
            .bind(project.version)
            .fetch_optional(self.writing())
            .await
            .map_err(by_name(&project.name))?;
            match updated {
                Some(row) => read(&row),
                None if self.project(project.id).await?.is_some() => {
                    Err(StoreError::Changed(PROJECT))
                }
                None => Err(StoreError::NotFound(PROJECT)),
            }
        })
        .await
    }

    async fn delete_project(&self, id: Uuid) -> Result<(), StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            let mut deleted = 0;
            for statement in [
                "DELETE FROM tokens WHERE project = $1",
                "DELETE FROM provider_configs WHERE project = $1",
                "DELETE FROM projects WHERE id = $1",
            ] {
                deleted = sqlx::query(statement)
                    .bind(id)
                    .execute(&mut *change)
                    .await
                    .map_err(by_foreign_key(StoreError::NotEmpty))?
                    .rows_affected();
            }
            some(deleted, StoreError::NotFound(PROJECT))?;
            change.commit().await.map_err(store_error)
        })
        .await
    }

    async fn create_provider_config(&self, config: &ProviderConfig) -> Result<(), StoreError> {
        let insert = sqlx::query(
            "INSERT INTO provider_configs (id, project, connector, details, version, created_at)
             VALUES ($1, $2, $3, $4, 1, $5)",
        )
        .bind(config.id)
        .bind(config.project)
        .bind(&config.connector)
        .bind(config_details(config)?)
        .bind(config.created_at.as_millis());
        let missing = by_foreign_key(StoreError::NotFound(PROJECT));
        self.execute(insert, missing).await.map(drop)
    }

    async fn provider_config(&self, id: Uuid) -> Result<Option<ProviderConfig>, StoreError> {
        let select = sqlx::query(
            "SELECT id, project, connector, details, version, created_at
             FROM provider_configs WHERE id = $1",
        );
        self.find(select.bind(id), read_config).await
    }

    async fn provider_configs(&self, project: Uuid) -> Result<Vec<ProviderConfig>, StoreError> {
        let select = sqlx::query(
            "SELECT id, project, connector, details, version, created_at
             FROM provider_configs WHERE project = $1 ORDER BY created_at, id",
        );
        self.list(CONFIG, select.bind(project), read_config).await
    }

    async fn update_provider_config(
        &self,
        config: &ProviderConfig,
    ) -> Result<ProviderConfig, StoreError> {
        self.within(async {
            let update = sqlx::query(
                "UPDATE provider_configs SET details = $1, version = version + 1
                 WHERE id = $2 AND version = $3
                 RETURNING id, project, connector, details, version, created_at",
            )
            .bind(config_details(config)?)
            .bind(config.id)
            .bind(config.version);
            match find(self.writing(), update, read_config).await? {
                Some(updated) => Ok(updated),
                None if self.provider_config(config.id).await?.is_some() => {
                    Err(StoreError::Changed(CONFIG))
                }
                None => Err(StoreError::NotFound(CONFIG)),
            }
        })
        .await
    }

    async fn delete_provider_config(&self, id: Uuid) -> Result<(), StoreError> {
        let delete = sqlx::query("DELETE FROM provider_configs WHERE id = $1").bind(id);
        let deleted = self.execute(delete, by_foreign_key(StoreError::NotEmpty));
        some(deleted.await?, StoreError::NotFound(CONFIG))
    }
}

fn read(row: &SqlRow) -> Result<Project, StoreError> {
    let record = Record { kind: PROJECT, row };
    let details: ProjectDetails = record.json("details")?;
    Ok(Project {
        id: record.get("id")?,
        name: record.get("name")?,
        display_name: details.display_name,
        return_uris: details.return_uris,
        version: record.get("version")?,
        created_at: record.get("created_at")?,
    })
}

fn read_config(row: &SqlRow) -> Result<ProviderConfig, StoreError> {
    let record = Record { kind: CONFIG, row };
    let details: ConfigDetails = record.json("details")?;
    Ok(ProviderConfig {
        id: record.get("id")?,
        project: record.get("project")?,
        connector: record.get("connector")?,
        name: details.name,
        active: details.active,
        scopes: details.scopes,
        version: record.get("version")?,
        created_at: record.get("created_at")?,
    })
}
