//! Credentials as the text that is sealed: the form in which callers give them.

use std::collections::BTreeMap;

use plugwright_sdk::{Credential, Secret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::VaultError;

#[derive(Serialize)]
#[serde(untagged)]
enum Text<'a> {
    Token {
        token: &'a str,
    },
    Basic {
        username: &'a str,
        password: &'a str,
    },
    Custom {
        fields: BTreeMap<&'a str, &'a str>,
    },
    None,
}

/// Writes a credential, to be sealed at once.
pub(crate) fn credential_json(credential: &Credential) -> Zeroizing<String> {
    let text = match credential {
        Credential::Token { token } => Text::Token {
            token: token.expose(),
        },
        Credential::Basic { username, password } => Text::Basic {
            username,
            password: password.expose(),
        },
        Credential::Custom { fields } => Text::Custom {
            fields: fields
                .iter()
                .map(|(name, value)| (name.as_str(), value.expose()))
                .collect(),
        },
        Credential::None => Text::None,
    };
    // Texts as member names and values can always be written.
    Zeroizing::new(serde_json::to_string(&text).unwrap_or_default())
}

/// Reads a credential that was sealed.
pub(crate) fn credential_from_json(text: &[u8]) -> Result<Credential, VaultError> {
    // The parser's own message may repeat what it read.
    serde_json::from_slice(text).map_err(|_| VaultError::Tampered)
}

/// The tokens of a connection by OAuth.
#[derive(Clone, Debug)]
pub(crate) struct OAuthTokens {
    pub(crate) access_token: Secret,
    /// None where the provider gave none.
    pub(crate) refresh_token: Option<Secret>,
}

#[derive(Serialize)]
struct TokensText<'a> {
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredTokens {
    token: String,
    refresh_token: Option<String>,
}

impl OAuthTokens {
    /// Writes the tokens, to be sealed at once.
    pub(crate) fn to_json(&self) -> Zeroizing<String> {
        let text = TokensText {
            token: self.access_token.expose(),
            refresh_token: self.refresh_token.as_ref().map(Secret::expose),
        };
        // Texts can always be written.
        Zeroizing::new(serde_json::to_string(&text).unwrap_or_default())
    }

    /// Reads tokens that were sealed.
    pub(crate) fn from_json(text: &[u8]) -> Result<Self, VaultError> {
        // The parser's own message may repeat what it read.
        let stored: StoredTokens =
            serde_json::from_slice(text).map_err(|_| VaultError::Tampered)?;
        Ok(Self {
            access_token: stored.token.into(),
            refresh_token: stored.refresh_token.map(Secret::from),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_credential_reads_back_as_it_was() {
        for text in [
            r#"{"token":"hunter2 \"ü"}"#,
            r#"{"username":"me","password":"hunter2"}"#,
            r#"{"fields":{"site":"acme","token":"hunter2"}}"#,
            "null",
        ] {
            let credential = credential_from_json(text.as_bytes()).unwrap();
            assert_eq!(credential_json(&credential).as_str(), text);
        }
        let error = credential_from_json(b"{\"tokn\":\"hunter2\"}").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
