//! Tools for models: what is made of the actions' schemas keeps the rules of each vendor, and leads back
//! to inputs that the actions take.

mod law;
mod odd;
mod rules;
mod sample;
mod vendors;

use std::collections::HashSet;
use std::sync::LazyLock;

use plugwright_sdk::host::Registry;
use plugwright_sdk::tools::{Dialect, InvalidTool, LossKind, Tool, names};
use plugwright_sdk::{Action as _, Value, json};

/// An action that tools are made of.
struct Subject {
    id: String,
    description: String,
    schema: Value,
}

/// The bundled actions, those with a parameter of every kind and with every rule, and odd schemas.
static SUBJECTS: LazyLock<Vec<Subject>> = LazyLock::new(|| {
    let registry =
        Registry::new(plugwright::BUNDLED.iter().copied()).expect("the bundled connectors");
    let bundled = registry.actions().map(|entry| Subject {
        id: entry.id(),
        description: entry.action.description().to_owned(),
        schema: entry.action.input_schema(),
    });
    let own = [
        ("zoo.visit", super::law::zoo::action()),
        ("zoo.rules", super::law::rules::action()),
    ];
    let own = own.map(|(id, action)| Subject {
        id: id.to_owned(),
        description: action.description().to_owned(),
        schema: action.input_schema(),
    });
    let odd = odd::schemas().into_iter().map(|(name, schema)| Subject {
        id: format!("odd.{name}"),
        description: format!("Takes {name}."),
        schema,
    });
    bundled.chain(own).chain(odd).collect()
});

/// The tools of all subjects in one dialect, in the same order.
fn tools(dialect: Dialect) -> Vec<Tool> {
    let named = names(SUBJECTS.iter().map(|subject| subject.id.as_str()));
    let tools = SUBJECTS.iter().zip(&named).map(|(subject, name)| {
        let tool = Tool::new(dialect, name, &subject.description, &subject.schema);
        tool.unwrap_or_else(|error| panic!("{dialect} {}: {error}", subject.id))
    });
    tools.collect()
}

#[test]
fn tools_keep_the_rules_of_their_vendors() {
    assert!(SUBJECTS.len() > 500, "{}", SUBJECTS.len());
    for dialect in Dialect::ALL {
        for tool in tools(dialect) {
            let broken = rules::broken(dialect, tool.definition());
            assert!(
                broken.is_empty(),
                "{dialect} {}: {broken:#?}\n{:#}",
                tool.name(),
                tool.definition()
            );
        }
    }
}

#[test]
fn the_rules_refuse_what_vendors_refuse() {
    let tool = |parameters: Value| json!({ "type": "function", "function": { "name": "t", "description": "d", "parameters": parameters, "strict": true } });
    let closed = json!({ "type": "object", "properties": { "a": { "type": "string" } }, "required": ["a"], "additionalProperties": false });
    assert_eq!(
        rules::broken(Dialect::OpenAiStrict, &tool(closed.clone())),
        [""; 0]
    );
    for (pointer, value) in [
        ("/additionalProperties", json!(true)),
        ("/required", json!([])),
        ("/properties/a", json!({ "type": "string", "minLength": 1 })),
        ("/properties/a", json!({ "type": "string", "default": "x" })),
        ("/properties/a", json!({})),
        ("/properties/a", json!({ "type": "array" })),
        (
            "/properties/a",
            json!({ "type": "string", "format": "uri" }),
        ),
        ("/properties/a", json!({ "oneOf": [{ "type": "string" }] })),
    ] {
        let mut schema = closed.clone();
        *schema.pointer_mut(pointer).expect("a place") = value.clone();
        assert_ne!(
            rules::broken(Dialect::OpenAiStrict, &tool(schema)),
            [""; 0],
            "{pointer} {value}"
        );
    }
    for (dialect, definition) in [
        (
            Dialect::Anthropic,
            json!({ "name": "t", "description": "d", "input_schema": { "type": "object", "anyOf": [] } }),
        ),
        (
            Dialect::Anthropic,
            json!({ "name": "t", "description": "d", "input_schema": { "type": "object", "properties": { "a[]": {} } } }),
        ),
        (
            Dialect::Gemini,
            json!({ "name": "t", "description": "d", "parameters": { "type": "OBJECT", "properties": {} } }),
        ),
        (
            Dialect::Gemini,
            json!({ "name": "t", "description": "d", "parameters": { "type": "OBJECT", "properties": { "a": { "type": "INTEGER", "enum": [1] } } } }),
        ),
        (
            Dialect::OpenAi,
            json!({ "type": "function", "function": { "name": "a.b", "description": "d", "parameters": { "type": "object" } } }),
        ),
    ] {
        assert_ne!(
            rules::broken(dialect, &definition),
            [""; 0],
            "{dialect} {definition}"
        );
    }
}

