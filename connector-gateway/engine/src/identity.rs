//! Whose account a credential is: the provider is asked.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use plugwright_egress::EgressCall;
use plugwright_sdk::transport::Transport;
use plugwright_sdk::{
    Account, ActionContext, ActionError, ConnectorDefinition, Credential, Redactor, Value,
};
use plugwright_store::{Connection, vault::OAUTH2};
use tokio::time::Instant;

use crate::connections::ConnectionTester;
use crate::outbound::Outbound;
use crate::refresh::Refresher;

/// Asks providers whose accounts credentials are. Clones share everything.
#[derive(Clone)]
pub struct Identifier {
    outbound: Arc<Outbound>,
    refresher: Option<Refresher>,
}

impl Identifier {
    pub(crate) fn new(outbound: Arc<Outbound>, refresher: Option<Refresher>) -> Self {
        Self {
            outbound,
            refresher,
        }
    }
}

#[async_trait]
impl ConnectionTester for Identifier {
    async fn identify(
        &self,
        connector: &'static ConnectorDefinition,
        credential: Credential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError> {
        let Some(identity) = connector.identity() else {
            return Ok(None);
        };
        let deadline = Instant::now() + self.outbound.timeout;
        let transport = self.outbound.egress()?.for_call(EgressCall {
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
            .response_cap(self.outbound.response_cap)
            .settings(settings.clone());
        if let Some(base_url) = self.outbound.base_url(connector.name()) {
            builder = builder.base_url(base_url);
        }
        let cx = builder.build();
        let answer: Value = cx.get(identity.path).fetch().await?;
        Ok((identity.read)(&answer).and_then(|account| without_secrets(account, cx.redactor())))
    }

    async fn fresh(&self, connection: Connection) -> Result<Connection, ActionError> {
        match &self.refresher {
            Some(refresher) if connection.scheme == OAUTH2 => {
                let fresh = refresher.fresh(Arc::new(connection)).await?;
                Ok(Arc::unwrap_or_clone(fresh))
            }
            _ => Ok(connection),
        }
    }

    async fn renewed(&self, connection: &Connection) -> Result<bool, ActionError> {
        match &self.refresher {
            Some(refresher) if connection.scheme == OAUTH2 => {
                refresher.renew(&Arc::new(connection.clone())).await
            }
            _ => Ok(false),
        }
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
