//! Projects and their provider configs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::error::store_error;
use super::row::{Record, readable};
use super::{SqlRow, SqlStore, refused};
use crate::store::json;
use crate::{Project, ProviderConfig, StoreError};

const PROJECT: &str = "project";
const CONFIG: &str = "provider config";

/// What is stored of a project and never asked for by.
#[derive(Serialize, Deserialize)]
struct ProjectDetails {
    display_name: String,
    return_uris: Vec<String>,
}

/// What is stored of a provider config and never asked for by.
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

pub(super) async fn create(store: &SqlStore, project: &Project) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO projects (id, name, details, version, created_at) VALUES ($1, $2, $3, 1, $4)",
    )
    .bind(project.id)
    .bind(&project.name)
    .bind(project_details(project)?)
    .bind(project.created_at.as_millis())
    .execute(store.writing())
    .await
    .map(drop)
    .map_err(refused::by_name(&project.name))
}

pub(super) async fn by_id(store: &SqlStore, id: Uuid) -> Result<Option<Project>, StoreError> {
    sqlx::query("SELECT id, name, details, version, created_at FROM projects WHERE id = $1")
        .bind(id)
        .fetch_optional(store.reading())
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn all(store: &SqlStore) -> Result<Vec<Project>, StoreError> {
    sqlx::query("SELECT id, name, details, version, created_at FROM projects ORDER BY name")
        .fetch_all(store.reading())
        .await
        .map_err(store_error)
        .map(|rows| readable(PROJECT, &rows, read))
}

pub(super) async fn update(store: &SqlStore, project: &Project) -> Result<Project, StoreError> {
    let updated = sqlx::query(
        "UPDATE projects SET name = $1, details = $2, version = version + 1
         WHERE id = $3 AND version = $4 RETURNING id, name, details, version, created_at",
    )
    .bind(&project.name)
    .bind(project_details(project)?)
    .bind(project.id)
    .bind(project.version)
    .fetch_optional(store.writing())
    .await
    .map_err(refused::by_name(&project.name))?;
    match updated {
        Some(row) => read(&row),
        None if by_id(store, project.id).await?.is_some() => Err(StoreError::Changed(PROJECT)),
        None => Err(StoreError::NotFound(PROJECT)),
    }
}

pub(super) async fn delete(store: &SqlStore, id: Uuid) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    for statement in [
        "DELETE FROM tokens WHERE project = $1",
        "DELETE FROM provider_configs WHERE project = $1",
    ] {
        sqlx::query(statement)
            .bind(id)
            .execute(&mut *change)
            .await
            .map_err(refused::by_foreign_key(StoreError::NotEmpty))?;
    }
    let deleted = sqlx::query("DELETE FROM projects WHERE id = $1")
        .bind(id)
        .execute(&mut *change)
        .await
        .map_err(refused::by_foreign_key(StoreError::NotEmpty))?;
    if deleted.rows_affected() == 0 {
        return Err(StoreError::NotFound(PROJECT));
    }
    change.commit().await.map_err(store_error)
}

fn read(row: &SqlRow) -> Result<Project, StoreError> {
    let record = Record { what: PROJECT, row };
    let details: ProjectDetails = record.json("details")?;
    Ok(Project {
        id: record.id("id")?,
        name: record.get("name")?,
        display_name: details.display_name,
        return_uris: details.return_uris,
        version: record.get("version")?,
        created_at: record.time("created_at")?,
    })
}

pub(super) async fn create_config(
    store: &SqlStore,
    config: &ProviderConfig,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO provider_configs (id, project, connector, details, version, created_at)
         VALUES ($1, $2, $3, $4, 1, $5)",
    )
    .bind(config.id)
    .bind(config.project)
    .bind(&config.connector)
    .bind(config_details(config)?)
    .bind(config.created_at.as_millis())
    .execute(store.writing())
    .await
    .map(drop)
    .map_err(refused::by_foreign_key(StoreError::NotFound(PROJECT)))
}

pub(super) async fn config(
    store: &SqlStore,
    id: Uuid,
) -> Result<Option<ProviderConfig>, StoreError> {
    sqlx::query(
        "SELECT id, project, connector, details, version, created_at
         FROM provider_configs WHERE id = $1",
    )
    .bind(id)
    .fetch_optional(store.reading())
    .await
    .map_err(store_error)?
    .as_ref()
    .map(read_config)
    .transpose()
}

pub(super) async fn configs(
    store: &SqlStore,
    project: Uuid,
) -> Result<Vec<ProviderConfig>, StoreError> {
    sqlx::query(
        "SELECT id, project, connector, details, version, created_at
         FROM provider_configs WHERE project = $1 ORDER BY created_at, id",
    )
    .bind(project)
    .fetch_all(store.reading())
    .await
    .map_err(store_error)
    .map(|rows| readable(CONFIG, &rows, read_config))
}

pub(super) async fn update_config(
    store: &SqlStore,
    updated: &ProviderConfig,
) -> Result<ProviderConfig, StoreError> {
    let row = sqlx::query(
        "UPDATE provider_configs SET details = $1, version = version + 1
         WHERE id = $2 AND version = $3
         RETURNING id, project, connector, details, version, created_at",
    )
    .bind(config_details(updated)?)
    .bind(updated.id)
    .bind(updated.version)
    .fetch_optional(store.writing())
    .await
    .map_err(store_error)?;
    match row {
        Some(row) => read_config(&row),
        None if config(store, updated.id).await?.is_some() => Err(StoreError::Changed(CONFIG)),
        None => Err(StoreError::NotFound(CONFIG)),
    }
}

pub(super) async fn delete_config(store: &SqlStore, id: Uuid) -> Result<(), StoreError> {
    let deleted = sqlx::query("DELETE FROM provider_configs WHERE id = $1")
        .bind(id)
        .execute(store.writing())
        .await
        .map_err(refused::by_foreign_key(StoreError::NotEmpty))?;
    match deleted.rows_affected() {
        0 => Err(StoreError::NotFound(CONFIG)),
        _ => Ok(()),
    }
}

fn read_config(row: &SqlRow) -> Result<ProviderConfig, StoreError> {
    let record = Record { what: CONFIG, row };
    let details: ConfigDetails = record.json("details")?;
    Ok(ProviderConfig {
        id: record.id("id")?,
        project: record.id("project")?,
        connector: record.get("connector")?,
        name: details.name,
        active: details.active,
        scopes: details.scopes,
        version: record.get("version")?,
        created_at: record.time("created_at")?,
    })
}
