//! From the answer to the data.

use std::borrow::Cow;

use plugwright_sdk::host::{Data, Effect, coerce};
use plugwright_sdk::reading::{charset, disposition};
use plugwright_sdk::schema::resolve;
use plugwright_sdk::{
    ActionContext, ActionError, ErrorCode, FileContent, FileOutput, Result, UpstreamResponse, Value,
};
use serde_json::Map;

use crate::action::Operation;
use crate::form::{ImportedAction, ResponseKind};
use crate::media::Content;

/// Reads an answer: as JSON if it is, else as text, if it may be text, and as a file if it may be anything
/// and is no text. Nothing is an object of headers, but not where something was asked for that has members.
pub(super) async fn data(
    operation: &Operation,
    cx: &ActionContext,
    response: &UpstreamResponse,
) -> Result<Data> {
    if response.body.is_empty() && (response.status != 200 || !operation.finds_members()) {
        return Ok(headers(&operation.action, response).into());
    }
    match operation.action.response {
        ResponseKind::Text | ResponseKind::File => {}
        ResponseKind::Json | ResponseKind::Headers | ResponseKind::ToolResult => {
            match cx.data(response) {
                Err(_) if operation.may_be_text(response) => {}
                read => return read,
            }
        }
    }
    match text(response) {
        Some(text) => Ok(Value::from(text).into()),
        None if operation.is_open() => Ok(described(file(cx, response).await?)?.into()),
        None => Err(ActionError::new(
            ErrorCode::UpstreamInvalid,
            format!(
                "the provider's response (HTTP {}) is not text in the charset that it declares, or UTF-8",
                response.status
            ),
        )),
    }
}

/// Returns the headers that a document declares for an answer without body, and where to find what was
/// created or will be.
fn headers(action: &ImportedAction, response: &UpstreamResponse) -> Value {
    let names: Vec<&str> = match action.response {
        ResponseKind::Headers => {
            let declared = action.output["properties"].as_object();
            let declared = declared.into_iter().flat_map(Map::keys);
            declared.map(String::as_str).collect()
        }
        _ if matches!(response.status, 201 | 202) => vec!["location"],
        _ => Vec::new(),
    };
    let found = names.into_iter().filter_map(|name| {
        let value = response.headers.get(name.replace('_', "-"))?;
        let value = charset::header(value.as_bytes()).into_owned();
        Some((name.to_owned(), Value::from(value)))
    });
    found.collect::<Map<_, _>>().into()
}

/// Returns the body as text, if it is text to its last byte. What is no text by its media type may be
/// UTF-8 all the same, but has no zero bytes then, which would else count as those of UTF-16.
fn text(response: &UpstreamResponse) -> Option<String> {
    let kind = response.header("content-type");
    let text = match Content::of(kind.unwrap_or_default()) {
        Content::Bytes => {
            let text = std::str::from_utf8(&response.body).ok();
            text.filter(|text| !text.contains('\0')).map(Cow::Borrowed)
        }
        Content::Json | Content::Any | Content::Text => {
            charset::exact_text(&response.body, kind.map(str::as_bytes))
        }
    };
    text.map(Cow::into_owned)
}

async fn file(cx: &ActionContext, response: &UpstreamResponse) -> Result<FileOutput> {
    let name = response.headers.get("content-disposition");
    let content = FileContent {
        name: name.and_then(|name| disposition::file_name(name.as_bytes())),
        media_type: response.header("content-type").map(str::to_owned),
        bytes: response.body.clone(),
    };
    cx.return_file(content).await
}

pub(in crate::action) fn described(file: FileOutput) -> Result<Value> {
    serde_json::to_value(file).map_err(|error| {
        ActionError::new(ErrorCode::InternalError, "the file can't be described").with_source(error)
    })
}

/// Returns whether an answer is text by its media type, and neither a page nor data in a form of its own.
fn is_plain(response: &UpstreamResponse) -> bool {
    let kind = response.header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.to_ascii_lowercase()
        .strip_prefix("text/")
        .is_some_and(|kind| !matches!(kind, "html" | "xml" | "json"))
}

impl Operation {
    /// Returns whether it reads what has members in any case.
    fn finds_members(&self) -> bool {
        let is_some = |output: &Value| {
            let required = resolve(output, output).get("required");
            required
                .and_then(Value::as_array)
                .is_some_and(|names| !names.is_empty())
        };
        self.action.effect == Effect::Read
            && self.action.response == ResponseKind::Json
            && is_some(&self.output())
    }

    fn may_be_text(&self, response: &UpstreamResponse) -> bool {
        // What is cut off is not meant to be a text.
        let is_cut = response.body.trim_ascii_start().starts_with(b"{");
        is_plain(response)
            || coerce::kinds(&self.output()).contains(&"string")
            || (self.is_open() && !is_cut)
    }

    /// Returns whether the data may be anything.
    fn is_open(&self) -> bool {
        let schema = self.output();
        coerce::kinds(&schema).is_empty() && schema.get("properties").is_none()
    }
}
