//! Reading output schemas: what they refer to and which fields they name.

use serde_json::Value;

/// References and alternatives are followed this deep; no honest schema goes further.
const DEEPEST: usize = 8;

/// Follows references within the document `root`.
pub(crate) fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
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
pub(crate) fn element<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
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
pub(crate) fn properties<'a>(root: &'a Value, schema: &'a Value) -> Vec<(&'a str, &'a Value)> {
    let mut found = Vec::new();
    collect(root, schema, DEEPEST, &mut found);
    found
}

fn collect<'a>(
    root: &'a Value,
    schema: &'a Value,
    deepest: usize,
    found: &mut Vec<(&'a str, &'a Value)>,
) {
    let schema = resolve(root, schema);
    if let Some(members) = schema.get("properties").and_then(Value::as_object) {
        for (name, member) in members {
            if found.iter().all(|(known, _)| known != name) {
                found.push((name, member));
            }
        }
    }
    if deepest > 0 {
        alternatives(schema).for_each(|part| collect(root, part, deepest - 1, found));
    }
}

/// Tells whether there may be members that the schema does not name.
pub(crate) fn is_open(root: &Value, schema: &Value) -> bool {
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

fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword)?.as_array())
        .flatten()
}

/// Names the type of a value for people: `string`, `array of string`, `integer or null`.
pub(crate) fn type_name(root: &Value, schema: &Value) -> String {
    name_of(root, schema, DEEPEST)
}

/// Tells whether a value is a file, which texts stand for.
pub(crate) fn is_file(schema: &Value) -> bool {
    schema.get("contentMediaType").is_some()
}

fn name_of(root: &Value, schema: &Value, deepest: usize) -> String {
    let schema = resolve(root, schema);
    if deepest == 0 {
        return "any".to_owned();
    }
    if is_file(schema) {
        return "file".to_owned();
    }
    let spelled = |name: &str| match (name, schema.get("items")) {
        ("array", Some(items)) => format!("array of {}", name_of(root, items, deepest - 1)),
        _ => name.to_owned(),
    };
    let names: Vec<_> = match schema.get("type") {
        Some(Value::String(name)) => vec![spelled(name)],
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .map(spelled)
            .collect(),
        _ if schema.get("enum").is_some() => vec!["string".to_owned()],
        _ => {
            let mut names: Vec<_> = alternatives(schema)
                .map(|part| name_of(root, part, deepest - 1))
                .collect();
            names.dedup();
            names
        }
    };
    if names.is_empty() {
        "any".to_owned()
    } else {
        names.join(" or ")
    }
}

/// Returns the values that are allowed, if they are listed.
pub(crate) fn allowed(root: &Value, schema: &Value) -> Vec<Value> {
    let schema = resolve(root, schema);
    let of_items = || resolve(root, schema.get("items").unwrap_or(&Value::Null)).get("enum");
    schema
        .get("enum")
        .or_else(of_items)
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default()
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

    #[test]
    fn names_types_and_ends_on_circles() {
        let root = tree();
        assert_eq!(type_name(&root, &root), "array of object");
        assert_eq!(
            type_name(&root, &json!({ "type": ["integer", "null"] })),
            "integer or null"
        );
        assert_eq!(type_name(&root, &json!({})), "any");
        let circle = json!({ "$ref": "#" });
        assert_eq!(type_name(&circle, &circle), "any");
    }
}
