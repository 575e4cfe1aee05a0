//! Callers, and what each may see.

mod search;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use axum::http::{Extensions, HeaderMap};
use futures_util::future::BoxFuture;
use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Echo, Effect, Entry, nearest};
use plugwright_sdk::{ActionError, Auth, ErrorCode};

use crate::answer::defect;
use crate::gateway::Gateway;
use crate::in_process::VouchedCaller;
use crate::request::bearer_token;
use plugwright_engine::Principal;
use plugwright_engine::accounts::Accounts;
use plugwright_engine::connect::personal::Personal;
use plugwright_store::Connection;

/// For an unknown name, so many names that are near to it are looked at: a caller may not see some.
const MOST_NEAR: usize = 20;

/// An action that was found by a name.
pub(crate) struct Named {
    pub(crate) entry: Entry,
    /// The connection, if the name begins with that of one.
    pub(crate) connection: Option<String>,
}

/// A principal at a gateway. Lists and searches have only what it may call.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) gateway: Gateway,
    pub(crate) principal: Arc<Principal>,
}

impl Caller {
    /// Identifies a caller by the bearer token of a request.
    pub(crate) async fn of(gateway: &Gateway, headers: &HeaderMap) -> Result<Self, ActionError> {
        let principal = gateway.authenticate(bearer_token(headers)?).await?;
        Ok(Self {
            gateway: gateway.clone(),
            principal,
        })
    }

