//! What becomes of the tools that servers list.

use plugwright_import::{Outcome, ServerPlace};
use plugwright_sdk::host::Effect;
use plugwright_sdk::json;
use plugwright_sdk::transport::TransportError;

use crate::double::Double;

fn nowhere() -> ServerPlace {
    ServerPlace::Url("https://mcp.example.com/mcp".to_owned())
}

#[tokio::test]
async fn too_many_or_too_long_definitions_are_refused() {
    let error = Double::program("huge").listing().await.unwrap_err();
    assert!(
        error.to_string().contains("more than 2000 tools"),
        "{error}"
    );
    let error = Double::program("long").listing().await.unwrap_err();
    assert!(!matches!(error, TransportError::Timeout(_)), "{error:?}");
}

#[tokio::test]
async fn names_of_tools_are_never_names_of_anything_else() {
    let double = Double::program("names");
    let listing = double.listing().await.unwrap();
    let imported = plugwright_mcp::import("double", &nowhere(), Vec::new(), &listing, Vec::new());
    let imported = imported.unwrap();
    let mut names: Vec<_> = imported
        .connector
        .actions
        .iter()
        .map(|action| (action.operation.path.as_str(), action.name.as_str()))
        .collect();
    names.sort_unstable();
    let tools: Vec<_> = names.iter().map(|(tool, _)| *tool).collect();
    assert_eq!(
        tools,
        ["../../etc/passwd", "list.things", "send it/now", "twice"]
    );
    for (_, action) in names {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._".contains(c);
        assert!(action.chars().all(is_plain), "{action}");
    }
    let operations = imported.report.operations.iter();
    let refused: Vec<_> = operations
        .filter(|operation| operation.outcome == Outcome::Refused)
        .flat_map(|operation| operation.reasons.clone())
        .collect();
    assert_eq!(
        refused,
        [
            "its name has control characters",
            "its name has more than 128 bytes",
            "the server lists it twice",
            "it has no name",
        ]
    );
    imported.connector.connector().unwrap();
}

#[test]
fn hints_decide_the_effect_and_silence_is_the_worst() {
    let tool =
        |hints| json!({ "name": "act", "inputSchema": { "type": "object" }, "annotations": hints });
    for (hints, effect, idempotent) in [
        (json!(null), Effect::Destructive, false),
        (json!({ "title": "Act" }), Effect::Destructive, false),
        (json!({ "readOnlyHint": true }), Effect::Read, true),
        (
            json!({ "readOnlyHint": "true" }),
            Effect::Destructive,
            false,
        ),
        (json!({ "destructiveHint": false }), Effect::Write, false),
        (
            json!({ "destructiveHint": false, "idempotentHint": true }),
            Effect::Write,
            true,
        ),
        (json!({ "idempotentHint": true }), Effect::Destructive, true),
    ] {
        let listing = json!({ "tools": [tool(hints.clone())] });
        let imported = plugwright_mcp::import("a", &nowhere(), Vec::new(), &listing, Vec::new());
        let action = &imported.unwrap().connector.actions[0];
        assert_eq!(
            (action.effect, action.idempotent),
            (effect, idempotent),
            "{hints}"
        );
    }
}

#[test]
fn schemas_keep_what_they_refer_to_and_no_more_than_there_is_room_for() {
    let mut deep = json!({ "type": "string" });
    // A parser of JSON reads no more.
    for _ in 0..110 {
        deep = json!({ "type": "array", "items": deep });
    }
    let tools = json!([
        {
            "name": "files.read",
            "inputSchema": {
                "type": "object", "required": ["path"],
                "properties": { "path": { "$ref": "#/definitions/path" }, "deep": deep },
                "definitions": { "path": { "type": "string", "minLength": 1 } },
            },
        },
        {
            "name": "remote",
            "inputSchema": { "type": "object", "properties": { "a": { "$ref": "file:///etc/passwd" } } },
        },
    ]);
    let listing = json!({ "tools": tools, "serverInfo": { "name": "Files" } });
    let imported = plugwright_mcp::import("files", &nowhere(), Vec::new(), &listing, Vec::new());
    let connector = imported.unwrap().connector;
    assert_eq!(connector.parts.base_url, "https://mcp.example.com");
    let connector = connector.connector().unwrap();
    let named = |name: &str| connector.actions().find(|action| action.title() == name);
    let read = connector
        .actions()
        .find(|action| action.name().contains("read"));
    let read = read.or_else(|| named("Files read")).unwrap();
    assert!(read.decode(json!({ "path": "" })).is_err());
    assert!(read.decode(json!({ "path": "a" })).is_ok());
    assert!(!read.input_schema().to_string().contains("passwd"));
}
