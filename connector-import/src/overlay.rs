//! Overlays: what an operator knows better than a document.

mod paging;

use std::collections::BTreeMap;

use plugwright_sdk::host::{Effect, IdentityParts, Returns, SchemeParts, nearest};
use plugwright_sdk::reading::is_unseen;
use plugwright_sdk::schema::{element, properties, resolve};
use plugwright_sdk::{Value, json};
use serde::Deserialize;
use serde_json::Map;
use url::Url;

use crate::authentication::Authentication;
use crate::document;
use crate::form::{GraphqlTemplate, ImportedAction, ImportedConnector, PagingTemplate};
use crate::openapi::{Imported, graphql, is_base};
use crate::report::Outcome;
use crate::text::quoted;
pub use paging::PagingOverlay;

/// What stands in place of what a document says, by the names of actions.
///
/// ```
/// use plugwright_import::Overlay;
///
/// let overlay = Overlay::read(b"
/// hide: ['admin.*']
/// actions:
///   pets.list: { title: List pets, defaults: { limit: 50 } }
/// ")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overlay {
    /// The display name of the connector.
    pub display_name: Option<String>,
    /// One line about the provider.
    pub description: Option<String>,
    /// The base URL, perhaps a template over settings.
    pub base_url: Option<String>,
    /// How calls authenticate, in place of what the document says.
    pub auth: Option<Authentication>,
    /// Whether the user name of HTTP Basic is no secret, such as an e-mail address.
    pub plain_username: bool,
    /// How to find out whose account a credential is.
    pub identity: Option<IdentityParts>,
    /// Actions that are left out, as names or as `resource.*`.
    pub hide: Vec<String>,
    /// What is other about single actions.
    pub actions: BTreeMap<String, ActionOverlay>,
}

/// What stands in place of what a document says of an operation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ActionOverlay {
    /// The name.
    pub rename: Option<String>,
    /// Whether it is left out.
    pub hide: bool,
    /// The display name.
    pub title: Option<String>,
    /// What it does and returns.
    pub description: Option<String>,
    /// What running it does to the world.
    pub effect: Option<Effect>,
    /// Whether doing it twice is the same as doing it once.
    pub idempotent: Option<bool>,
    /// The OAuth scopes that it needs.
    pub scopes: Option<Vec<String>>,
    /// Values for members of the input that a caller leaves out.
    pub defaults: Map<String, Value>,
    /// The only fields that are returned, as `user.login` style paths.
    pub fields: Vec<String>,
    /// How the list is cut into pages; `false` if it returns one thing.
    pub paging: Option<PagingOverlay>,
}

/// An overlay can't be laid over a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OverlayError {
    /// It is malformed.
    #[error("the overlay is malformed: {0}")]
    Malformed(String),
    /// It does not fit the document.
    #[error("the overlay does not fit the document: {}", .0.join("; "))]
    Unfit(Vec<String>),
}

impl Overlay {
    /// Reads an overlay from its file, in JSON or YAML.
    ///
    /// # Errors
    ///
    /// If it is malformed, or a key is there twice.
    pub fn read(bytes: &[u8]) -> Result<Self, OverlayError> {
        let value = document::read_unique(bytes);
        Self::from_value(value.map_err(|error| OverlayError::Malformed(error.to_string()))?)
    }

    /// Reads an overlay from a JSON value.
    ///
    /// # Errors
    ///
    /// If it is malformed; a member that is not known is said.
    pub fn from_value(value: Value) -> Result<Self, OverlayError> {
        // A list would be taken for the members in their order.
        let actions = value.get("actions").and_then(Value::as_object);
        let parts = actions.into_iter().flat_map(Map::values);
        let parts = [&value]
            .into_iter()
            .chain(value.get("identity"))
            .chain(parts);
        let is_list = parts.into_iter().any(Value::is_array);
        if is_list {
            let message = "a list stands where keys with values are expected";
            return Err(OverlayError::Malformed(message.to_owned()));
        }
        serde_json::from_value(value).map_err(|error| OverlayError::Malformed(error.to_string()))
    }

