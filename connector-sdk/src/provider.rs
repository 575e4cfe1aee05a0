//! What a connector tells of its provider: all that requests need of it, and all but its actions.

mod check;
mod handle;
mod parts;
mod settings;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::auth::{Auth, OAuth2, Scheme, Scope};
use crate::context::ActionContext;
use crate::error::ActionError;
use crate::graphql::Operation;
use crate::http::{Nesting, UpstreamResponse};
use crate::reconcile::Evidence;

pub use check::RESERVED_NAMES;
pub(crate) use check::declares;
pub(crate) use handle::Provider;
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
    /// Path of a GET request, relative to the base URL; empty where a GraphQL query asks.
    pub path: &'a str,
    query: Option<&'static Operation>,
    reading: Reading<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Reading<'a> {
    Function(AccountReader),
    Pointers { id: &'a str, label: &'a str },
}

impl<'a> Identity<'a> {
    pub(crate) const fn read_by(path: &'a str, read: AccountReader) -> Self {
        Self {
            path,
            query: None,
            reading: Reading::Function(read),
        }
    }

    pub(crate) const fn queried(query: &'static Operation, read: AccountReader) -> Self {
        Self {
            path: "",
            query: Some(query),
            reading: Reading::Function(read),
        }
    }

    fn at(path: &'a str, id: &'a str, label: &'a str) -> Self {
        Self {
            path,
            query: None,
            reading: Reading::Pointers { id, label },
        }
    }

    /// Asks the provider whose account the context's credential is; `None` if its answer doesn't say.
    ///
    /// # Errors
    ///
    /// As [`fetch`](crate::http::RequestBuilder::fetch).
    pub async fn ask(&self, cx: &ActionContext) -> Result<Option<Account>, ActionError> {
        let answer: Value = match self.query {
            Some(query) => cx.graphql(query.clone()).fetch().await?,
            None => cx.get(self.path).fetch().await?,
        };
        Ok(self.account(&answer))
    }

    /// Returns the account that an answer is about; of a GraphQL query, its `data`.
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

const DEFAULT_GRAPHQL_PATH: &str = "/graphql";

#[derive(Clone, Copy, Debug)]
pub(crate) struct ProviderDefinition {
    pub(crate) name: &'static str,
    pub(crate) display_name: &'static str,
    pub(crate) version: &'static str,
    pub(crate) description: &'static str,
    pub(crate) base_url: &'static str,
    pub(crate) hosts: &'static [Host<'static>],
    pub(crate) setting_defaults: &'static [(&'static str, &'static str)],
    pub(crate) graphql_path: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) nesting: Nesting,
    pub(crate) idempotency_header: Option<&'static str>,
    pub(crate) auth: &'static [Auth<'static>],
    pub(crate) categories: &'static [&'static str],
    pub(crate) icon_url: Option<&'static str>,
    pub(crate) homepage_url: Option<&'static str>,
    pub(crate) availability: Availability,
    pub(crate) error_mapper: Option<ErrorMapper>,
    pub(crate) identity: Option<Identity<'static>>,
    pub(crate) cassettes: &'static [(&'static str, &'static str)],
    pub(crate) evidence: Option<Evidence>,
}

impl ProviderDefinition {
    #[track_caller]
    pub(crate) const fn new(
        name: &'static str,
        display_name: &'static str,
        version: &'static str,
    ) -> Self {
        check::connector_name(name);
        Self {
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
            evidence: None,
        }
    }

    /// Checks what the setters, which come in any order, can't.
    #[track_caller]
    pub(crate) const fn check(&self) {
        check::oauth2(self.name, self.auth);
    }
}

pub(crate) fn first_oauth2<'c, 'a>(auth: &'c [Auth<'a>]) -> Option<&'c OAuth2<'a>> {
    auth.iter().find_map(|auth| match &auth.scheme {
        Scheme::OAuth2(oauth2) => Some(oauth2),
        _ => None,
    })
}

pub(crate) fn all_scopes<'c, 'a>(auth: &'c [Auth<'a>]) -> impl Iterator<Item = &'c Scope<'a>> {
    auth.iter().flat_map(|auth| match &auth.scheme {
        Scheme::OAuth2(oauth2) => oauth2.scopes,
        _ => &[],
    })
}
