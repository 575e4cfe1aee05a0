//! How a connector authenticates, and the credentials that callers hold.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::error::{ActionError, ErrorCode};
use crate::secret::{Redactor, Secret};

/// A way in which a connector authenticates.
///
/// ```
/// use plugwright_sdk::{Auth, scope};
///
/// const SCHEMES: &[Auth] = &[
///     Auth::bearer_token("Personal access token"),
///     Auth::oauth2("https://example.com/authorize", "https://example.com/token", &[scope("tasks", "Read tasks")]),
/// ];
/// assert_eq!(SCHEMES[0].kind(), "bearer_token");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Auth {
    /// What people call the credential ("Personal access token").
    pub label: &'static str,
    /// The scheme, with what it needs to be applied.
    pub scheme: Scheme,
}

/// The schemes of authentication.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Scheme {
    /// No credential.
    None,
    /// A key in a header or in the query.
    ApiKey(KeyPlace),
    /// `Authorization: <prefix> <token>`; the prefix is `Bearer` unless said otherwise.
    BearerToken {
        /// What stands before the token.
        prefix: &'static str,
    },
    /// `Authorization: Basic` with user name and password.
    Basic,
    /// OAuth 2: the access token is sent as a bearer token.
    OAuth2(OAuth2),
    /// Named fields that the connector's own code applies.
    Custom(&'static [CustomField]),
}

/// Where an API key goes.
#[derive(Clone, Copy, Debug)]
pub enum KeyPlace {
    /// In the header of this name.
    Header(&'static str),
    /// In the query parameter of this name.
    Query(&'static str),
}

/// Endpoints and scopes of an OAuth 2 provider (RFC 6749).
#[derive(Clone, Copy, Debug)]
pub struct OAuth2 {
    /// The authorization endpoint; `None` for client credentials.
    pub authorization_endpoint: Option<&'static str>,
    /// The token endpoint.
    pub token_endpoint: &'static str,
    /// The scopes that actions may ask for.
    pub scopes: &'static [Scope],
}

/// A scope of an OAuth 2 provider.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// The scope's value.
    pub name: &'static str,
    /// What it allows, for people.
    pub description: &'static str,
}

/// Names a scope and says what it allows.
pub const fn scope(name: &'static str, description: &'static str) -> Scope {
    Scope { name, description }
}

/// A field of a custom credential.
#[derive(Clone, Copy, Debug)]
pub struct CustomField {
    /// Key in the credential.
    pub name: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Whether the value is secret.
    pub secret: bool,
}

/// Names a secret field of a custom credential.
pub const fn secret_field(name: &'static str, label: &'static str) -> CustomField {
    CustomField {
        name,
        label,
        secret: true,
    }
}

/// Names a field of a custom credential that is not secret, such as a site name.
pub const fn plain_field(name: &'static str, label: &'static str) -> CustomField {
    CustomField {
        name,
        label,
        secret: false,
    }
}

impl Auth {
    /// No credential is needed.
    pub const fn none() -> Self {
        Self {
            label: "No authentication",
            scheme: Scheme::None,
        }
    }

    /// A key in the header of this name.
    pub const fn api_key_header(label: &'static str, header: &'static str) -> Self {
        Self {
            label,
            scheme: Scheme::ApiKey(KeyPlace::Header(header)),
        }
    }

    /// A key in the query parameter of this name.
    pub const fn api_key_query(label: &'static str, parameter: &'static str) -> Self {
        Self {
            label,
            scheme: Scheme::ApiKey(KeyPlace::Query(parameter)),
        }
    }

    /// A token sent as `Authorization: Bearer <token>`.
    pub const fn bearer_token(label: &'static str) -> Self {
        Self::prefixed_token(label, "Bearer")
    }

    /// A token sent as `Authorization: <prefix> <token>`.
    pub const fn prefixed_token(label: &'static str, prefix: &'static str) -> Self {
        Self {
            label,
            scheme: Scheme::BearerToken { prefix },
        }
    }

    /// User name and password.
    pub const fn basic(label: &'static str) -> Self {
        Self {
            label,
            scheme: Scheme::Basic,
        }
    }

    /// OAuth 2 authorization code with PKCE.
    pub const fn oauth2(
        authorization_endpoint: &'static str,
        token_endpoint: &'static str,
        scopes: &'static [Scope],
    ) -> Self {
        Self {
            label: "OAuth 2",
            scheme: Scheme::OAuth2(OAuth2 {
                authorization_endpoint: Some(authorization_endpoint),
                token_endpoint,
                scopes,
            }),
        }
    }

    /// OAuth 2 client credentials.
    pub const fn client_credentials(
        token_endpoint: &'static str,
        scopes: &'static [Scope],
    ) -> Self {
        Self {
            label: "OAuth 2 client credentials",
            scheme: Scheme::OAuth2(OAuth2 {
                authorization_endpoint: None,
                token_endpoint,
                scopes,
            }),
        }
    }

