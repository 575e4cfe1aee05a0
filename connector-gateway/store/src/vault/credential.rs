//! Serializes credentials, in the form in which callers send them.

use std::collections::BTreeMap;

use plugwright_sdk::auth::SchemeKind;
use plugwright_sdk::host::Redactor;
use plugwright_sdk::{Auth, Credential, Secret};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Vault, VaultError};
use crate::Connection;

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

/// Serializes a credential to be sealed.
pub fn credential_json(credential: &Credential) -> Zeroizing<String> {
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
    // Maps of strings always serialize.
    Zeroizing::new(serde_json::to_string(&text).unwrap_or_default())
}

/// A connection's opened credential.
#[derive(Clone, Debug)]
pub struct OpenedCredential {
    /// The credential for calls.
    pub credential: Credential,
    /// What else is secret about the account: of OAuth, the refresh token, the tokens before the last
    /// renewal, and the secret of the gateway's client.
    pub others: Vec<Secret>,
}

impl From<Credential> for OpenedCredential {
    fn from(credential: Credential) -> Self {
        Self {
            credential,
            others: Vec::new(),
        }
    }
}

impl From<OAuthTokens> for OpenedCredential {
    fn from(tokens: OAuthTokens) -> Self {
        let others = tokens.refresh_token.into_iter().chain(tokens.former);
        Self {
            credential: Credential::token(tokens.access_token),
            others: others.collect(),
        }
    }
}

impl OpenedCredential {
    /// Returns a redactor of its secrets.
    pub fn redactor(&self, schemes: &[Auth]) -> Redactor {
        let secrets = self.credential.secrets(schemes);
        Redactor::new(secrets.iter().chain(&self.others))
    }
}

impl Vault {
    /// Opens the credential of a connection of any scheme. There is no other way to.
    ///
    /// # Errors
    ///
    /// As [`open_sealed`](Self::open_sealed), and if the content is not a credential.
    pub fn open_credential(&self, connection: &Connection) -> Result<OpenedCredential, VaultError> {
        if connection.scheme == SchemeKind::OAuth2 {
            return Ok(self.open_tokens(connection)?.into());
        }
        let opened = self.open_sealed(connection.id, &connection.secret);
        let credential = opened.and_then(|text| credential_from_json(&text));
        let credential = credential.map_err(|error| error.of_connection(&connection.name))?;
        Ok(credential.into())
    }

    /// Opens the tokens of an OAuth connection.
    ///
    /// # Errors
    ///
    /// As [`open_sealed`](Self::open_sealed), and if the content is not tokens.
    pub fn open_tokens(&self, connection: &Connection) -> Result<OAuthTokens, VaultError> {
        self.open_sealed(connection.id, &connection.secret)
            .and_then(|text| OAuthTokens::from_json(&text))
            .map_err(|error| error.of_connection(&connection.name))
    }
}

fn credential_from_json(text: &[u8]) -> Result<Credential, VaultError> {
    // The parser's own message may contain the value.
    serde_json::from_slice(text).map_err(|_| VaultError::Tampered)
}

/// The tokens of an OAuth connection.
#[derive(Clone, Debug)]
pub struct OAuthTokens {
    /// The access token.
    pub access_token: Secret,
    /// `None` if the provider issued none.
    pub refresh_token: Option<Secret>,
    /// Those that the last renewal replaced: answers may still repeat them.
    pub former: Vec<Secret>,
}

#[derive(Serialize)]
struct TokensText<'a> {
    token: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    former: Vec<&'a str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredTokens {
    token: String,
    refresh_token: Option<String>,
    #[serde(default)]
    former: Vec<String>,
}

impl OAuthTokens {
    /// Serializes the tokens to be sealed.
    pub fn to_json(&self) -> Zeroizing<String> {
        let text = TokensText {
            token: self.access_token.expose(),
            refresh_token: self.refresh_token.as_ref().map(Secret::expose),
            former: self.former.iter().map(Secret::expose).collect(),
        };
        // Strings always serialize.
        Zeroizing::new(serde_json::to_string(&text).unwrap_or_default())
    }

    /// Parses opened tokens.
    pub(super) fn from_json(text: &[u8]) -> Result<Self, VaultError> {
        // The parser's own message may contain the value.
        let stored: StoredTokens =
            serde_json::from_slice(text).map_err(|_| VaultError::Tampered)?;
        Ok(Self {
            access_token: stored.token.into(),
            refresh_token: stored.refresh_token.map(Secret::from),
            former: stored.former.into_iter().map(Secret::from).collect(),
        })
    }

    /// Returns the tokens after a renewal, which issues a new refresh token or leaves the old one.
    #[must_use]
    pub fn renewed(&self, access_token: Secret, refresh_token: Option<Secret>) -> Self {
        let refresh_token = refresh_token.or_else(|| self.refresh_token.clone());
        let kept = [Some(&access_token), refresh_token.as_ref()];
        let is_kept = |old: &Secret| kept.iter().flatten().any(|it| it.expose() == old.expose());
        let old = std::iter::once(&self.access_token).chain(&self.refresh_token);
        let former = old.filter(|old| !is_kept(old)).cloned().collect();
        Self {
            access_token,
            refresh_token,
            former,
        }
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
        for text in [
            r#"{"token":"hunter2"}"#,
            r#"{"token":"hunter2","refresh_token":"hunter3","former":["hunter0","hunter1"]}"#,
        ] {
            let tokens = OAuthTokens::from_json(text.as_bytes()).unwrap();
            assert_eq!(tokens.to_json().as_str(), text);
        }
        let error = credential_from_json(b"{\"tokn\":\"hunter2\"}").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }

    #[test]
    fn the_tokens_before_a_renewal_stay_secret_until_the_next() {
        let mut tokens = OAuthTokens {
            access_token: "access-0".into(),
            refresh_token: Some("refresh-0".into()),
            former: Vec::new(),
        };
        for (access, refresh, found, lost) in [
            ("access-1", None, "access-0", "access-x"),
            ("access-2", Some("refresh-2"), "refresh-0", "access-0"),
            ("access-3", Some("refresh-3"), "refresh-2", "access-1"),
        ] {
            tokens = tokens.renewed(access.into(), refresh.map(Secret::from));
            let redactor = OpenedCredential::from(tokens.clone()).redactor(&[]);
            assert!(redactor.finds_in(access) && redactor.finds_in(found));
            assert!(!redactor.finds_in(lost), "{lost}");
        }
        assert_eq!(tokens.former.len(), 2);
    }
}
