//! The output of an action: what the answer to a success has.

use plugwright_sdk::reading::value::members;
use plugwright_sdk::schema::pointer::unescape;
use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::reference::Document;
use super::schema::{Members, Schemas, budget, is_file};
use super::security::is_token;
use crate::form::ResponseKind;
use crate::media::Content;
use crate::text::{self, clean};

/// Longest example that is kept, in bytes of JSON.
const LONGEST_EXAMPLE: usize = 8 << 10;

/// So many headers of an answer without body are kept.
const MOST_HEADERS: usize = 32;

pub(super) struct Output<'d> {
    pub(super) kind: ResponseKind,
    /// The media type to ask for, if it is not JSON.
    pub(super) accept: Option<String>,
    /// The schema as the document has it.
    pub(super) schema: Option<&'d Value>,
    pub(super) has_links: bool,
    /// What is returned of an answer without body.
    headers: Vec<(&'d str, &'d Value)>,
    example: Option<&'d Value>,
}

impl<'d> Output<'d> {
    pub(super) fn of(document: Document<'d>, method: &str, operation: &'d Value) -> Self {
        let mut output = Self {
            kind: ResponseKind::Json,
            accept: None,
            schema: None,
            has_links: false,
            headers: Vec::new(),
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
        let content = response.get("content").and_then(Value::as_object);
        if method == "HEAD" || content.is_none_or(Map::is_empty) {
            let headers: Vec<_> = headers(response).take(MOST_HEADERS).collect();
            let mut names = headers.iter().map(|(name, _)| name);
            let has_place = names.any(|name| name.eq_ignore_ascii_case("location"));
            if has_place || (method == "HEAD" && !headers.is_empty()) {
                output.kind = ResponseKind::Headers;
                output.headers = headers;
                return output;
            }
        }
        let Some(content) = content else {
            return output;
        };
        let ranked = content.iter().map(|(name, content)| {
            let plain = name.split(';').next().unwrap_or_default().trim();
            let schema = content.get("schema");
            let schema = schema.and_then(|schema| document.resolve(schema).ok());
            (kind(plain, schema), plain, content)
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
                ResponseKind::Headers | ResponseKind::Text | ResponseKind::File => {
                    format!("{name}, */*;q=0.5")
                }
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
        let mut names = pointer.split('/').skip(1);
        let schema = self.schema.and_then(|schema| {
            names.try_fold(schema, |schema, name| {
                Members::of(document, schema).get(&unescape(name))
            })
        });
        let mut converted = match (self.kind, schema) {
            (ResponseKind::Json | ResponseKind::ToolResult, Some(schema)) => {
                schemas.convert(schema)
            }
            (ResponseKind::Json | ResponseKind::ToolResult, None) => json!({}),
            (ResponseKind::Headers, _) => self.header_schema(document, schemas),
            (ResponseKind::Text, _) => json!({ "type": "string" }),
            (ResponseKind::File, _) => plugwright_sdk::schema::of::<plugwright_sdk::FileOutput>(),
        };
        let fits = |example: &&Value| match self.kind {
            ResponseKind::Json => true,
            ResponseKind::Text => example.is_string(),
            ResponseKind::Headers | ResponseKind::File | ResponseKind::ToolResult => false,
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

    fn header_schema(&self, document: Document<'d>, schemas: &mut Schemas<'d>) -> Value {
        let mut properties = Map::new();
        for (name, header) in &self.headers {
            let header = document.resolve(header).unwrap_or(header);
            let described = header.get("description").and_then(Value::as_str);
            let description = clean(described.unwrap_or_default(), text::PARAMETER);
            let mut member = json!({ "type": "string" });
            if !description.is_empty() {
                member["description"] = description.into();
            }
            schemas.spend(budget::size(&member) + name.len());
            properties.insert(name.to_ascii_lowercase().replace('-', "_"), member);
        }
        json!({ "type": "object", "properties": properties })
    }
}

/// Returns the headers that a response declares, but for those with secrets.
fn headers(response: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let declared = members(response.get("headers"));
    let declared = declared.map(|(name, header)| (name.as_str(), header));
    // A `_` stands for a `-` where they are members.
    declared.filter(|(name, _)| {
        is_token(name) && !name.contains('_') && !name.eq_ignore_ascii_case("set-cookie")
    })
}

/// Says how a content type is read, and how much it is preferred, less being more.
fn kind(name: &str, schema: Option<&Value>) -> (u8, ResponseKind) {
    let content = Content::of(name);
    // So springdoc describes bytes, which are sent as they are.
    let is_bytes = |schema: &Value| {
        content == Content::Any && schema["type"] == "string" && schema["format"] == "byte"
    };
    match content {
        Content::Bytes => (4, ResponseKind::File),
        _ if schema.is_some_and(|schema| is_file(schema) || is_bytes(schema)) => {
            (5, ResponseKind::File)
        }
        Content::Json if name.eq_ignore_ascii_case("application/json") => (0, ResponseKind::Json),
        Content::Json => (1, ResponseKind::Json),
        Content::Any => (2, ResponseKind::Json),
        Content::Text => (3, ResponseKind::Text),
    }
}
