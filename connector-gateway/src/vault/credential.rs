//! Credentials as the text that is sealed: the form in which callers give them.

use std::collections::BTreeMap;

use plugwright_sdk::Credential;
use serde::Serialize;
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
