//! The fields of a credential: how they are shown, and how what was given is read.

use std::collections::BTreeMap;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Fault, Faults, nearest};
use plugwright_sdk::{ActionError, Auth, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::connect::fields::{self, Field};
use plugwright_engine::connect::personal::{KeyInput, takes_key};

/// A value that a credential is made of, or a setting that goes with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ApiV1CredentialField")]
pub(super) struct CredentialField {
    key: String,
    label: String,
    required: bool,
    secret: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
}

/// The fields of one of a connector's schemes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ApiV1CredentialForm")]
pub(super) struct CredentialForm<'a> {
    scheme: &'static str,
    label: &'a str,
    fields: Vec<CredentialField>,
}

impl<'a> CredentialForm<'a> {
    pub(super) fn of(connector: &Connector, base_url: &str, auth: &Auth<'a>) -> Self {
        let fields = fields::fields(connector, base_url, auth).into_iter();
        Self {
            scheme: auth.kind().as_str(),
            label: auth.label,
            fields: fields
                .map(|field| CredentialField {
                    key: key(&field.name, auth),
                    label: field.label,
                    required: field.is_required,
                    secret: field.is_secret,
                    description: field.hint,
                })
                .collect(),
        }
    }

    pub(super) fn fields(&self) -> &[CredentialField] {
        &self.fields
    }
}

/// Returns the schemes of a connector whose credentials people enter.
pub(super) fn schemes(connector: &Connector) -> impl Iterator<Item = &Auth<'_>> {
    connector.auth().iter().filter(|auth| takes_key(auth))
}

/// Names a field: `apiKey` for a key, otherwise as the scheme or the setting is named.
fn key(name: &str, auth: &Auth) -> String {
    match (name, &auth.scheme) {
        ("credential.token", Scheme::ApiKey(_)) => "apiKey".to_owned(),
        _ => {
            let own = name.split_once('.').map_or(name, |(_, own)| own);
            own.to_owned()
        }
    }
}

/// Reads what was given: the fields by their keys, and `scheme` where the connector has several.
/// Without it the first scheme counts to which all keys belong. Settings that are known need not be
/// given.
///
/// # Errors
///
/// `VALIDATION_ERROR` with everything that is wrong; no message repeats a value.
pub(super) fn read(
    connector: &Connector,
    base_url: &str,
    settings: &BTreeMap<String, String>,
    mut members: Map<String, Value>,
) -> Result<KeyInput, ActionError> {
    // The payload may stand by itself or in an envelope.
    match members.remove("credentials") {
        Some(Value::Object(inner)) => members.extend(inner),
        Some(other) => {
            members.insert("credentials".to_owned(), other);
        }
        None => {}
    }
    let kinds: Vec<_> = schemes(connector).collect();
    if kinds.is_empty() {
        return Err(ActionError::new(
            ErrorCode::ValidationError,
            format!("{} takes no key", connector.display_name()),
        ));
    }
    let named = members.remove("scheme");
    let auth = match &named {
        None | Some(Value::Null) => kinds
            .iter()
            .find(|auth| has_all(connector, base_url, auth, settings, &members))
            .or_else(|| kinds.first()),
        Some(kind) => kinds.iter().find(|auth| *kind == auth.kind().as_str()),
    };
    let Some(auth) = auth.copied() else {
        let kinds: Vec<_> = kinds.iter().map(|auth| auth.kind().as_str()).collect();
        return Err(ActionError::invalid_param(
            "scheme",
            format!("must be one of {}", kinds.join(", ")),
        ));
    };
    let mut faults = Faults::new();
    let mut form = fields::known(settings);
    form.extend(values(connector, base_url, auth, members, &mut faults));
    match fields::read(connector, base_url, auth, &form) {
        Ok(entered) if faults.is_empty() => Ok(KeyInput {
            scheme: auth.kind(),
            credential: entered.credential,
            settings: entered.settings,
        }),
        entered => {
            for field in entered.err().unwrap_or_default() {
                let param = key(&field.name, auth);
                let told = faults.iter().any(|fault: &Fault| fault.param == param);
                if let (Some(error), false) = (field.error, told) {
                    let message = error.strip_prefix(&field.label).map(str::trim_start);
                    let message = message.unwrap_or(&error).to_owned();
                    faults.push(Fault { param, message });
                }
            }
            Err(ActionError::invalid(faults))
        }
    }
}

fn has_all(
    connector: &Connector,
    base_url: &str,
    auth: &Auth,
    settings: &BTreeMap<String, String>,
    members: &Map<String, Value>,
) -> bool {
    let given = |key: &str| members.contains_key(key) || settings.contains_key(key);
    let form = CredentialForm::of(connector, base_url, auth);
    let known = |name: &String| form.fields.iter().any(|field| field.key == *name);
    members.keys().all(known)
        && form
            .fields
            .iter()
            .all(|field| !field.required || given(&field.key))
}

/// Returns the values by the names of the form's fields.
fn values(
    connector: &Connector,
    base_url: &str,
    auth: &Auth,
    members: Map<String, Value>,
    faults: &mut Faults,
) -> BTreeMap<String, String> {
    let fields: Vec<Field> = fields::fields(connector, base_url, auth);
    let keys: Vec<_> = fields.iter().map(|field| key(&field.name, auth)).collect();
    let mut form = BTreeMap::new();
    for (name, value) in members {
        if faults.is_full() {
            faults.stop();
            break;
        }
        let place = keys.iter().position(|key| *key == name);
        let message = match (place, value) {
            (Some(place), Value::String(text)) => {
                form.insert(fields[place].name.clone(), text);
                continue;
            }
            (Some(_), Value::Null) => continue,
            (Some(_), _) => "must be a text".to_owned(),
            (None, _) => {
                let known = keys.iter().map(String::as_str);
                let hint = nearest::did_you_mean(&name, known.clone()).unwrap_or_else(|| {
                    let list = faults.list(known);
                    list.map_or_else(String::new, |list| format!("; there are {list}"))
                });
                format!("is not a field{hint}")
            }
        };
        faults.push(Fault {
            param: name,
            message,
        });
    }
    form
}
