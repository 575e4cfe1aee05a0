use std::time::Duration;

use super::*;
use crate::error::Details;

fn error(code: ErrorCode, status: u16, hint: Option<Hint>, data: Value) -> Error {
    let details = Details {
        status: Some(status),
        hint,
        data: Some(data),
        ..Details::default()
    };
    Error::new(code, "no").with_details(details).after(1)
}

fn told(error: Error, effect: Effect) -> String {
    ToolReply::failure(error, Some(effect), 1_000).into_text()
}

#[test]
fn an_error_names_code_fields_and_remedy() {
    let faults = json!([
        { "param": "repo", "message": "is missing" },
        { "param": "state", "message": "must be one of open, closed" },
    ]);
    let invalid = error(ErrorCode::InvalidInput, 400, Some(Hint::Abort), faults);
    let reply = ToolReply::failure(invalid, None, 1_000);
    assert_eq!(
        reply.text(),
        "invalid_input:\n- `repo` is missing\n- `state` must be one of open, closed\n\
         What to do: correct the input and call again."
    );
    assert!(reply.is_error());
    assert_eq!(reply.error().unwrap().status(), Some(400));
}

#[test]
fn a_validator_of_another_make_is_understood() {
    let unit = |place: &str, keyword: &str, message: &str| {
        json!({
            "instanceLocation": place,
            "keyword": keyword,
            "keywordLocation": "#",
            "error": message,
        })
    };
    let faults = json!([
        unit(
            "#",
            "properties",
            "Property \"print\" does not match schema."
        ),
        unit("#/print", "const", "Instance does not match \"pretty\"."),
        unit(
            "#",
            "additionalProperties",
            "Property \"print\" does not match additional properties schema."
        ),
        unit("#/print", "false", "False boolean schema."),
        unit(
            "#",
            "additionalProperties",
            "Property \"more\" does not match additional properties schema."
        ),
        unit("#/more", "false", "False boolean schema."),
    ]);
    let invalid = error(ErrorCode::InvalidInput, 400, None, faults);
    assert_eq!(
        told(invalid, Effect::Read),
        "invalid_input:\n- `/print`: Instance does not match \"pretty\".\n- `/more` is not known\n\
         What to do: correct the input and call again."
    );
}

#[test]
fn an_account_that_was_refused_is_told_of_unless_a_hint_says_that_no_other_would_do() {
    let refused = |hint| error(ErrorCode::AuthorizationFailed, 403, hint, Value::Null);
    let remedy = "account must be connected, or be given more rights.";
    assert!(told(refused(None), Effect::Write).ends_with(remedy));
    let abort = told(refused(Some(Hint::Abort)), Effect::Write);
    assert!(
        abort.ends_with("do not repeat the call as it is."),
        "{abort}"
    );
}

#[test]
fn nobody_is_told_to_repeat_a_write_in_doubt() {
    let remedy = "do not simply repeat it.";
    let unknown = || {
        error(
            ErrorCode::OutcomeUnknown,
            409,
            Some(Hint::Abort),
            Value::Null,
        )
    };
    assert!(told(unknown(), Effect::Write).ends_with(remedy));
    let lost = || Error::new(ErrorCode::ClientNetworkError, "no response").after(3);
    assert!(told(lost(), Effect::Write).ends_with(remedy));
    assert!(told(lost(), Effect::Read).ends_with("call again in a moment."));
    // A gateway that gives no hint may have made the call.
    let failed = || error(ErrorCode::ProviderError, 500, None, Value::Null);
    assert!(told(failed(), Effect::Destructive).ends_with(remedy));
    // One that does says that nothing was done.
    let busy = || error(ErrorCode::Unavailable, 503, Some(Hint::Retry), Value::Null);
    assert!(told(busy(), Effect::Write).ends_with("call again in a moment."));
}

#[test]
fn a_wait_is_told_in_seconds() {
    let details = Details {
        status: Some(429),
        hint: Some(Hint::Retry),
        retry_after: Some(Duration::from_millis(1_200)),
        ..Details::default()
    };
    let busy = Error::new(ErrorCode::RateLimited, "slow down").with_details(details);
    assert_eq!(
        told(busy.after(1), Effect::Write),
        "rate_limited: slow down\nWhat to do: call again in 2 s."
    );
}

#[test]
fn the_remedy_is_told_however_long_the_error_is() {
    let long = Error::new(ErrorCode::InvalidInput, "word ".repeat(1_000));
    let reply = ToolReply::failure(long, None, 100);
    assert!(
        reply
            .text()
            .ends_with("…\nWhat to do: correct the input and call again.")
    );
    assert!(budget::tokens(reply.text()) <= 102);
}

#[test]
fn each_api_gets_the_form_that_it_takes() {
    let reply = |form: Form| ToolReply::told("7".to_owned()).of(form, "a_b".to_owned());
    let id = || json!("call_1");
    assert_eq!(
        reply(Form::Chat { id: id() }).message(),
        json!({ "role": "tool", "tool_call_id": "call_1", "content": "7" })
    );
    assert_eq!(
        reply(Form::Responses { call_id: id() }).message(),
        json!({ "type": "function_call_output", "call_id": "call_1", "output": "7" })
    );
    assert_eq!(
        reply(Form::Anthropic { id: id() }).message(),
        json!({ "type": "tool_result", "tool_use_id": "call_1", "content": "7" })
    );
    assert_eq!(
        reply(Form::Gemini { id: None }).message(),
        json!({ "functionResponse": { "name": "a_b", "response": { "output": "7" } } })
    );
    let mut failed = reply(Form::Anthropic { id: id() });
    failed.is_error = true;
    assert_eq!(failed.message()["is_error"], true);
    failed.form = Form::Gemini { id: Some(id()) };
    assert_eq!(
        failed.message()["functionResponse"],
        json!({ "name": "a_b", "response": { "error": "7" }, "id": "call_1" })
    );
    assert_eq!(reply(Form::Plain).message(), "7");
}
