//! What a model is told of its calls.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::budget::{self, Shown};
use super::call::Form;
use crate::catalog::Effect;
use crate::error::{Error, ErrorCode, Hint};
use crate::http::Answer;

/// What to tell a model of its call of a tool.
#[derive(Debug)]
pub struct ToolReply {
    form: Form,
    name: String,
    text: String,
    execution_id: Option<String>,
    is_error: bool,
    error: Option<Error>,
}

impl ToolReply {
    /// Tells a result. `is_list` says that the action returns a list, which may go on.
    pub(super) fn success(answer: Answer<Value>, is_list: bool, tokens: usize) -> Self {
        let Answer { data, meta, .. } = answer;
        let shown = if is_list && data.is_array() {
            let mut more = Map::new();
            more.extend(
                meta.cursor
                    .map(|cursor| ("cursor".to_owned(), cursor.into())),
            );
            let total = meta.total_count;
            more.extend(total.map(|total| ("totalCount".to_owned(), total.into())));
            budget::list(data, more, tokens)
        } else {
            budget::value(&data, tokens)
        };
        Self {
            execution_id: meta.execution_id,
            ..Self::shown(shown)
        }
    }

    pub(super) fn own(data: &Value, tokens: usize) -> Self {
        Self::shown(budget::value(data, tokens))
    }

    fn shown(Shown { mut text, left_out }: Shown) -> Self {
        if let Some(left_out) = left_out {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n({left_out})");
        }
        Self::told(text)
    }

    pub(super) fn failure(error: Error, effect: Option<Effect>, tokens: usize) -> Self {
        let mut text = match faults(&error) {
            None => format!("{}: {}", error.code(), error.message()),
            Some(faults) => format!("{}:{faults}", error.code()),
        };
        // The remedy is told, whatever the provider says.
        let remedy = format!("\nWhat to do: {}", remedy(&error, effect));
        budget::cut(&mut text, tokens.saturating_sub(budget::tokens(&remedy)));
        text.push_str(&remedy);
        Self {
            execution_id: error.execution_id().map(str::to_owned),
            is_error: true,
            error: Some(error),
            ..Self::told(text)
        }
    }

    pub(super) fn unknown_tool(name: &str, tokens: usize) -> Self {
        let message = format!("there is no tool `{name}`");
        Self::failure(Error::new(ErrorCode::UnknownAction, message), None, tokens)
    }

    fn told(text: String) -> Self {
        Self {
            form: Form::Plain,
            name: String::new(),
            text,
            execution_id: None,
            is_error: false,
            error: None,
        }
    }

    pub(super) fn of(self, form: Form, name: String) -> Self {
        Self { form, name, ..self }
    }

    /// Returns the text for the model.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text for the model, without a copy.
    pub fn into_text(self) -> String {
        self.text
    }

    /// Returns whether the call failed.
    pub fn is_error(&self) -> bool {
        self.is_error
    }

    /// Returns the error of the call, if it failed.
    pub fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// Returns the id of the run, if there was one.
    pub fn execution_id(&self) -> Option<&str> {
        self.execution_id.as_deref()
    }

    /// Returns the reply as the model's API takes it, in the form of the call: a message with the role
    /// `tool`, a `function_call_output`, a `tool_result` block or a `functionResponse` part. Of
    /// [`Tools::run`](super::Tools::run) it is the text.
    pub fn message(&self) -> Value {
        let Self { name, text, .. } = self;
        match &self.form {
            Form::Plain => text.as_str().into(),
            Form::Chat { id } => json!({ "role": "tool", "tool_call_id": id, "content": text }),
            Form::Responses { call_id } => {
                json!({ "type": "function_call_output", "call_id": call_id, "output": text })
            }
            Form::Anthropic { id } => {
                let mut block =
                    json!({ "type": "tool_result", "tool_use_id": id, "content": text });
                if self.is_error {
                    block["is_error"] = true.into();
                }
                block
            }
            Form::Gemini { id } => {
                let kind = if self.is_error { "error" } else { "output" };
                let mut response = json!({ "name": name, "response": { kind: text } });
                if let Some(id) = id {
                    response["id"] = id.clone();
                }
                json!({ "functionResponse": response })
            }
        }
    }
}

