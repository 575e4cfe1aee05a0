//! OAuth clients at providers.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Sealed, StoreError, Timestamp};

/// The owner of an OAuth client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientOf<'a> {
    /// The operator, for a connector.
    Connector(&'a str),
    /// A provider config.
    ProviderConfig(Uuid),
}

/// The gateway's client registration at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthClient {
    /// Id; the associated data of the secret.
    pub id: Uuid,
    /// The connector's name.
    pub connector: String,
    /// The provider config; `None` for the operator's.
    pub provider_config: Option<Uuid>,
    /// The client's id at the provider.
    pub client_id: String,
    /// The sealed client secret; `None` for a public client.
    pub secret: Option<Sealed>,
    /// When it was stored.
    pub updated_at: Timestamp,
}

impl OAuthClient {
    /// Returns the owner.
    pub fn of(&self) -> ClientOf<'_> {
        match self.provider_config {
            Some(id) => ClientOf::ProviderConfig(id),
            None => ClientOf::Connector(&self.connector),
        }
    }
}

/// The OAuth clients of the operator and of provider configs.
#[async_trait]
pub trait OAuthClientStore: Send + Sync {
    /// Returns an OAuth client.
    async fn oauth_client(&self, of: ClientOf<'_>) -> Result<Option<OAuthClient>, StoreError>;

    /// Returns all OAuth clients by connector, the operator's first.
    async fn oauth_clients(&self) -> Result<Vec<OAuthClient>, StoreError>;

    /// Stores an OAuth client, replacing the owner's present one.
    async fn put_oauth_client(&self, client: &OAuthClient) -> Result<(), StoreError>;

    /// Deletes an OAuth client.
    async fn delete_oauth_client(&self, of: ClientOf<'_>) -> Result<(), StoreError>;
}
