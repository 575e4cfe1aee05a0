//! Types of actions, for programs that call them.

mod doc;
mod rust;
mod typescript;

use std::collections::BTreeMap;

use plugwright_sdk::Value;
use plugwright_sdk::reading::value::items;
use plugwright_sdk::schema::{required, types};

/// An action that types are made of.
#[derive(Clone, Debug)]
pub struct ActionTypes {
    /// Id, `<connector>.<name>`.
    pub id: String,
    /// Title.
    pub title: String,
    /// What it does.
    pub description: String,
    /// Why it should no longer be used.
    pub deprecated: Option<String>,
    /// Canonical schema of its input.
    pub input_schema: Value,
    /// Canonical schema of its output.
    pub output_schema: Value,
}

impl ActionTypes {
    fn connector(&self) -> &str {
        self.id
            .split_once('.')
            .map_or(&*self.id, |(connector, _)| connector)
    }

    fn name(&self) -> &str {
        self.id.split_once('.').map_or("", |(_, name)| name)
    }

    fn paragraphs(&self) -> Vec<String> {
        let mut paragraphs: Vec<String> = self
            .description
            .split("\n\n")
            .map(|paragraph| paragraph.trim().to_owned())
            .filter(|paragraph| !paragraph.is_empty())
            .collect();
        if paragraphs.is_empty() {
            paragraphs.push(self.title.clone());
        }
        paragraphs
    }
}

/// Writes a module of Rust: for each connector a module, in it one for each resource, with structs and
/// a function for each action, which calls it with `plugwright-client`.
///
/// The order is that of ids, so the same actions make the same text.
pub fn rust(actions: &[ActionTypes]) -> String {
    rust::write(&by_connector(actions))
}

/// Writes a declaration file of TypeScript that makes the actions known to the npm package
/// `@oomol-lab/connector`, so that `execute` and the namespaces of its clients have their types.
///
/// The order is that of ids, so the same actions make the same text.
pub fn typescript(actions: &[ActionTypes]) -> String {
    typescript::write(&by_connector(actions))
}

fn by_connector(actions: &[ActionTypes]) -> BTreeMap<&str, Vec<&ActionTypes>> {
    let mut found: BTreeMap<&str, Vec<&ActionTypes>> = BTreeMap::new();
    for action in actions {
        found.entry(action.connector()).or_default().push(action);
    }
    for actions in found.values_mut() {
        actions.sort_by(|one, other| one.id.cmp(&other.id));
        actions.dedup_by(|one, other| one.id == other.id);
    }
    found
}

/// What a schema says of an object's members, and whether it takes others.
struct Members<'a> {
    known: Vec<(&'a str, &'a Value, bool)>,
    others: Others<'a>,
}

enum Others<'a> {
    None,
    Any,
    Like(&'a Value),
}

/// Returns the members of an object; `None` for what is no object, or any.
fn members(schema: &Value) -> Option<Members<'_>> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let more = schema.get("additionalProperties");
    if properties.is_none() && more.is_none() && !kinds(schema).contains(&"object") {
        return None;
    }
    let required: Vec<_> = required(schema).collect();
    let known = properties.into_iter().flatten();
    let known =
        known.map(|(name, member)| (name.as_str(), member, required.contains(&name.as_str())));
    Some(Members {
        known: known.collect(),
        others: match more {
            Some(Value::Bool(false)) => Others::None,
            Some(like) if like.as_object().is_some_and(|like| !like.is_empty()) => {
                Others::Like(like)
            }
            _ => Others::Any,
        },
    })
}

fn kinds(schema: &Value) -> Vec<&str> {
    types(schema).collect()
}

/// Returns the alternatives of a schema, without rules over members.
fn alternatives(schema: &Value) -> Option<&Vec<Value>> {
    let mut keywords = ["anyOf", "oneOf"].into_iter();
    keywords.find_map(|keyword| {
        let parts = schema.get(keyword)?.as_array()?;
        let is_rule = |part: &Value| {
            let keywords = part.as_object().map(|part| part.keys());
            keywords.is_some_and(|mut keywords| {
                keywords.all(|keyword| keyword == "required" || keyword == "not")
            })
        };
        (!parts.is_empty() && !parts.iter().any(is_rule)).then_some(parts)
    })
}

/// Returns the parts of `allOf` that say what a value is, without limits and rules over members.
fn together(schema: &Value) -> Vec<&Value> {
    let says = |part: &&Value| {
        [
            "$ref",
            "properties",
            "type",
            "anyOf",
            "oneOf",
            "allOf",
            "items",
        ]
        .iter()
        .any(|keyword| part.get(keyword).is_some())
            && part.get("not").is_none()
            && (part.get("oneOf").is_none() || alternatives(part).is_some())
    };
    items(schema.get("allOf")).filter(says).collect()
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")
}
