//! The registrations at providers.

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Sealed, StoreError, Timestamp};

/// Whose an OAuth client is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientOf<'a> {
    /// The operator's, for a connector.
    Connector(&'a str),
    /// A provider config's own.
    ProviderConfig(Uuid),
}

/// The gateway's registration at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OAuthClient {
    /// Id; the secret's associated data.
    pub id: Uuid,
    /// The connector's name.
    pub connector: String,
    /// The provider config whose own it is; `None` is the operator's.
    pub provider_config: Option<Uuid>,
    /// The client's id at the provider.
    pub client_id: String,
    /// The client's secret, sealed; public clients have none.
    pub secret: Option<Sealed>,
    /// When it was set.
    pub updated_at: Timestamp,
}

impl OAuthClient {
    /// Returns whose it is.
    pub fn of(&self) -> ClientOf<'_> {
        match self.provider_config {
            Some(id) => ClientOf::ProviderConfig(id),
            None => ClientOf::Connector(&self.connector),
        }
    }
}

/// The operator's and projects' registrations at providers.
#[async_trait]
pub trait OAuthClientStore: Send + Sync {
    /// Returns an OAuth client.
    async fn oauth_client(&self, of: ClientOf<'_>) -> Result<Option<OAuthClient>, StoreError>;

    /// Returns all OAuth clients by connector, the operator's first.
    async fn oauth_clients(&self) -> Result<Vec<OAuthClient>, StoreError>;

    /// Stores an OAuth client in place of the one that is there.
    async fn put_oauth_client(&self, client: &OAuthClient) -> Result<(), StoreError>;

    /// Deletes an OAuth client.
    async fn delete_oauth_client(&self, of: ClientOf<'_>) -> Result<(), StoreError>;
}
