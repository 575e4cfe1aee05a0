//! Schemas of tools: those of actions, with what MCP requires around them.

use plugwright_sdk::Value;
use plugwright_sdk::auth::Scheme;
use plugwright_sdk::host::{Entry, Returns};
use serde_json::{Map, json};

/// How `structuredContent`, which must be an object, holds an action's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// As it is.
    Object,
    /// In `result`.
    Result,
    /// In `items`, with the cursor of the next page.
    Items,
}

/// Arguments of a tool that its action does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Extra {
    pub(super) cursor: bool,
    pub(super) connection: bool,
}

pub(super) const CURSOR: &str = "cursor";
pub(super) const CONNECTION: &str = "connection";

/// Returns the schema of a tool's arguments, and the rules over several of them in words.
///
/// Vendors of models refuse a schema of arguments with these keywords at its root, so there the words
/// are all that is said of such rules; calls are held to them as everywhere.
pub(super) fn input(entry: &Entry) -> (Map<String, Value>, Extra, Option<String>) {
    let mut schema = object(entry.action.input_schema());
    for keyword in ["allOf", "oneOf", "not"] {
        schema.remove(keyword);
    }
    let rules = schema.remove("description");
    let rules = rules.and_then(|rules| rules.as_str().map(str::to_owned));
    let credential = entry
        .connector
        .auth()
        .iter()
        .any(|auth| !matches!(auth.scheme, Scheme::None));
    let Value::Object(properties) = schema
        .entry("properties")
        .or_insert_with(|| Value::Object(Map::new()))
    else {
        let extra = Extra {
            cursor: false,
            connection: false,
        };
        return (schema, extra, rules);
    };
    let mut add = |name: &str, wanted: bool, description: &str| {
        let added = wanted && !properties.contains_key(name);
        if added {
            let schema = json!({ "type": "string", "description": description });
            properties.insert(name.to_owned(), schema);
        }
        added
    };
    let lists = entry.action.returns() == Returns::List;
    let extra = Extra {
        cursor: add(
            CURSOR,
            lists,
            "`cursor` of the page before, for the next page of the same input.",
        ),
        connection: add(
            CONNECTION,
            credential,
            "Name or id of the connection, if not the default one.",
        ),
    };
    (with_dialect(schema), extra, rules)
}

/// Returns the schema of `structuredContent`, and its shape.
pub(super) fn output(entry: &Entry) -> (Map<String, Value>, Shape) {
    let schema = entry.action.output_schema();
    if entry.action.returns() == Returns::List {
        let more = json!({
            "cursor": { "type": "string" },
            "hasMore": { "type": "boolean" },
            "totalCount": { "type": "integer" },
        });
        return (around("items", schema, object(more)), Shape::Items);
    }
    if schema["type"] == "object" {
        return (with_dialect(object(schema)), Shape::Object);
    }
    (around("result", schema, Map::new()), Shape::Result)
}

/// Wraps a schema in an object; its definitions stay at the root, where references point.
fn around(name: &str, mut schema: Value, more: Map<String, Value>) -> Map<String, Value> {
    let definitions = schema
        .as_object_mut()
        .and_then(|schema| schema.remove("$defs"));
    if refers_to_root(&schema) {
        schema = json!({});
    }
    let mut properties = Map::new();
    properties.insert(name.to_owned(), schema);
    properties.extend(more);
    let mut outer = object(json!({
        "type": "object",
        "properties": properties,
        "required": [name],
        "additionalProperties": false,
    }));
    if let Some(definitions) = definitions {
        outer.insert("$defs".to_owned(), definitions);
    }
    with_dialect(outer)
}

/// Returns whether a schema refers to its root, which is another one once it is wrapped.
fn refers_to_root(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            members.get("$ref").is_some_and(|place| place == "#")
                || members.values().any(refers_to_root)
        }
        Value::Array(items) => items.iter().any(refers_to_root),
        _ => false,
    }
}

