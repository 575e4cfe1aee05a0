//! Chat completions.

mod streamed;
mod wire;

use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{
    ActionContext, ActionError, Param, Params, Result, Value, action, json, model, params,
};

use crate::model::{ToolCall, Usage};
use wire::Completion;

/// The model's answer in a chat.
#[model]
pub struct ChatCompletion {
    /// Id.
    pub id: String,
    /// The model that answered.
    pub model: String,
    /// What it says; none if it wants functions to be called, or refuses.
    pub content: Option<String>,
    /// Why it refuses.
    pub refusal: Option<String>,
    /// Functions that it wants to be called.
    pub tool_calls: Vec<ToolCall>,
    /// Why it ended: `stop`, `length`, `tool_calls` or `content_filter`.
    pub finish_reason: Option<String>,
    /// How many tokens it took.
    pub usage: Option<Usage>,
    /// When it was made, in Unix time (seconds).
    pub created: i64,
}

/// Who says something in a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Param)]
pub enum Role {
    /// Whoever gives the model its instructions, for models that reason.
    Developer,
    /// Whoever gives the model its instructions.
    System,
    /// The person who asks.
    User,
    /// The model.
    Assistant,
    /// A function that was called.
    Tool,
}

/// Something that is said in a chat.
#[derive(Clone, Debug, Params)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// The text, or a list of parts such as `{"type": "text", "text": ".."}` and
    /// `{"type": "image_url", "image_url": {"url": ".."}}`.
    pub content: Option<Value>,
    /// Name of the person or function.
    pub name: Option<String>,
    /// Functions that the model wanted to be called, as it said.
    pub tool_calls: Option<Vec<JsonObject>>,
    /// Id of the call whose result it is.
    pub tool_call_id: Option<String>,
}

/// Asks a model for the next message of a chat.
///
/// Give one `prompt`, or the `messages` so far. With `stream` the text is reported while it is written,
/// which keeps long answers from running into timeouts. Returns the text, the functions to call, and the
/// tokens used. It costs money.
#[action(read, title = "Complete a chat", exactly_one(prompt, messages))]
pub async fn completion(
    cx: &ActionContext,
    /// What to ask, as the one message of the chat.
    #[param(length(1..), example = "Tell me a joke about OpenTelemetry")]
    prompt: Option<String>,
    /// The messages so far.
    #[param(length(1..))]
    messages: Option<Vec<Message>>,
    /// Name of the model.
    #[param(default = "gpt-4o-mini")]
    model: String,
    /// Functions that the model can ask for, such as `{"type": "function", "function": {"name": "..",
    /// "parameters": {..}}}`.
    #[param(length(..=128))]
    tools: Option<Vec<JsonObject>>,
    /// Whether it has to ask for one: `none`, `auto`, `required`, or an object that names a function.
    tool_choice: Option<Value>,
    /// Form of the answer, such as `{"type": "json_schema", "json_schema": {..}}`.
    response_format: Option<JsonObject>,
    /// How much a model that reasons thinks before it answers: `minimal`, `low`, `medium`, `high` and the
    /// like.
    reasoning_effort: Option<String>,
    /// The most tokens that are written, with those of reasoning.
    #[param(range(1..))]
    max_completion_tokens: Option<u32>,
    /// How much chance there is in the answer; models that reason take none.
    #[param(range(0.0..=2.0), provider_default = 1.0)]
    temperature: Option<f64>,
    /// Whether the text is reported while it is written.
    #[param(default = false)]
    stream: bool,
) -> Result<ChatCompletion> {
    let asked = prompt.map(|prompt| json!([{ "role": "user", "content": prompt }]));
    let request = cx
        .post("/chat/completions")
        .field("messages", messages)
        .field("messages", asked)
        .fields(params![
            model,
            tools,
            tool_choice,
            response_format,
            reasoning_effort,
            max_completion_tokens,
            temperature
        ]);
    let completion = if stream {
        let streamed = params![stream, stream_options = json!({ "include_usage": true })];
        streamed::read(cx, request.fields(streamed)).await?
    } else {
        request.fetch::<Completion>().await?
    };
    ChatCompletion::try_from(completion)
}

impl TryFrom<Completion> for ChatCompletion {
    type Error = ActionError;

    fn try_from(completion: Completion) -> Result<Self> {
        let choice = completion.choices.into_iter().next();
        let choice = choice.ok_or_else(wire::no_choice)?;
        let message = choice.message;
        let calls = message.tool_calls.into_iter().flatten();
        Ok(Self {
            id: completion.id,
            model: completion.model,
            content: message.content,
            refusal: message.refusal,
            tool_calls: calls.map(ToolCall::from).collect(),
            finish_reason: choice.finish_reason,
            usage: completion.usage.map(Usage::from),
            created: completion.created,
        })
    }
}
