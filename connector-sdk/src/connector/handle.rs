//! Connectors as a process holds them: compiled in, or made at run time.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Arc, OnceLock};

use super::ConnectorDefinition;
use super::check::LONGEST_TOOL_NAME;
use super::spelling::Spellings;
use crate::action::{Action, ActionHandle, ActionSource, Effect};
use crate::auth::{Auth, NeededScope, OAuth2, Scope};
use crate::echo::Echo;
use crate::error::Faults;
use crate::host::normalize;
use crate::provider::{
    self, Availability, ConnectorParts, ErrorMapper, Host, Identity, InvalidConnector, Provider,
    Setting,
};
use crate::text::is_action_name;
use crate::transport::Relay;

/// A connector that a process has: a compiled [`ConnectorDefinition`], or one made at run time of
/// [`ConnectorParts`] and actions. Clones share it.
///
/// ```
/// use plugwright_sdk::host::{Connector, ConnectorParts};
/// use plugwright_sdk::{ConnectorDefinition, actions};
///
/// static TODO: ConnectorDefinition =
///     ConnectorDefinition::new("todo", "To do", "1.0.0").actions(actions![]);
///
/// let compiled = Connector::from(&TODO);
/// let parts = ConnectorParts { name: "notes".to_owned(), ..ConnectorParts::default() };
/// let made = Connector::new(parts, Vec::new())?;
/// assert_eq!([compiled.name(), made.name()], ["todo", "notes"]);
/// # Ok::<(), plugwright_sdk::host::InvalidConnector>(())
/// ```
#[derive(Clone)]
pub struct Connector {
    provider: Provider,
    actions: Actions,
}

#[derive(Clone)]
enum Actions {
    Compiled(&'static ConnectorDefinition),
    Made(Arc<Made>),
}

struct Made {
    source: Arc<dyn ActionSource>,
    spellings: OnceLock<Spellings>,
    relay: Option<Arc<dyn Relay>>,
}

macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> $type {
            self.provider.$name()
        }
    )*};
}

impl Connector {
    /// Makes a connector at run time.
    ///
    /// # Errors
    ///
    /// For what would stop the build of a compiled one: a bad or reserved name, two actions under
    /// one name or spelling, a tool name over 64 characters, an undeclared scope, an OAuth 2 endpoint
    /// whose host a setting could choose.
    pub fn new(
        parts: ConnectorParts,
        actions: Vec<Arc<dyn Action>>,
    ) -> Result<Self, InvalidConnector> {
        parts.check()?;
        check(&parts, &actions)?;
        Ok(Self::made(parts, Arc::new(actions), None))
    }

    /// Makes a connector whose actions are loaded when they are needed. Their names and scopes were
    /// checked when they were stored. `relay` carries its requests, if they don't go over plain HTTP.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), but for what actions can cause.
    pub fn lazy(
        parts: ConnectorParts,
        actions: Arc<dyn ActionSource>,
        relay: Option<Arc<dyn Relay>>,
    ) -> Result<Self, InvalidConnector> {
        parts.check()?;
        Ok(Self::made(parts, actions, relay))
    }

    fn made(
        parts: ConnectorParts,
        source: Arc<dyn ActionSource>,
        relay: Option<Arc<dyn Relay>>,
    ) -> Self {
        Self {
            provider: Provider::new(parts),
            actions: Actions::Made(Arc::new(Made {
                source,
                spellings: OnceLock::new(),
                relay,
            })),
        }
    }

