//! The fields of a credential: how they are described and read.

use std::collections::BTreeMap;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Connector, Fault, Faults, nearest};
use plugwright_sdk::{ActionError, Auth, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::connect::fields::{self, Field};
use crate::view::view;
use plugwright_engine::connect::personal::takes_key;
use plugwright_engine::connections::credential::CheckedCredential;

view! {
    /// A value that a credential is made of, or a setting that goes with it.
    #[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
    #[schemars(rename = "ApiV1CredentialField")]
    pub(super) struct CredentialField(field: Field, auth: &Auth<'_>) {
        key: String = key(&field.name, auth),
        label: String = field.label,
        required: bool = field.is_required,
        secret: bool = field.is_secret,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<String> = field.hint,
    }
}

/// The fields of one of a connector's schemes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "ApiV1CredentialForm")]
pub(super) struct CredentialForm<'a> {
    scheme: &'static str,
    label: &'a str,
    pub(super) fields: Vec<CredentialField>,
}

impl<'a> CredentialForm<'a> {
    pub(super) fn of(connector: &Connector, base_url: &str, auth: &Auth<'a>) -> Self {
        let fields = fields::fields(connector, base_url, auth).into_iter();
        Self {
            scheme: auth.kind().as_str(),
            label: auth.label,
            fields: fields
                .map(|field| CredentialField::new(field, auth))
                .collect(),
        }
    }
}

/// Returns the schemes of a connector with credentials that people enter.
pub(super) fn schemes(connector: &Connector) -> impl Iterator<Item = &Auth<'_>> {
    connector.auth().iter().filter(|auth| takes_key(auth))
}

/// Returns the key of a field: `apiKey` for an API key, otherwise the scheme's or setting's own name.
fn key(name: &str, auth: &Auth<'_>) -> String {
    match (name, &auth.scheme) {
        ("credential.token", Scheme::ApiKey(_)) => "apiKey".to_owned(),
        _ => {
            let own = name.split_once('.').map_or(name, |(_, own)| own);
            own.to_owned()
        }
    }
}

/// Reads the fields by their keys, and `scheme` if the connector has several; by default the first
/// scheme that has all keys. Known settings are optional. No message of a fault repeats a value.
pub(super) fn read(
    connector: &Connector,
    base_url: &str,
    settings: &BTreeMap<String, String>,
    mut members: Map<String, Value>,
) -> Result<CheckedCredential, ActionError> {
    // The fields may be in an envelope.
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
            format!("{} accepts no key", connector.display_name()),
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
        Ok(entered) if faults.is_empty() => Ok(CheckedCredential {
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
    auth: &Auth<'_>,
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

fn values(
    connector: &Connector,
    base_url: &str,
    auth: &Auth<'_>,
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
            (Some(_), _) => "must be a string".to_owned(),
            (None, _) => {
                let known = keys.iter().map(String::as_str);
                let hint = nearest::did_you_mean(&name, known.clone()).unwrap_or_else(|| {
                    let list = faults.list(known);
                    list.map_or_else(String::new, |list| format!("; allowed: {list}"))
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
