//! OAuth clients.

use async_trait::async_trait;

use super::{Record, SqlRow, SqlStore, Statement, by_foreign_key, execute, some, store_error};
use crate::{ClientOf, OAuthClient, OAuthClientStore, RecordKind, StoreError};

/// Listed explicitly: the columns of a prepared statement stay the same when a migration adds
/// others.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, connector, provider_config, client_id, key_id, secret, updated_at
             FROM oauth_clients ",
            $rest
        )
    };
}

const KIND: RecordKind = RecordKind::OAuthClient;

#[async_trait]
impl OAuthClientStore for SqlStore {
    async fn oauth_client(&self, of: ClientOf<'_>) -> Result<Option<OAuthClient>, StoreError> {
        let select = match of {
            ClientOf::Connector(connector) => {
                let select = select!("WHERE connector = $1 AND provider_config IS NULL");
                sqlx::query(select).bind(connector)
            }
            ClientOf::ProviderConfig(id) => {
                sqlx::query(select!("WHERE provider_config = $1")).bind(id)
            }
        };
        self.find(select, read).await
    }

    async fn oauth_clients(&self) -> Result<Vec<OAuthClient>, StoreError> {
        let select = select!("ORDER BY connector, provider_config IS NOT NULL, id");
        self.list(KIND, sqlx::query(select), read).await
    }

    async fn put_oauth_client(&self, client: &OAuthClient) -> Result<(), StoreError> {
        self.within(async {
            let mut change = self.change().await?;
            execute(&mut change, remove(client.of())).await?;
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
            .map_err(by_foreign_key(StoreError::NotFound(
                RecordKind::ProviderConfig,
            )))?;
            change.commit().await.map_err(store_error)
        })
        .await
    }

    async fn delete_oauth_client(&self, of: ClientOf<'_>) -> Result<(), StoreError> {
        let deleted = self.execute(remove(of), store_error).await?;
        some(deleted, StoreError::NotFound(KIND))
    }
}

fn remove(of: ClientOf<'_>) -> Statement<'_> {
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

reads! {
    KIND => OAuthClient { id, connector, provider_config, client_id, updated_at }
    |record| { secret: record.optional_sealed("secret")? }
}