    /// Identifies a caller by the bearer token of a request, or as the one whom this process vouches for.
    pub(crate) async fn of_request(
        gateway: &Gateway,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<Self, ActionError> {
        match extensions.get() {
            Some(VouchedCaller(principal)) if bearer_token(headers)?.is_none() => {
                gateway.admit(principal)?;
                Ok(Self {
                    gateway: gateway.clone(),
                    principal: Arc::clone(principal),
                })
            }
            _ => Self::of(gateway, headers).await,
        }
    }

    /// Returns whether the caller may call an action.
    pub(crate) fn allows(&self, action: &str) -> bool {
        self.gateway.allows(&self.principal, action)
    }

    /// Returns the actions of a connector; those of a catalog are loaded one by one.
    pub(crate) fn actions(&self, connector: &Connector) -> impl Iterator<Item = Entry> {
        let entries = Entry::all_of(connector);
        entries.filter(|entry| self.allows_effect(&entry.id(), entry.action.effect()))
    }

    /// Returns the names of a connector's actions, without loading them.
    pub(crate) fn action_names<'c>(
        &self,
        connector: &'c Connector,
    ) -> impl Iterator<Item = &'c str> {
        let actions = connector.outline().filter(|(name, effect)| {
            let id = format!("{}.{name}", connector.name());
            self.allows_effect(&id, *effect)
        });
        actions.map(|(name, _)| name)
    }

    fn allows_effect(&self, action: &str, effect: Effect) -> bool {
        let engine = self.gateway.engine();
        engine.allows_effect(&self.principal, action, effect)
    }

    pub(crate) fn connectors(&self) -> impl Iterator<Item = &Connector> {
        let connectors = self.gateway.registry().connectors();
        connectors.filter(|connector| self.action_names(connector).next().is_some())
    }

    /// Returns those of these names, or all if there are no names.
    pub(crate) fn connectors_of(&self, names: &HashSet<&str>) -> impl Iterator<Item = &Connector> {
        let registry = self.gateway.registry();
        let wanted = registry
            .names()
            .filter(|name| names.is_empty() || names.contains(name));
        wanted.filter_map(|name| self.connector(name))
    }

    pub(crate) fn connector(&self, name: &str) -> Option<&Connector> {
        let connector = self.gateway.registry().connector(name)?;
        self.action_names(connector).next().map(|_| connector)
    }

    /// Returns the error for an unknown connector; `noun` is what the surface calls connectors.
    pub(crate) fn unknown_connector(&self, noun: &str, name: &str) -> ActionError {
        let near = self.did_you_mean(name).unwrap_or_default();
        let message = format!("no {noun} is named `{}`{near}", Echo(name));
        ActionError::new(ErrorCode::ConnectorNotFound, message)
    }

    fn did_you_mean(&self, name: &str) -> Option<String> {
        let near = nearest::names(name, self.gateway.registry().names(), MOST_NEAR);
        let mut near = near.into_iter();
        let near = near.find(|near| self.connector(near).is_some());
        nearest::question(near.as_slice())
    }

    /// Finds the connector that a parameter narrows a list to, by its name or display name. Letters and
    /// digits count, upper and lower case are alike. `param` is what the surface calls connectors.
    pub(crate) fn narrowed(&self, param: &str, name: &str) -> Result<&Connector, ActionError> {
        if let Some(connector) = self.connector(name) {
            return Ok(connector);
        }
        let registry = self.gateway.registry();
        let wanted: String = letters(name).collect();
        let is_wanted = |known: &str| letters(known).eq(wanted.chars());
        let named = registry.names().filter(|known| is_wanted(known));
        // Connectors of the library have names made from their display names, and are not loaded.
        let own = registry.own_actions().iter().map(|entry| &entry.connector);
        let shown = own.filter(|connector| is_wanted(connector.display_name()));
        let meant: BTreeSet<_> = named.chain(shown.map(Connector::name)).collect();
        let mut meant = meant.into_iter().filter_map(|name| self.connector(name));
        if let (Some(connector), None) = (meant.next(), meant.next()) {
            return Ok(connector);
        }
        let hint = self.did_you_mean(name).unwrap_or_else(|| {
            // Those of a library would all be loaded to be counted.
            let own = registry.own_connectors().iter().map(Connector::name);
            let known = own.filter(|name| self.connector(name).is_some());
            format!("; known: {}", nearest::list(known))
        });
        let message = format!("names an unknown {param}, `{}`{hint}", Echo(name));
        Err(ActionError::invalid_param(param, message))
    }

    /// Finds an action by any spelling of its id.
    pub(crate) fn find(&self, name: &str) -> Result<Entry, ActionError> {
        match self.gateway.engine().find(&self.principal, name) {
            Ok(entry) if self.allows(&entry.id()) => Ok(entry),
            Ok(_) => Err(ActionError::new(
                ErrorCode::ActionNotFound,
                format!("no action is named `{}`", Echo(name)),
            )),
            Err(unknown) => Err(unknown.into()),
        }
    }

    /// Finds an action by any spelling of its id, or with the name of a connection of an organization in
    /// place of its connector's.
    pub(crate) async fn find_of(
        &self,
        organization: Option<&str>,
        name: &str,
    ) -> Result<Named, ActionError> {
        let unknown = match self.find(name) {
            Err(error) if error.code() == ErrorCode::ConnectorNotFound => error,
            found => {
                return found.map(|entry| Named {
                    entry,
                    connection: None,
                });
            }
        };
        let engine = self.gateway.engine();
        let found = engine
            .find_instance(&self.principal, organization, name)
            .await?;
        let found = found.filter(|(entry, _)| self.allows(&entry.id()));
        let named = found.map(|(entry, connection)| Named {
            entry,
            connection: Some(connection),
        });
        named.ok_or(unknown)
    }

    /// Returns the connections that calls may use, of one organization and connector or of all.
    pub(crate) async fn connections(
        &self,
        organization: Option<&str>,
        connector: Option<&str>,
    ) -> Result<Vec<Connection>, ActionError> {
        self.gateway
            .usable_connections(&self.principal, organization, connector)
            .await
    }

    /// Returns what connects and disconnects the caller's own accounts.
    pub(crate) fn personal(&self) -> Result<Personal<'_>, ActionError> {
        let engine = self.gateway.engine();
        let connect = self.gateway.connect()?;
        Personal::new(connect, engine.policy(), &self.principal)
    }

    /// Returns the end users' accounts of the project whose key the caller has.
    pub(crate) fn accounts(&self) -> Result<Accounts<'_>, ActionError> {
        Accounts::new(self.gateway.connect().ok(), &self.principal)
    }

    /// Runs work to its end even if the client disconnects: half a change is worse than none.
    pub(crate) async fn run_to_end<T, E, W>(self, work: impl FnOnce(Self) -> W) -> Result<T, E>
    where
        W: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<ActionError> + Send + 'static,
    {
        let tasks = self.gateway.engine().tasks().clone();
        // Boxed, so that what a task needs is compiled once for each type of result.
        let work: BoxFuture<'static, _> = Box::pin(work(self));
        let done = tasks.spawn(work).await;
        done.unwrap_or_else(|error| Err(defect().with_source(error).into()))
    }
}

/// Returns the letters and digits of a name, in lower case.
fn letters(name: &str) -> impl Iterator<Item = char> {
    let letters = name.chars().filter(|letter| letter.is_alphanumeric());
    letters.flat_map(char::to_lowercase)
}

pub(crate) fn runs_without_credential(connector: &Connector) -> bool {
    let schemes = connector.auth();
    let is_none = |auth: &Auth<'_>| matches!(auth.scheme, Scheme::None);
    schemes.is_empty() || schemes.iter().any(is_none)
}

#[cfg(test)]
mod tests {
    use plugwright_catalog::SearchQuery;
    use plugwright_sdk::host::Registry;
    use serde_json::json;

    use super::*;
    use plugwright_engine::{EngineSettings, Grant};

    fn caller(grant: Grant) -> Caller {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let principal = Principal {
            grant,
            ..Principal::local()
        };
        Caller {
            gateway: Gateway::builder(registry)
                .engine(EngineSettings::offline())
                .build()
                .unwrap(),
            principal: Arc::new(principal),
        }
    }

