//! Reading schemas: what they refer to and which members they name.

use std::collections::{HashMap, HashSet};
use std::{ptr, slice};

use serde_json::{Value, json};

use crate::data::JsonObject;
use crate::reading::value::{members, texts};

/// References and alternatives are followed this deep; no honest schema goes further.
const DEEPEST: usize = 8;

/// Follows references within the document `root`.
pub fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..DEEPEST {
        let reference = schema.get("$ref").and_then(Value::as_str);
        match reference.and_then(|reference| root.pointer(reference.strip_prefix('#')?)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// Returns the schema of one thing: that of the items, as long as there are items.
pub fn element<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let mut schema = resolve(root, schema);
    for _ in 0..DEEPEST {
        match schema.get("items") {
            Some(items) => schema = resolve(root, items),
            None => break,
        }
    }
    schema
}

/// Returns the members that an object is known to have, in the schema's order.
pub fn properties<'a>(root: &'a Value, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let mut found = Vec::new();
    let mut seen = Seen::new();
    collect(
        root,
        schema,
        DEEPEST,
        &mut seen,
        &mut HashSet::new(),
        &mut found,
    );
    found
}

type Seen = HashMap<*const Value, usize>;

/// Returns whether a schema was not looked at before, or less deep.
fn is_new(seen: &mut Seen, schema: &Value, deepest: usize) -> bool {
    let schema = ptr::from_ref(schema);
    let is_new = seen.get(&schema).is_none_or(|before| *before < deepest);
    if is_new {
        seen.insert(schema, deepest);
    }
    is_new
}

fn collect<'a>(
    root: &'a Value,
    schema: &'a Value,
    deepest: usize,
    seen: &mut Seen,
    known: &mut HashSet<&'a str>,
    found: &mut Vec<(&'a str, &'a Value)>,
) {
    let schema = resolve(root, schema);
    if !is_new(seen, schema, deepest) {
        return;
    }
    for (name, member) in members(schema.get("properties")) {
        if known.insert(name) {
            found.push((name, member));
        }
    }
    if deepest > 0 {
        for part in alternatives(schema) {
            collect(root, part, deepest - 1, seen, known, found);
        }
    }
}

/// Returns whether there may be members that the schema does not name.
pub fn is_open(root: &Value, schema: &Value) -> bool {
    open_to(root, schema, DEEPEST, &mut Seen::new())
}

fn open_to(root: &Value, schema: &Value, deepest: usize, seen: &mut Seen) -> bool {
    let schema = resolve(root, schema);
    // What was looked at before has no such members, or the search had ended.
    if !is_new(seen, schema, deepest) {
        return false;
    }
    if deepest == 0 {
        return true;
    }
    let mut parts = alternatives(schema).peekable();
    if parts.peek().is_some() {
        return parts.any(|part| open_to(root, part, deepest - 1, seen));
    }
    let object = match schema.get("type") {
        Some(Value::String(_) | Value::Array(_)) => types(schema).any(|name| name == "object"),
        _ => schema.get("enum").is_none(),
    };
    object && schema.get("additionalProperties") != Some(&Value::Bool(false))
}

/// Returns the types that a schema states.
pub fn types(schema: &Value) -> impl Iterator<Item = &str> {
    let stated = schema.get("type").into_iter();
    let each = stated.flat_map(|types| {
        types
            .as_array()
            .map_or(slice::from_ref(types), Vec::as_slice)
    });
    each.filter_map(Value::as_str)
}

/// Returns the members that an object must have.
pub fn required(schema: &Value) -> impl Iterator<Item = &str> {
    texts(schema.get("required"))
}

/// Adds the keywords of a part of `allOf`, or of an alternative, to the schema around it, whose own
/// count before those of the part.
pub fn merge(whole: &mut JsonObject, part: &JsonObject) {
    for (keyword, value) in part {
        match (whole.get_mut(keyword), value) {
            (Some(Value::Object(own)), Value::Object(more)) if keyword == "properties" => {
                join(own, more);
            }
            (Some(Value::Object(own)), Value::Object(more)) => own.extend(more.clone()),
            (Some(Value::Array(own)), Value::Array(more)) if keyword == "required" => {
                own.extend(more.clone());
            }
            (Some(_), _) => {}
            (None, value) => drop(whole.insert(keyword.clone(), value.clone())),
        }
    }
}

/// Adds members to those of another part: what both describe is both.
fn join(own: &mut JsonObject, more: &JsonObject) {
    for (name, member) in more {
        match own.get_mut(name) {
            Some(known) if known == member => {}
            Some(known) => *known = json!({ "allOf": [known.take(), member] }),
            None => drop(own.insert(name.clone(), member.clone())),
        }
    }
}

/// Returns the schemas that `allOf`, `anyOf` and `oneOf` put together.
pub fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Value {
        json!({
            "type": "array",
            "items": { "$ref": "#/$defs/Node" },
            "$defs": { "Node": {
                "type": "object",
                "properties": { "name": { "type": "string" }, "children": { "type": "array", "items": { "$ref": "#/$defs/Node" } } },
                "additionalProperties": false
            } }
        })
    }

    #[test]
    fn finds_the_fields_of_a_lists_items() {
        let root = tree();
        let names: Vec<_> = properties(&root, element(&root, &root))
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["name", "children"]);
        assert!(!is_open(&root, element(&root, &root)));
        assert!(is_open(&root, &json!({ "type": "object" })));
        assert!(!is_open(&root, &json!({ "type": "string" })));
    }

    #[test]
    fn alternatives_that_multiply_are_looked_at_once() {
        let mut definitions = json!({ "L0": {
            "type": "object", "properties": { "a": {} }, "additionalProperties": false,
        } });
        for level in 1..60 {
            let next = json!({ "$ref": format!("#/$defs/L{}", level - 1) });
            definitions[format!("L{level}")] = json!({ "anyOf": vec![next; 100] });
        }
        for (level, count) in [(7, 1), (59, 0)] {
            let root = json!({ "$ref": format!("#/$defs/L{level}"), "$defs": definitions });
            assert_eq!(properties(&root, &root).len(), count);
            // What is too deep to be seen may be anything.
            assert_eq!(is_open(&root, &root), count == 0);
        }
    }
}