/// Names the dialect of a schema with `$defs`, which readers that assume an older draft ignore.
/// Otherwise 2020-12 is MCP's default, and the tokens are saved.
fn with_dialect(schema: Map<String, Value>) -> Map<String, Value> {
    if !schema.contains_key("$defs") || schema.contains_key("$schema") {
        return schema;
    }
    let dialect = "https://json-schema.org/draft/2020-12/schema";
    let mut named = Map::new();
    named.insert("$schema".to_owned(), dialect.into());
    named.extend(schema);
    named
}

fn object(schema: Value) -> Map<String, Value> {
    match schema {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Returns whether a schema contains a file, as actions return files.
pub(super) fn has_file(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            let is_file = members.get("properties").is_some_and(|properties| {
                ["content", "content_type", "size", "name"]
                    .iter()
                    .all(|name| properties.get(name).is_some())
            });
            is_file || members.values().any(has_file)
        }
        Value::Array(items) => items.iter().any(has_file),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::Action as _;
    use plugwright_sdk::host::Registry;

    use super::*;

    fn entry(id: &str) -> Entry {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        registry.find(&format!("github.{id}")).unwrap()
    }

    #[test]
    fn a_list_takes_a_cursor_and_gives_items() {
        let (schema, extra, _) = input(&entry("issues.list"));
        let both = Extra {
            cursor: true,
            connection: true,
        };
        assert_eq!(extra, both);
        assert_eq!(schema["properties"]["cursor"]["type"], "string");
        assert_eq!(schema["additionalProperties"], false);
        let (schema, shape) = output(&entry("issues.list"));
        assert_eq!(shape, Shape::Items);
        assert_eq!(schema["properties"]["items"]["type"], "array");
        assert_eq!(schema["required"], json!(["items"]));
    }

    #[test]
    fn one_thing_takes_no_cursor_and_is_given_as_it_is() {
        let (schema, extra, _) = input(&entry("labels.get"));
        assert!(!extra.cursor && extra.connection);
        assert!(schema["properties"].get("cursor").is_none());
        let (schema, shape) = output(&entry("labels.get"));
        assert_eq!(shape, Shape::Object);
        assert!(schema["properties"]["color"].is_object());
    }

    #[test]
    fn rules_over_several_parameters_are_words_where_models_read_them() {
        let (schema, _, rules) = input(&entry("project_cards.create"));
        assert!(
            ["not", "allOf", "oneOf", "description"]
                .iter()
                .all(|key| !schema.contains_key(*key))
        );
        assert_eq!(
            schema["dependentRequired"]["content_id"],
            json!(["content_type"])
        );
        assert_eq!(
            rules.as_deref(),
            Some(
                "At most one of `note` and `content_id` is allowed. `content_id` and `content_type` \
                 are given together or not at all."
            )
        );
        assert_eq!(input(&entry("labels.get")).2, None);
    }

    #[test]
    fn definitions_stay_where_references_look_for_them() {
        let tree = json!({
            "type": "array",
            "items": { "$ref": "#/$defs/Node" },
            "$defs": { "Node": { "type": "object" } },
        });
        let outer = around("items", tree, Map::new());
        assert_eq!(outer["$defs"]["Node"]["type"], "object");
        assert!(outer["properties"]["items"].get("$defs").is_none());
        let dialect = "https://json-schema.org/draft/2020-12/schema";
        assert_eq!(outer["$schema"], dialect);
        // What stands for the whole can't be moved into another one.
        let whole = json!({ "type": "array", "items": { "$ref": "#" } });
        let outer = around("result", whole, Map::new());
        assert_eq!(outer["properties"]["result"], json!({}));
        assert!(outer.get("$schema").is_none());
    }

    #[test]
    fn a_file_is_known_by_its_members() {
        let files = plugwright_github::CONNECTOR
            .actions()
            .iter()
            .filter(|action| has_file(&action.output_schema()))
            .map(|action| action.name());
        assert_eq!(
            files.collect::<Vec<_>>(),
            ["releases.download_asset", "repos.download_archive"]
        );
    }
}
