//! What tools are made of schemas, and the way back.

use plugwright_tools::{Dialect, InvalidTool, LossKind, Tool};
use serde_json::{Value, json};

fn tool(dialect: Dialect, schema: &Value) -> Tool {
    Tool::new(dialect, "test", "Tests.", schema).unwrap()
}

fn strict(schema: &Value) -> (Tool, Value) {
    let tool = tool(Dialect::OpenAiStrict, schema);
    let parameters = tool.definition()["function"]["parameters"].clone();
    (tool, parameters)
}

#[test]
fn each_dialect_has_its_envelope() {
    let schema = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    let open = json!({ "type": "object", "properties": {}, "additionalProperties": false });
    let (name, description) = ("test", "Tests.");
    for (dialect, expected) in [
        (
            Dialect::OpenAi,
            json!({ "type": "function", "function": { "name": name, "description": description, "parameters": open } }),
        ),
        (
            Dialect::OpenAiResponses,
            json!({ "type": "function", "name": name, "description": description, "parameters": open, "strict": false }),
        ),
        (
            Dialect::OpenAiResponsesStrict,
            json!({ "type": "function", "name": name, "description": description, "strict": true,
                "parameters": { "type": "object", "properties": {}, "required": [], "additionalProperties": false } }),
        ),
        (
            Dialect::Anthropic,
            json!({ "name": name, "description": description, "input_schema": open }),
        ),
        (
            Dialect::Gemini,
            json!({ "name": name, "description": description }),
        ),
    ] {
        assert_eq!(tool(dialect, &schema).definition(), &expected, "{dialect}");
    }
}

#[test]
fn null_leaves_out_and_an_object_clears() {
    let (tool, parameters) = strict(&json!({
        "type": "object",
        "properties": {
            "title": { "type": "string" },
            "state": { "type": "string", "enum": ["open"] },
            "note": { "type": ["string", "null"] },
            "parent": { "type": ["integer", "null"] }
        },
        "required": ["title", "parent"],
        "additionalProperties": false
    }));
    assert_eq!(
        parameters["required"],
        json!(["title", "state", "note", "parent"])
    );
    assert_eq!(
        parameters["properties"]["state"]["enum"],
        json!(["open", null])
    );
    assert_eq!(
        parameters["properties"]["parent"]["type"],
        json!(["integer", "null"])
    );
    let given = json!({ "title": "a", "state": null, "note": null, "parent": null });
    assert_eq!(tool.input(given), json!({ "title": "a", "parent": null }));
    let given = json!({ "title": "a", "state": "open", "note": { "clear": true }, "parent": 1 });
    assert_eq!(
        tool.input(given),
        json!({ "title": "a", "state": "open", "note": null, "parent": 1 })
    );
    assert_eq!(tool.losses(), []);
}

#[test]
fn a_required_value_is_never_taken_for_absent() {
    let (tool, _) = strict(&json!({
        "type": "object",
        "properties": {
            "any": { "description": "Any value." },
            "other": { "description": "Any value." },
            "part": { "type": ["object", "null"] },
        },
        "required": ["any", "part"],
        "additionalProperties": false,
    }));
    let input = tool.input(json!({ "any": "null", "other": "null", "part": null }));
    assert_eq!(input, json!({ "any": "null", "other": null, "part": null }));
    let input = tool.input(json!({ "any": "[null]", "other": null, "part": "{}" }));
    assert_eq!(input, json!({ "any": [null], "part": {} }));
}

#[test]
fn maps_and_json_text_come_back() {
    let schema = json!({
        "type": "object",
        "properties": {
            "sizes": { "type": "object", "additionalProperties": { "type": "array", "items": {} } },
            "either": { "anyOf": [{ "type": "string" }, { "type": "object", "additionalProperties": { "type": "integer" } }] }
        },
        "additionalProperties": false
    });
    for dialect in [Dialect::OpenAiStrict, Dialect::Gemini] {
        let tool = tool(dialect, &schema);
        let given = json!({
            "sizes": [{ "key": "a", "value": ["1", "{\"b\": null}", "text"] }],
            "either": [{ "key": "x", "value": 1 }]
        });
        assert_eq!(
            tool.input(given),
            json!({ "sizes": { "a": [1, { "b": null }, "text"] }, "either": { "x": 1 } })
        );
        let given = json!({ "either": "{}" });
        assert_eq!(tool.input(given.clone()), given);
        // What is not as the tool has it is left for the action to judge.
        let given = json!({ "sizes": [{ "key": 1 }], "stranger": true });
        assert_eq!(tool.input(given.clone()), given);
    }
}

