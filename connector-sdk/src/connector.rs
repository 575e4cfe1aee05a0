//! Connectors: a const definition, checked while it compiles.

mod check;
mod handle;
mod parts;
mod settings;
mod spelling;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::action::ActionDefinition;
use crate::auth::{Auth, OAuth2, Scheme, Scope};
use crate::error::ActionError;
use crate::http::{Nesting, UpstreamResponse};

pub use check::RESERVED_NAMES;
pub use handle::Connector;
pub use parts::{
    AuthParts, ConnectorParts, FieldParts, HostParts, IdentityParts, InvalidConnector, SchemeParts,
    ScopeParts, SettingParts, check_name,
};

/// Turns a provider's answer into an error. Called for every answer, also those with status 200;
/// `None` leaves the judgement to the status.
pub type ErrorMapper = fn(&UpstreamResponse) -> Option<ActionError>;

/// Reads whose account a credential is from the provider's answer.
pub type AccountReader = fn(&Value) -> Option<Account>;

/// The account that a credential belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Account {
    /// The provider's id of the account.
    pub id: String,
    /// What people know the account by.
    pub label: String,
}

/// How to find out whose account a credential is; serves as the connection test.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// Path of a GET request, relative to the base URL.
    pub path: &'a str,
    reading: Reading<'a>,
}

/// How the answer is read.
#[derive(Clone, Copy, Debug)]
enum Reading<'a> {
    Function(AccountReader),
    /// JSON pointers.
    Pointers {
        id: &'a str,
        label: &'a str,
    },
}

impl<'a> Identity<'a> {
    /// Reads id and label of the account at JSON pointers.
    pub(crate) fn at(path: &'a str, id: &'a str, label: &'a str) -> Self {
        Self {
            path,
            reading: Reading::Pointers { id, label },
        }
    }

    /// Returns the account that an answer is about.
    pub fn account(&self, answer: &Value) -> Option<Account> {
        let text = |pointer: &str| match answer.pointer(pointer)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        match self.reading {
            Reading::Function(read) => read(answer),
            Reading::Pointers { id, label } => {
                let id = text(id)?;
                let label = text(label).unwrap_or_else(|| id.clone());
                Some(Account { id, label })
            }
        }
    }
}

/// A further host that a connector talks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Host<'a> {
    /// Name by which requests ask for it.
    pub name: &'a str,
    /// Its base URL; may be a template like the connector's own.
    pub base_url: &'a str,
}

/// Declares a further host. Credentials go to declared hosts only.
pub const fn host<'a>(name: &'a str, base_url: &'a str) -> Host<'a> {
    Host { name, base_url }
}

/// A setting that a connection can have, such as the site of a regional service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting<'a> {
    /// Name in the base URL's template.
    pub name: &'a str,
    /// Whether a connection must have it: the connector's own base URL names it, and it has no
    /// default. A further host may never be asked, and an endpoint of OAuth 2 only where that is
    /// used.
    pub required: bool,
    /// The value for connections that have none.
    pub default: Option<&'a str>,
    /// The allowed values; any if there are none.
    pub allowed: &'a [String],
}

/// Whether callers can use a connector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// They can.
    #[default]
    Available,
    /// It is announced, but can't be used yet.
    ComingSoon,
}

/// Path of a GraphQL endpoint that is not named.
const DEFAULT_GRAPHQL_PATH: &str = "/graphql";

/// A third-party API wrapped as actions.
///
/// It is a `static` made with [`ConnectorDefinition::new`]. Mistakes stop the build: a bad or
/// reserved name, an action listed twice or under two spellings of one name, a scope that is not
/// declared.
///
/// ```
/// use plugwright_sdk::{Auth, ConnectorDefinition, actions};
///
/// pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
///     .description("Lists of things to do")
///     .base_url("https://api.example.com")
///     .auth(&[Auth::bearer_token("API token")])
///     .actions(actions![]);
/// assert_eq!(CONNECTOR.name(), "todo");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ConnectorDefinition {
    name: &'static str,
    display_name: &'static str,
    version: &'static str,
    description: &'static str,
    base_url: &'static str,
    hosts: &'static [Host<'static>],
    setting_defaults: &'static [(&'static str, &'static str)],
    graphql_path: &'static str,
    headers: &'static [(&'static str, &'static str)],
    nesting: Nesting,
    idempotency_header: Option<&'static str>,
    auth: &'static [Auth<'static>],
    categories: &'static [&'static str],
    icon_url: Option<&'static str>,
    homepage_url: Option<&'static str>,
    availability: Availability,
    error_mapper: Option<ErrorMapper>,
    identity: Option<Identity<'static>>,
    cassettes: &'static [(&'static str, &'static str)],
    actions: &'static [&'static ActionDefinition],
}

