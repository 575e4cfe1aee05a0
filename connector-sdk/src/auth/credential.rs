//! The credentials that callers hold.

use std::collections::BTreeMap;
use std::fmt;
use std::iter;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::{Auth, Scheme};
use crate::secret::{Redactor, Secret};

/// The secret values of one scheme.
///
/// It can be read from JSON but not written, and `Debug` shows no value.
#[derive(Clone, Default)]
pub enum Credential {
    /// User name and password: `{"username": .., "password": ..}`.
    Basic {
        /// User name.
        username: String,
        /// Password.
        password: Secret,
    },
    /// An API key, a bearer token or an OAuth 2 access token: `{"token": ..}`.
    Token {
        /// The token.
        token: Secret,
    },
    /// Named fields: `{"fields": {..}}`.
    Custom {
        /// The fields by name.
        fields: BTreeMap<String, Secret>,
    },
    /// None at all: `null`.
    #[default]
    None,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parts {
    username: Option<String>,
    password: Option<String>,
    token: Option<String>,
    fields: Option<BTreeMap<String, String>>,
}

impl<'de> Deserialize<'de> for Credential {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The parser's own message may repeat what it read.
        let refused =
            || D::Error::custom("must have `token`, or `username` and `password`, or `fields`");
        let Some(parts) = Option::<Parts>::deserialize(deserializer).map_err(|_| refused())? else {
            return Ok(Self::None);
        };
        match (parts.username, parts.password, parts.token, parts.fields) {
            (Some(username), Some(password), None, None) => Ok(Self::Basic {
                username,
                password: password.into(),
            }),
            (None, None, Some(token), None) => Ok(Self::token(token)),
            (None, None, None, Some(fields)) => Ok(Self::Custom {
                fields: fields
                    .into_iter()
                    .map(|(name, text)| (name, text.into()))
                    .collect(),
            }),
            _ => Err(refused()),
        }
    }
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

    /// Returns whether there is nothing in it.
    pub fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// Returns what finds this credential's values in text, each of them.
    pub fn redactor(&self) -> Redactor {
        Redactor::new(&self.secrets(&[]))
    }

    /// Returns what finds this credential's secrets in text: every value, but for those that its
    /// scheme declares plain.
    pub fn redactor_under(&self, schemes: &[Auth]) -> Redactor {
        Redactor::new(&self.secrets(schemes))
    }

    /// Returns every value that is secret, and what is made of several ones.
    pub fn secrets(&self, schemes: &[Auth]) -> Vec<Secret> {
        let scheme = schemes.iter().find(|auth| auth.takes(self));
        match self {
            Self::None => Vec::new(),
            Self::Token { token } => {
                let prefix = match scheme.map(|auth| auth.scheme) {
                    Some(Scheme::BearerToken { prefix }) => prefix,
                    _ => "Bearer",
                };
                let bare = after_prefix(token, |own| own.eq_ignore_ascii_case(prefix));
                iter::once(token.clone()).chain(bare).collect()
            }
            Self::Basic { username, password } => {
                let pair = format!("{username}:{}", password.expose());
                let mut secrets = vec![password.clone(), pair.into()];
                // Without a password the user name is the secret.
                let is_plain = scheme.is_some_and(|auth| auth.plain_username);
                if !is_plain || password.expose().is_empty() {
                    secrets.push(username.as_str().into());
                }
                secrets
            }
            Self::Custom { fields } => {
                let declared = match scheme.map(|auth| auth.scheme) {
                    Some(Scheme::Custom(declared)) => declared,
                    _ => &[],
                };
                let is_plain = |name: &str| {
                    let field = declared.iter().find(|field| field.name == name);
                    field.is_some_and(|field| !field.secret)
                };
                let secret = fields.iter().filter(|(name, _)| !is_plain(name));
                let values = secret.flat_map(|(_, value)| {
                    let bare = after_prefix(value, |own| {
                        PREFIXES.iter().any(|known| own.eq_ignore_ascii_case(known))
                    });
                    iter::once(value.clone()).chain(bare)
                });
                values.collect()
            }
        }
    }

    /// Returns whether a text holds a value of the credential, or may be made of one: where a scheme of
    /// fields is applied by hand, what is made of them can't be known.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        match self {
            Self::None => false,
            Self::Token { token } => {
                let bare = after_prefix(token, |_| true);
                let mut ways = iter::once(token.clone()).chain(bare);
                ways.any(|token| holds(text, token.expose()))
            }
            Self::Basic { username, password } => {
                holds(text, password.expose()) || holds(text, username)
            }
            Self::Custom { .. } => true,
        }
    }
}

/// Words that a value is copied with from a header.
const PREFIXES: [&str; 4] = ["apikey", "basic", "bearer", "token"];

/// Returns what follows the prefix that a token stands with, as in `Bearer abc`.
pub(super) fn after_prefix(token: &Secret, is_prefix: impl FnOnce(&str) -> bool) -> Option<Secret> {
    let (own, rest) = token.expose().split_once(' ')?;
    is_prefix(own).then(|| Secret::new(rest.trim_start()))
}

fn holds(text: &str, secret: &str) -> bool {
    !secret.is_empty() && text.contains(secret)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_that_is_stored_with_its_prefix_is_found_without() {
        let bearer = [Auth::bearer_token("Token")];
        for token in ["Bearer abcdefgh", "bearer  abcdefgh"] {
            let token = Credential::token(token);
            assert!(token.redactor_under(&bearer).finds_in("it is abcdefgh."));
            assert!(token.is_in("/abcdefgh"));
        }
        let field = |value: &str| Credential::Custom {
            fields: [("key".to_owned(), value.into())].into(),
        };
        assert!(
            field("Token abcdefgh")
                .redactor_under(&[])
                .finds_in("abcdefgh")
        );
        let phrase = field("secret password").redactor_under(&[]);
        assert!(phrase.finds_in("a secret password") && !phrase.finds_in("a password"));
    }

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
        for text in [
            r#"{"tokn":"hunter2-hunter2"}"#,
            r#"{"token":["hunter2-hunter2"]}"#,
            r#"{"token":"hunter2-hunter2","username":"me"}"#,
            r#"{"username":"hunter2-hunter2"}"#,
            r#"{"token":null}"#,
            r#"{"fields":{"site":2}}"#,
            r#""hunter2-hunter2""#,
            "{}",
        ] {
            let error = serde_json::from_str::<Credential>(text).unwrap_err();
            assert!(!error.to_string().contains("hunter2"), "{text}: {error}");
        }
    }
}
