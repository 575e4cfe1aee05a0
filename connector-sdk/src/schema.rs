//! The one schema policy.
//!
//! Every schema that leaves the SDK is in one canonical form of JSON Schema 2020-12. The rules
//! are in [`canonical`], each with its reason; hand-written schemas pass as they are.

mod check_cost;
mod concise;
pub mod example;
mod keyword;
pub mod pointer;
mod reading;
#[cfg(test)]
mod tests;

use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use crate::data::JsonObject;
use crate::reading::value::members;

pub use check_cost::{CheckCost, Extent};
pub use concise::concise;
pub use keyword::Holds;
pub use reading::{alternatives, element, is_open, merge, properties, required, resolve, types};

/// A JSON Schema 2020-12 document, or a part of one.
pub type Schema = Value;

/// What `#[model]` writes into the schema of a member that is left out if it is absent, since the
/// generator does not see it. Only [`canonical`] reads it.
pub(crate) const MAY_BE_ABSENT: &str = "x-plugwright-may-be-absent";

/// Returns the canonical schema of what `T` serializes to.
///
/// ```
/// use plugwright_sdk::{json, model, schema};
///
/// /// A label.
/// #[model]
/// struct Label {
///     /// What it is called.
///     name: String,
/// }
///
/// assert_eq!(schema::of::<Label>(), json!({
///     "description": "A label.",
///     "type": "object",
///     "properties": { "name": { "description": "What it is called.", "type": "string" } },
///     "required": ["name"],
///     "additionalProperties": false
/// }));
/// ```
pub fn of<T: schemars::JsonSchema>() -> Schema {
    let generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    canonical(generator.into_root_schema_for::<T>().to_value())
}

/// Brings a generated schema into canonical form.
///
/// ```
/// use plugwright_sdk::schema::canonical;
/// use serde_json::json;
///
/// let generated = json!({
///     "$schema": "https://json-schema.org/draft/2020-12/schema",
///     "title": "Label",
///     "type": "object",
///     "properties": { "color": { "type": ["string", "null"] }, "id": { "type": "integer", "format": "uint64" } }
/// });
/// assert_eq!(canonical(generated), json!({
///     "type": "object",
///     "properties": { "color": { "type": "string" }, "id": { "type": "integer" } },
///     "additionalProperties": false
/// }));
/// ```
pub fn canonical(mut schema: Schema) -> Schema {
    // Consumers treat 2020-12 as given, and some refuse the keyword.
    if let Some(root) = schema.as_object_mut() {
        root.remove("$schema");
    }
    normalize(&mut schema);
    inline(&mut schema);
    schema
}

fn normalize(schema: &mut Value) {
    let Some(object) = schema.as_object_mut() else {
        // `true` as a schema is legal, yet several consumers only take objects.
        if *schema == Value::Bool(true) {
            *schema = json!({});
        }
        return;
    };
    require_present(object);
    // A title repeats the Rust type's name, which tells a caller nothing.
    object.remove("title");
    // `uint64`, `double` and the like are not formats of JSON Schema; validators warn or refuse.
    let numeric = matches!(
        object.get("type").and_then(Value::as_str),
        Some("integer" | "number")
    ) || object
        .get("type")
        .and_then(Value::as_array)
        .is_some_and(|types| {
            types
                .iter()
                .any(|name| name == "integer" || name == "number")
        });
    if numeric {
        object.remove("format");
    }
    // `const` is not understood by every consumer; an `enum` of one says the same.
    if let Some(value) = object.remove("const") {
        object.insert("enum".into(), json!([value]));
    }
    drop_null(object);
    for keyword in ["properties", "$defs", "patternProperties"] {
        if let Some(Value::Object(members)) = object.get_mut(keyword) {
            members.values_mut().for_each(normalize);
        }
    }
    for keyword in ["items", "additionalProperties", "not"] {
        if let Some(part) = object
            .get_mut(keyword)
            .filter(|part| part.is_object() || *part == &Value::Bool(true))
        {
            if keyword == "additionalProperties" && *part == Value::Bool(true) {
                continue;
            }
            normalize(part);
        }
    }
    for keyword in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        if let Some(Value::Array(parts)) = object.get_mut(keyword) {
            parts.iter_mut().for_each(normalize);
        }
    }
    fold_enum(object);
    // A closed object catches misspelt members, and strict modes of model vendors ask for it.
    if object.contains_key("properties") && !object.contains_key("additionalProperties") {
        object.insert("additionalProperties".into(), false.into());
    }
}

