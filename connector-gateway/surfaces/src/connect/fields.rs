//! The form of a scheme: its fields, and what a person entered in them.

use std::collections::BTreeMap;

use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::Connector;
use plugwright_sdk::{Auth, Credential, Secret};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// Name in the form, and id of the element.
    pub(crate) name: String,
    /// What people call it.
    pub(crate) label: String,
    /// How to fill it in.
    pub(crate) hint: Option<String>,
    /// Whether it is never shown again.
    pub(crate) is_secret: bool,
    /// Whether it must be filled in.
    pub(crate) is_required: bool,
    /// What was entered; empty if it is secret.
    pub(crate) value: String,
    /// What is wrong with it.
    pub(crate) error: Option<String>,
}

impl Field {
    fn credential(name: &str, label: &str, is_secret: bool) -> Self {
        Self {
            name: format!("credential.{name}"),
            label: label.to_owned(),
            hint: None,
            is_secret,
            is_required: true,
            value: String::new(),
            error: None,
        }
    }

    /// Returns the ids for `aria-describedby`.
    pub(super) fn described_by(&self) -> Option<String> {
        let hint = self.hint.as_ref().map(|_| format!("{}.hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}.error", self.name));
        let ids: Vec<_> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

#[derive(Debug)]
pub(crate) struct FormInput {
    pub(crate) credential: Credential,
    pub(crate) settings: BTreeMap<String, String>,
}

/// Returns the fields of a connector's scheme: the settings of the connection, then the credential's,
/// if the scheme has any (unlike none and OAuth 2).
///
/// `base_url` is that of the connector's API, its own or the one that the configuration sets.
pub(crate) fn fields(connector: &Connector, base_url: &str, auth: &Auth<'_>) -> Vec<Field> {
    let mut fields: Vec<_> = connector
        .settings_at(base_url)
        .into_iter()
        .map(|setting| Field {
            name: format!("setting.{}", setting.name),
            label: label(setting.name),
            hint: hint(connector, base_url, setting.name),
            is_secret: false,
            is_required: setting.required,
            value: String::new(),
            error: None,
        })
        .collect();
    match auth.scheme {
        Scheme::ApiKey(_) | Scheme::BearerToken { .. } => {
            fields.push(Field::credential("token", auth.label, true));
        }
        Scheme::Basic => {
            fields.push(Field::credential("username", "User name", false));
            fields.push(Field::credential("password", "Password", true));
        }
        Scheme::Custom(custom) => fields.extend(
            custom
                .iter()
                .map(|field| Field::credential(field.name, field.label, field.secret)),
        ),
        _ => {}
    }
    fields
}

/// Reads what a person entered in the fields of a scheme, or returns the fields with their errors, and
/// without the secrets.
pub(crate) fn read(
    connector: &Connector,
    base_url: &str,
    auth: &Auth<'_>,
    form: &BTreeMap<String, String>,
) -> Result<FormInput, Vec<Field>> {
    let mut fields = fields(connector, base_url, auth);
    let mut values = BTreeMap::new();
    let mut settings = BTreeMap::new();
    for field in &mut fields {
        let given = form.get(&field.name).map_or("", String::as_str);
        // Blanks are often pasted by mistake; in a password they may be intended.
        let is_password = field.name == "credential.password";
        let given = if is_password { given } else { given.trim() };
        if !field.is_secret && is_shown(given) {
            given.clone_into(&mut field.value);
        }
        if given.is_empty() {
            if field.is_required {
                field.error = Some(format!("{} is missing", field.label));
            }
        } else if given.contains(char::is_control) {
            field.error = Some(format!("{} must be one line of text", field.label));
        } else if let Some(name) = field.name.strip_prefix("setting.") {
            settings.insert(name.to_owned(), given.to_owned());
        } else if let Some(name) = field.name.strip_prefix("credential.") {
            values.insert(name.to_owned(), Secret::new(given));
        }
    }
    for fault in connector.check_settings_at(base_url, &settings) {
        let name = format!("setting.{}", fault.param);
        if let Some(field) = fields.iter_mut().find(|field| field.name == name) {
            let message = || format!("{} {}", field.label, fault.message);
            field.error = Some(field.error.take().unwrap_or_else(message));
        }
    }
    if fields.iter().any(|field| field.error.is_some()) {
        return Err(fields);
    }
    let mut take = |name| values.remove(name).unwrap_or_else(|| Secret::new(""));
    let credential = match auth.scheme {
        Scheme::ApiKey(_) | Scheme::BearerToken { .. } => Credential::token(take("token")),
        Scheme::Basic => Credential::Basic {
            username: take("username").expose().to_owned(),
            password: take("password"),
        },
        Scheme::Custom(_) => Credential::Custom { fields: values },
        _ => Credential::None,
    };
    Ok(FormInput {
        credential,
        settings,
    })
}

/// Returns the fields of a scheme, filled in as far as they are known and not secret.
pub(crate) fn again(
    connector: &Connector,
    base_url: &str,
    auth: &Auth<'_>,
    form: &BTreeMap<String, String>,
) -> Vec<Field> {
    let mut fields = fields(connector, base_url, auth);
    for field in fields.iter_mut().filter(|field| !field.is_secret) {
        if let Some(value) = form.get(&field.name).filter(|value| is_shown(value)) {
            field.value.clone_from(value);
        }
    }
    fields
}

/// Returns whether a page shows a value again. Legitimate ones are short.
fn is_shown(value: &str) -> bool {
    value.chars().nth(200).is_none()
}

/// Returns settings under the names of their form fields.
pub(crate) fn known(settings: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    settings
        .iter()
        .map(|(name, value)| (format!("setting.{name}"), value.clone()))
        .collect()
}

/// Returns what people call a setting: `base_url` is "Base URL".
fn label(name: &str) -> String {
    let words = name.split('_').enumerate().map(|(index, word)| match word {
        "url" | "id" => word.to_uppercase(),
        _ if index > 0 => word.to_owned(),
        _ => {
            let mut letters = word.chars();
            let first = letters.next().map(char::to_uppercase);
            first.into_iter().flatten().chain(letters).collect()
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Explains what a setting is for.
fn hint(connector: &Connector, base_url: &str, name: &str) -> Option<String> {
    let place = format!("{{{name}}}");
    let hosts = connector.hosts().iter().map(|host| host.base_url);
    let template = std::iter::once(base_url)
        .chain(hosts)
        .find(|template| template.contains(&place))?;
    Some(if template.starts_with(&place) {
        "The address of your own site, such as https://example.com".to_owned()
    } else {
        format!("Part of the address {template}")
    })
}
