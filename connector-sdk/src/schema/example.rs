//! Plausible values for a schema.

mod list;
mod number;
mod text;
mod together;

use std::cell::Cell;
use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{merge, required, resolve};
use together::Together;

/// Levels that nested objects and lists have.
const DEEPEST: usize = 24;

/// On so many levels, which are the lowest, what is optional is left out.
const NEEDED: usize = DEEPEST - 8;

/// Of so many values, what is optional is left out from there on, and lists are empty.
const MOST: usize = 5000;

/// So many parts of schemas are put together for one value; from there on it has no more parts.
const MOST_MERGED: usize = 500_000;

/// So many bytes of a text count as one value more.
const PIECE: usize = 64;

/// Makes a value that satisfies `schema`.
///
/// What the schema offers itself (an example, a default, an enum) comes first.
///
/// ```
/// use plugwright_sdk::{json, schema};
///
/// let label = json!({ "type": "object", "required": ["name"], "properties": {
///     "name": { "type": "string", "examples": ["bug"] }
/// } });
/// assert_eq!(schema::example::of(&label), json!({ "name": "bug" }));
/// ```
pub fn of(schema: &Value) -> Value {
    of_part(schema, schema)
}

/// Makes a value that satisfies a part of the document `root`.
pub fn of_part(root: &Value, part: &Value) -> Value {
    let maker = Maker {
        root,
        left: Cell::new(MOST),
        merged: Cell::new(0),
    };
    maker.make(part, DEEPEST)
}

/// Makes an object with no more members than `schema` asks for.
///
/// ```
/// use plugwright_sdk::{json, schema};
///
/// let place = json!({ "type": "object", "properties": {
///     "shelf": { "type": "integer" }, "room": { "type": "integer" }, "note": { "type": "string" }
/// }, "oneOf": [{ "required": ["shelf"] }, { "required": ["room"] }] });
/// assert_eq!(json!(schema::example::smallest(&place)), json!({ "shelf": 1 }));
/// ```
pub fn smallest(schema: &Value) -> Map<String, Value> {
    let together = Together::of(schema).unwrap_or_default();
    together
        .choose(&required(schema).collect::<Vec<_>>(), &[])
        .into_iter()
        .filter_map(|name| {
            let property = schema.get("properties")?.get(name)?;
            Some((name.to_owned(), of_part(schema, property)))
        })
        .collect()
}

/// Makes a value, of which there is an end whatever the schema refers to.
struct Maker<'a> {
    root: &'a Value,
    /// How much there may still be: values, and pieces of long texts.
    left: Cell<usize>,
    /// How many parts of schemas were put together.
    merged: Cell<usize>,
}

