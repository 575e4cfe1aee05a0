//! Identifies the account of a credential at its provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use plugwright_egress::EgressCall;
use plugwright_sdk::host::{Connector, Identity, Redactor};
use plugwright_sdk::transport::Transport;
use plugwright_sdk::{Account, ActionContext, ActionError, Credential};
use tokio::time::Instant;

use crate::outbound::Outbound;

/// Identifies the account of a credential.
#[async_trait]
pub trait Identify: Send + Sync + 'static {
    /// Returns the base URL of the connector's API, which may be a template over settings.
    fn base_url<'a>(&'a self, connector: &'a Connector) -> &'a str {
        connector.base_url()
    }

    /// Asks the provider, in the connector's way.
    ///
    /// # Errors
    ///
    /// Errors of the provider or of egress: `AUTH_INVALID` for a credential that it rejects.
    async fn ask(
        &self,
        connector: &Connector,
        identity: Identity<'_>,
        credential: &Credential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError>;

    /// Returns the account. `None` if the connector can't identify accounts, or the response does
    /// not contain it.
    ///
    /// # Errors
    ///
    /// As [`ask`](Self::ask).
    async fn identify(
        &self,
        connector: &Connector,
        credential: &Credential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError> {
        match connector.identity() {
            Some(identity) => self.ask(connector, identity, credential, settings).await,
            None => Ok(None),
        }
    }
}

#[async_trait]
impl Identify for Outbound {
    fn base_url<'a>(&'a self, connector: &'a Connector) -> &'a str {
        self.base_url_of(connector)
    }

    async fn ask(
        &self,
        connector: &Connector,
        identity: Identity<'_>,
        credential: &Credential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError> {
        let egress = self.egress()?;
        let deadline = Instant::now() + self.timeout;
        let transport = egress.for_call(EgressCall {
            budget: connector.name().to_owned(),
            caller: EgressCall::caller_of("identify"),
            repeatable: true,
            retries: None,
            deadline,
            headers: http::HeaderMap::new(),
            on_error: connector.error_mapper(),
            response_cap: self.response_cap,
        });
        let mut builder = ActionContext::builder(connector, transport as Arc<dyn Transport>)
            .credential(credential.clone())
            .deadline(deadline)
            .response_cap(self.response_cap)
            .settings(settings.clone());
        if let Some(base_url) = Outbound::base_url(self, connector.name()) {
            builder = builder.base_url(base_url);
        }
        let cx = builder.build();
        let account = identity.ask(&cx).await?;
        Ok(account.and_then(|account| without_secrets(account, cx.redactor())))
    }
}

/// Redacts secrets in an account. An account whose id is a secret stays unknown: without it, two of
/// them would look the same.
fn without_secrets(account: Account, redactor: &Redactor) -> Option<Account> {
    if redactor.finds_in(&account.id) {
        return None;
    }
    Some(Account {
        label: redactor.redact(&account.label),
        ..account
    })
}
