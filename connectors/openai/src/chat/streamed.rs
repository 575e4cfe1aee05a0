//! Chat completions that come piece by piece.

use plugwright_sdk::http::{RequestBuilder, ServerEvent};
use plugwright_sdk::{ActionContext, Result, Value, model};

use super::wire::{Call, Choice, Completion, Counts, Said, no_choice};
use crate::model::stream_error;
use crate::streaming::Reporter;

#[model]
struct Chunk {
    id: String,
    model: String,
    created: i64,
    #[serde(default)]
    choices: Vec<Piece>,
    usage: Option<Counts>,
}

#[model]
struct Piece {
    delta: Delta,
    finish_reason: Option<String>,
}

#[model]
struct Delta {
    content: Option<String>,
    refusal: Option<String>,
    tool_calls: Option<Vec<CallPiece>>,
}

/// A piece of a call: id and name come first, then the arguments bit by bit.
#[model]
struct CallPiece {
    index: usize,
    #[serde(flatten)]
    call: Call,
}

/// More calls than a model asks for at once.
const MOST_CALLS: usize = 1024;

pub(super) async fn read(cx: &ActionContext, request: RequestBuilder<'_>) -> Result<Completion> {
    let mut whole: Option<Completion> = None;
    let mut reporter = Reporter::new(cx);
    let take = |event: &ServerEvent| {
        if event.data == "[DONE]" {
            reporter.report();
            return whole.take().map(Some).ok_or_else(no_choice);
        }
        let data: Value = event.json()?;
        if !data["error"].is_null() {
            return Err(stream_error(&data["error"]));
        }
        let chunk: Chunk = event.json()?;
        let whole = whole.get_or_insert_with(|| Completion {
            id: chunk.id,
            model: chunk.model,
            created: chunk.created,
            choices: Vec::new(),
            usage: None,
        });
        whole.usage = chunk.usage.or(whole.usage.take());
        for piece in chunk.choices {
            if let Some(text) = &piece.delta.content {
                reporter.add(text);
            }
            add(whole, piece);
        }
        Ok(None)
    };
    request.stream(take).await
}

fn add(whole: &mut Completion, piece: Piece) {
    if whole.choices.is_empty() {
        whole.choices.push(Choice {
            message: Said::default(),
            finish_reason: None,
        });
    }
    let choice = &mut whole.choices[0];
    choice.finish_reason = piece.finish_reason.or(choice.finish_reason.take());
    let said = &mut choice.message;
    append(&mut said.content, piece.delta.content);
    append(&mut said.refusal, piece.delta.refusal);
    for CallPiece { index, call } in piece.delta.tool_calls.into_iter().flatten() {
        let calls = said.tool_calls.get_or_insert_default();
        let index = index.min(MOST_CALLS);
        if calls.len() <= index {
            calls.resize_with(index + 1, Call::default);
        }
        calls[index].id.push_str(&call.id);
        calls[index].function.name.push_str(&call.function.name);
        calls[index]
            .function
            .arguments
            .push_str(&call.function.arguments);
    }
}

fn append(text: &mut Option<String>, piece: Option<String>) {
    if let Some(piece) = piece {
        text.get_or_insert_default().push_str(&piece);
    }
}
