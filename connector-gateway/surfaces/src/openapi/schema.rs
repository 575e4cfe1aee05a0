//! Schemas of actions as components of a document.

use plugwright_sdk::schema::{Holds, pointer};
use serde_json::{Map, Value};

/// Splits a schema into components: itself as `name`, and its `$defs` with names that begin with it.
/// Its references then point to the components.
pub(super) fn components(name: &str, mut schema: Value) -> Vec<(String, Value)> {
    let definitions = match &mut schema {
        Value::Object(members) => {
            members.remove("$schema");
            // It would be the base of the references.
            members.remove("$id");
            members.remove("$defs")
        }
        _ => None,
    };
    let mut components = Vec::new();
    if let Some(Value::Object(definitions)) = definitions {
        for (definition, mut schema) in definitions {
            redirect(name, &mut schema);
            components.push((component(name, &definition), schema));
        }
    }
    redirect(name, &mut schema);
    components.push((name.to_owned(), schema));
    components
}

/// Returns the component name of a definition, with valid characters only.
fn component(name: &str, definition: &str) -> String {
    let plain = definition.chars().map(|letter| match letter {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' => letter,
        _ => '_',
    });
    // Names have no dots of their own, so these are unique.
    format!("{name}.{}", plain.collect::<String>())
}

fn redirect(name: &str, schema: &mut Value) {
    let Value::Object(members) = schema else {
        return;
    };
    if let Some(Value::String(reference)) = members.get_mut("$ref")
        && let Some(target) = target(name, reference)
    {
        *reference = target;
    }
    for (keyword, value) in members {
        match (Holds::of(keyword), value) {
            (Some(Holds::List), Value::Array(parts)) => {
                for part in parts {
                    redirect(name, part);
                }
            }
            (Some(Holds::Named), Value::Object(parts)) => redirect_all(name, parts),
            (Some(Holds::Schema), part) => redirect(name, part),
            _ => {}
        }
    }
}

fn redirect_all(name: &str, schemas: &mut Map<String, Value>) {
    for part in schemas.values_mut() {
        redirect(name, part);
    }
}

fn target(name: &str, reference: &str) -> Option<String> {
    let pointer = reference.strip_prefix('#')?;
    let Some(rest) = pointer.strip_prefix("/$defs/") else {
        // Anchors stay.
        let within = pointer.is_empty() || pointer.starts_with('/');
        return within.then(|| format!("#/components/schemas/{name}{pointer}"));
    };
    let (definition, rest) = match rest.split_once('/') {
        Some((definition, rest)) => (definition, format!("/{rest}")),
        None => (rest, String::new()),
    };
    // The escapes of JSON Pointer and URI (RFC 6901, sections 3 and 6).
    let decoded = pointer::unescape(&percent_decode(definition));
    let component = component(name, &decoded);
    Some(format!("#/components/schemas/{component}{rest}"))
}

fn percent_decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text)
        .decode_utf8_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parts(schema: Value) -> Map<String, Value> {
        components("get", schema).into_iter().collect()
    }

    #[test]
    fn definitions_become_components_and_references_follow() {
        let parts = parts(json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://example.com/tree",
            "type": "object",
            "properties": {
                "tree": { "$ref": "#/$defs/Node" },
                "trees": { "type": "array", "items": { "$ref": "#/$defs/a~1b%20c" } },
                "name": { "anyOf": [{ "$ref": "#/$defs/Node/properties/name" }, { "$ref": "#" }] },
            },
            "$defs": {
                "Node": { "properties": {
                    "name": { "type": "string" },
                    "children": { "items": { "$ref": "#/$defs/Node" } },
                } },
                "a/b c": { "type": "integer" },
            },
        }));
        let names: Vec<_> = parts.keys().collect();
        assert_eq!(names, ["get.Node", "get.a_b_c", "get"]);
        let (root, node) = (&parts["get"], &parts["get.Node"]);
        assert_eq!(root.get("$defs"), None);
        assert_eq!(root.get("$id"), None);
        assert_eq!(
            root["properties"]["tree"]["$ref"],
            "#/components/schemas/get.Node"
        );
        assert_eq!(
            root["properties"]["trees"]["items"]["$ref"],
            "#/components/schemas/get.a_b_c"
        );
        assert_eq!(
            root["properties"]["name"]["anyOf"],
            json!([
                { "$ref": "#/components/schemas/get.Node/properties/name" },
                { "$ref": "#/components/schemas/get" },
            ])
        );
        assert_eq!(
            node["properties"]["children"]["items"]["$ref"],
            "#/components/schemas/get.Node"
        );
    }

    #[test]
    fn values_that_look_like_references_stay() {
        let schema = json!({
            "properties": {
                "$ref": { "type": "string" },
                "default": { "$ref": "#/properties/$ref" },
                "link": { "default": { "$ref": "#/$defs/X" }, "examples": [{ "$ref": "#" }] },
                "far": { "$ref": "https://example.com/schema#/$defs/X" },
                "anchor": { "$ref": "#name" },
            },
        });
        let mut expected = schema.clone();
        expected["properties"]["default"]["$ref"] =
            "#/components/schemas/get/properties/$ref".into();
        assert_eq!(parts(schema)["get"], expected);
    }

    #[test]
    fn a_schema_may_be_true() {
        assert_eq!(parts(json!(true))["get"], json!(true));
    }
}