    /// Named fields that the connector's own code applies.
    pub const fn custom(label: &'static str, fields: &'static [CustomField]) -> Self {
        Self {
            label,
            scheme: Scheme::Custom(fields),
        }
    }

    /// Returns the scheme's name: `none`, `api_key`, `bearer_token`, `basic`, `oauth2` or `custom`.
    pub const fn kind(&self) -> &'static str {
        match self.scheme {
            Scheme::None => "none",
            Scheme::ApiKey(_) => "api_key",
            Scheme::BearerToken { .. } => "bearer_token",
            Scheme::Basic => "basic",
            Scheme::OAuth2(_) => "oauth2",
            Scheme::Custom(_) => "custom",
        }
    }

    /// Returns the placeholder credential that a plan shows in place of secrets.
    pub fn placeholder(&self) -> Credential {
        match self.scheme {
            Scheme::None => Credential::None,
            Scheme::Basic => Credential::Basic {
                username: "{{username}}".to_owned(),
                password: "{{password}}".into(),
            },
            Scheme::Custom(fields) => Credential::Custom {
                fields: fields
                    .iter()
                    .map(|field| {
                        (
                            field.name.to_owned(),
                            format!("{{{{{}}}}}", field.name).into(),
                        )
                    })
                    .collect(),
            },
            Scheme::ApiKey(_) => Credential::Token {
                token: "{{api_key}}".into(),
            },
            Scheme::BearerToken { .. } | Scheme::OAuth2(_) => Credential::Token {
                token: "{{token}}".into(),
            },
        }
    }

    /// Tells whether a credential is of the form that this scheme takes.
    pub fn takes(&self, credential: &Credential) -> bool {
        match (self.scheme, credential) {
            (Scheme::None, Credential::None)
            | (
                Scheme::ApiKey(_) | Scheme::BearerToken { .. } | Scheme::OAuth2(_),
                Credential::Token { .. },
            )
            | (Scheme::Basic, Credential::Basic { .. }) => true,
            (Scheme::Custom(declared), Credential::Custom { fields }) => {
                declared.iter().all(|field| fields.contains_key(field.name))
            }
            _ => false,
        }
    }
}

/// The secret values of one scheme.
///
/// It can be read from JSON but not written, and `Debug` shows no value.
#[derive(Clone, Default, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Credential {
    /// User name and password: `{"username": .., "password": ..}`.
    Basic {
        /// User name.
        username: String,
        /// Password.
        #[serde(deserialize_with = "secret")]
        password: Secret,
    },
    /// An API key, a bearer token or an OAuth 2 access token: `{"token": ..}`.
    Token {
        /// The token.
        #[serde(deserialize_with = "secret")]
        token: Secret,
    },
    /// Named fields: `{"fields": {..}}`.
    Custom {
        /// The fields by name.
        #[serde(deserialize_with = "secrets")]
        fields: BTreeMap<String, Secret>,
    },
    /// None at all: `null`.
    #[default]
    None,
}

fn secret<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Secret, D::Error> {
    String::deserialize(deserializer).map(Secret::from)
}

fn secrets<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Secret>, D::Error> {
    let fields = BTreeMap::<String, String>::deserialize(deserializer)?;
    Ok(fields
        .into_iter()
        .map(|(name, text)| (name, text.into()))
        .collect())
}

impl Credential {
    /// Makes the credential of an `api_key`, `bearer_token` or `oauth2` scheme.
    pub fn token(token: impl Into<Secret>) -> Self {
        Self::Token {
            token: token.into(),
        }
    }

    /// Returns the token, if it is one.
    pub fn as_token(&self) -> Option<&Secret> {
        match self {
            Self::Token { token } => Some(token),
            _ => None,
        }
    }

    /// Returns a field of a custom credential.
    pub fn field(&self, name: &str) -> Option<&Secret> {
        match self {
            Self::Custom { fields } => fields.get(name),
            _ => None,
        }
    }

    /// Tells whether there is nothing in it.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Returns what finds this credential's secrets in text.
    pub fn redactor(&self) -> Redactor {
        match self {
            Self::None => Redactor::default(),
            Self::Token { token } => Redactor::new([token]),
            Self::Basic { username, password } => {
                let pair = Secret::new(format!("{username}:{}", password.expose()));
                Redactor::new([password, &pair])
            }
            Self::Custom { fields } => Redactor::new(fields.values()),
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "Credential::None",
            Self::Token { .. } => "Credential::Token([redacted])",
            Self::Basic { .. } => "Credential::Basic([redacted])",
            Self::Custom { .. } => "Credential::Custom([redacted])",
        })
    }
}

/// A credential put where its scheme wants it; rendered only by the transport that sends it.
#[derive(Clone, Debug)]
pub(crate) enum Applied {
    Header {
        name: &'static str,
        prefix: &'static str,
        secret: Secret,
    },
    Query {
        name: &'static str,
        secret: Secret,
    },
    Basic {
        username: String,
        password: Secret,
    },
}

