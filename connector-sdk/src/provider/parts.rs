//! What connectors are made of at run time, as it is stored and read again.

use serde::{Deserialize, Serialize};

use super::check::{self, RESERVED_NAMES};
use crate::auth::has_own_host;
use crate::echo::Echo;

/// A connector without its actions, for [`Connector::new`](crate::host::Connector::new).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectorParts {
    /// Name (`^[a-z][a-z0-9-]*$`, not reserved).
    pub name: String,
    /// Display name.
    pub display_name: String,
    /// Version of the provider's API.
    pub version: String,
    /// One line about the provider.
    pub description: String,
    /// URL that request paths are relative to, perhaps a template over settings.
    pub base_url: String,
    /// Further hosts, which actions ask for by name.
    pub hosts: Vec<HostParts>,
    /// What is known of settings of a connection, which templates of URLs name.
    pub settings: Vec<SettingParts>,
    /// Headers that every request carries.
    pub headers: Vec<(String, String)>,
    /// The auth schemes, the preferred one first.
    pub auth: Vec<AuthParts>,
    /// How to find out whose account a credential is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityParts>,
    /// Categories.
    pub categories: Vec<String>,
    /// URL of an icon.
    pub icon_url: Option<String>,
    /// The provider's home page.
    pub homepage_url: Option<String>,
}

/// How to find out whose account a credential is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityParts {
    /// Path of a GET request, relative to the base URL.
    pub path: String,
    /// JSON pointer to the account's id in the answer.
    pub id: String,
    /// JSON pointer to what people know the account by.
    pub label: String,
}

/// A further host of a connector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostParts {
    /// Name by which actions ask for it.
    pub name: String,
    /// Its base URL.
    pub base_url: String,
}

/// A setting of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingParts {
    /// Name in the templates of URLs.
    pub name: String,
    /// The value for connections that have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The allowed values; any if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
}

/// A way to authenticate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthParts {
    /// What people call the credential.
    pub label: String,
    /// The scheme.
    pub scheme: SchemeParts,
}

/// A scheme of authentication with what it needs to be applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SchemeParts {
    /// No credential.
    None,
    /// A key in a header.
    ApiKeyHeader {
        /// The header.
        name: String,
    },
    /// A key in the query.
    ApiKeyQuery {
        /// The query parameter.
        name: String,
    },
    /// `Authorization: <prefix> <token>`.
    BearerToken {
        /// What stands before the token.
        prefix: String,
    },
    /// User name and password by HTTP Basic.
    Basic {
        /// Whether the user name is no secret.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        plain_username: bool,
    },
    /// OAuth 2.
    #[serde(rename = "oauth2")]
    OAuth2 {
        /// The authorization endpoint; `None` for client credentials.
        authorization_endpoint: Option<String>,
        /// The token endpoint.
        token_endpoint: String,
        /// The scopes that actions may ask for.
        scopes: Vec<ScopeParts>,
        /// Whether the redirect URI is this connector's own.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        own_callback: bool,
    },
    /// Named fields, which the actions apply.
    Custom {
        /// The fields.
        fields: Vec<FieldParts>,
    },
}

/// A scope of OAuth 2.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeParts {
    /// Its value.
    pub name: String,
    /// What it allows.
    pub description: String,
}

/// A field of a custom credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldParts {
    /// Key in the credential.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// Whether the value is secret.
    pub secret: bool,
}

/// Parts can't be a connector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidConnector {
    /// The name is malformed.
    #[error(
        "connector name `{0}` is not allowed: use lower-case letters, digits and hyphens, starting with a letter"
    )]
    Name(String),
    /// The name belongs to paths of the gateway.
    #[error("connector name `{0}` is reserved for paths of the gateway; choose another")]
    Reserved(String),
    /// An action's name is malformed.
    #[error(
        "action name `{0}` is not allowed: use `resource.verb` in lower-case letters, digits and `_`"
    )]
    ActionName(String),
    /// An action's name is too long.
    #[error(
        "action name `{0}` is too long: with the connector's name it must fit into 64 characters"
    )]
    TooLong(String),
    /// Two actions have spellings of one name.
    #[error("actions `{0}` and `{1}` are spellings of one name; rename one of them")]
    SameSpelling(String, String),
    /// An action needs a scope that no scheme declares.
    #[error("action `{action}` needs scope `{scope}`, which no OAuth 2 scheme declares")]
    UndeclaredScope {
        /// The action.
        action: String,
        /// The scope.
        scope: String,
    },
    /// The host of an OAuth 2 endpoint is not the provider's.
    #[error("OAuth 2 endpoint `{0}` must be a URL whose host ends in a domain of the provider")]
    Endpoint(String),
}

impl ConnectorParts {
    /// Returns a template of a URL with the defaults of settings filled in.
    pub fn with_defaults(&self, template: &str) -> String {
        let known = self.settings.iter();
        known.fold(template.to_owned(), |filled, setting| {
            match &setting.default {
                Some(default) => filled.replace(&format!("{{{}}}", setting.name), default),
                None => filled,
            }
        })
    }

    pub(crate) fn check(&self) -> Result<(), InvalidConnector> {
        check_name(&self.name)?;
        for auth in &self.auth {
            if let SchemeParts::OAuth2 {
                authorization_endpoint,
                token_endpoint,
                ..
            } = &auth.scheme
            {
                let foreign = [authorization_endpoint.as_deref(), Some(token_endpoint)]
                    .into_iter()
                    .flatten()
                    .find(|endpoint| !has_own_host(endpoint));
                if let Some(endpoint) = foreign {
                    return Err(InvalidConnector::Endpoint(Echo(endpoint).to_string()));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn declares(&self, name: &str) -> bool {
        self.auth.iter().any(|auth| match &auth.scheme {
            SchemeParts::OAuth2 { scopes, .. } => scopes.iter().any(|scope| scope.name == name),
            _ => false,
        })
    }
}

/// Checks the name of a connector.
///
/// # Errors
///
/// If it is malformed or reserved.
pub fn check_name(name: &str) -> Result<(), InvalidConnector> {
    if !check::is_kebab(name.as_bytes()) {
        return Err(InvalidConnector::Name(Echo(name).to_string()));
    }
    if RESERVED_NAMES.contains(&name) {
        return Err(InvalidConnector::Reserved(name.to_owned()));
    }
    Ok(())
}
