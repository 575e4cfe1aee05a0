//! Connectors: a const definition, checked while it compiles.

mod check;
mod handle;
mod spelling;

use std::collections::BTreeMap;

use crate::action::ActionDefinition;
use crate::auth::{Auth, OAuth2, Scope};
use crate::error::Faults;
use crate::graphql::{Operation, OperationKind};
use crate::http::Nesting;
use crate::provider::{
    self, AccountReader, Availability, ErrorMapper, Host, Identity, ProviderDefinition, Setting,
};
use crate::reconcile::Evidence;

pub use handle::Connector;

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
    pub(crate) provider: ProviderDefinition,
    actions: &'static [&'static ActionDefinition],
}

/// A connector without its actions; [`actions`](ConnectorBuilder::actions) completes it.
#[derive(Clone, Copy, Debug)]
#[must_use = "call `.actions(..)` to complete the connector"]
pub struct ConnectorBuilder(ProviderDefinition);

macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        pub const fn $name(&self) -> $type {
            self.provider.$name
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
        ConnectorBuilder(ProviderDefinition::new(name, display_name, version))
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
        /// Returns what a double of the provider tells of writes.
        evidence: Option<Evidence>;
    }

    /// Returns the actions.
    pub const fn actions(&self) -> &'static [&'static ActionDefinition] {
        self.actions
    }

    /// Returns the scheme of OAuth 2, if there is one; of several, the first.
    pub fn oauth2(&self) -> Option<&'static OAuth2<'static>> {
        provider::first_oauth2(self.provider.auth)
    }

    /// Returns the OAuth scopes of all schemes.
    pub fn scopes(&self) -> impl Iterator<Item = &'static Scope<'static>> {
        provider::all_scopes(self.provider.auth)
    }

    /// Returns the settings that a connection can have, those of the base URL first.
    pub fn settings(&self) -> Vec<Setting<'static>> {
        self.provider.templates().settings(self.provider.base_url)
    }

    /// Returns everything that is wrong with the settings of a connection, by the settings' names.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use plugwright_sdk::{ConnectorDefinition, actions};
    ///
    /// static DESK: ConnectorDefinition = ConnectorDefinition::new("desk", "Desk", "1.0.0")
    ///     .base_url("https://{site}.example.com")
    ///     .actions(actions![]);
    /// let faults = DESK.check_settings(&BTreeMap::from([("sites".into(), "eu".into())]));
    /// assert_eq!(faults[0].message, "is not a setting of `desk`; did you mean `site`?");
    /// assert_eq!(
    ///     faults[1].message,
    ///     "is missing: give what stands for `{site}` in https://{site}.example.com, such as `acme`",
    /// );
    /// ```
    pub fn check_settings(&self, settings: &BTreeMap<String, String>) -> Faults {
        self.provider
            .templates()
            .check(self.provider.base_url, settings)
    }
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
        /// Says what the provider tells of a write, done or not, where the recorded traffic does not: the
        /// answers to the requests of functions for `reconcile`, for `plugwright check --faults`.
        ///
        /// ```
        /// use plugwright_sdk::{ConnectorDefinition, Inquiry, Value, actions, json};
        ///
        /// static DESK: ConnectorDefinition = ConnectorDefinition::new("desk", "Desk", "1.0.0")
        ///     .base_url("https://desk.example.com")
        ///     .evidence(evidence)
        ///     .actions(actions![]);
        ///
        /// /// Tickets that were opened are in the log.
        /// fn evidence(inquiry: &Inquiry<'_>) -> Option<(u16, Value)> {
        ///     let opened = inquiry.applied.iter().map(|write| &write.answer["id"]);
        ///     let [.., "log"] = inquiry.path()[..] else { return None };
        ///     Some((200, json!({ "opened": opened.collect::<Vec<_>>() })))
        /// }
        /// ```
        evidence(evidence: Evidence) evidence = Some(evidence);
    }

    /// Sets how to find out whose account a credential is.
    pub const fn identity(mut self, path: &'static str, read: AccountReader) -> Self {
        self.0.identity = Some(Identity::read_by(path, read));
        self
    }

    /// Sets how to find out whose account a credential is, at a provider that a GraphQL query asks. The
    /// answer's `data` is read.
    ///
    /// ```
    /// use plugwright_sdk::graphql::Operation;
    /// use plugwright_sdk::{Account, ConnectorDefinition, Value, actions, json};
    ///
    /// static ACCOUNT: Operation = Operation::new("query Account { viewer { id email } }");
    ///
    /// static TRACKER: ConnectorDefinition = ConnectorDefinition::new("tracker", "Tracker", "1.0.0")
    ///     .base_url("https://api.tracker.example")
    ///     .identity_query(&ACCOUNT, account)
    ///     .actions(actions![]);
    ///
    /// fn account(data: &Value) -> Option<Account> {
    ///     let text = |name: &str| Some(data["viewer"][name].as_str()?.to_owned());
    ///     Some(Account { id: text("id")?, label: text("email")? })
    /// }
    ///
    /// let data = json!({ "viewer": { "id": "u7", "email": "ada@example.com" } });
    /// let account = TRACKER.identity().unwrap().account(&data);
    /// assert_eq!(account.unwrap().label, "ada@example.com");
    /// ```
    ///
    /// # Panics
    ///
    /// At compile time only, if the operation is a mutation.
    pub const fn identity_query(mut self, query: &'static Operation, read: AccountReader) -> Self {
        assert!(
            matches!(query.kind(), OperationKind::Query),
            "a query asks for the account"
        );
        self.0.identity = Some(Identity::queried(query, read));
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
        self,
        actions: &'static [&'static ActionDefinition],
    ) -> ConnectorDefinition {
        check::actions(self.0.name, actions);
        self.0.check();
        check::schemes(self.0.name, self.0.auth, actions);
        check::scopes(self.0.name, self.0.auth, actions);
        ConnectorDefinition {
            provider: self.0,
            actions,
        }
    }
}
