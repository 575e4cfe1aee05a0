//! Schemas in words.

use plugwright_sdk::host::coerce;
use plugwright_sdk::schema::{alternatives, required, resolve, types};
use serde_json::{Value, json};

/// How deep references and alternatives are followed.
const DEEPEST: usize = 8;

/// Returns the type of a value in words: `string`, `array of string`, `integer or null`.
pub(crate) fn type_name(root: &Value, schema: &Value) -> String {
    name_of(root, schema, DEEPEST)
}

/// Returns the type of a parameter in one word, or `any`.
pub(crate) fn kind(root: &Value, schema: &Value) -> String {
    let resolved = resolve(root, schema);
    let name = match resolved.get("type") {
        Some(Value::String(name)) => name.as_str(),
        _ => "any",
    };
    name.to_owned()
}

pub(crate) fn requires(object: &Value, name: &str) -> bool {
    required(object).any(|other| other == name)
}

/// Where a name on the command line leads: the names on the way, and the schema at its end.
pub(crate) struct Member<'a> {
    pub(crate) path: Vec<&'a str>,
    pub(crate) schema: &'a Value,
}

/// Finds a parameter, or with `parameter.member` a member of one that is an object.
pub(crate) fn find<'a>(root: &'a Value, name: &'a str) -> Option<Member<'a>> {
    let properties = root.get("properties")?;
    if let Some(schema) = properties.get(name) {
        return Some(Member {
            path: vec![name],
            schema,
        });
    }
    // Names may have dots in them, so the longest one that is known counts.
    name.rmatch_indices('.').find_map(|(dot, _)| {
        let (outer, inner) = (&name[..dot], &name[dot + 1..]);
        let mut found = member(root, properties.get(outer)?, inner)?;
        found.path.insert(0, outer);
        Some(found)
    })
}

/// Finds a member of an object. One that is not known is one too: the action says what it makes of it.
fn member<'a>(root: &'a Value, object: &'a Value, name: &'a str) -> Option<Member<'a>> {
    static ANYTHING: Value = Value::Null;

    let object = resolve(root, object);
    let may_be_object = object.get("type").is_none() || types(object).any(|kind| kind == "object");
    if !may_be_object || name.is_empty() {
        return None;
    }
    let known = object.get("properties");
    let deeper = || {
        name.rmatch_indices('.').find_map(|(dot, _)| {
            let (outer, inner) = (&name[..dot], &name[dot + 1..]);
            let mut found = member(root, known?.get(outer)?, inner)?;
            found.path.insert(0, outer);
            Some(found)
        })
    };
    let here = |schema| Member {
        path: vec![name],
        schema,
    };
    match known.and_then(|known| known.get(name)) {
        Some(schema) => Some(here(schema)),
        None => deeper().or_else(|| {
            let others = object.get("additionalProperties");
            Some(here(
                others
                    .filter(|others| others.is_object())
                    .unwrap_or(&ANYTHING),
            ))
        }),
    }
}

/// Returns whether a string stands for a file.
pub(crate) fn is_file(schema: &Value) -> bool {
    schema.get("contentMediaType").is_some()
}

/// Returns whether a value is a file or a list of files.
pub(crate) fn takes_files(root: &Value, schema: &Value) -> bool {
    let schema = resolve(root, schema);
    let items = schema.get("items");
    is_file(schema) || items.is_some_and(|items| is_file(resolve(root, items)))
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
        _ if schema.get("enum").is_some() => {
            let kinds = coerce::kinds(schema).into_iter();
            kinds.map(str::to_owned).collect()
        }
        _ if schema.get("const").is_some() => {
            let one = json!({ "enum": [schema["const"]] });
            return name_of(root, &one, deepest - 1);
        }
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

/// Returns the allowed values, if they are listed.
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
    fn names_types_and_ends_on_circles() {
        let root = tree();
        assert_eq!(type_name(&root, &root), "array of object");
        assert_eq!(
            type_name(&root, &json!({ "type": ["integer", "null"] })),
            "integer or null"
        );
        assert_eq!(type_name(&root, &json!({})), "any");
        for (schema, expected) in [
            (json!({ "enum": ["a", "b"] }), "string"),
            (json!({ "enum": [1, 2] }), "integer"),
            (json!({ "enum": [1.5, null] }), "null or number"),
            (json!({ "const": true }), "boolean"),
            (json!({ "const": null }), "null"),
        ] {
            assert_eq!(type_name(&root, &schema), expected, "{schema}");
        }
        let circle = json!({ "$ref": "#" });
        assert_eq!(type_name(&circle, &circle), "any");
    }
}
