//! Secrets that a recording must not contain.

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Redactor};
use plugwright_sdk::{ActionError, Auth, Credential, ErrorCode, Secret};
use serde_json::Value;

use crate::failure::Failure;

/// The redactor does not search for shorter secrets.
const SHORTEST: usize = 6;

/// Returns the redactor of a credential. Refuses a secret that is too short to tell apart from other
/// text.
pub(super) fn redactor(
    connector: &Connector,
    credential: &Credential,
) -> Result<Redactor, Failure> {
    let short = |secret: &str| !secret.is_empty() && secret.len() < SHORTEST;
    let (found, redactor) = match credential {
        Credential::Token { token } => (
            short(token.expose()),
            credential.redactor_under(connector.auth()),
        ),
        // Some providers take a key as the user name, and no password or any.
        Credential::Basic { username, password } if password.expose().len() < SHORTEST => {
            let key = Secret::new(username.clone());
            let pair = Secret::new(format!("{username}:{}", password.expose()));
            (short(username), Redactor::new([&key, &pair]))
        }
        Credential::None | Credential::Basic { .. } => {
            (false, credential.redactor_under(connector.auth()))
        }
        Credential::Custom { fields } => (
            fields
                .iter()
                .any(|(name, value)| short(value.expose()) && is_secret(connector, name)),
            credential.redactor_under(connector.auth()),
        ),
    };
    if found {
        let message = format!(
            "the credential has a secret of fewer than {SHORTEST} characters, which can't be redacted reliably"
        );
        return Err(
            Failure::from(ActionError::new(ErrorCode::AuthInvalid, message))
                .advise("record with another credential"),
        );
    }
    Ok(redactor)
}

fn is_secret(connector: &Connector, field: &str) -> bool {
    let plain = |auth: &Auth| match auth.scheme {
        Scheme::Custom(fields) => fields
            .iter()
            .any(|declared| declared.name == field && !declared.secret),
        _ => false,
    };
    !connector.auth().iter().any(plain)
}

/// Returns the JSON pointer of a secret, without the secret.
pub(super) fn place(value: &Value, redactor: &Redactor) -> Option<String> {
    let inside = match value {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| Some((index.to_string(), place(item, redactor)?))),
        Value::Object(members) => {
            if members.keys().any(|name| redactor.finds_in(name)) {
                return Some(String::new());
            }
            members
                .iter()
                .find_map(|(name, member)| Some((name.clone(), place(member, redactor)?)))
        }
        Value::String(text) => {
            return redactor.finds_in(text).then(String::new);
        }
        other => return redactor.finds_in(&other.to_string()).then(String::new),
    };
    inside.map(|(step, rest)| format!("/{step}{rest}"))
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::{ConnectorDefinition, actions, plain_field, secret_field};
    use serde_json::json;

    use super::*;
    use crate::fixture::SHOP;

    static CUSTOM: ConnectorDefinition = ConnectorDefinition::new("custom", "Custom", "1.0.0")
        .auth(&[Auth::custom(
            "Team key",
            &[plain_field("team", "Team"), secret_field("key", "Key")],
        )])
        .actions(actions![]);

    fn credential(json: Value) -> Credential {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn short_secrets_are_refused() {
        for (connector, given, allowed) in [
            (&SHOP, json!({ "token": "12345" }), false),
            (&SHOP, json!({ "token": "123456" }), true),
            (
                &SHOP,
                json!({ "username": "ada", "password": "12345" }),
                false,
            ),
            (
                &SHOP,
                json!({ "username": "ada", "password": "123456" }),
                true,
            ),
            (&SHOP, json!({ "username": "sk_123", "password": "" }), true),
            (
                &CUSTOM,
                json!({ "fields": { "team": "eu", "key": "123456" } }),
                true,
            ),
            (
                &CUSTOM,
                json!({ "fields": { "team": "eu-west", "key": "12" } }),
                false,
            ),
            (&SHOP, json!(null), true),
        ] {
            let credential = credential(given.clone());
            assert_eq!(
                redactor(&connector.into(), &credential).is_ok(),
                allowed,
                "{given}"
            );
        }
    }

    #[test]
    fn a_user_name_is_secret_with_and_without_a_password() {
        let key = credential(json!({ "username": "sk_live_1", "password": "x" }));
        assert!(
            redactor(&(&SHOP).into(), &key)
                .unwrap()
                .finds_in("by sk_live_1")
        );
        let account = credential(json!({ "username": "somebody", "password": "hunter2" }));
        let redactor = redactor(&(&SHOP).into(), &account).unwrap();
        assert!(redactor.finds_in("hunter2") && redactor.finds_in("somebody"));
    }

    #[test]
    fn the_place_of_a_secret_does_not_show_it() {
        let redactor = Redactor::new([&Secret::new("1234567")]);
        let found = |value: &Value| place(value, &redactor);
        assert_eq!(
            found(&json!({ "a": [{ "b": 1_234_567 }] })).unwrap(),
            "/a/0/b"
        );
        assert_eq!(found(&json!({ "a": { "x1234567": 1 } })).unwrap(), "/a");
        assert_eq!(found(&json!({ "a": ["MTIzNDU2Nw=="] })).unwrap(), "/a/0");
        assert_eq!(found(&json!({ "a": ["123456"], "b": null })), None);
    }
}
