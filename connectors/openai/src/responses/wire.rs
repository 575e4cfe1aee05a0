//! Responses as OpenAI sends them.

use std::collections::BTreeMap;

use plugwright_sdk::{Value, model};

use super::{Response, ResponseError};
use crate::model::{ToolCall, Usage};

#[model]
pub(super) struct Whole {
    id: String,
    model: String,
    status: Option<String>,
    #[serde(default)]
    output: Vec<Value>,
    incomplete_details: Option<Incomplete>,
    error: Option<ResponseError>,
    previous_response_id: Option<String>,
    usage: Option<Counts>,
    created_at: f64,
    metadata: Option<BTreeMap<String, String>>,
}

/// The last event of a stream.
#[model]
pub(super) struct Ended {
    pub(super) response: Whole,
}

#[model]
struct Incomplete {
    reason: Option<String>,
}

#[model]
struct Counts {
    input_tokens: u64,
    output_tokens: u64,
    total_tokens: u64,
    input_tokens_details: Option<InputDetails>,
    output_tokens_details: Option<OutputDetails>,
}

#[model]
struct InputDetails {
    cached_tokens: Option<u64>,
}

#[model]
struct OutputDetails {
    reasoning_tokens: Option<u64>,
}

impl From<Counts> for Usage {
    fn from(tokens: Counts) -> Self {
        let (input, output) = (tokens.input_tokens_details, tokens.output_tokens_details);
        Self {
            input_tokens: tokens.input_tokens,
            output_tokens: tokens.output_tokens,
            total_tokens: tokens.total_tokens,
            cached_tokens: input.and_then(|details| details.cached_tokens),
            reasoning_tokens: output.and_then(|details| details.reasoning_tokens),
        }
    }
}

impl From<Whole> for Response {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "fractions of a second are left out"
    )]
    fn from(whole: Whole) -> Self {
        let mut response = Self {
            id: whole.id,
            model: whole.model,
            status: whole.status.unwrap_or_else(|| "completed".to_owned()),
            text: String::new(),
            refusal: None,
            tool_calls: Vec::new(),
            reasoning: Vec::new(),
            other_items: Vec::new(),
            incomplete_reason: whole.incomplete_details.and_then(|details| details.reason),
            error: whole.error,
            previous_response_id: whole.previous_response_id,
            usage: whole.usage.map(Usage::from),
            created_at: whole.created_at as i64,
            metadata: whole.metadata.unwrap_or_default(),
        };
        for item in whole.output {
            response.add(item);
        }
        response
    }
}

impl Response {
    fn add(&mut self, item: Value) {
        let text = |name: &str| item[name].as_str().unwrap_or_default().to_owned();
        let parts = |name: &str| item[name].as_array().into_iter().flatten();
        match item["type"].as_str() {
            Some("message") => {
                for part in parts("content") {
                    let said = |name: &str| part[name].as_str();
                    self.text.push_str(said("text").unwrap_or_default());
                    if let Some(refusal) = said("refusal") {
                        self.refusal.get_or_insert_default().push_str(refusal);
                    }
                }
            }
            Some("function_call") => self.tool_calls.push(ToolCall {
                id: text("call_id"),
                name: text("name"),
                arguments: text("arguments"),
            }),
            Some("reasoning") => {
                let summaries = parts("summary").filter_map(|part| part["text"].as_str());
                self.reasoning.extend(summaries.map(str::to_owned));
            }
            _ => self.other_items.push(item),
        }
    }
}
