//! Whether a credential is one that a connector takes. No message shows what was given.

use std::collections::BTreeMap;

use plugwright_sdk::{
    Auth, ConnectorDefinition, Credential, CustomField, Fault, Scheme, Secret, nearest,
    plain_field, secret_field,
};
use serde_json::Value;

/// Returns the credential and the kind of the scheme that it is for.
pub(super) fn fit(
    connector: &ConnectorDefinition,
    given: Option<&Value>,
    faults: &mut Vec<Fault>,
) -> Option<(Credential, &'static str)> {
    let mut fault = |param: &str, message: String| {
        faults.push(Fault {
            param: param.to_owned(),
            message,
        });
    };
    let schemes: Vec<_> = connector
        .auth()
        .iter()
        .filter(|auth| !matches!(auth.scheme, Scheme::None | Scheme::OAuth2(_)))
        .collect();
    let credential = match given {
        None if !schemes.is_empty() => {
            fault(
                "credential",
                format!("is missing: give {}", forms(&schemes)),
            );
            return None;
        }
        None => Credential::None,
        // The parser's own message may repeat what it read.
        Some(value) => match serde_json::from_value(value.clone()) {
            Ok(credential) => credential,
            Err(_) => {
                fault("credential", format!("must be {}", forms(&schemes)));
                return None;
            }
        },
    };
    if credential.is_none() && schemes.is_empty() {
        return Some((credential, "none"));
    }
    // Checked field by field first: of a custom credential it can be said what is missing.
    let custom = schemes.iter().find_map(|auth| match auth.scheme {
        Scheme::Custom(declared) => Some(declared),
        _ => None,
    });
    let mut good = true;
    if let (Credential::Custom { fields }, Some(declared)) = (&credential, custom) {
        let names: Vec<_> = fields.keys().map(String::as_str).collect();
        for (param, message) in field_faults(declared, &names) {
            fault(&param, message);
            good = false;
        }
    } else if !schemes.iter().any(|auth| auth.takes(&credential)) {
        fault("credential", format!("must be {}", forms(&schemes)));
        return None;
    }
    for (param, message) in text_faults(&credential) {
        fault(&param, message);
        good = false;
    }
    let scheme = schemes.iter().find(|auth| auth.takes(&credential));
    scheme
        .filter(|_| good)
        .map(|auth| (credential, auth.kind()))
}

/// Makes the credential of a connector that takes a key, and says of which scheme it is. `None` if
/// the connector takes none, or with a fault at `param`.
pub(crate) fn of_key(
    connector: &ConnectorDefinition,
    param: &str,
    key: Secret,
    faults: &mut Vec<Fault>,
) -> Option<(Credential, &'static str)> {
    let scheme = connector
        .auth()
        .iter()
        .find(|auth| matches!(auth.scheme, Scheme::ApiKey(_) | Scheme::BearerToken { .. }))?;
    let credential = Credential::token(key);
    let found = text_faults(&credential);
    let good = found.is_empty();
    faults.extend(found.into_iter().map(|(_, message)| Fault {
        param: param.to_owned(),
        message,
    }));
    good.then(|| (credential, scheme.kind()))
}

/// Makes the credential of a connector that takes named values: those of its own scheme, or user
/// name and password. `None` if the connector takes none, or with faults below `param`.
pub(crate) fn of_values(
    connector: &ConnectorDefinition,
    param: &str,
    mut values: BTreeMap<String, Secret>,
    faults: &mut Vec<Fault>,
) -> Option<(Credential, &'static str)> {
    let (scheme, fields) = named_fields(connector)?;
    let names: Vec<_> = values.keys().map(String::as_str).collect();
    let mut found = field_faults(fields, &names);
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
    faults.extend(found.into_iter().map(|(path, message)| {
        let name = path.rsplit('.').next().unwrap_or_default();
        Fault {
            param: match name {
                "credential" => param.to_owned(),
                name => format!("{param}.{name}"),
            },
            message,
        }
    }));
    good.then(|| (credential, scheme.kind()))
}

/// Returns the scheme of a connector whose credential has named values, and their names.
pub(crate) fn named_fields(
    connector: &ConnectorDefinition,
) -> Option<(&'static Auth, &'static [CustomField])> {
    const BASIC: &[CustomField] = &[
        plain_field("username", "User name"),
        secret_field("password", "Password"),
    ];
    connector.auth().iter().find_map(|auth| match auth.scheme {
        Scheme::Custom(fields) => Some((auth, fields)),
        Scheme::Basic => Some((auth, BASIC)),
        _ => None,
    })
}

fn field_faults(declared: &[CustomField], given: &[&str]) -> Vec<(String, String)> {
    let missing = declared
        .iter()
        .filter(|field| !given.contains(&field.name))
        .map(|field| {
            let path = format!("credential.fields.{}", field.name);
            (path, format!("is missing ({})", field.label))
        });
    let known = || declared.iter().map(|field| field.name);
    let unknown = given
        .iter()
        .filter(|name| known().all(|known| known != **name))
        .map(|name| {
            let allowed = match nearest::names(name, known(), 1).first() {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
            };
            let path = format!("credential.fields.{name}");
            (path, format!("is not a field; {allowed}"))
        });
    missing.chain(unknown).collect()
}

fn text_faults(credential: &Credential) -> Vec<(String, String)> {
    let texts: Vec<(String, &Secret)> = match credential {
        Credential::None => Vec::new(),
        Credential::Token { token } => vec![("credential.token".to_owned(), token)],
        Credential::Basic { username, password } => {
            // The empty one of the two is how some providers take a key.
            if username.is_empty() && password.expose().is_empty() {
                return vec![(
                    "credential".to_owned(),
                    "must have a user name or a password".to_owned(),
                )];
            }
            let mut faults = Vec::new();
            if username.contains(':') || username.chars().any(char::is_control) {
                faults.push((
                    "credential.username".to_owned(),
                    "must have no colon, no line break and no other control character".to_owned(),
                ));
            }
            if password.expose().chars().any(char::is_control) {
                faults.push((
                    "credential.password".to_owned(),
                    "must have no line break and no other control character".to_owned(),
                ));
            }
            return faults;
        }
        Credential::Custom { fields } => fields
            .iter()
            .map(|(name, value)| (format!("credential.fields.{name}"), value))
            .collect(),
    };
    texts
        .into_iter()
        .filter_map(|(path, text)| {
            let text = text.expose();
            let problem = if text.trim().is_empty() {
                "must not be empty"
            } else if text.trim() != text {
                "must not begin or end with white space"
            } else if text.contains(char::is_control) && !is_pem(credential, text) {
                "must have no line break and no other control character"
            } else {
                return None;
            };
            Some((path, problem.to_owned()))
        })
        .collect()
}

/// Tells whether a field holds a key in PEM (RFC 7468), whose lines are its form. No header has one.
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
        "null, for the connector has no authentication".to_owned()
    } else {
        format!("{}, with texts as values", forms.join(" or "))
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
