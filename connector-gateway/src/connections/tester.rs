//! The connection test.

use std::collections::BTreeMap;

use async_trait::async_trait;
use plugwright_sdk::{Account, ActionError, ConnectorDefinition, Credential};

/// Asks a provider whose a credential is.
#[async_trait]
pub(crate) trait ConnectionTester: Send + Sync + 'static {
    /// Returns the account, if the provider's answer tells. The connector has an identity.
    async fn identify(
        &self,
        connector: &'static ConnectorDefinition,
        credential: Credential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError>;
}