impl Maker<'_> {
    fn make(&self, schema: &Value, depth: usize) -> Value {
        let schema = resolve(self.root, schema);
        self.spend(1);
        let depth = if self.is_full() { 0 } else { depth };
        if let Some(value) = offered(schema) {
            self.spend(size(value));
            return value.clone();
        }
        if let Some(together) = Together::of(schema).filter(|_| kind(schema) == "object") {
            return self.object(schema, &together, depth);
        }
        // An alternative may lead back here, so these count as a level too.
        let below = depth.saturating_sub(1);
        if let Some(parts) = schema
            .get("allOf")
            .and_then(Value::as_array)
            .filter(|_| depth > 0)
        {
            return self.make(&self.merged(schema, parts), below);
        }
        for keyword in ["anyOf", "oneOf"] {
            let parts = schema.get(keyword).and_then(Value::as_array);
            let mut parts = parts.into_iter().flatten().filter(|_| depth > 0).peekable();
            let first = parts.peek().copied();
            // What ends here is better where there may be no end.
            let simple = parts.find(|part| depth <= NEEDED && is_simple(part));
            if let Some(chosen) = simple.or(first) {
                let whole = self.merged(schema, std::slice::from_ref(chosen));
                return self.make(&whole, below);
            }
        }
        match kind(schema) {
            "string" => {
                let text = text::of(schema);
                self.spend(text.len() / PIECE);
                text.into()
            }
            "integer" => json!(number::whole(schema)),
            "number" => number::any(schema),
            "boolean" => json!(true),
            "array" => self.array(schema, depth),
            "null" => Value::Null,
            _ => self.object(schema, &Together::default(), depth),
        }
    }

    /// Puts the parts of an `allOf`, or one alternative, into the schema around them.
    fn merged(&self, schema: &Value, parts: &[Value]) -> Value {
        let own = schema.as_object().into_iter().flatten();
        let own =
            own.filter(|(keyword, _)| !["allOf", "anyOf", "oneOf"].contains(&keyword.as_str()));
        let own = own.map(|(keyword, part)| (keyword.clone(), part.clone()));
        let mut whole: Map<String, Value> = own.collect();
        for part in parts {
            if let Some(part) = resolve(self.root, part).as_object() {
                merge(&mut whole, part);
            }
        }
        let whole = whole.into();
        let merged = self.merged.get() + size(&whole);
        self.merged.set(merged);
        if merged > MOST_MERGED {
            self.left.set(0);
        }
        whole
    }

    fn spend(&self, count: usize) {
        self.left.set(self.left.get().saturating_sub(count));
    }

    fn is_full(&self) -> bool {
        self.left.get() == 0
    }

    fn object(&self, schema: &Value, together: &Together<'_>, depth: usize) -> Value {
        let properties = schema.get("properties").and_then(Value::as_object);
        let optional: Vec<_> = properties
            .into_iter()
            .flatten()
            .filter(|_| depth > NEEDED)
            .map(|(name, _)| name.as_str())
            .collect();
        let required: Vec<_> = required(schema).collect();
        let chosen = together.choose(&required, &optional);
        let chosen: HashSet<&str> = chosen.into_iter().collect();
        let is_described = |name: &str| properties.is_some_and(|own| own.contains_key(name));
        let others = schema.get("additionalProperties").unwrap_or(&Value::Null);
        let others = required
            .iter()
            .filter(|name| !is_described(name) && *others != Value::Bool(false))
            .map(|name| {
                (
                    (*name).to_owned(),
                    self.make(others, depth.saturating_sub(1)),
                )
            });
        properties
            .into_iter()
            .flatten()
            // A circle of required members can't be satisfied; it ends here rather than never.
            .filter(|(name, property)| {
                let may_refer = depth > 0 && !self.is_full();
                chosen.contains(name.as_str()) && (may_refer || !refers(self.root, property))
            })
            .map(|(name, property)| (name.clone(), self.make(property, depth.saturating_sub(1))))
            .chain(others)
            .collect::<Map<_, _>>()
            .into()
    }
}

fn offered(schema: &Value) -> Option<&Value> {
    let allowed = schema.get("enum").and_then(Value::as_array);
    let examples = schema.get("examples").and_then(Value::as_array);
    let first = examples.and_then(|examples| examples.first());
    let stated = first.or_else(|| schema.get("default"));
    stated
        .filter(|value| allowed.is_none_or(|allowed| allowed.contains(value)))
        .or_else(|| schema.get("const"))
        .or_else(|| allowed?.first())
}

/// Returns whether values have no parts.
fn is_simple(schema: &Value) -> bool {
    schema.get("enum").is_some()
        || matches!(
            schema["type"].as_str(),
            Some("null" | "boolean" | "integer" | "number" | "string")
        )
}

/// Returns how many values there are within one, and pieces of long texts.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len() / PIECE,
        Value::Array(items) => items.iter().map(|item| 1 + size(item)).sum(),
        Value::Object(members) => members.values().map(|member| 1 + size(member)).sum(),
        _ => 0,
    }
}

fn kind(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(name)) => name,
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .find(|name| *name != "null")
            .unwrap_or("null"),
        _ if schema.get("items").is_some() => "array",
        _ => "object",
    }
}

