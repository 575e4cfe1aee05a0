//! Calls as the APIs of models send them.

use serde_json::{Map, Value};

use crate::error::Error;

pub(super) struct ToolCall {
    pub(super) form: Form,
    pub(super) name: String,
    /// An object, or its JSON text.
    pub(super) arguments: Value,
}

#[derive(Clone, Debug, Default)]
pub(super) enum Form {
    /// By the name of the tool alone.
    #[default]
    Plain,
    /// OpenAI's chat completions.
    Chat { id: Value },
    /// OpenAI's responses.
    Responses { call_id: Value },
    /// Anthropic's messages.
    Anthropic { id: Value },
    /// Gemini's contents.
    Gemini { id: Option<Value> },
}

impl ToolCall {
    pub(super) fn read(call: &Value) -> Result<Self, Error> {
        let made = |form: Form, name: &Value, arguments: &Value| {
            let name = name.as_str()?.to_owned();
            Some(Self {
                form,
                name,
                arguments: match arguments {
                    Value::Null => Value::Object(Map::new()),
                    arguments => arguments.clone(),
                },
            })
        };
        let read = match call["type"].as_str() {
            Some("function") => {
                let form = Form::Chat {
                    id: call["id"].clone(),
                };
                let function = &call["function"];
                made(form, &function["name"], &function["arguments"])
            }
            Some("function_call") => {
                let form = Form::Responses {
                    call_id: call["call_id"].clone(),
                };
                made(form, &call["name"], &call["arguments"])
            }
            Some("tool_use") => {
                let form = Form::Anthropic {
                    id: call["id"].clone(),
                };
                made(form, &call["name"], &call["input"])
            }
            _ => {
                let function = call.get("functionCall").unwrap_or(call);
                let form = Form::Gemini {
                    id: function.get("id").cloned(),
                };
                made(form, &function["name"], &function["args"])
            }
        };
        read.ok_or_else(|| {
            let message = "`call` must be a tool call as OpenAI, Anthropic or Gemini send it";
            Error::invalid_request(message)
        })
    }
}
