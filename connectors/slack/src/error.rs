//! What Slack's errors mean: most come with status 200, `ok: false` and a word.

use plugwright_sdk::{ActionError, ErrorCode, Hint, Result, UpstreamResponse, Value};

use crate::model::Done;

const INPUT: &str = "Slack refused the input";

/// Reads the word of an answer with `ok: false`, and judges any other by its status.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    // A file is no answer of the API, whatever is in it.
    if response.header("content-disposition").is_some() {
        return response.status_error();
    }
    let body = response.json().unwrap_or_default();
    let word = match (body.get("ok"), body.get("error")) {
        (Some(Value::Bool(false)), Some(Value::String(word))) => word,
        (Some(Value::Bool(false)), _) => "no reason given",
        _ => return response.status_error(),
    };
    let error = meaning(word, &body)
        .or_else(|| response.status_error())
        .unwrap_or_else(|| {
            ActionError::new(ErrorCode::UpstreamError, "Slack refused the call")
                .with_hint(Hint::Abort)
        });
    let error = match response.retry_after() {
        Some(wait) if error.hint() == Hint::Retry => error.with_retry_after(wait),
        _ => error,
    };
    Some(error.with_detail(detail(word, &body)))
}

fn meaning(word: &str, body: &Value) -> Option<ActionError> {
    let error = |code, message: &str| Some(ActionError::new(code, message));
    match word {
        "account_inactive" | "invalid_auth" | "not_authed" | "token_expired" | "token_revoked" => {
            error(ErrorCode::AuthInvalid, "Slack refused the credential")
        }
        "missing_scope" => {
            let needed = text(body, "needed").unwrap_or("that the action needs");
            let message = format!("the credential lacks the scope {needed}");
            error(ErrorCode::ScopeMissing, &message)
        }
        "not_allowed_token_type" => error(
            ErrorCode::Forbidden,
            "Slack does not allow this with a token of this kind",
        ),
        "not_in_channel" => error(
            ErrorCode::Forbidden,
            "the account of the token is not in the channel; `channels.join` joins it",
        )
        .map(|error| error.with_hint(Hint::Abort)),
        "access_denied"
        | "ekm_access_denied"
        | "no_permission"
        | "not_allowed"
        | "org_login_required"
        | "team_access_not_granted"
        | "two_factor_setup_required" => error(ErrorCode::Forbidden, "the account may not do this"),
        "fatal_error" | "internal_error" => error(
            ErrorCode::UpstreamError,
            "Slack failed, and may have done a part of it",
        )
        .map(ActionError::ambiguous),
        "request_timeout" | "service_unavailable" | "team_added_to_org" => {
            error(ErrorCode::UpstreamError, "Slack can't do this now")
        }
        "message_limit_exceeded" | "rate_limited" | "ratelimited" => {
            error(ErrorCode::RateLimited, "too many calls to Slack")
        }
        "file_deleted" | "invalid_scheduled_message_id" | "no_such_subteam" => {
            error(ErrorCode::NotFound, "Slack has no such thing")
        }
        "is_archived" | "no_pin" | "no_reaction" | "not_archived" | "not_pinned" => error(
            ErrorCode::Conflict,
            "the state of the thing does not allow this",
        ),
        "method_not_supported_for_channel_type"
        | "time_in_past"
        | "time_too_far"
        | "user_not_in_channel" => error(ErrorCode::ValidationError, INPUT),
        _ => by_form(word),
    }
}

/// Words that are made alike mean the same.
fn by_form(word: &str) -> Option<ActionError> {
    if word.ends_with("_not_found") {
        return Some(ActionError::new(
            ErrorCode::NotFound,
            "Slack has no such thing, or hides it from this token",
        ));
    }
    if word.starts_with("already_") || word.ends_with("_taken") {
        return Some(ActionError::new(
            ErrorCode::Conflict,
            "it is so already, or the name is taken",
        ));
    }
    if ["cant_", "restricted_", "user_is_"]
        .iter()
        .any(|start| word.starts_with(start))
    {
        let message = "Slack does not allow this account to do this here";
        let error = ActionError::new(ErrorCode::Forbidden, message);
        return Some(error.with_hint(Hint::Abort));
    }
    let of_input = ["bad_", "invalid_", "missing_", "no_", "too_many_"];
    let is_of_input = of_input.iter().any(|start| word.starts_with(start));
    let is_too_long = word.ends_with("_too_long") || word.ends_with("_too_short");
    (is_of_input || is_too_long).then(|| ActionError::new(ErrorCode::ValidationError, INPUT))
}

/// The word, the scopes that it is about, and what Slack says of the arguments.
fn detail(word: &str, body: &Value) -> String {
    let mut said = Vec::new();
    for name in ["needed", "provided"] {
        said.extend(text(body, name).map(|scopes| format!("{name}: {scopes}")));
    }
    let messages = body.pointer("/response_metadata/messages");
    let messages = messages.and_then(Value::as_array).into_iter().flatten();
    said.extend(messages.filter_map(Value::as_str).map(str::to_owned));
    if said.is_empty() {
        word.to_owned()
    } else {
        format!("{word} ({})", said.join("; "))
    }
}

fn text<'a>(body: &'a Value, name: &str) -> Option<&'a str> {
    body.get(name)?.as_str()
}

/// Returns whether an error is Slack's of this word.
pub(crate) fn says(error: &ActionError, word: &str) -> bool {
    let detail = error.detail().unwrap_or_default();
    detail.split(' ').next() == Some(word)
}

/// Takes it for done if Slack says by one of these words that it is so already: a call may be
/// repeated.
pub(crate) fn settled(result: Result<Done>, words: &[&str]) -> Result<Done> {
    match result {
        Err(error) if words.iter().any(|word| says(&error, word)) => Ok(Done {}),
        other => other,
    }
}