fn refers(root: &Value, property: &Value) -> bool {
    !std::ptr::eq(resolve(root, property), property)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn satisfied(schema: &Value) -> Value {
        let value = of(schema);
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(schema)
            .unwrap();
        assert!(validator.is_valid(&value), "{schema} does not take {value}");
        value
    }

    #[test]
    fn examples_satisfy_their_schemas() {
        for schema in [
            json!({}),
            json!({ "type": "string", "minLength": 9, "maxLength": 12 }),
            json!({ "type": "string", "maxLength": 2 }),
            json!({ "type": "string", "pattern": "^[a-z][a-z0-9-]*/[^/]{3,}$" }),
            json!({ "type": "integer", "minimum": 5 }),
            json!({ "type": "integer", "exclusiveMaximum": -3 }),
            json!({ "type": "number", "exclusiveMinimum": 0, "maximum": 0.5 }),
            json!({ "type": "number", "multipleOf": 0.25, "minimum": 0.3 }),
            json!({ "type": "number", "multipleOf": 2.5, "exclusiveMaximum": 5 }),
            json!({ "type": "integer", "multipleOf": 5, "maximum": 12 }),
            json!({ "type": ["null", "boolean"] }),
            json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "integer" }],
                "items": false, "minItems": 2 }),
            json!({ "type": "array", "prefixItems": [{ "type": "string" }], "items": { "type": "integer" },
                "minItems": 3 }),
            json!({ "type": "array", "uniqueItems": true, "minItems": 2, "items": { "enum": ["a", "b"] } }),
            json!({ "type": "array", "uniqueItems": true, "minItems": 3,
                "items": { "type": "integer", "multipleOf": 2, "minimum": 4 } }),
            json!({ "type": "array", "uniqueItems": true, "minItems": 3,
                "items": { "type": "integer", "maximum": -4 } }),
            json!({ "type": "array", "uniqueItems": true, "minItems": 3,
                "items": { "type": "string", "minLength": 4, "maxLength": 5 } }),
            json!({ "type": "array", "uniqueItems": true, "minItems": 2, "items": { "type": "boolean" } }),
            json!({ "type": "array", "uniqueItems": true, "minItems": 2, "items": { "type": "object",
                "required": ["id"], "properties": { "id": { "type": "integer" } } } }),
            json!({ "type": "array", "minItems": 2, "items": { "enum": ["a", "b"] } }),
            json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] }),
            json!({ "allOf": [
                { "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"] },
                { "properties": { "b": { "type": "integer" } }, "required": ["b"] }
            ] }),
            json!({ "type": "object", "additionalProperties": false, "required": ["id"],
                "properties": { "id": { "type": "integer" }, "at": { "type": "string", "format": "date-time" } } }),
        ] {
            satisfied(&schema);
        }
    }

    #[test]
    fn what_is_required_is_there_on_every_level() {
        let text = json!({ "type": "string" });
        let mut deep = json!({ "type": "object", "required": ["a"], "properties": { "a": text } });
        for _ in 0..12 {
            deep = json!({ "type": "object", "required": ["in"], "properties": { "in": { "anyOf": [deep] } } });
        }
        let node = json!({ "type": "object", "required": ["next"], "properties": {
            "next": { "anyOf": [{ "$ref": "#/$defs/Node" }, { "type": "null" }] },
            "list": { "type": "array", "items": { "$ref": "#/$defs/Node" } },
        } });
        for schema in [
            deep,
            json!({ "$ref": "#/$defs/Node", "$defs": { "Node": node } }),
            json!({ "type": "object", "required": ["undescribed"] }),
            json!({ "type": "object", "required": ["x"], "additionalProperties": text }),
            json!({ "allOf": [
                { "type": "object", "required": ["kind"],
                    "properties": { "kind": { "enum": ["DOCUMENT"] } } },
                { "type": "object", "properties": { "kind": text } },
            ] }),
            json!({ "allOf": [
                { "type": "object", "properties": { "kind": { "type": "string", "examples": ["x"] } } },
                { "required": ["kind"], "properties": { "kind": { "enum": ["y"] } } },
            ] }),
        ] {
            satisfied(&schema);
        }
    }

    #[test]
    fn large_schemas_are_not_put_together_again_and_again() {
        let values: Vec<_> = (0..1000).map(|number| format!("v{number}")).collect();
        let item = json!({ "anyOf": [{ "type": "string", "enum": values }] });
        let list = |items: &Value| json!({ "type": "array", "minItems": 64, "items": items });
        let made = of(&list(&list(&item)));
        let lists = made.as_array().unwrap().iter();
        let items = lists.filter_map(Value::as_array).flatten();
        let count = items.filter(|item| *item == "v0").count();
        assert!((400..=MOST_MERGED / 1000 + 1).contains(&count), "{count}");
    }

    #[test]
    fn members_that_exclude_each_other_are_not_given_together() {
        let number = json!({ "type": "integer" });
        let properties = json!({ "a": number, "b": number, "c": number, "d": number });
        let schema = |rules: Value| {
            let mut schema = json!({ "type": "object", "properties": properties });
            schema
                .as_object_mut()
                .unwrap()
                .extend(rules.as_object().unwrap().clone());
            schema
        };
        let one_of = |names: &[&str]| {
            let each = names.iter().map(|name| json!({ "required": [name] }));
            json!({ "oneOf": each.collect::<Vec<_>>() })
        };
        let ab = one_of(&["a", "b"]);
        let both = json!({ "allOf": [ab, { "not": { "required": ["c", "d"] } }] });
        let circle = json!({
            "oneOf": ab["oneOf"],
            "dependentRequired": { "c": ["b"], "d": ["c"], "a": ["d"] },
        });
        for (rules, smallest_one, whole) in [
            (ab.clone(), "a", "acd"),
            (both, "a", "ac"),
            (json!({ "not": { "required": ["b", "d"] } }), "", "abc"),
            (
                json!({ "dependentRequired": { "a": ["b"] }, "required": ["a"] }),
                "ab",
                "abcd",
            ),
            (
                json!({ "dependentRequired": { "c": ["b"] }, "oneOf": ab["oneOf"] }),
                "a",
                "ad",
            ),
            (circle, "", ""),
        ] {
            let schema = schema(rules);
            if whole.is_empty() {
                // It can't be satisfied by these choices, and ends.
                of(&schema);
                continue;
            }
            let names = |value: &Value| {
                value
                    .as_object()
                    .unwrap()
                    .keys()
                    .cloned()
                    .collect::<String>()
            };
            assert_eq!(names(&satisfied(&schema)), whole, "{schema}");
            let smallest = json!(smallest(&schema));
            assert_eq!(names(&smallest), smallest_one, "{schema}");
            assert!(jsonschema::is_valid(&schema, &smallest), "{schema}");
        }
    }

    #[test]
    fn every_format_has_an_example() {
        for format in [
            "date",
            "date-time",
            "time",
            "email",
            "uri",
            "uuid",
            "ipv4",
            "ipv6",
            "hostname",
        ] {
            satisfied(&json!({ "type": "string", "format": format }));
        }
    }

    #[test]
    fn circles_end() {
        satisfied(&json!({
            "$ref": "#/$defs/Node",
            "$defs": { "Node": { "type": "object", "required": ["children"], "properties": {
                "children": { "type": "array", "items": { "$ref": "#/$defs/Node" } },
                "parent": { "$ref": "#/$defs/Node" }
            } } }
        }));
    }

    #[test]
    fn what_multiplies_has_an_end() {
        let mut definitions = json!({ "L0": { "type": "string", "default": "x".repeat(10_000) } });
        for level in 1..60 {
            let next = json!({ "$ref": format!("#/$defs/L{}", level - 1) });
            let members: Map<_, _> = (0..10)
                .map(|number| (format!("m{number}"), next.clone()))
                .collect();
            definitions[format!("L{level}")] = json!({ "type": "object", "properties": members });
        }
        let mut lists = json!({ "type": "string" });
        for _ in 0..30 {
            lists = json!({ "type": "array", "minItems": 64, "items": lists });
        }
        for schema in [
            json!({ "$ref": "#/$defs/L59", "$defs": definitions }),
            json!({ "$ref": "#/$defs/L5", "$defs": definitions }),
            lists,
            json!({ "type": "string", "minLength": u64::MAX }),
            json!({ "type": "string", "pattern": "((((((a{64}){64}){64}){64}){64}){64})" }),
        ] {
            let length = of(&schema).to_string().len();
            assert!(length < 1 << 20, "{length}");
        }
    }

    #[test]
    fn what_the_schema_offers_comes_first() {
        assert_eq!(
            of(&json!({ "type": "string", "examples": ["octocat"], "default": "x" })),
            "octocat"
        );
        assert_eq!(of(&json!({ "type": "integer", "default": 30 })), 30);
        assert_eq!(of(&json!({ "enum": ["open", "closed"] })), "open");
    }
}
