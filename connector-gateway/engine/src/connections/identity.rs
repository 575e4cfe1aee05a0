//! Identifies the account of a credential at its provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use plugwright_egress::{Asker, EgressCall};
use plugwright_sdk::host::{Connector, Identity, Redactor};
use plugwright_sdk::reading::line;
use plugwright_sdk::transport::Transport;
use plugwright_sdk::{Account, ActionContext, ActionError, Secret};
use plugwright_store::vault::OpenedCredential;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::outbound::Outbound;
use crate::principal::Principal;

/// Longest id and label of an account, in characters.
const LONGEST: usize = 200;

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
        opened: &OpenedCredential,
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
        opened: &OpenedCredential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError> {
        match connector.identity() {
            Some(identity) => self.ask(connector, identity, opened, settings).await,
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
        opened: &OpenedCredential,
        settings: &BTreeMap<String, String>,
    ) -> Result<Option<Account>, ActionError> {
        let egress = self.egress()?;
        let deadline = Instant::now() + self.timeout;
        let transport = egress.for_call(EgressCall {
            budget: connector.name().to_owned(),
            asker: asker(opened, connector),
            repeatable: true,
            retries: None,
            deadline,
            headers: http::HeaderMap::new(),
            withheld: Vec::new(),
            on_error: connector.error_mapper(),
            response_cap: self.response_cap,
        });
        let budget = Arc::new(Principal::of_budget("identify", None));
        let mut builder = ActionContext::builder(connector, transport as Arc<dyn Transport>)
            .credential(opened.credential.clone())
            .redactor(opened.redactor(connector.auth()))
            .deadline(deadline)
            .response_cap(self.response_cap)
            .response_memory(self.memory.of_call(&budget))
            .settings(settings.clone());
        if let Some(base_url) = Outbound::base_url(self, connector.name()) {
            builder = builder.base_url(base_url);
        }
        let cx = builder.build();
        let account = identity.ask(&cx).await?;
        Ok(account.and_then(|account| presentable(account, cx.redactor())))
    }
}

/// Returns who asks: whose credential it is, as tenants have the connector in common.
fn asker(opened: &OpenedCredential, connector: &Connector) -> Asker {
    let secrets = opened.credential.secrets(connector.auth());
    let secrets = secrets.iter().map(Secret::expose);
    let id = Zeroizing::new(secrets.collect::<Vec<_>>().join(" "));
    Asker::alone(&id)
}

/// Redacts secrets in an account, and makes each of its texts a short line. An account whose id is a
/// secret, or no short line, stays unknown: without it, two of them would look the same.
fn presentable(account: Account, redactor: &Redactor) -> Option<Account> {
    let Account { id, label } = account;
    if redactor.finds_in(&id) || line(&id, LONGEST) != id {
        return None;
    }
    let label = line(&redactor.redact(&label), LONGEST);
    Some(Account { id, label })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn presented(id: &str, label: &str) -> Option<Account> {
        let account = Account {
            id: id.to_owned(),
            label: label.to_owned(),
        };
        presentable(account, &Redactor::default())
    }

    #[test]
    fn what_a_provider_calls_an_account_is_one_short_line() {
        let label = format!("\u{202e}Me\n\u{1b}[2J {}", "x".repeat(1_000_000));
        let account = presented("7", &label).unwrap();
        assert_eq!(account.label.chars().count(), LONGEST);
        assert!(account.label.starts_with("Me [2J xxx"), "{}", account.label);
        let longest = "7".repeat(LONGEST);
        assert_eq!(presented(&longest, "Me").unwrap().id, longest);
        for id in ["a\nb", "a\u{202e}b", &"7".repeat(LONGEST + 1)] {
            assert_eq!(presented(id, "Me"), None, "{id}");
        }
    }
}
