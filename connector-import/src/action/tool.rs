//! Calls of the tools of MCP servers, and what they answer.

use plugwright_sdk::http::RequestBuilder;
use plugwright_sdk::schema::of;
use plugwright_sdk::{
    ActionContext, ActionError, ActionResult, ErrorCode, FileInput, FileOutput, Hint, Result, Value,
};
use serde_json::{Map, json};

use super::request;
use super::request::answer::described;
use crate::form::ImportedAction;
use crate::text::{DESCRIPTION, clean};

/// Returns the schema of what a tool returns that declares no schema.
pub fn tool_output() -> Value {
    json!({
        "type": "object",
        "properties": {
            "text": { "type": "string", "description": "The text of the answer" },
            "structured": { "description": "The answer as JSON, if the tool gives one" },
            "files": {
                "type": "array",
                "items": of::<FileOutput>(),
                "description": "Images, sounds and other files",
            },
            "links": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "uri": { "type": "string" },
                        "name": { "type": "string" },
                        "description": { "type": "string" },
                        "mime_type": { "type": "string" },
                    },
                    "required": ["uri"],
                },
                "description": "Resources of the server",
            },
        },
    })
}

pub(super) async fn call(
    action: &ImportedAction,
    request: RequestBuilder<'_>,
    cx: &ActionContext,
    input: Map<String, Value>,
) -> Result<ActionResult> {
    let message = json!({
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": { "name": action.operation.path, "arguments": request::members(action, input) },
    });
    let request = request.header("accept", "application/json, text/event-stream");
    let answer = request.json(&message).send().await?.json();
    let mut answer = answer.ok_or_else(|| invalid("it is not JSON"))?;
    if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
        return Err(refusal(cx, error));
    }
    let Some(Value::Object(result)) = answer.get_mut("result") else {
        return Err(invalid("it has no result"));
    };
    let structured = result.remove("structuredContent");
    let content = match result.remove("content") {
        Some(Value::Array(blocks)) => blocks,
        None | Some(Value::Null) => Vec::new(),
        Some(_) => return Err(invalid("its content is not a list")),
    };
    if result.get("isError") == Some(&Value::Bool(true)) {
        let text = content.iter().filter_map(|block| block["text"].as_str());
        let text = cx.redactor().redact(&text.collect::<Vec<_>>().join(" "));
        let text = clean(&text, DESCRIPTION);
        let message = match text.as_str() {
            "" => "the tool failed and did not say why".to_owned(),
            text => format!("the tool failed: {text}"),
        };
        return Err(ActionError::new(ErrorCode::UpstreamError, message).with_hint(Hint::Abort));
    }
    let declares = action.output != tool_output();
    let data = match structured {
        Some(structured) if declares => structured,
        structured => data(cx, content, structured).await?,
    };
    Ok(ActionResult::new(data))
}

async fn data(cx: &ActionContext, content: Vec<Value>, structured: Option<Value>) -> Result<Value> {
    let (mut texts, mut files, mut links) = (Vec::new(), Vec::new(), Vec::new());
    for block in content {
        match block["type"].as_str().unwrap_or_default() {
            "text" => texts.extend(block["text"].as_str().map(str::to_owned)),
            "image" | "audio" => {
                let [data, media_type] = ["data", "mimeType"].map(|name| &block[name]);
                files.push(file(cx, None, data, media_type, files.is_empty()).await?);
            }
            "resource" => {
                let resource = &block["resource"];
                if let Some(text) = resource["text"].as_str() {
                    texts.push(text.to_owned());
                    continue;
                }
                let uri = cx
                    .redactor()
                    .redact(resource["uri"].as_str().unwrap_or_default());
                let name = uri.rsplit('/').next().map(str::to_owned);
                let [data, media_type] = ["blob", "mimeType"].map(|name| &resource[name]);
                files.push(file(cx, name, data, media_type, files.is_empty()).await?);
            }
            "resource_link" => {
                let members = [
                    ("uri", "uri"),
                    ("name", "name"),
                    ("description", "description"),
                    ("mimeType", "mime_type"),
                ];
                let members = members.into_iter().filter_map(|(from, to)| {
                    let text = block[from].as_str()?;
                    Some((to.to_owned(), text.into()))
                });
                links.push(Value::Object(members.collect()));
            }
            // Later versions of the protocol may add kinds.
            _ => texts.push(block.to_string()),
        }
    }
    let mut data = Map::new();
    if !texts.is_empty() || (files.is_empty() && links.is_empty() && structured.is_none()) {
        data.insert("text".to_owned(), texts.join("\n").into());
    }
    if let Some(structured) = structured {
        data.insert("structured".to_owned(), structured);
    }
    for (name, list) in [("files", files), ("links", links)] {
        if !list.is_empty() {
            data.insert(name.to_owned(), list.into());
        }
    }
    Ok(data.into())
}

/// Reads a file of an answer. The first goes to where the caller saves it, others into the output.
async fn file(
    cx: &ActionContext,
    name: Option<String>,
    data: &Value,
    media_type: &Value,
    is_first: bool,
) -> Result<Value> {
    let data = data.as_str().unwrap_or_default();
    let kind = media_type.as_str().unwrap_or_default().to_ascii_lowercase();
    let url = |kind: &str| FileInput::from_text(&format!("data:{kind};base64,{data}"));
    let file = url(&kind).or_else(|| url("application/octet-stream"));
    let file = file.ok_or_else(|| invalid("a file in it is not base64"))?;
    let mut content = cx.read_file(&file).await?;
    content.name = name;
    let output = if is_first {
        cx.return_file(content).await?
    } else {
        cx.file_output(content)?
    };
    described(output)
}

fn invalid(problem: &str) -> ActionError {
    let message = format!("the MCP server's response can't be read: {problem}");
    ActionError::new(ErrorCode::UpstreamInvalid, message)
}

fn refusal(cx: &ActionContext, error: &Value) -> ActionError {
    const INVALID_PARAMS: i64 = -32602;
    let said = error["message"].as_str().unwrap_or("it did not say why");
    let message = format!(
        "the MCP server refused the call: {}",
        clean(&cx.redactor().redact(said), DESCRIPTION)
    );
    let code = match error["code"].as_i64() {
        Some(INVALID_PARAMS) => ErrorCode::ValidationError,
        _ => ErrorCode::UpstreamError,
    };
    ActionError::new(code, message).with_hint(Hint::Abort)
}
