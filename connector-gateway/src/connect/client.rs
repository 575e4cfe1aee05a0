//! Whether accounts can be connected by OAuth.

use plugwright_sdk::{ActionError, ConnectorDefinition, ErrorCode};
use uuid::Uuid;

use super::Connect;

impl Connect<'_> {
    /// Checks that the operator has set the OAuth client of a connector.
    ///
    /// # Errors
    ///
    /// `PROVIDER_NOT_CONFIGURED` if not.
    pub(crate) async fn check_client(
        &self,
        connector: &'static ConnectorDefinition,
    ) -> Result<(), ActionError> {
        self.registrations.at(connector, None).await.map(drop)
    }

    /// Tells whether accounts of a connector can be connected by OAuth.
    pub(crate) async fn has_client(
        &self,
        connector: &'static ConnectorDefinition,
        provider_config: Option<Uuid>,
    ) -> Result<bool, ActionError> {
        match self.registrations.at(connector, provider_config).await {
            Ok(_) => Ok(true),
            Err(error) if error.code() == ErrorCode::ProviderNotConfigured => Ok(false),
            Err(error) => Err(error),
        }
    }
}