/// Lists the faults of the input, if the gateway says which.
fn faults(error: &Error) -> Option<String> {
    let faults = error.data()?.as_array()?;
    let mut text = String::new();
    for (index, fault) in faults.iter().enumerate() {
        let line = own_fault(fault).or_else(|| unit(fault, &faults[..index]))?;
        text.push_str(&line);
    }
    (!text.is_empty()).then_some(text)
}

fn own_fault(fault: &Value) -> Option<String> {
    let (param, message) = (fault["param"].as_str()?, fault["message"].as_str()?);
    Some(format!("\n- `{param}` {message}"))
}

/// Tells a unit of JSON Schema's output, in which other gateways say it.
fn unit(unit: &Value, before: &[Value]) -> Option<String> {
    let (location, message) = (unit["instanceLocation"].as_str()?, unit["error"].as_str()?);
    let place = location.trim_start_matches('#');
    Some(match unit["keyword"].as_str() {
        // The units that follow say why.
        Some("properties" | "items" | "additionalProperties") => String::new(),
        // What is wrong in itself also counts as unknown in some validators.
        Some("false")
            if before
                .iter()
                .any(|other| other["instanceLocation"] == location) =>
        {
            String::new()
        }
        Some("false") => format!("\n- `{place}` is not known"),
        _ if place.is_empty() => format!("\n- {message}"),
        _ => format!("\n- `{place}`: {message}"),
    })
}

fn remedy(error: &Error, effect: Option<Effect>) -> String {
    let code = error.code();
    // No complete response, or one of something before the gateway.
    let in_doubt = error.status().is_none_or(|status| status >= 500) && error.attempts() > 0;
    let writes = effect != Some(Effect::Read);
    if *code == ErrorCode::OutcomeUnknown || (in_doubt && writes && !said_by_gateway(error)) {
        return "find out whether it took effect before you call again; do not simply repeat it."
            .to_owned();
    }
    let fixed = match code {
        ErrorCode::InvalidInput => "correct the input and call again.",
        ErrorCode::UnknownAction | ErrorCode::UnknownService => "use one of the tools there are.",
        ErrorCode::ConnectionNotFound
        | ErrorCode::CredentialExpired
        | ErrorCode::ScopeMissing
        | ErrorCode::OauthTokenExpired
        | ErrorCode::OauthRefreshUnavailable => {
            "tell the user that the account must be connected again."
        }
        // A hint would say whether another credential helps.
        ErrorCode::AuthorizationFailed if error.hint().is_none() => {
            "tell the user that the account must be connected, or be given more rights."
        }
        ErrorCode::ActionNotAllowed | ErrorCode::ActionBlocked | ErrorCode::Forbidden => {
            "do without, or tell the user that this is not allowed."
        }
        ErrorCode::NotFound => "check the ids in the input; look them up if need be.",
        _ if error.is_retryable() || error.hint() == Some(Hint::Retry) => {
            return match error.retry_after() {
                Some(wait) => {
                    let seconds = wait.as_secs_f64().ceil().max(1.0);
                    format!("call again in {seconds:.0} s.")
                }
                None => "call again in a moment.".to_owned(),
            };
        }
        _ if error.hint() == Some(Hint::Auth) => {
            "tell the user that the account must be connected again."
        }
        _ => "do not repeat the call as it is.",
    };
    fixed.to_owned()
}

/// Returns whether the gateway itself says how the call ended: then its status says whether a write may
/// be repeated.
fn said_by_gateway(error: &Error) -> bool {
    error.status().is_some() && error.hint().is_some()
}

#[cfg(test)]
mod tests;
