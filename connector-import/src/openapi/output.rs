//! The output of an action: what the answer to a success has.

use plugwright_sdk::reading::value::members;
use plugwright_sdk::schema::pointer::unescape;
use plugwright_sdk::{Value, json};

use super::reference::Document;
use super::schema::{Members, Schemas, budget};
use crate::form::ResponseKind;

/// Longest example that is kept, in bytes of JSON.
const LONGEST_EXAMPLE: usize = 8 << 10;

pub(super) struct Output<'d> {
    pub(super) kind: ResponseKind,
    /// The media type to ask for, if it is not JSON.
    pub(super) accept: Option<String>,
    /// The schema as the document has it.
    pub(super) schema: Option<&'d Value>,
    pub(super) has_links: bool,
    example: Option<&'d Value>,
}

impl<'d> Output<'d> {
    pub(super) fn of(document: Document<'d>, operation: &'d Value) -> Self {
        let mut output = Self {
            kind: ResponseKind::Json,
            accept: None,
            schema: None,
            has_links: false,
            example: None,
        };
        let responses = operation.get("responses").and_then(Value::as_object);
        let Some(responses) = responses else {
            return output;
        };
        let success = |name: &str| name.starts_with('2');
        let chosen = ["200", "201", "202", "203", "2XX", "2xx"]
            .iter()
            .find_map(|name| responses.get(*name))
            .or_else(|| {
                responses
                    .iter()
                    .find(|(name, _)| success(name))
                    .map(|(_, it)| it)
            })
            .or_else(|| responses.get("default"));
        let Some(response) = chosen.and_then(|response| document.resolve(response).ok()) else {
            return output;
        };
        output.has_links =
            members(response.get("headers")).any(|(name, _)| name.eq_ignore_ascii_case("link"));
        let Some(content) = response.get("content").and_then(Value::as_object) else {
            return output;
        };
        let ranked = content.iter().map(|(name, content)| {
            let plain = name.split(';').next().unwrap_or_default().trim();
            (kind(&plain.to_ascii_lowercase()), plain, content)
        });
        let Some(((_, kind), name, content)) = ranked.min_by_key(|((rank, _), _, _)| *rank) else {
            return output;
        };
        output.kind = kind;
        let is_plain_json = name.eq_ignore_ascii_case("application/json");
        if !is_plain_json && name.contains('/') && !name.contains('*') && name.is_ascii() {
            output.accept = Some(match kind {
                ResponseKind::Json | ResponseKind::ToolResult => {
                    format!("{name}, application/json")
                }
                ResponseKind::Text | ResponseKind::File => format!("{name}, */*;q=0.5"),
            });
        } else if kind != ResponseKind::Json {
            output.accept = Some("*/*".to_owned());
        }
        output.schema = content.get("schema");
        output.example = content.get("example").or_else(|| {
            let examples = content.get("examples")?.as_object()?;
            document
                .resolve(examples.values().next()?)
                .ok()?
                .get("value")
        });
        output
    }

    /// Returns the schema of the data: that of the answer, or of what it has at a JSON pointer.
    pub(super) fn data(
        &self,
        document: Document<'d>,
        schemas: &mut Schemas<'d>,
        pointer: &str,
    ) -> Value {
        let schema = self
            .schema
            .and_then(|schema| match pointer.strip_prefix('/') {
                None => Some(schema),
                Some(name) => Members::of(document, schema).get(&unescape(name)),
            });
        let mut converted = match (self.kind, schema) {
            (ResponseKind::Json | ResponseKind::ToolResult, Some(schema)) => {
                schemas.convert(schema)
            }
            (ResponseKind::Json | ResponseKind::ToolResult, None) => json!({}),
            (ResponseKind::Text, _) => json!({ "type": "string" }),
            (ResponseKind::File, _) => plugwright_sdk::schema::of::<plugwright_sdk::FileOutput>(),
        };
        let fits = |example: &&Value| match self.kind {
            ResponseKind::Json => true,
            ResponseKind::Text => example.is_string(),
            ResponseKind::File | ResponseKind::ToolResult => false,
        };
        let example = self.example.and_then(|example| example.pointer(pointer));
        if let Some(example) = example.filter(fits)
            && example.to_string().len() <= LONGEST_EXAMPLE
        {
            schemas.spend(budget::size(example));
            converted["examples"] = json!([example]);
        }
        converted
    }
}

/// Says how a content type is read, and how much it is preferred, less being more.
fn kind(name: &str) -> (u8, ResponseKind) {
    match name {
        "application/json" => (0, ResponseKind::Json),
        json if json.ends_with("+json") || json.contains("/json") => (1, ResponseKind::Json),
        "*/*" | "application/*" | "" => (2, ResponseKind::Json),
        text if text.starts_with("text/")
            || text.ends_with("xml")
            || text.ends_with("yaml")
            || text.contains("ndjson")
            || text.contains("javascript") =>
        {
            (3, ResponseKind::Text)
        }
        _ => (4, ResponseKind::File),
    }
}
