//! Checks whether a connector takes a credential. No message contains the credential.

use std::collections::BTreeMap;
use std::fmt::Display;

use plugwright_sdk::auth::{CustomField, Scheme, SchemeKind};
use plugwright_sdk::host::{Connector, Faults, nearest};
use plugwright_sdk::{Auth, Credential, Secret, plain_field, secret_field};
use serde_json::Value;

/// A credential that a connector takes, with the settings of its connection.
pub struct CheckedCredential {
    /// The kind of the scheme that it is for.
    pub scheme: SchemeKind,
    /// The credential.
    pub credential: Credential,
    /// The settings.
    pub settings: BTreeMap<String, String>,
}

pub(super) fn fit(
    connector: &Connector,
    given: Option<&Value>,
    settings: BTreeMap<String, String>,
    faults: &mut Faults,
) -> Option<CheckedCredential> {
    let schemes: Vec<_> = connector
        .auth()
        .iter()
        .filter(|auth| !matches!(auth.scheme, Scheme::None | Scheme::OAuth2(_)))
        .collect();
    let credential = match given {
        None if !schemes.is_empty() => {
            faults.note(
                "credential",
                format_args!("is missing: give {}", forms(&schemes)),
            );
            return None;
        }
        None => Credential::None,
        // The parser's own message may contain the value.
        Some(value) => match serde_json::from_value(value.clone()) {
            Ok(credential) => credential,
            Err(_) => {
                faults.note("credential", format_args!("must be {}", forms(&schemes)));
                return None;
            }
        },
    };
    if credential.is_none() && schemes.is_empty() {
        return Some(CheckedCredential {
            scheme: SchemeKind::None,
            credential,
            settings,
        });
    }
    // Checked field by field first, which can name missing fields of a custom credential.
    let custom = schemes.iter().find_map(|auth| match auth.scheme {
        Scheme::Custom(declared) => Some(declared),
        _ => None,
    });
    let mut good = true;
    if let (Credential::Custom { fields }, Some(declared)) = (&credential, custom) {
        let found = field_faults(declared, fields);
        good = found.is_empty();
        faults.append(found);
    } else if !schemes.iter().any(|auth| auth.takes(&credential)) {
        faults.note("credential", format_args!("must be {}", forms(&schemes)));
        return None;
    }
    let found = text_faults(&credential);
    good &= found.is_empty();
    faults.append(found);
    let auth = schemes.iter().find(|auth| auth.takes(&credential))?;
    good.then(|| CheckedCredential {
        scheme: auth.kind(),
        credential,
        settings,
    })
}

/// Creates the credential of a connector that takes a key, with its scheme. `None` if the connector
/// takes none, or with a fault at `param`.
pub fn of_key(
    connector: &Connector,
    param: &str,
    key: Secret,
    faults: &mut Faults,
) -> Option<(Credential, SchemeKind)> {
    let scheme = connector
        .auth()
        .iter()
        .find(|auth| matches!(auth.scheme, Scheme::ApiKey(_) | Scheme::BearerToken { .. }))?;
    let credential = Credential::token(key);
    let found = text_faults(&credential);
    let good = found.is_empty();
    faults.append(found.renamed(|_| param.to_owned()));
    good.then(|| (credential, scheme.kind()))
}

/// Creates the credential of a connector that takes named values: custom fields, or user name and
/// password. `None` if the connector takes none, or with faults below `param`.
pub fn of_values(
    connector: &Connector,
    param: &str,
    mut values: BTreeMap<String, Secret>,
    faults: &mut Faults,
) -> Option<(Credential, SchemeKind)> {
    let (scheme, fields) = named_fields(connector)?;
    let mut found = field_faults(fields, &values);
    let mut take = |name| values.remove(name).unwrap_or_else(|| Secret::new(""));
    let credential = match scheme.scheme {
        Scheme::Basic => Credential::Basic {
            username: take("username").expose().to_owned(),
            password: take("password"),
        },
        _ => Credential::Custom { fields: values },
    };
    if found.is_empty() {
        found = text_faults(&credential);
    }
    let good = found.is_empty();
    faults.append(found.renamed(|path| match path.rsplit('.').next() {
        Some("credential") | None => param.to_owned(),
        Some(name) => format!("{param}.{name}"),
    }));
    good.then(|| (credential, scheme.kind()))
}

/// Returns the scheme of a connector whose credential has named values, and their names.
pub fn named_fields(connector: &Connector) -> Option<(&Auth<'_>, &[CustomField<'_>])> {
    const BASIC: &[CustomField<'static>] = &[
        plain_field("username", "User name"),
        secret_field("password", "Password"),
    ];
    connector.auth().iter().find_map(|auth| match auth.scheme {
        Scheme::Custom(fields) => Some((auth, fields)),
        Scheme::Basic => Some((auth, BASIC)),
        _ => None,
    })
}

