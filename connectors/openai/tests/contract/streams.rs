//! Answers that come piece by piece.

use std::sync::{Arc, Mutex};

use plugwright_openai::CONNECTOR;
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::{Replay, Response, Transport};
use plugwright_sdk::{
    Action as _, ActionContext, Cassette, Credential, ErrorCode, Result, Value, json, run,
};

/// Calls an action, and returns its output with the texts that it reported.
fn call(name: &str, transport: Arc<dyn Transport>, input: Value) -> (Result<Value>, Vec<String>) {
    let reported = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&reported);
    let cx = ActionContext::builder(&CONNECTOR, transport)
        .credential(Credential::token("sk-123"))
        .on_progress(move |progress| seen.lock().unwrap().push(progress.message))
        .build();
    let mut actions = CONNECTOR.actions().iter();
    let action = actions.find(|action| action.name() == name).unwrap();
    let output = block_on(run(*action, &cx, input)).map(|result| result.data.into_value());
    let reported = reported.lock().unwrap().clone();
    (output, reported)
}

fn cassette(file: &str) -> Cassette {
    let mut all = CONNECTOR.cassettes().iter();
    let (name, text) = all.find(|(name, _)| *name == file).unwrap();
    Cassette::parse(name, text).unwrap()
}

#[test]
fn what_is_reported_is_the_text_of_the_result() {
    for (action, text) in [("chat.completion", "content"), ("responses.create", "text")] {
        let cassette = cassette(&format!("{action}.streamed.json"));
        let replay = Arc::new(Replay::new([&cassette]));
        let input = cassette.call.input.clone().into();
        let (output, reported) = call(action, replay, input);
        let output = output.unwrap();
        assert_eq!(
            reported.concat(),
            output[text].as_str().unwrap(),
            "{action}"
        );
        assert!(!reported.is_empty(), "{action}");
    }
}

#[test]
fn functions_to_call_are_put_together_of_their_pieces() {
    let cassette = cassette("chat.completion.tools-streamed.json");
    let replay = Arc::new(Replay::new([&cassette]));
    let (output, _) = call(
        "chat.completion",
        replay,
        cassette.call.input.clone().into(),
    );
    let calls = output.unwrap()["tool_calls"].take();
    for call in calls.as_array().unwrap() {
        let arguments = call["arguments"].as_str().unwrap();
        let arguments: Value = plugwright_sdk::serde_json::from_str(arguments).unwrap();
        assert!(arguments.is_object(), "{call}");
        assert!(!call["name"].as_str().unwrap().is_empty(), "{call}");
    }
    assert!(!calls.as_array().unwrap().is_empty());
}

fn stream(action: &str, events: &'static str) -> Result<Value> {
    let provider = Canned::new(move |_| {
        let kind = (
            "content-type".parse().unwrap(),
            "text/event-stream".parse().unwrap(),
        );
        Ok(Response::new(200, [kind].into_iter().collect(), events))
    });
    let input = match action {
        "chat.completion" => json!({ "prompt": "Hello", "stream": true }),
        _ => json!({ "input": "Hello", "stream": true }),
    };
    call(action, Arc::new(provider), input).0
}

#[test]
fn a_stream_that_breaks_off_is_no_answer() {
    let chunk = "data: {\"id\":\"c\",\"model\":\"m\",\"created\":1,\"choices\":[{\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
    let delta = "data: {\"type\":\"response.output_text.delta\",\"delta\":\"Hi\"}\n\n";
    for (action, events) in [
        ("chat.completion", chunk),
        ("chat.completion", "data: [DONE]\n\n"),
        ("chat.completion", ""),
        ("responses.create", delta),
    ] {
        let error = stream(action, events).unwrap_err();
        assert_eq!(
            error.code(),
            ErrorCode::UpstreamInvalid,
            "{action} {events}"
        );
    }
}

#[test]
fn an_error_within_a_stream_is_the_error_of_the_call() {
    let quota =
        "data: {\"error\":{\"message\":\"No credit.\",\"type\":\"insufficient_quota\"}}\n\n";
    let error = stream("chat.completion", quota).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Forbidden);
    let broken = "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"Broken.\",\"param\":null}\n\n";
    let error = stream("responses.create", broken).unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamError);
    assert_eq!(error.detail(), Some("Broken. (server_error)"));
}