impl Applied {
    /// Applies `credential` by the first scheme that takes it.
    pub(crate) fn new(
        schemes: &[Auth],
        credential: &Credential,
    ) -> Result<Option<Self>, ActionError> {
        let optional = schemes.is_empty()
            || schemes
                .iter()
                .any(|auth| matches!(auth.scheme, Scheme::None));
        if credential.is_none() {
            return if optional {
                Ok(None)
            } else {
                Err(missing(schemes))
            };
        }
        let Some(auth) = schemes.iter().find(|auth| auth.takes(credential)) else {
            return Err(ActionError::new(
                ErrorCode::AuthInvalid,
                format!(
                    "the credential is of another kind than the connector takes: {}",
                    kinds(schemes)
                ),
            ));
        };
        Ok(match (auth.scheme, credential) {
            (Scheme::ApiKey(KeyPlace::Header(name)), Credential::Token { token }) => {
                Some(Self::Header {
                    name,
                    prefix: "",
                    secret: token.clone(),
                })
            }
            (Scheme::ApiKey(KeyPlace::Query(name)), Credential::Token { token }) => {
                Some(Self::Query {
                    name,
                    secret: token.clone(),
                })
            }
            (Scheme::BearerToken { prefix }, Credential::Token { token }) => Some(Self::Header {
                name: "authorization",
                prefix,
                secret: token.clone(),
            }),
            (Scheme::OAuth2(_), Credential::Token { token }) => Some(Self::Header {
                name: "authorization",
                prefix: "Bearer",
                secret: token.clone(),
            }),
            (Scheme::Basic, Credential::Basic { username, password }) => Some(Self::Basic {
                username: username.clone(),
                password: password.clone(),
            }),
            _ => None,
        })
    }

    /// Returns the header to send, if this goes into one.
    pub(crate) fn header(&self) -> Option<(&'static str, Secret)> {
        match self {
            Self::Header {
                name,
                prefix: "",
                secret,
            } => Some((name, secret.clone())),
            Self::Header {
                name,
                prefix,
                secret,
            } => Some((name, Secret::new(format!("{prefix} {}", secret.expose())))),
            Self::Basic { username, password } => {
                let pair = format!("{username}:{}", password.expose());
                Some((
                    "authorization",
                    Secret::new(format!("Basic {}", STANDARD.encode(pair))),
                ))
            }
            Self::Query { .. } => None,
        }
    }

    /// Returns the header as a plan shows it, with the placeholder named.
    pub(crate) fn header_placeholder(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Header {
                name, prefix: "", ..
            } => Some((name, "{{api_key}}".to_owned())),
            Self::Header { name, prefix, .. } => Some((name, format!("{prefix} {{{{token}}}}"))),
            Self::Basic { .. } => Some((
                "authorization",
                "Basic {{base64(username:password)}}".to_owned(),
            )),
            Self::Query { .. } => None,
        }
    }

    /// Returns the query parameter to send, if this goes into one.
    pub(crate) fn query(&self) -> Option<(&'static str, &Secret)> {
        match self {
            Self::Query { name, secret } => Some((name, secret)),
            _ => None,
        }
    }
}

fn kinds(schemes: &[Auth]) -> String {
    let kinds: Vec<_> = schemes
        .iter()
        .map(|auth| format!("{} ({})", auth.kind(), auth.label))
        .collect();
    kinds.join(", ")
}

pub(crate) fn missing(schemes: &[Auth]) -> ActionError {
    ActionError::new(
        ErrorCode::AuthRequired,
        format!("a credential is required: {}", kinds(schemes)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_kind_of_credential_and_shows_none_of_it() {
        for (text, kind) in [
            (
                r#"{"token":"hunter2-hunter2"}"#,
                "Credential::Token([redacted])",
            ),
            (
                r#"{"username":"me","password":"hunter2-hunter2"}"#,
                "Credential::Basic([redacted])",
            ),
            (
                r#"{"fields":{"site":"hunter2-hunter2"}}"#,
                "Credential::Custom([redacted])",
            ),
            ("null", "Credential::None"),
        ] {
            let credential: Credential = serde_json::from_str(text).unwrap();
            assert_eq!(format!("{credential:?}"), kind);
        }
        let error =
            serde_json::from_str::<Credential>(r#"{"tokn":"hunter2-hunter2"}"#).unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn refuses_a_credential_of_another_kind_and_asks_for_a_missing_one() {
        let schemes = [Auth::basic("User name and API token")];
        let error = Applied::new(&schemes, &Credential::token("abcdefgh")).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AuthInvalid);
        let error = Applied::new(&schemes, &Credential::None).unwrap_err();
        assert_eq!(error.code(), ErrorCode::AuthRequired);
        assert!(
            error.message().contains("User name and API token"),
            "{error}"
        );
    }
}