fn field_faults(declared: &[CustomField], given: &BTreeMap<String, Secret>) -> Faults {
    let mut faults = Faults::new();
    for field in declared {
        if !given.contains_key(field.name) {
            faults.note(
                format_args!("credential.fields.{}", field.name),
                format_args!("is missing ({})", field.label),
            );
        }
    }
    let known = || declared.iter().map(|field| field.name);
    for name in given.keys() {
        if known().any(|known| known == name) {
            continue;
        }
        if faults.is_full() {
            faults.stop();
            break;
        }
        let advice = nearest::did_you_mean(name, known()).unwrap_or_else(|| {
            let list = faults.list(known());
            list.map_or_else(String::new, |list| format!("; allowed: {list}"))
        });
        faults.note(
            format_args!("credential.fields.{name}"),
            format_args!("is not a field{advice}"),
        );
    }
    faults
}

/// Longest text of a credential, in bytes: several times that of a private key or a signed token.
const LONGEST_TEXT: usize = 16 << 10;

fn text_faults(credential: &Credential) -> Faults {
    let mut faults = Faults::new();
    let too_long = || format!("must not be longer than {LONGEST_TEXT} bytes");
    let mut check = |path: &dyn Display, text: &Secret| {
        let text = text.expose();
        if text.len() > LONGEST_TEXT {
            faults.note(path, too_long());
        } else if text.trim().is_empty() {
            faults.note(path, "must not be empty");
        } else if text.trim() != text {
            faults.note(path, "must not begin or end with white space");
        } else if text.contains(char::is_control) && !is_pem(credential, text) {
            faults.note(
                path,
                "must have no line break and no other control character",
            );
        }
    };
    match credential {
        Credential::None => {}
        Credential::Token { token } => check(&"credential.token", token),
        Credential::Basic { username, password } => {
            // Some providers take a key as one of the two, with the other empty.
            if username.is_empty() && password.expose().is_empty() {
                faults.note("credential", "must have a user name or a password");
                return faults;
            }
            for (path, text) in [
                ("credential.username", username.as_str()),
                ("credential.password", password.expose()),
            ] {
                if text.len() > LONGEST_TEXT {
                    faults.note(path, too_long());
                }
            }
            if username.contains(':') || username.chars().any(char::is_control) {
                faults.note(
                    "credential.username",
                    "must have no colon, no line break and no other control character",
                );
            }
            if password.expose().chars().any(char::is_control) {
                faults.note(
                    "credential.password",
                    "must have no line break and no other control character",
                );
            }
        }
        Credential::Custom { fields } => {
            for (name, value) in fields {
                check(&format_args!("credential.fields.{name}"), value);
            }
        }
    }
    faults
}

/// Returns whether a field holds a PEM key (RFC 7468), which needs its line breaks and is never
/// sent in a header.
fn is_pem(credential: &Credential, text: &str) -> bool {
    let is_other = |letter: char| letter.is_control() && !matches!(letter, '\r' | '\n');
    matches!(credential, Credential::Custom { .. })
        && text.starts_with("-----BEGIN ")
        && !text.contains(is_other)
}

/// Describes what the schemes take.
fn forms(schemes: &[&Auth]) -> String {
    let mut forms: Vec<_> = schemes.iter().map(|auth| form(auth)).collect();
    forms.dedup();
    if forms.is_empty() {
        "null, because the connector has no authentication".to_owned()
    } else {
        format!("{}, with strings as values", forms.join(" or "))
    }
}

fn form(auth: &Auth) -> String {
    match auth.scheme {
        Scheme::Basic => r#"{"username": "..", "password": ".."}"#.to_owned(),
        Scheme::Custom(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|field| format!(r#""{}": "..""#, field.name))
                .collect();
            format!(r#"{{"fields": {{{}}}}}"#, fields.join(", "))
        }
        _ => r#"{"token": ".."}"#.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_of_a_credential_has_an_end() {
        let fields = |value: &str| BTreeMap::from([("seed".to_owned(), Secret::new(value))]);
        let basic = |username: &str, password: &str| Credential::Basic {
            username: username.to_owned(),
            password: Secret::new(password),
        };
        for (length, expected) in [(LONGEST_TEXT, 0), (LONGEST_TEXT + 1, 1)] {
            let text = "k".repeat(length);
            for credential in [
                Credential::token(Secret::new(text.as_str())),
                basic(&text, ""),
                basic("", &text),
                Credential::Custom {
                    fields: fields(&text),
                },
            ] {
                let faults = text_faults(&credential);
                assert_eq!(faults.len(), expected, "{faults:?}");
            }
        }
    }
}