    /// Returns the definition, if it is compiled in.
    pub fn definition(&self) -> Option<&'static ConnectorDefinition> {
        match self.actions {
            Actions::Compiled(definition) => Some(definition),
            Actions::Made(_) => None,
        }
    }

    /// Returns whether two handles are of the same connector.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.actions, &other.actions) {
            (Actions::Compiled(one), Actions::Compiled(other)) => std::ptr::eq(*one, *other),
            (Actions::Made(one), Actions::Made(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    facts! {
        /// Returns the name, as it stands in ids and URLs.
        name: &str;
        /// Returns the display name.
        display_name: &str;
        /// Returns the version.
        version: &str;
        /// Returns one line about the provider.
        description: &str;
        /// Returns the base URL, perhaps a template such as `https://{site}.example.com`.
        base_url: &str;
        /// Returns the further hosts.
        hosts: &[Host<'_>];
        /// Returns the headers that every request carries.
        headers: &[(&str, &str)];
        /// Returns the auth schemes, the preferred one first; empty means none is needed.
        auth: &[Auth<'_>];
        /// Returns the categories.
        categories: &[&str];
        /// Returns the URL of an icon.
        icon_url: Option<&str>;
        /// Returns the provider's home page.
        homepage_url: Option<&str>;
        /// Returns the path that GraphQL operations go to.
        graphql_path: &'static str;
        /// Returns whether callers can use it.
        availability: Availability;
        /// Returns what turns answers into errors.
        error_mapper: Option<ErrorMapper>;
        /// Returns how to find out whose account a credential is.
        identity: Option<Identity<'_>>;
        /// Returns the recorded traffic: file names and contents.
        cassettes: &'static [(&'static str, &'static str)];
    }

    pub(crate) fn provider(&self) -> &Provider {
        &self.provider
    }

    /// Returns the name for what outlives this handle; it is copied only if the connector was made at
    /// run time.
    pub fn lasting_name(&self) -> Cow<'static, str> {
        match &self.actions {
            Actions::Compiled(definition) => Cow::Borrowed(definition.name()),
            Actions::Made(_) => Cow::Owned(self.name().to_owned()),
        }
    }

    /// Returns the auth schemes at these places, or all if none are given.
    pub fn schemes_at(&self, places: Option<&[usize]>) -> impl Iterator<Item = &Auth<'_>> {
        let schemes = self.auth().iter().enumerate();
        schemes
            .filter(move |(place, _)| places.is_none_or(|places| places.contains(place)))
            .map(|(_, auth)| auth)
    }

    /// Returns the scheme of OAuth 2, if there is one; of several, the first.
    pub fn oauth2(&self) -> Option<&OAuth2<'_>> {
        provider::first_oauth2(self.auth())
    }

    /// Returns the OAuth scopes of all schemes.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope<'_>> {
        provider::all_scopes(self.auth())
    }

    /// Returns the settings that a connection can have, those of the base URL first.
    pub fn settings(&self) -> Vec<Setting<'_>> {
        self.settings_at(self.base_url())
    }

    /// Returns everything that is wrong with the settings of a connection, by the settings' names.
    pub fn check_settings(&self, settings: &BTreeMap<String, String>) -> Faults {
        self.check_settings_at(self.base_url(), settings)
    }

    /// Returns the settings that a connection can have where `base_url` replaces the connector's own:
    /// what only that has in it is no setting then.
    pub fn settings_at(&self, base_url: &str) -> Vec<Setting<'_>> {
        self.provider.templates().settings(base_url)
    }

    /// Returns what carries its requests, if they don't go over plain HTTP.
    pub fn relay(&self) -> Option<&Arc<dyn Relay>> {
        match &self.actions {
            Actions::Compiled(_) => None,
            Actions::Made(made) => made.relay.as_ref(),
        }
    }

    /// Returns everything that is wrong with the settings of a connection where `base_url` replaces
    /// the connector's own.
    pub fn check_settings_at(&self, base_url: &str, settings: &BTreeMap<String, String>) -> Faults {
        self.provider.templates().check(base_url, settings)
    }

    /// Returns the actions; those of a catalog are loaded one by one.
    pub fn actions(&self) -> impl Iterator<Item = ActionHandle> {
        (0..self.action_count()).filter_map(|index| self.action_at(index))
    }

    /// Returns the number of actions.
    pub fn action_count(&self) -> usize {
        match &self.actions {
            Actions::Compiled(definition) => definition.actions().len(),
            Actions::Made(made) => made.source.len(),
        }
    }

    /// Returns name and effect of each action, without loading it.
    pub fn outline(&self) -> impl Iterator<Item = (&str, Effect)> {
        (0..self.action_count()).filter_map(|index| self.outline_at(index))
    }

    pub(crate) fn action_index(&self, name: &str) -> Option<usize> {
        match &self.actions {
            // Without a table of spellings, which would be made anew each time.
            Actions::Compiled(definition) => {
                let mut actions = definition.actions().iter();
                actions.position(|action| action.name() == name)
            }
            Actions::Made(_) => {
                let index = self.spelled(&normalize(name))?;
                (self.outline_at(index)?.0 == name).then_some(index)
            }
        }
    }

    /// Returns the place of the action that has this spelling, in the form that all are brought to.
    pub(crate) fn spelled(&self, spelling: &str) -> Option<usize> {
        match &self.actions {
            Actions::Compiled(_) => Spellings::of(self).find(self, spelling),
            Actions::Made(made) => {
                let spellings = made.spellings.get_or_init(|| Spellings::of(self));
                spellings.find(self, spelling)
            }
        }
    }

    /// Returns name and effect of one action, by its place in [`actions`](Self::actions).
    pub(crate) fn outline_at(&self, index: usize) -> Option<(&str, Effect)> {
        match &self.actions {
            Actions::Compiled(definition) => {
                let action: &dyn Action = *definition.actions().get(index)?;
                Some((action.name(), action.effect()))
            }
            Actions::Made(made) => made.source.outline(index),
        }
    }

    pub(crate) fn action_at(&self, index: usize) -> Option<ActionHandle> {
        match &self.actions {
            Actions::Compiled(definition) => {
                let action = definition.actions().get(index)?;
                Some(ActionHandle::from(*action))
            }
            Actions::Made(made) => made.source.load(index).map(ActionHandle::from),
        }
    }
}

impl From<&'static ConnectorDefinition> for Connector {
    fn from(definition: &'static ConnectorDefinition) -> Self {
        Self {
            provider: Provider::Compiled(&definition.provider),
            actions: Actions::Compiled(definition),
        }
    }
}

impl From<&Self> for Connector {
    fn from(connector: &Self) -> Self {
        connector.clone()
    }
}

impl fmt::Debug for Connector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Connector").field(&self.name()).finish()
    }
}

fn check(parts: &ConnectorParts, actions: &[Arc<dyn Action>]) -> Result<(), InvalidConnector> {
    let mut known = HashMap::new();
    for action in actions {
        let name = action.name();
        if !is_action_name(name) {
            return Err(InvalidConnector::ActionName(Echo(name).to_string()));
        }
        if parts.name.len() + 1 + name.len() > LONGEST_TOOL_NAME {
            return Err(InvalidConnector::TooLong(Echo(name).to_string()));
        }
        if let Some(other) = known.insert(name.replace('.', "_"), name) {
            return Err(InvalidConnector::SameSpelling(
                other.to_owned(),
                name.to_owned(),
            ));
        }
        let scopes = action.scopes();
        for scope in scopes.iter().flat_map(NeededScope::alternatives) {
            if !parts.declares(scope) {
                return Err(InvalidConnector::UndeclaredScope {
                    action: name.to_owned(),
                    scope: Echo(scope).to_string(),
                });
            }
        }
    }
    Ok(())
}