#[test]
fn names_are_distinct_and_those_of_the_gateway() {
    let registry =
        Registry::new(plugwright::BUNDLED.iter().copied()).expect("the bundled connectors");
    let entries: Vec<_> = registry.actions().collect();
    let ids: Vec<_> = entries
        .iter()
        .map(plugwright_sdk::host::Entry::id)
        .collect();
    let named = names(ids.iter().map(String::as_str));
    let distinct: HashSet<_> = named.iter().collect();
    assert_eq!(distinct.len(), ids.len());
    assert!(named.iter().all(|name| name.len() <= 64));
    let own: Vec<_> = entries
        .iter()
        .map(plugwright_sdk::host::Entry::tool_name)
        .collect();
    assert_eq!(named, own);
}

/// What is lost of the bundled actions' schemas is said, but for what a model need not know.
#[test]
fn what_bundled_schemas_lose_is_described() {
    for dialect in Dialect::ALL {
        for (tool, subject) in tools(dialect).iter().zip(SUBJECTS.iter()) {
            if subject.id.starts_with("odd.") || subject.id.starts_with("zoo.") {
                continue;
            }
            let mut losses = tool.losses().iter();
            let unsaid = losses.find(|loss| loss.kind != LossKind::Described);
            assert_eq!(unsaid, None, "{dialect} {}", subject.id);
        }
    }
}

#[test]
fn every_parameter_of_a_bundled_action_can_be_given() {
    for dialect in Dialect::ALL {
        for (tool, subject) in tools(dialect).iter().zip(SUBJECTS.iter()) {
            let parameters = law::parameters(dialect, tool.definition());
            let count = |schema: &Value| {
                schema["properties"]
                    .as_object()
                    .map_or(0, serde_json::Map::len)
            };
            if subject.schema["properties"].is_object() && !subject.id.starts_with("odd.") {
                assert_eq!(
                    count(&parameters),
                    count(&subject.schema),
                    "{dialect} {}",
                    subject.id
                );
            }
        }
    }
}

#[test]
fn what_is_too_large_for_strict_schemas_is_refused() {
    let properties: serde_json::Map<String, Value> = (0..6000)
        .map(|number| (format!("p{number}"), json!({ "type": "string" })))
        .collect();
    let schema = json!({ "type": "object", "properties": properties });
    let tool = |dialect| Tool::new(dialect, "large", "Takes much.", &schema);
    assert_eq!(
        tool(Dialect::OpenAiStrict).err(),
        Some(InvalidTool::TooLarge(Dialect::OpenAiStrict))
    );
    assert!(tool(Dialect::OpenAi).is_ok());
    // Deeper down, much is JSON text.
    let inner = json!({ "type": "object", "properties": { "all": schema } });
    let tool = Tool::new(Dialect::OpenAiStrict, "large", "Takes much.", &inner).expect("a tool");
    assert_eq!(
        rules::broken(Dialect::OpenAiStrict, tool.definition()),
        [""; 0]
    );
    assert_eq!(
        tool.input(json!({ "all": "{\"p1\":\"x\"}" })),
        json!({ "all": { "p1": "x" } })
    );
}