    fn ids(entries: impl Iterator<Item = Entry>) -> Vec<String> {
        entries.map(|entry| entry.id()).collect()
    }

    #[test]
    fn a_search_returns_the_best_first() {
        let caller = caller(Grant::everything());
        let ids = |words| {
            let query = SearchQuery::new(words).limit(500);
            ids(caller.search(query).unwrap().into_iter())
        };
        assert_eq!(ids("list issues")[0], "github.issues.list");
        assert_eq!(ids("merge pulls")[0], "github.pulls.merge");
        let all = plugwright_github::CONNECTOR.actions().len();
        assert_eq!(ids("github").len(), all);
        assert!(ids("xylophone").is_empty());
    }

    #[test]
    fn a_search_can_be_for_what_is_ready_alone() {
        let registry = Registry::new([
            &plugwright_github::CONNECTOR,
            &plugwright_hackernews::CONNECTOR,
        ]);
        let engine = EngineSettings::offline();
        let gateway = Gateway::builder(registry.unwrap()).engine(engine).build();
        let caller = Caller {
            gateway: gateway.unwrap(),
            principal: Arc::new(Principal::local()),
        };
        // The best hits, and as many as are looked at, are GitHub's.
        let query = SearchQuery::new("list issues").limit(1);
        assert_eq!(caller.search(query).unwrap()[0].connector.name(), "github");
        let ready = caller.search_ready(query, &[], runs_without_credential);
        assert_eq!(
            ids(ready.unwrap().into_iter()),
            ["hackernews.comments.list"]
        );
    }

    #[test]
    fn a_caller_sees_what_its_grant_allows_and_nothing_else() {
        let grant = serde_json::from_value(json!({ "actions": ["github.labels.*"] })).unwrap();
        let caller = caller(grant);
        let github = caller.connector("github").unwrap();
        let seen = ids(caller.actions(github));
        assert!(seen.iter().all(|id| id.starts_with("github.labels.")));
        assert!(!seen.is_empty());
        assert!(
            ids(caller
                .search(SearchQuery::new("label"))
                .unwrap()
                .into_iter())
            .iter()
            .all(|id| seen.contains(id))
        );
        assert!(caller.connector("gitlab").is_none());

        let found = caller.find("github.labels_get").unwrap().id();
        assert_eq!(found, "github.labels.get");
        let error = caller.find("github.issues.list").unwrap_err();
        assert_eq!(error.message(), "no action is named `github.issues.list`");
        let error = caller.find("github.labels.gett").unwrap_err();
        assert!(error.message().contains("`github.labels.get`"), "{error}");
        let error = caller.find("github.issues.lst").unwrap_err();
        assert!(!error.message().contains("issues.list"), "{error}");
        let error = caller.unknown_connector("service", "githb");
        assert_eq!(
            error.message(),
            "no service is named `githb`; did you mean `github`?"
        );
    }

    #[test]
    fn a_list_is_narrowed_by_the_name_of_a_connector_however_it_is_spelled() {
        let registry = Registry::new([
            &plugwright_github::CONNECTOR,
            &plugwright_hackernews::CONNECTOR,
        ]);
        let engine = EngineSettings::offline();
        let gateway = Gateway::builder(registry.unwrap()).engine(engine).build();
        let mut caller = Caller {
            gateway: gateway.unwrap(),
            principal: Arc::new(Principal::local()),
        };
        for (name, found) in [
            ("github", "github"),
            ("GitHub", "github"),
            ("Hacker News", "hackernews"),
            ("hacker_news", "hackernews"),
        ] {
            let connector = caller.narrowed("connector", name).unwrap();
            assert_eq!(connector.name(), found, "{name}");
        }
        let refused = |caller: &Caller, name: &str| {
            let error = caller.narrowed("connector", name).err().unwrap();
            assert_eq!(error.code(), ErrorCode::ValidationError);
            error.message().to_owned()
        };
        assert_eq!(
            refused(&caller, "githb"),
            "`connector` names an unknown connector, `githb`; did you mean `github`?"
        );
        assert_eq!(
            refused(&caller, "nope"),
            "`connector` names an unknown connector, `nope`; known: github, hackernews"
        );
        let grant = serde_json::from_value(json!({ "actions": ["github.*"] })).unwrap();
        caller.principal = Arc::new(Principal {
            grant,
            ..Principal::local()
        });
        assert_eq!(
            refused(&caller, "Hacker News"),
            "`connector` names an unknown connector, `Hacker News`; known: github"
        );
    }

    #[test]
    fn a_caller_that_may_call_nothing_sees_no_connector() {
        let grant = serde_json::from_value(json!({ "actions": [] })).unwrap();
        let caller = caller(grant);
        assert_eq!(caller.connectors().count(), 0);
        let error = caller.unknown_connector("connector", "githb");
        assert_eq!(error.message(), "no connector is named `githb`");
    }
}