#[test]
fn names_that_are_not_allowed_are_written_otherwise() {
    let schema = json!({
        "type": "object",
        "properties": { "filter[name]": { "type": "string" }, "per-page": { "type": "integer" } },
        "required": ["filter[name]"],
        "dependentRequired": { "per-page": ["filter[name]"] }
    });
    let anthropic = tool(Dialect::Anthropic, &schema);
    let input_schema = &anthropic.definition()["input_schema"];
    assert_eq!(input_schema["required"], json!(["filter_name"]));
    assert_eq!(
        input_schema["properties"]["filter_name"]["description"],
        "Sent as `filter[name]`."
    );
    assert_eq!(
        input_schema["description"],
        "`per-page` requires `filter[name]`."
    );
    let gemini = tool(Dialect::Gemini, &schema);
    assert_eq!(
        gemini.input(json!({ "filter_name": "x", "per_page": 2 })),
        json!({ "filter[name]": "x", "per-page": 2 })
    );
}

#[test]
fn recursive_types_are_definitions_for_openai_and_end_elsewhere() {
    let schema = json!({
        "type": "object",
        "properties": { "tree": { "$ref": "#/$defs/Tree" } },
        "$defs": { "Tree": {
            "type": "object",
            "properties": { "name": { "type": "string" }, "labels": { "$ref": "#/$defs/Labels" }, "next": { "$ref": "#/$defs/Tree" } },
            "required": ["name"],
            "additionalProperties": false
        }, "Labels": { "type": "object", "additionalProperties": { "type": "string" } } }
    });
    let (tool, parameters) = strict(&schema);
    assert!(parameters["$defs"]["Tree"].is_object() && parameters["$defs"].get("Labels").is_none());
    let given = json!({ "tree": { "name": "a", "labels": null, "next": { "name": "b", "next": null,
        "labels": [{ "key": "k", "value": "v" }] } } });
    let expected =
        json!({ "tree": { "name": "a", "next": { "name": "b", "labels": { "k": "v" } } } });
    assert_eq!(tool.input(given), expected);
    for dialect in [Dialect::Anthropic, Dialect::Gemini] {
        let tool = self::tool(dialect, &schema);
        assert!(!tool.definition().to_string().contains("$ref"));
        let end = "/properties/tree/$ref/properties/next/$ref/properties/next";
        assert_eq!(
            tool.losses().last().map(|loss| loss.path.as_str()),
            Some(end)
        );
    }
}

#[test]
fn arguments_may_be_text() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
    let tool = tool(Dialect::OpenAi, &schema);
    for (given, expected) in [
        (json!("{\"a\": 1}"), json!({ "a": 1 })),
        (json!(""), json!({})),
        (Value::Null, json!({})),
        (json!("{\"a\": "), json!("{\"a\": ")),
        (json!([]), json!([])),
    ] {
        assert_eq!(tool.input(given), expected);
    }
}

#[test]
fn long_descriptions_end_after_a_sentence() {
    let long = "This is one sentence. ".repeat(60);
    let schema = json!({ "type": "object" });
    let tool = Tool::new(Dialect::OpenAi, "test", &long, &schema).unwrap();
    let description = tool.definition()["function"]["description"]
        .as_str()
        .unwrap();
    assert!(description.len() <= 1024 && description.ends_with("sentence."));
    assert_eq!(tool.losses()[0].kind, LossKind::Shortened);
    assert_eq!(tool.losses()[0].to_string(), "description: cut");
    let tool = Tool::new(Dialect::Gemini, "test", &long, &schema).unwrap();
    assert_eq!(tool.definition()["description"], long.trim());
}

#[test]
fn what_can_be_no_tool_is_refused() {
    let object = json!({ "type": "object" });
    for name in ["", "a.b", "7up", &"x".repeat(65)] {
        let error = Tool::new(Dialect::OpenAi, name, "", &object).unwrap_err();
        assert_eq!(error, InvalidTool::Name(name.to_owned()));
    }
    for schema in [
        json!({ "type": "string" }),
        json!(true),
        Value::Null,
        json!({ "$ref": "#" }),
    ] {
        let error = Tool::new(Dialect::OpenAi, "test", "", &schema).unwrap_err();
        assert_eq!(error, InvalidTool::NotAnObject, "{schema}");
    }
}
