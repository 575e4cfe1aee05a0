//! Chat completions as OpenAI sends them.

use plugwright_sdk::{ActionError, ErrorCode, model};

use crate::model::{ToolCall, Usage};

#[model]
pub(super) struct Completion {
    pub(super) id: String,
    pub(super) model: String,
    pub(super) created: i64,
    pub(super) choices: Vec<Choice>,
    pub(super) usage: Option<Counts>,
}

#[model]
pub(super) struct Choice {
    pub(super) message: Said,
    pub(super) finish_reason: Option<String>,
}

#[model]
#[derive(Default)]
pub(super) struct Said {
    pub(super) content: Option<String>,
    pub(super) refusal: Option<String>,
    pub(super) tool_calls: Option<Vec<Call>>,
}

#[model]
#[derive(Default)]
pub(super) struct Call {
    #[serde(default)]
    pub(super) id: String,
    #[serde(default)]
    pub(super) function: Function,
}

#[model]
#[derive(Default)]
pub(super) struct Function {
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) arguments: String,
}

#[model]
pub(super) struct Counts {
    prompt_tokens: u64,
    completion_tokens: u64,
    total_tokens: u64,
    prompt_tokens_details: Option<InputDetails>,
    completion_tokens_details: Option<OutputDetails>,
}

#[model]
struct InputDetails {
    cached_tokens: Option<u64>,
}

#[model]
struct OutputDetails {
    reasoning_tokens: Option<u64>,
}

impl From<Call> for ToolCall {
    fn from(call: Call) -> Self {
        Self {
            id: call.id,
            name: call.function.name,
            arguments: call.function.arguments,
        }
    }
}

impl From<Counts> for Usage {
    fn from(tokens: Counts) -> Self {
        let (input, output) = (
            tokens.prompt_tokens_details,
            tokens.completion_tokens_details,
        );
        Self {
            input_tokens: tokens.prompt_tokens,
            output_tokens: tokens.completion_tokens,
            total_tokens: tokens.total_tokens,
            cached_tokens: input.and_then(|details| details.cached_tokens),
            reasoning_tokens: output.and_then(|details| details.reasoning_tokens),
        }
    }
}

pub(super) fn no_choice() -> ActionError {
    ActionError::new(ErrorCode::UpstreamInvalid, "OpenAI's answer has no message")
}