/// A connector without its actions; [`actions`](ConnectorBuilder::actions) completes it.
#[derive(Clone, Copy, Debug)]
#[must_use = "call `.actions(..)` to complete the connector"]
pub struct ConnectorBuilder(ConnectorDefinition);

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        pub const fn $name(&self) -> $type {
            self.$name
        }
    )*};
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($value:ident: $type:ty) $member:ident = $set:expr;)*) => {$(
        $(#[$doc])*
        pub const fn $name(mut self, $value: $type) -> Self {
            self.0.$member = $set;
            self
        }
    )*};
}

impl ConnectorDefinition {
    /// Starts a definition: name (`^[a-z][a-z0-9-]*$`, not reserved), display name, version.
    ///
    /// # Panics
    ///
    /// At compile time only, if the name is not allowed.
    #[track_caller]
    #[expect(
        clippy::new_ret_no_self,
        reason = "a connector without actions can't be used"
    )]
    pub const fn new(
        name: &'static str,
        display_name: &'static str,
        version: &'static str,
    ) -> ConnectorBuilder {
        check::connector_name(name);
        ConnectorBuilder(Self {
            name,
            display_name,
            version,
            description: "",
            base_url: "",
            hosts: &[],
            setting_defaults: &[],
            graphql_path: DEFAULT_GRAPHQL_PATH,
            headers: &[],
            nesting: Nesting::Repeated,
            idempotency_header: None,
            auth: &[],
            categories: &[],
            icon_url: None,
            homepage_url: None,
            availability: Availability::Available,
            error_mapper: None,
            identity: None,
            cassettes: &[],
            actions: &[],
        })
    }

    getters! {
        /// Returns the name, as it stands in ids and URLs.
        name: &'static str;
        /// Returns the display name.
        display_name: &'static str;
        /// Returns the version (semver).
        version: &'static str;
        /// Returns one line about the provider.
        description: &'static str;
        /// Returns the base URL, perhaps a template such as `https://{site}.example.com`.
        base_url: &'static str;
        /// Returns the further hosts.
        hosts: &'static [Host<'static>];
        /// Returns the values of settings that a connection need not have: names and values.
        setting_defaults: &'static [(&'static str, &'static str)];
        /// Returns the path that GraphQL operations go to.
        graphql_path: &'static str;
        /// Returns the headers that every request carries.
        headers: &'static [(&'static str, &'static str)];
        /// Returns how queries and forms write lists and objects.
        nesting: Nesting;
        /// Returns the header in which writes carry their key.
        idempotency_header: Option<&'static str>;
        /// Returns the auth schemes, the preferred one first; empty means none is needed.
        auth: &'static [Auth<'static>];
        /// Returns the categories.
        categories: &'static [&'static str];
        /// Returns the URL of an icon.
        icon_url: Option<&'static str>;
        /// Returns the provider's home page.
        homepage_url: Option<&'static str>;
        /// Returns whether callers can use it.
        availability: Availability;
        /// Returns what turns answers into errors.
        error_mapper: Option<ErrorMapper>;
        /// Returns how to find out whose account a credential is.
        identity: Option<Identity<'static>>;
        /// Returns the recorded traffic: file names and contents.
        cassettes: &'static [(&'static str, &'static str)];
        /// Returns the actions.
        actions: &'static [&'static ActionDefinition];
    }

    /// Returns the scheme of OAuth 2, if there is one; of several, the first.
    pub fn oauth2(&self) -> Option<&'static OAuth2<'static>> {
        first_oauth2(self.auth)
    }

    /// Returns the OAuth scopes of all schemes.
    pub fn scopes(&self) -> impl Iterator<Item = &'static Scope<'static>> {
        all_scopes(self.auth)
    }
}

fn first_oauth2<'c, 'a>(auth: &'c [Auth<'a>]) -> Option<&'c OAuth2<'a>> {
    auth.iter().find_map(|auth| match &auth.scheme {
        Scheme::OAuth2(oauth2) => Some(oauth2),
        _ => None,
    })
}

