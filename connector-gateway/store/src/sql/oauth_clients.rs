//! OAuth clients.

use super::error::store_error;
use super::row::{Record, readable};
use super::{SqlRow, SqlStore, refused};
use crate::{ClientOf, OAuthClient, StoreError};

const WHAT: &str = "OAuth client";

pub(super) async fn find(
    store: &SqlStore,
    of: ClientOf<'_>,
) -> Result<Option<OAuthClient>, StoreError> {
    let query = match of {
        ClientOf::Connector(connector) => sqlx::query(
            "SELECT id, connector, provider_config, client_id, key_id, secret, updated_at
             FROM oauth_clients WHERE connector = $1 AND provider_config IS NULL",
        )
        .bind(connector),
        ClientOf::ProviderConfig(id) => sqlx::query(
            "SELECT id, connector, provider_config, client_id, key_id, secret, updated_at
             FROM oauth_clients WHERE provider_config = $1",
        )
        .bind(id),
    };
    query
        .fetch_optional(store.reading())
        .await
        .map_err(store_error)?
        .as_ref()
        .map(read)
        .transpose()
}

pub(super) async fn all(store: &SqlStore) -> Result<Vec<OAuthClient>, StoreError> {
    sqlx::query(
        "SELECT id, connector, provider_config, client_id, key_id, secret, updated_at
         FROM oauth_clients ORDER BY connector, provider_config IS NOT NULL, id",
    )
    .fetch_all(store.reading())
    .await
    .map_err(store_error)
    .map(|rows| readable(WHAT, &rows, read))
}

pub(super) async fn put(store: &SqlStore, client: &OAuthClient) -> Result<(), StoreError> {
    let mut change = store.change().await?;
    remove(client.of())
        .execute(&mut *change)
        .await
        .map_err(store_error)?;
    sqlx::query(
        "INSERT INTO oauth_clients
           (id, connector, provider_config, client_id, key_id, secret, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(client.id)
    .bind(&client.connector)
    .bind(client.provider_config)
    .bind(&client.client_id)
    .bind(client.secret.as_ref().map(|secret| &secret.key_id))
    .bind(client.secret.as_ref().map(|secret| &secret.bytes))
    .bind(client.updated_at.as_millis())
    .execute(&mut *change)
    .await
    .map_err(refused::by_foreign_key(StoreError::NotFound(
        "provider config",
    )))?;
    change.commit().await.map_err(store_error)
}

pub(super) async fn delete(store: &SqlStore, of: ClientOf<'_>) -> Result<(), StoreError> {
    let deleted = remove(of)
        .execute(store.writing())
        .await
        .map_err(store_error)?;
    match deleted.rows_affected() {
        0 => Err(StoreError::NotFound(WHAT)),
        _ => Ok(()),
    }
}

fn remove(of: ClientOf<'_>) -> super::Statement<'_> {
    match of {
        ClientOf::Connector(connector) => sqlx::query(
            "DELETE FROM oauth_clients WHERE connector = $1 AND provider_config IS NULL",
        )
        .bind(connector),
        ClientOf::ProviderConfig(id) => {
            sqlx::query("DELETE FROM oauth_clients WHERE provider_config = $1").bind(id)
        }
    }
}

fn read(row: &SqlRow) -> Result<OAuthClient, StoreError> {
    let record = Record { what: WHAT, row };
    Ok(OAuthClient {
        id: record.id("id")?,
        connector: record.get("connector")?,
        provider_config: record.optional_id("provider_config")?,
        client_id: record.get("client_id")?,
        secret: record.optional_sealed("key_id", "secret")?,
        updated_at: record.time("updated_at")?,
    })
}
