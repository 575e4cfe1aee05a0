//! Connectors as a process holds them: compiled in, or made at run time.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use yoke::{Yoke, Yokeable};

use super::parts::{ConnectorParts, InvalidConnector, SchemeParts, SettingParts};
use super::spelling::Spellings;
use super::{Availability, ConnectorDefinition, DEFAULT_GRAPHQL_PATH, ErrorMapper, Host, Identity};
use crate::action::{Action, ActionHandle, ActionSource, Effect};
use crate::auth::{Auth, CustomField, OAuth2, Scope, plain_field, scope, secret_field};
use crate::host::normalize;
use crate::http::Nesting;
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
pub struct Connector(Repr);

#[derive(Clone)]
enum Repr {
    Compiled(&'static ConnectorDefinition),
    Made(Arc<Made>),
}

struct Made {
    views: Yoke<Views<'static>, Box<Yoke<Lists<'static>, Box<ConnectorParts>>>>,
    actions: Arc<dyn ActionSource>,
    spellings: OnceLock<Spellings>,
    relay: Option<Arc<dyn Relay>>,
}

/// The lists within auth schemes, borrowed from the parts.
#[derive(Yokeable)]
struct Lists<'a>(Vec<(Vec<Scope<'a>>, Vec<CustomField<'a>>)>);

/// What accessors return slices of, borrowed from parts and lists.
#[derive(Yokeable)]
struct Views<'a> {
    hosts: Vec<Host<'a>>,
    headers: Vec<(&'a str, &'a str)>,
    auth: Vec<Auth<'a>>,
    categories: Vec<&'a str>,
}

impl<'a> Lists<'a> {
    fn of(parts: &'a ConnectorParts) -> Self {
        let lists = parts.auth.iter().map(|auth| match &auth.scheme {
            SchemeParts::OAuth2 { scopes, .. } => {
                let scopes = scopes.iter();
                let scopes = scopes.map(|known| scope(&known.name, &known.description));
                (scopes.collect(), Vec::new())
            }
            SchemeParts::Custom { fields } => {
                let fields = fields.iter().map(|field| {
                    if field.secret {
                        secret_field(&field.name, &field.label)
                    } else {
                        plain_field(&field.name, &field.label)
                    }
                });
                (Vec::new(), fields.collect())
            }
            _ => (Vec::new(), Vec::new()),
        });
        Self(lists.collect())
    }
}

impl<'a> Views<'a> {
    fn of(parts: &'a ConnectorParts, lists: &'a Lists<'a>) -> Self {
        let auth = parts.auth.iter().zip(&lists.0);
        let auth = auth.map(|(auth, (scopes, fields))| {
            let label = auth.label.as_str();
            match &auth.scheme {
                SchemeParts::None => Auth {
                    label,
                    ..Auth::none()
                },
                SchemeParts::ApiKeyHeader { name } => Auth::api_key_header(label, name),
                SchemeParts::ApiKeyQuery { name } => Auth::api_key_query(label, name),
                SchemeParts::BearerToken { prefix } => Auth::prefixed_token(label, prefix),
                SchemeParts::Basic => Auth::basic(label),
                SchemeParts::Custom { .. } => Auth::custom(label, fields),
                SchemeParts::OAuth2 {
                    authorization_endpoint,
                    token_endpoint,
                    ..
                } => Auth {
                    label,
                    ..match authorization_endpoint {
                        Some(endpoint) => Auth::oauth2(endpoint, token_endpoint, scopes),
                        None => Auth::client_credentials(token_endpoint, scopes),
                    }
                },
            }
        });
        let hosts = parts.hosts.iter();
        let headers = parts.headers.iter();
        Self {
            hosts: hosts
                .map(|host| Host {
                    name: &host.name,
                    base_url: &host.base_url,
                })
                .collect(),
            headers: headers
                .map(|(name, value)| (name.as_str(), value.as_str()))
                .collect(),
            auth: auth.collect(),
            categories: parts.categories.iter().map(String::as_str).collect(),
        }
    }
}

impl Made {
    fn parts(&self) -> &ConnectorParts {
        self.views.backing_cart().backing_cart()
    }
}