fn require_present(object: &mut JsonObject) {
    object.shift_remove(MAY_BE_ABSENT);
    let absent: Vec<_> = members(object.get("properties"))
        .filter(|(_, member)| member.get(MAY_BE_ABSENT).is_some())
        .map(|(name, _)| name.clone())
        .collect();
    if let Some(Value::Array(required)) = object.get_mut("required") {
        required.retain(|name| !absent.iter().any(|absent| name == absent));
        if required.is_empty() {
            object.shift_remove("required");
        }
    }
}

/// An absent value is left out, never `null`, so no type publishes `null`.
fn drop_null(object: &mut JsonObject) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|name| name != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(parts)) = object.get_mut(keyword) else {
            continue;
        };
        parts.retain(|part| part != &json!({ "type": "null" }));
        if parts.len() == 1
            && let Some(Value::Object(only)) = parts.pop()
        {
            object.remove(keyword);
            for (name, value) in only {
                object.entry(name).or_insert(value);
            }
        }
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
}

/// Turns a documented enum, which is generated as one schema per variant, into a plain list of
/// values; what was said of each variant goes into the description.
fn fold_enum(object: &mut JsonObject) {
    let Some(Value::Array(variants)) = object.get("oneOf") else {
        return;
    };
    let mut values = Vec::new();
    let mut notes = Vec::new();
    for variant in variants {
        let (Some("string"), Some(Value::Array(names))) = (
            variant.get("type").and_then(Value::as_str),
            variant.get("enum"),
        ) else {
            return;
        };
        for name in names {
            if let (Some(name), Some(note)) = (
                name.as_str(),
                variant.get("description").and_then(Value::as_str),
            ) {
                notes.push((name.to_owned(), note.to_owned()));
            }
        }
        values.extend(names.iter().cloned());
    }
    object.remove("oneOf");
    object.insert("type".into(), "string".into());
    object.insert("enum".into(), values.into());
    describe_values(
        object,
        notes
            .iter()
            .map(|(name, note)| (name.as_str(), note.as_str())),
    );
}

/// Adds what each value of an enum means to the description.
pub(crate) fn describe_values<'a>(
    object: &mut JsonObject,
    notes: impl Iterator<Item = (&'a str, &'a str)>,
) {
    let notes: Vec<_> = notes
        .filter(|(_, note)| !note.is_empty())
        .map(|(name, note)| format!("`{name}`: {}", note.replace('\n', " ")))
        .collect();
    if notes.is_empty() {
        return;
    }
    let notes = notes.join(" ");
    let description = match object.get("description").and_then(Value::as_str) {
        Some(before) => format!("{before} {notes}"),
        None => notes,
    };
    object.insert("description".into(), description.into());
}

/// A definition at most this long, as JSON text, is written where it is used.
const SMALL: usize = 400;

