//! The credentials that callers hold.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;

use crate::secret::{Redactor, Secret};

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
}