    /// Lays it over an imported document.
    ///
    /// # Errors
    ///
    /// Everything that names what is not there.
    pub fn apply(&self, imported: &mut Imported) -> Result<(), OverlayError> {
        let mut faults = Vec::new();
        let connector = &mut imported.connector;
        self.connector(connector, &mut faults);
        self.authentication(connector, &mut faults);
        for name in self.actions.keys() {
            if !connector.actions.iter().any(|action| action.name == *name) {
                let names = connector.actions.iter().map(|action| action.name.as_str());
                let near = nearest::did_you_mean(name, names).unwrap_or_default();
                faults.push(format!("no action is named {}{near}", quoted(name)));
            }
        }
        // What hides nothing may have been meant for an action that has another name now.
        for pattern in &self.hide {
            let hides = |action: &ImportedAction| matches(pattern, &action.name);
            if !connector.actions.iter().any(hides) {
                faults.push(format!("`hide` names no action by {}", quoted(pattern)));
            }
        }
        connector.overlaid =
            self.plain_username || !(self.hide.is_empty() && self.actions.is_empty());
        let mut hidden = Vec::new();
        let mut renamed = BTreeMap::new();
        let before = std::mem::take(&mut connector.actions);
        for mut action in before {
            let own = self.actions.get(&action.name);
            if own.is_some_and(|own| own.hide) || self.hides(&action.name) {
                hidden.push(action.name);
                continue;
            }
            if let Some(own) = own {
                let name = action.name.clone();
                let answer = imported.answers.get(&action.operation);
                own.apply(&mut action, answer, connector, &mut faults);
                renamed.insert(name, action.name.clone());
            }
            connector.actions.push(action);
        }
        for operation in &mut imported.report.operations {
            let Some(name) = &operation.name else {
                continue;
            };
            if hidden.contains(name) {
                operation.name = None;
                operation.outcome = Outcome::Hidden;
            } else if let Some(new) = renamed.get(name) {
                operation.name = Some(new.clone());
            }
        }
        connector.forget_undeclared_scopes();
        if let Err(error) = imported.connector.clone().connector() {
            faults.push(error.to_string());
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(OverlayError::Unfit(faults))
        }
    }

    fn authentication(&self, connector: &mut ImportedConnector, faults: &mut Vec<String>) {
        if let Some(auth) = &self.auth {
            connector.parts.auth = auth.parts();
            connector.credential.clear();
            connector
                .actions
                .iter_mut()
                .for_each(|action| action.auth = None);
        }
        let mut is_found = !self.plain_username;
        for auth in &mut connector.parts.auth {
            if let SchemeParts::Basic { plain_username } = &mut auth.scheme {
                *plain_username = self.plain_username;
                is_found = true;
            }
        }
        if !is_found {
            faults.push("`plain_username` is for HTTP Basic, which it does not have".to_owned());
        }
    }

    fn connector(&self, connector: &mut ImportedConnector, faults: &mut Vec<String>) {
        let parts = &mut connector.parts;
        if let Some(name) = &self.display_name {
            parts.display_name.clone_from(name);
        }
        if let Some(text) = &self.description {
            parts.description.clone_from(text);
        }
        if let Some(url) = &self.base_url {
            let sample = filled(url).and_then(|sample| Url::parse(&sample).ok());
            let is_web = sample.is_some_and(|url| is_base(&url));
            let is_endpoint = |action: &ImportedAction| action.request.graphql.is_some();
            if !is_web {
                faults.push(format!(
                    "base URL {} is not an HTTP or HTTPS URL without query and user name",
                    quoted(url)
                ));
            } else if connector.actions.iter().any(is_endpoint) {
                let (base, path) = graphql::endpoint(url);
                parts.base_url = base;
                for action in &mut connector.actions {
                    action.request.path.clone_from(&path);
                }
            } else {
                url.trim_end_matches('/').clone_into(&mut parts.base_url);
            }
        }
        if let Some(identity) = &self.identity {
            faults.extend(unfit(identity));
            parts.identity = Some(identity.clone());
        }
    }

    fn hides(&self, name: &str) -> bool {
        self.hide.iter().any(|pattern| matches(pattern, name))
    }
}

/// Returns a base URL with something in place of each `{setting}`; nothing if a brace has no other one.
fn filled(template: &str) -> Option<String> {
    let mut url = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}')?;
        let is_whole_scheme = before.is_empty() && url.is_empty() && after.starts_with(':');
        if before.contains('}') || name.is_empty() || name.contains('{') || is_whole_scheme {
            return None;
        }
        url.push_str(before);
        url.push_str(if url.is_empty() { "https://a" } else { "a" });
        rest = after;
    }
    (!rest.contains('}')).then(|| url + rest)
}

/// Returns what can't be asked for the account of a credential.
fn unfit(identity: &IdentityParts) -> Vec<String> {
    let IdentityParts { path, id, label } = identity;
    let mut faults = Vec::new();
    let is_unsent = |letter: char| "?#{}\\%".contains(letter) || letter.is_whitespace();
    let climbs = path.split('/').any(|part| matches!(part, "." | ".."));
    if !path.starts_with('/') || climbs || path.contains(is_unsent) || path.contains(is_unseen) {
        faults.push(format!(
            "the path of `identity` must be a path below the base URL such as `/me`, without query \
             and placeholders, and is {}",
            quoted(path)
        ));
    }
    for (name, pointer) in [("id", id), ("label", label)] {
        if !pointer.starts_with('/') {
            faults.push(format!(
                "`{name}` of `identity` must be a JSON pointer such as `/{name}`, and is {}",
                quoted(pointer)
            ));
        }
    }
    faults
}