/// Writes definitions that are small or used once where they are used: a reader then need not
/// jump, and consumers without `$ref` take more schemas. Recursive ones stay.
fn inline(root: &mut Value) {
    loop {
        let Some(Value::Object(definitions)) = root.get("$defs") else {
            return;
        };
        let candidate = definitions.iter().find_map(|(name, body)| {
            let reference = format!("#/$defs/{name}");
            let uses = count_uses(root, &reference) - count_uses(body, &reference);
            let recursive =
                count_uses(body, &reference) > 0 || reaches(definitions, body, &reference, 0);
            let fits = uses <= 1 || body.to_string().len() <= SMALL;
            (!recursive && fits).then(|| (name.clone(), reference, body.clone()))
        });
        let Some((name, reference, body)) = candidate else {
            return;
        };
        if let Some(Value::Object(definitions)) = root.get_mut("$defs") {
            definitions.remove(&name);
            if definitions.is_empty()
                && let Some(root) = root.as_object_mut()
            {
                root.remove("$defs");
            }
        }
        replace(root, &reference, &body);
    }
}

fn count_uses(schema: &Value, reference: &str) -> usize {
    match schema {
        Value::Object(members) => members
            .iter()
            .map(|(name, member)| {
                usize::from(name == "$ref" && member == reference) + count_uses(member, reference)
            })
            .sum(),
        Value::Array(items) => items.iter().map(|item| count_uses(item, reference)).sum(),
        _ => 0,
    }
}

fn reaches(definitions: &JsonObject, body: &Value, reference: &str, depth: usize) -> bool {
    depth < definitions.len()
        && definitions.iter().any(|(name, other)| {
            count_uses(body, &format!("#/$defs/{name}")) > 0
                && (count_uses(other, reference) > 0
                    || reaches(definitions, other, reference, depth + 1))
        })
}

fn replace(schema: &mut Value, reference: &str, body: &Value) {
    match schema {
        Value::Object(members) => {
            if members.get("$ref").is_some_and(|found| found == reference) {
                members.remove("$ref");
                if let Some(body) = body.as_object() {
                    // Keywords at the place of use win over those of the type.
                    for (name, value) in body {
                        members.entry(name.clone()).or_insert_with(|| value.clone());
                    }
                }
            }
            members
                .values_mut()
                .for_each(|member| replace(member, reference, body));
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| replace(item, reference, body)),
        _ => {}
    }
}

/// Lets a schema take `null` as well, as only [`Patch`](crate::Patch) does.
pub(crate) fn allow_null(schema: &mut JsonObject) {
    match schema.get_mut("type") {
        Some(Value::String(name)) => {
            let name = std::mem::take(name);
            schema.insert("type".into(), json!([name, "null"]));
        }
        Some(Value::Array(names)) => names.push("null".into()),
        _ => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
}

/// Returns whether a schema takes `null` by name. A schema that takes anything does not count:
/// there, too, `null` means that nothing was given.
fn publishes_null(schema: &Value) -> bool {
    types(schema).any(|name| name == "null")
}

/// Applies the one normalization that stands before validation: a member whose value is `null`
/// counts as absent, unless its schema publishes `null`.
///
/// It holds for the members that a schema names, at any depth; what a schema leaves open (a map,
/// any JSON value) keeps its nulls.
///
/// ```
/// use plugwright_sdk::schema::drop_nulls;
/// use serde_json::json;
///
/// let schema = json!({ "type": "object", "properties": { "state": { "type": "string" } } });
/// let mut input = json!({ "state": null });
/// drop_nulls(&schema, &mut input);
/// assert_eq!(input, json!({}));
/// ```
pub fn drop_nulls(schema: &Schema, value: &mut Value) {
    match value {
        Value::Object(members) => {
            let properties = schema.get("properties");
            let property = |name: &str| properties.and_then(|properties| properties.get(name));
            members.retain(|name, member| {
                !member.is_null() || property(name).is_none_or(publishes_null)
            });
            for (name, member) in members {
                if let Some(schema) = property(name).or_else(|| schema.get("additionalProperties"))
                {
                    drop_nulls(schema, member);
                }
            }
        }
        Value::Array(items) => {
            if let Some(of_items) = schema.get("items") {
                for item in items {
                    drop_nulls(of_items, item);
                }
            }
        }
        _ => {}
    }
}
