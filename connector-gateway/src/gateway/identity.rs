//! Whose account a credential is: the provider is asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::Redactor;
use plugwright_sdk::transport::Transport;
use plugwright_sdk::{Account, ActionContext, ActionError, ConnectorDefinition, Credential, Value};
use tokio::time::Instant;

use super::{Gateway, Inner};
use crate::connections::ConnectionTester;
use crate::egress::EgressCall;
use crate::store::Connection;

impl Inner {
    /// Asks the provider whose account a credential is; see [`Gateway::identify`].
    pub(crate) async fn identify(
        &self,
        connector: &'static ConnectorDefinition,
        credential: Credential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError> {
        let Some(identity) = connector.identity() else {
            return Ok(None);
        };
        let deadline = Instant::now() + self.limits.call_timeout;
        let transport = self.egress()?.for_call(EgressCall {
            budget: connector.name().to_owned(),
            caller: EgressCall::caller_of("identify"),
            repeatable: true,
            retries: None,
            deadline,
            headers: http::HeaderMap::new(),
        });
        let mut builder = ActionContext::builder(connector, transport as Arc<dyn Transport>)
            .credential(credential)
            .deadline(deadline)
            .response_cap(self.limits.response_body)
            .settings(settings.clone());
        if let Some(base_url) = self.base_urls.get(connector.name()) {
            builder = builder.base_url(base_url);
        }
        let cx = builder.build();
        let answer: Value = cx.get(identity.path).fetch().await?;
        Ok((identity.read)(&answer).and_then(|account| without_secrets(account, cx.redactor())))
    }
}

impl Gateway {
    /// Asks the provider whose account a credential is. `None` where the connector has no way to
    /// find out.
    ///
    /// # Errors
    ///
    /// What the provider or the way to it reports: `AUTH_INVALID` for a credential that it refuses.
    pub async fn identify(
        &self,
        connector: &'static ConnectorDefinition,
        credential: Credential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError> {
        self.inner.identify(connector, credential, settings).await
    }

    /// Asks the provider whose account the credential of a connection is.
    ///
    /// # Errors
    ///
    /// As [`identify`](Self::identify), and what keeps the credential from being read.
    pub(crate) async fn identify_connection(
        &self,
        connector: &'static ConnectorDefinition,
        connection: &Connection,
    ) -> Result<Option<Account>, ActionError> {
        let Some(state) = &self.inner.state else {
            return Ok(None);
        };
        let connection = self.fresh(connection.clone()).await?;
        let opened = state.vault.open_credential(&connection)?;
        self.identify(connector, opened.credential, &connection.settings)
            .await
    }
}

/// Takes secrets out of what is shown of an account. One whose id is a secret stays unknown: two of
/// them would be the same without it.
fn without_secrets(account: Account, redactor: &Redactor) -> Option<Account> {
    if redactor.finds_in(&account.id) {
        return None;
    }
    Some(Account {
        label: redactor.redact(&account.label),
        ..account
    })
}

#[async_trait]
impl ConnectionTester for Gateway {
    async fn identify(
        &self,
        connector: &'static ConnectorDefinition,
        credential: Credential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError> {
        Self::identify(self, connector, credential, settings).await
    }

    async fn fresh(&self, connection: Connection) -> Result<Connection, ActionError> {
        match &self.inner.refresher {
            Some(refresher) if connection.scheme == SchemeKind::OAuth2 => {
                let fresh = refresher.fresh(Arc::new(connection)).await?;
                Ok(Arc::unwrap_or_clone(fresh))
            }
            _ => Ok(connection),
        }
    }

    async fn renewed(&self, connection: &Connection) -> Result<bool, ActionError> {
        match &self.inner.refresher {
            Some(refresher) if connection.scheme == SchemeKind::OAuth2 => {
                refresher.renew(&Arc::new(connection.clone())).await
            }
            _ => Ok(false),
        }
    }
}
