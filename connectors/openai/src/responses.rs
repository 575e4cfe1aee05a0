//! Responses: answers that OpenAI keeps, so that a conversation can go on from them.

mod wire;

use std::collections::BTreeMap;

use plugwright_sdk::http::{RequestBuilder, ServerEvent};
use plugwright_sdk::param::JsonObject;
use plugwright_sdk::{
    ActionContext, Page, Param, Result, Value, action, json, model, params, path,
};

use crate::model::{Deleted, Limit, ToolCall, Usage, items, stream_error};
use crate::streaming::Reporter;
use wire::Whole;

/// Id of the response.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(length(1..=255), example = "resp_67ccd2bed1ec8190b14f964abc0542670bb6a6b452d3795b")]
pub struct ResponseId(pub String);

/// A model's answer.
#[model]
pub struct Response {
    /// Id, from which a conversation can go on.
    pub id: String,
    /// The model that answered.
    pub model: String,
    /// `completed`, `incomplete`, `failed`, `in_progress`, `queued` or `cancelled`.
    pub status: String,
    /// What it says.
    pub text: String,
    /// Why it refuses.
    pub refusal: Option<String>,
    /// Functions that it wants to be called.
    pub tool_calls: Vec<ToolCall>,
    /// What it thought about, in short.
    pub reasoning: Vec<String>,
    /// What else it made, such as searches and images, as OpenAI sends it.
    pub other_items: Vec<Value>,
    /// Why it is incomplete, such as `max_output_tokens`.
    pub incomplete_reason: Option<String>,
    /// Why it failed.
    pub error: Option<ResponseError>,
    /// Id of the response that it goes on from.
    pub previous_response_id: Option<String>,
    /// How many tokens it took.
    pub usage: Option<Usage>,
    /// When it was made, in Unix time (seconds).
    pub created_at: i64,
    /// The account's own data.
    pub metadata: BTreeMap<String, String>,
}

/// Why a response failed.
#[model]
pub struct ResponseError {
    /// Code, such as `server_error`.
    pub code: String,
    /// The reason in words.
    pub message: String,
}

/// Asks a model for an answer that OpenAI keeps for 30 days.
///
/// A conversation goes on with `previous_response_id`. With `stream` the text is reported while it is
/// written; with `background` the answer is fetched later by `responses.get`. Returns the text, the
/// functions to call, and the tokens used. It costs money.
#[action(write)]
pub async fn create(
    cx: &ActionContext,
    /// What to ask: a text, or a list of items such as `{"role": "user", "content": ".."}` and
    /// `{"type": "function_call_output", "call_id": "..", "output": ".."}`.
    #[param(example = json!("What is the capital of France?"))]
    input: Value,
    /// Name of the model.
    #[param(default = "gpt-4o-mini")]
    model: String,
    /// What the model is to do, before the input.
    instructions: Option<String>,
    /// Id of the response that the conversation goes on from.
    previous_response_id: Option<String>,
    /// Functions and OpenAI's own tools that the model can use, such as `{"type": "web_search"}`.
    tools: Option<Vec<JsonObject>>,
    /// Whether it has to use one: `none`, `auto`, `required`, or an object that names a tool.
    tool_choice: Option<Value>,
    /// Form of the text, such as `{"format": {"type": "json_schema", "name": "..", "schema": {..}}}`.
    text: Option<JsonObject>,
    /// How a model that reasons thinks, such as `{"effort": "low", "summary": "auto"}`.
    reasoning: Option<JsonObject>,
    /// The most tokens that are written, with those of reasoning.
    #[param(range(16..))]
    max_output_tokens: Option<u32>,
    /// How much chance there is in the answer; models that reason take none.
    #[param(range(0.0..=2.0), provider_default = 1.0)]
    temperature: Option<f64>,
    /// Share of the likeliest words that are considered.
    #[param(range(0.0..=1.0), provider_default = 1.0)]
    top_p: Option<f64>,
    /// Whether OpenAI keeps the response.
    #[param(provider_default = true)]
    store: Option<bool>,
    /// Whether the answer is made in the background.
    #[param(provider_default = false)]
    background: Option<bool>,
    /// The account's own data, up to 16 keys.
    #[param(length(..=16))]
    metadata: Option<BTreeMap<String, String>>,
    /// Whether the text is reported while it is written.
    #[param(default = false)]
    stream: bool,
) -> Result<Response> {
    let request = cx.post("/responses").fields(params![
        input,
        model,
        instructions,
        previous_response_id,
        tools,
        tool_choice,
        text,
        reasoning,
        max_output_tokens,
        temperature,
        top_p,
        store,
        background,
        metadata
    ]);
    let response: Whole = if stream {
        read_stream(cx, request.field("stream", true)).await?
    } else {
        request.fetch().await?
    };
    Ok(response.into())
}

async fn read_stream(cx: &ActionContext, request: RequestBuilder<'_>) -> Result<Whole> {
    let mut reporter = Reporter::new(cx);
    let take = |event: &ServerEvent| {
        let data: Value = event.json()?;
        match data["type"].as_str().unwrap_or_default() {
            "response.output_text.delta" => {
                reporter.add(data["delta"].as_str().unwrap_or_default());
            }
            "response.completed" | "response.incomplete" | "response.failed" => {
                reporter.report();
                return Ok(Some(event.json::<wire::Ended>()?.response));
            }
            // Code and message are the event's own.
            "error" if data["error"].is_null() => return Err(stream_error(&data)),
            "error" => return Err(stream_error(&data["error"])),
            _ => {}
        }
        Ok(None)
    };
    request.stream(take).await
}

/// Gets one response by its id, such as one that was made in the background.
///
/// Returns its status, the text, the functions to call, and the tokens used.
#[action(read)]
pub async fn get(cx: &ActionContext, response: ResponseId) -> Result<Response> {
    let whole: Whole = cx.get(path!("/responses/{response}")).fetch().await?;
    Ok(whole.into())
}

/// Stops a response that is made in the background.
///
/// It can't be undone. Returns the response as far as it got.
#[action(destructive, idempotent)]
pub async fn cancel(cx: &ActionContext, response: ResponseId) -> Result<Response> {
    let path = path!("/responses/{response}/cancel");
    let whole: Whole = cx.post(path).fetch().await?;
    Ok(whole.into())
}

/// Deletes a response that OpenAI keeps.
///
/// It can't be undone, and no conversation can go on from it. Returns the id.
#[action(destructive, idempotent, delete = "/responses/{response}")]
pub async fn delete(cx: &ActionContext, response: ResponseId) -> Result<Deleted>;

/// An item of the input of a response.
#[model]
pub struct InputItem {
    /// Id.
    pub id: Option<String>,
    /// Kind, such as `message` or `function_call_output`.
    pub r#type: String,
    /// Who said it.
    pub role: Option<String>,
    /// What was said, by part.
    pub content: Option<Value>,
    /// What a function returned.
    pub output: Option<Value>,
}

/// Lists what was asked for a response, the newest first.
///
/// Returns kind, role and content of each item, with those of the responses that it goes on from, page by
/// page.
#[action(
    read,
    title = "List the input of a response",
    get = "/responses/{response}/input_items",
    page = items()
)]
pub async fn list_input_items(
    cx: &ActionContext,
    response: ResponseId,
    /// Items per page.
    limit: Option<Limit>,
) -> Result<Page<InputItem>>;
