//! Reading schemas: what they refer to and which members they name.

use std::collections::HashSet;

use serde_json::Value;

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
    collect(root, schema, DEEPEST, &mut HashSet::new(), &mut found);
    found
}

fn collect<'a>(
    root: &'a Value,
    schema: &'a Value,
    deepest: usize,
    known: &mut HashSet<&'a str>,
    found: &mut Vec<(&'a str, &'a Value)>,
) {
    let schema = resolve(root, schema);
    if let Some(members) = schema.get("properties").and_then(Value::as_object) {
        for (name, member) in members {
            if known.insert(name) {
                found.push((name, member));
            }
        }
    }
    if deepest > 0 {
        alternatives(schema).for_each(|part| collect(root, part, deepest - 1, known, found));
    }
}

/// Tells whether there may be members that the schema does not name.
pub fn is_open(root: &Value, schema: &Value) -> bool {
    open_to(root, schema, DEEPEST)
}

fn open_to(root: &Value, schema: &Value, deepest: usize) -> bool {
    let schema = resolve(root, schema);
    if deepest == 0 {
        return true;
    }
    let mut parts = alternatives(schema).peekable();
    if parts.peek().is_some() {
        return parts.any(|part| open_to(root, part, deepest - 1));
    }
    let object = match schema.get("type") {
        Some(Value::String(name)) => name == "object",
        Some(Value::Array(names)) => names.iter().any(|name| name == "object"),
        _ => schema.get("enum").is_none(),
    };
    object && schema.get("additionalProperties") != Some(&Value::Bool(false))
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
    use serde_json::json;

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
}