/// Returns whether the document describes what is at a place of an output, and has no such field.
fn is_undescribed(output: &Value, path: &str) -> bool {
    let mut place = output;
    for name in path.trim().split('.') {
        place = element(output, place);
        let known = properties(output, place);
        match known.iter().find(|(other, _)| *other == name) {
            Some((_, member)) => place = member,
            None => return !known.is_empty() && !has_others(output, place),
        }
    }
    false
}

/// Returns whether an object is said to have further members.
fn has_others(output: &Value, schema: &Value) -> bool {
    let schema = resolve(output, schema);
    let others = schema.get("additionalProperties");
    let parts = ["allOf", "anyOf", "oneOf"].map(|keyword| schema.get(keyword)?.as_array());
    others.is_some_and(|others| *others != Value::Bool(false))
        || parts.into_iter().flatten().flatten().any(|part| {
            // What is not described may have any member.
            let part = resolve(output, part);
            let is_open = part.as_object().is_some_and(Map::is_empty);
            is_open
                || part
                    .get("additionalProperties")
                    .is_some_and(|it| *it != Value::Bool(false))
        })
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == pattern,
    }
}

impl ActionOverlay {
    fn apply(
        &self,
        action: &mut ImportedAction,
        answer: Option<&Value>,
        connector: &ImportedConnector,
        faults: &mut Vec<String>,
    ) {
        let known = action.name.clone();
        let set = |place: &mut String, text: &Option<String>| {
            if let Some(text) = text {
                place.clone_from(text);
            }
        };
        set(&mut action.title, &self.title);
        set(&mut action.description, &self.description);
        if let Some(name) = &self.rename {
            action.own_name = Some(std::mem::replace(&mut action.name, name.clone()));
        }
        action.effect = self.effect.unwrap_or(action.effect);
        action.idempotent = self.idempotent.unwrap_or(match self.effect {
            Some(effect) => effect == Effect::Read,
            None => action.idempotent,
        });
        if let Some(scopes) = &self.scopes {
            let declared = connector.declared_scopes();
            for scope in scopes {
                if !declared.contains(scope.as_str()) {
                    let scope = quoted(scope);
                    faults.push(format!("{known}: no OAuth 2 scheme declares scope {scope}"));
                }
            }
            action.scopes.clone_from(scopes);
        }
        for (name, value) in &self.defaults {
            let member = action.input["properties"].get_mut(name);
            let Some(member) = member.and_then(Value::as_object_mut) else {
                faults.push(format!("{known} has no parameter {}", quoted(name)));
                continue;
            };
            if !crate::action::takes(member, &connector.definitions, value) {
                faults.push(format!(
                    "{known}: the default of {} does not fit its schema",
                    quoted(name)
                ));
            }
            member.insert("default".to_owned(), value.clone());
            let required = action.input.get_mut("required");
            if let Some(required) = required.and_then(Value::as_array_mut) {
                required.retain(|other| other != name);
            }
            action.defaults.insert(name.clone(), value.clone());
        }
        match &self.paging {
            None => {}
            Some(PagingOverlay::Off(true)) => {
                faults.push(format!(
                    "{known}: `paging` is `false`, or says where items and next page are"
                ));
            }
            Some(PagingOverlay::Off(false)) => {
                if let Some(paging) = action.paging.take()
                    && let Some(graphql) = &mut action.request.graphql
                {
                    first_page(&mut action.output, graphql, paging);
                }
                action.returns = Returns::Single;
            }
            Some(PagingOverlay::On(_)) if action.request.graphql.is_some() => {
                faults.push(format!(
                    "{known}: the pages of a GraphQL list are as the schema has them"
                ));
            }
            Some(PagingOverlay::On(stated)) => {
                let found = paging::apply(stated, action, answer, &connector.definitions);
                let found = found.into_iter();
                faults.extend(found.map(|fault| format!("{known}: `paging`: {fault}")));
                action.returns = Returns::List;
            }
        }
        if !self.fields.is_empty() {
            let schema = crate::action::output(&action.output, &connector.definitions);
            match plugwright_sdk::host::fields::Fields::parse(&self.fields, &schema) {
                Ok(_) => {
                    let paths = self.fields.iter();
                    for path in paths.filter(|path| is_undescribed(&schema, path)) {
                        faults.push(format!("{known}: the output has no field {}", quoted(path)));
                    }
                    action.fields.clone_from(&self.fields);
                    if let Some(graphql) = &mut action.request.graphql {
                        let items = action.paging.as_ref().map(|paging| paging.items.as_str());
                        graphql::narrow(graphql, items, &self.fields);
                    }
                }
                Err(error) => faults.push(format!("{known}: {error}")),
            }
        }
    }
}

/// Lets an operation return the items of the first page of a list.
fn first_page(output: &mut Value, graphql: &mut GraphqlTemplate, paging: PagingTemplate) {
    let has_edges = paging.items.ends_with("/edges");
    graphql.pointer = paging.items;
    if has_edges {
        let node = output["items"].take();
        output["items"] = json!({ "type": "object", "properties": { "node": node } });
    }
}