/// Defines what both kinds of connectors tell.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident: $type:ty = |$made:ident| $value:expr;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> $type {
            match &self.0 {
                Repr::Compiled(definition) => definition.$name(),
                Repr::Made($made) => $value,
            }
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
        parts.check(&actions)?;
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
        parts.check(&[])?;
        Ok(Self::made(parts, actions, relay))
    }

    fn made(
        parts: ConnectorParts,
        actions: Arc<dyn ActionSource>,
        relay: Option<Arc<dyn Relay>>,
    ) -> Self {
        let lists: Yoke<Lists<'static>, Box<ConnectorParts>> =
            Yoke::attach_to_cart(Box::new(parts), |parts: &ConnectorParts| Lists::of(parts));
        let views = Yoke::attach_to_cart(
            Box::new(lists),
            |lists: &Yoke<Lists<'static>, Box<ConnectorParts>>| {
                Views::of(lists.backing_cart(), lists.get())
            },
        );
        Self(Repr::Made(Arc::new(Made {
            views,
            actions,
            spellings: OnceLock::new(),
            relay,
        })))
    }

    /// Returns the definition, if it is compiled in.
    pub fn definition(&self) -> Option<&'static ConnectorDefinition> {
        match self.0 {
            Repr::Compiled(definition) => Some(definition),
            Repr::Made(_) => None,
        }
    }

    /// Tells whether two handles are of the same connector.
    pub fn is_same(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Compiled(one), Repr::Compiled(other)) => std::ptr::eq(*one, *other),
            (Repr::Made(one), Repr::Made(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    facts! {
        /// Returns the name, as it stands in ids and URLs.
        name: &str = |made| &made.parts().name;
        /// Returns the display name.
        display_name: &str = |made| &made.parts().display_name;
        /// Returns the version.
        version: &str = |made| &made.parts().version;
        /// Returns one line about the provider.
        description: &str = |made| &made.parts().description;
        /// Returns the base URL, perhaps a template such as `https://{site}.example.com`.
        base_url: &str = |made| &made.parts().base_url;
        /// Returns the further hosts.
        hosts: &[Host<'_>] = |made| &made.views.get().hosts;
        /// Returns the headers that every request carries.
        headers: &[(&str, &str)] = |made| &made.views.get().headers;
        /// Returns the auth schemes, the preferred one first; empty means none is needed.
        auth: &[Auth<'_>] = |made| &made.views.get().auth;
        /// Returns the categories.
        categories: &[&str] = |made| &made.views.get().categories;
        /// Returns the URL of an icon.
        icon_url: Option<&str> = |made| made.parts().icon_url.as_deref();
        /// Returns the provider's home page.
        homepage_url: Option<&str> = |made| made.parts().homepage_url.as_deref();
    }

    /// Returns the name for what outlives this handle; it is copied only if the connector was made at
    /// run time.
    pub fn lasting_name(&self) -> Cow<'static, str> {
        match &self.0 {
            Repr::Compiled(definition) => Cow::Borrowed(definition.name()),
            Repr::Made(made) => Cow::Owned(made.parts().name.clone()),
        }
    }

    /// Returns the path that GraphQL operations go to.
    pub fn graphql_path(&self) -> &str {
        self.definition()
            .map_or(DEFAULT_GRAPHQL_PATH, ConnectorDefinition::graphql_path)
    }

    /// Returns how queries and forms write lists and objects.
    pub fn nesting(&self) -> Nesting {
        self.definition()
            .map_or(Nesting::Repeated, ConnectorDefinition::nesting)
    }

    /// Returns the header in which writes carry their key.
    pub fn idempotency_header(&self) -> Option<&'static str> {
        self.definition()?.idempotency_header()
    }

    /// Returns settings that have a default or a list of allowed values.
    pub(super) fn setting_parts(&self) -> &[SettingParts] {
        match &self.0 {
            Repr::Compiled(_) => &[],
            Repr::Made(made) => &made.parts().settings,
        }
    }

    /// Returns the defaults of settings that a compiled connector has.
    pub(super) fn setting_defaults(&self) -> &[(&str, &str)] {
        self.definition()
            .map_or(&[], ConnectorDefinition::setting_defaults)
    }

    /// Adds the defaults of settings that a connection does not have.
    pub(crate) fn add_default_settings(&self, settings: &mut BTreeMap<String, String>) {
        let made = self.setting_parts().iter();
        let made = made.filter_map(|known| Some((known.name.as_str(), known.default.as_deref()?)));
        let compiled = self.setting_defaults().iter().copied();
        for (name, default) in made.chain(compiled) {
            if !settings.contains_key(name) {
                settings.insert(name.to_owned(), default.to_owned());
            }
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
        super::first_oauth2(self.auth())
    }

    /// Returns the OAuth scopes of all schemes.
    pub fn scopes(&self) -> impl Iterator<Item = &Scope<'_>> {
        super::all_scopes(self.auth())
    }

    /// Returns whether callers can use it.
    pub fn availability(&self) -> Availability {
        self.definition()
            .map_or(Availability::Available, ConnectorDefinition::availability)
    }

    /// Returns what turns answers into errors.
    pub fn error_mapper(&self) -> Option<ErrorMapper> {
        self.definition()?.error_mapper()
    }

    /// Returns how to find out whose account a credential is.
    pub fn identity(&self) -> Option<Identity<'_>> {
        match &self.0 {
            Repr::Compiled(definition) => definition.identity(),
            Repr::Made(made) => {
                let own = made.parts().identity.as_ref()?;
                Some(Identity::at(&own.path, &own.id, &own.label))
            }
        }
    }

    /// Returns what carries its requests, if they don't go over plain HTTP.
    pub fn relay(&self) -> Option<&Arc<dyn Relay>> {
        match &self.0 {
            Repr::Compiled(_) => None,
            Repr::Made(made) => made.relay.as_ref(),
        }
    }

    /// Returns the recorded traffic: file names and contents.
    pub fn cassettes(&self) -> &'static [(&'static str, &'static str)] {
        self.definition()
            .map_or(&[], ConnectorDefinition::cassettes)
    }

    /// Returns the actions; those of a catalog are loaded one by one.
    pub fn actions(&self) -> impl Iterator<Item = ActionHandle> {
        (0..self.action_count()).filter_map(|index| self.action_at(index))
    }

    /// Returns the number of actions.
    pub fn action_count(&self) -> usize {
        match &self.0 {
            Repr::Compiled(definition) => definition.actions().len(),
            Repr::Made(made) => made.actions.len(),
        }
    }

    /// Returns name and effect of each action, without loading it.
    pub fn outline(&self) -> impl Iterator<Item = (&str, Effect)> {
        (0..self.action_count()).filter_map(|index| self.outline_at(index))
    }

    /// Returns the place of the action of this name.
    pub(crate) fn action_index(&self, name: &str) -> Option<usize> {
        let index = self.spelled(&normalize(name))?;
        (self.outline_at(index)?.0 == name).then_some(index)
    }

    /// Returns the place of the action that has this spelling, in the form that all are brought to.
    pub(crate) fn spelled(&self, spelling: &str) -> Option<usize> {
        match &self.0 {
            Repr::Compiled(_) => Spellings::of(self).find(self, spelling),
            Repr::Made(made) => {
                let spellings = made.spellings.get_or_init(|| Spellings::of(self));
                spellings.find(self, spelling)
            }
        }
    }

    /// Returns name and effect of one action, by its place in [`actions`](Self::actions).
    pub(crate) fn outline_at(&self, index: usize) -> Option<(&str, Effect)> {
        match &self.0 {
            Repr::Compiled(definition) => {
                let action: &dyn Action = *definition.actions().get(index)?;
                Some((action.name(), action.effect()))
            }
            Repr::Made(made) => made.actions.outline(index),
        }
    }

    /// Returns one action, by its place in [`actions`](Self::actions).
    pub(crate) fn action_at(&self, index: usize) -> Option<ActionHandle> {
        match &self.0 {
            Repr::Compiled(definition) => {
                let action = definition.actions().get(index)?;
                Some(ActionHandle::from(*action))
            }
            Repr::Made(made) => made.actions.load(index).map(ActionHandle::from),
        }
    }
}

impl From<&'static ConnectorDefinition> for Connector {
    fn from(definition: &'static ConnectorDefinition) -> Self {
        Self(Repr::Compiled(definition))
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
