//! Connectors whose tools are those that MCP's conformance suite calls.
//!
//! The suite fixes the names: `test_simple_text` is what agents see of `test.simple.text`.

use std::time::Duration;

use plugwright_sdk::param::{At, JsonObject, Kind, Param};
use plugwright_sdk::{
    ActionContext, ActionError, ConnectorDefinition, ErrorCode, FileOutput, Result, Value, action,
    actions, json, model,
};

/// All of them.
pub static CONNECTORS: [&ConnectorDefinition; 2] = [&TEST, &JSON];

/// A picture of one red pixel.
const PICTURE: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

/// A sound of no length.
const SOUND: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

fn file(name: &str, content_type: &str, base64: &str) -> FileOutput {
    FileOutput {
        name: Some(name.to_owned()),
        content_type: Some(content_type.to_owned()),
        size: base64.len() as u64 / 4 * 3,
        content: Some(format!("data:{content_type};base64,{base64}")),
    }
}

/// Returns a text.
#[action("simple.text", read)]
async fn text(_: &ActionContext) -> Result<String> {
    Ok("This is a simple text response for testing.".to_owned())
}

/// Returns a picture.
#[action("image.content", read)]
async fn image(_: &ActionContext) -> Result<FileOutput> {
    Ok(file("red.png", "image/png", PICTURE))
}

/// Returns a sound.
#[action("audio.content", read)]
async fn audio(_: &ActionContext) -> Result<FileOutput> {
    Ok(file("silence.wav", "audio/wav", SOUND))
}

/// Returns a file of text.
#[action("embedded.resource", read)]
async fn resource(_: &ActionContext) -> Result<FileOutput> {
    Ok(file("note.txt", "text/plain", "VGhpcyBpcyBhIG5vdGUu"))
}

/// A picture and a document.
#[model]
struct Both {
    /// The picture.
    picture: FileOutput,
    /// The document.
    document: FileOutput,
}

/// Returns a picture and a document.
#[action("multiple.content_types", read)]
async fn both(_: &ActionContext) -> Result<Both> {
    Ok(Both {
        picture: file("red.png", "image/png", PICTURE),
        document: file("data.json", "application/json", "eyJ0ZXN0IjoiZGF0YSJ9"),
    })
}

/// Fails always.
#[action("error.handling", read)]
async fn failing(_: &ActionContext) -> Result<Value> {
    let message = "this tool intentionally returns an error for testing";
    Err(ActionError::new(ErrorCode::Conflict, message))
}

/// Takes a while and says how far it has come.
#[action("tool.with_progress", read)]
async fn progress(cx: &ActionContext) -> Result<String> {
    for done in [0, 50, 100] {
        cx.progress(done, Some(100), "working");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok("done".to_owned())
}

static TEST: ConnectorDefinition = ConnectorDefinition::new("test", "Test", "1.0.0")
    .description("What the conformance suite calls")
    .base_url("https://test.example.com")
    .actions(actions![
        text, image, audio, resource, both, failing, progress
    ]);

/// A postal address, whose schema is written by hand.
struct Address(Value);

impl Param for Address {
    const KIND: Kind = Kind::Object;

    fn schema() -> JsonObject {
        let address = json!({
            "type": "object",
            "properties": { "street": { "type": "string" }, "city": { "type": "string" } },
        });
        let mut schema = JsonObject::new();
        schema.insert("$ref".to_owned(), "#/$defs/address".into());
        schema.insert("$defs".to_owned(), json!({ "address": address }));
        schema
    }

    fn decode(value: Value, _: &mut At<'_>) -> Option<Self> {
        Some(Self(value))
    }

    fn encode(&self) -> Value {
        self.0.clone()
    }
}

/// Takes what only JSON Schema 2020-12 can say, and returns it.
#[action("schema_2020_12.tool", read)]
async fn modern(
    _: &ActionContext,
    /// Whose address it is.
    name: Option<String>,
    /// The address.
    address: Option<Address>,
) -> Result<Value> {
    Ok(json!({ "name": name, "address": address.map(|address| address.0) }))
}

static JSON: ConnectorDefinition = ConnectorDefinition::new("json", "JSON", "1.0.0")
    .description("What the conformance suite reads")
    .base_url("https://json.example.com")
    .actions(actions![modern]);