fn all_scopes<'c, 'a>(auth: &'c [Auth<'a>]) -> impl Iterator<Item = &'c Scope<'a>> {
    auth.iter().flat_map(|auth| match &auth.scheme {
        Scheme::OAuth2(oauth2) => oauth2.scopes,
        _ => &[],
    })
}

impl ConnectorBuilder {
    setters! {
        /// Says in one line what the provider is.
        description(description: &'static str) description = description;
        /// Sets the URL that request paths are relative to.
        ///
        /// `{name}` stands for a setting of the connection, for regional and self-hosted services:
        /// a label or host name inside the host (`https://{site}.example.com`), or a whole URL
        /// (`{base_url}`).
        base_url(base_url: &'static str) base_url = base_url;
        /// Declares further hosts, which requests ask for by name. Credentials go nowhere else.
        hosts(hosts: &'static [Host<'static>]) hosts = hosts;
        /// Sets the values of settings for connections that don't have them: names and values.
        ///
        /// ```
        /// use plugwright_sdk::{ConnectorDefinition, actions};
        ///
        /// static GIT: ConnectorDefinition = ConnectorDefinition::new("git", "Git", "1.0.0")
        ///     .base_url("{base_url}/api")
        ///     .setting_defaults(&[("base_url", "https://git.example.com")])
        ///     .actions(actions![]);
        /// let setting = GIT.settings()[0];
        /// assert_eq!((setting.name, setting.required), ("base_url", false));
        /// assert_eq!(setting.default, Some("https://git.example.com"));
        /// ```
        setting_defaults(defaults: &'static [(&'static str, &'static str)]) setting_defaults = defaults;
        /// Sets the path, relative to the base URL, that [GraphQL operations](crate::graphql) go to. It is
        /// `/graphql` unless set.
        graphql_path(path: &'static str) graphql_path = path;
        /// Sets headers that every request carries, such as the version of the API; a request can
        /// replace them.
        headers(headers: &'static [(&'static str, &'static str)]) headers = headers;
        /// Says how queries and forms write lists and objects.
        nesting(nesting: Nesting) nesting = nesting;
        /// Sends [`ActionContext::idempotency_key`](crate::ActionContext::idempotency_key) in this
        /// header with each request that is not safe (RFC 9110, section 9.2.1), for providers that do a
        /// write once per key. An action that makes several writes gives each a key of its own, with
        /// [`header`](crate::http::RequestBuilder::header).
        idempotency_header(name: &'static str) idempotency_header = Some(name);
        /// Declares the auth schemes, the preferred one first.
        auth(auth: &'static [Auth<'static>]) auth = auth;
        /// Puts the connector into categories.
        categories(categories: &'static [&'static str]) categories = categories;
        /// Sets the URL of an icon.
        icon_url(url: &'static str) icon_url = Some(url);
        /// Sets the provider's home page.
        homepage_url(url: &'static str) homepage_url = Some(url);
        /// Sets whether callers can use it.
        availability(availability: Availability) availability = availability;
        /// Sets what turns answers into errors. It sees every answer, also those with status 200.
        on_error(mapper: ErrorMapper) error_mapper = Some(mapper);
        /// Ships recorded traffic, for replays and mocks: `cassettes!("tests/cassettes")`.
        cassettes(cassettes: &'static [(&'static str, &'static str)]) cassettes = cassettes;
    }

    /// Sets how to find out whose account a credential is.
    pub const fn identity(mut self, path: &'static str, read: AccountReader) -> Self {
        self.0.identity = Some(Identity {
            path,
            reading: Reading::Function(read),
        });
        self
    }

    /// Lists the actions and completes the definition.
    ///
    /// # Panics
    ///
    /// At compile time only: a bad action name, an action listed twice or under two spellings of
    /// one name, a tool name over 64 characters, a scope that no auth scheme declares, an OAuth 2
    /// endpoint whose host a setting could choose.
    #[track_caller]
    pub const fn actions(
        mut self,
        actions: &'static [&'static ActionDefinition],
    ) -> ConnectorDefinition {
        check::actions(self.0.name, actions);
        check::oauth2(self.0.name, self.0.auth);
        check::scopes(self.0.name, self.0.auth, actions);
        self.0.actions = actions;
        self.0
    }
}
