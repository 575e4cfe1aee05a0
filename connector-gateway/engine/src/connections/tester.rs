//! The connection test.

use std::collections::BTreeMap;

use async_trait::async_trait;
use plugwright_sdk::{Account, ActionError, ConnectorDefinition, Credential};
use plugwright_store::Connection;

/// Asks a provider whose a credential is.
#[async_trait]
pub trait ConnectionTester: Send + Sync + 'static {
    /// Returns the account, if the provider's answer tells. The connector has an identity.
    async fn identify(
        &self,
        connector: &'static ConnectorDefinition,
        credential: Credential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError>;

    /// Returns a connection with a credential that is good, as far as is known: its token is
    /// refreshed if that is due.
    async fn fresh(&self, connection: Connection) -> Result<Connection, ActionError> {
        Ok(connection)
    }

    /// Has the token of a connection refreshed that the provider refused; tells whether there is
    /// another one now.
    async fn renewed(&self, _connection: &Connection) -> Result<bool, ActionError> {
        Ok(false)
    }
}
