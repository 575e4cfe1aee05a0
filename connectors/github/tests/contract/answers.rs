//! Answers that are more or other than JSON.

use std::sync::Arc;

use plugwright_github::CONNECTOR;
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{Action as _, ActionContext, Credential, ErrorCode, Value, json, run};

/// What an action makes of an answer.
fn read(
    name: &str,
    input: Value,
    media_type: &'static str,
    body: &'static [u8],
) -> Result<Value, ErrorCode> {
    let transport = Canned::new(move |_| {
        let header = ("content-type".parse().unwrap(), media_type.parse().unwrap());
        Ok(Response::new(200, [header].into_iter().collect(), body))
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .credential(Credential::token("token"))
        .build();
    let mut actions = CONNECTOR.actions().iter();
    let action = actions.find(|action| action.name() == name).unwrap();
    let output = block_on(run(*action, &cx, input)).map_err(|error| error.code())?;
    Ok(output.data.into_value())
}

fn html(media_type: &'static str, body: &'static [u8]) -> Result<Value, ErrorCode> {
    read("markdown.render", json!({ "text": "x" }), media_type, body)
}

fn raw_text(media_type: &'static str, body: &'static [u8]) -> Result<Value, ErrorCode> {
    let input = json!({ "repo": "o/r", "path": "x" });
    read("contents.get_text", input, media_type, body)
}

#[test]
fn a_page_of_html_is_no_rendering() {
    for rendering in ["<p>Hello</p>", "\u{e9}", ""] {
        let read = html("text/html;charset=utf-8", rendering.as_bytes());
        assert_eq!(read, Ok(json!({ "html": rendering })));
    }
    for page in [&b"<!DOCTYPE html><p>"[..], b"\n<html><body>", b"\xff"] {
        let read = html("text/html;charset=utf-8", page);
        assert_eq!(read, Err(ErrorCode::UpstreamInvalid));
    }
    let json = html("application/json", b"{}");
    assert_eq!(json, Err(ErrorCode::UpstreamInvalid));
}

#[test]
fn a_file_is_what_comes_as_raw_content() {
    for raw in [
        "application/vnd.github.raw+json; charset=utf-8",
        "application/vnd.github.v3.raw",
    ] {
        // A JSON file is a file like any other.
        assert_eq!(raw_text(raw, b"{}"), Ok(json!({ "text": "{}" })));
        assert_eq!(raw_text(raw, b"\xff"), Err(ErrorCode::UpstreamInvalid));
    }
    let list = raw_text("application/vnd.github.raw", b"[1]");
    assert_eq!(list, Ok(json!({ "text": "[1]" })));
}

#[test]
fn a_directory_is_no_file() {
    let listing = raw_text("application/json; charset=utf-8", b"[]");
    assert_eq!(listing, Err(ErrorCode::ValidationError));
    let object = raw_text("application/json", b"{}");
    assert_eq!(object, Err(ErrorCode::UpstreamInvalid));
}
