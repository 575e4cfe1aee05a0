//! What is sent of inputs: headers, paths and bodies.

use std::sync::{Arc, Mutex};

use plugwright_github::CONNECTOR;
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::{Request, TransportError};
use plugwright_sdk::{Action as _, ActionContext, Credential, Value, json, run, serde_json};

/// The request that an action makes of an input; cassettes keep no headers of requests.
fn request(name: &str, input: Value) -> Request {
    let action = CONNECTOR
        .actions()
        .iter()
        .find(|action| action.name() == name)
        .unwrap();
    let sent = Arc::new(Mutex::new(None));
    let seen = Arc::clone(&sent);
    let transport = Canned::new(move |request| {
        *seen.lock().unwrap() = Some(request.clone());
        Err(TransportError::Planned)
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .credential(Credential::token("token"))
        .build();
    block_on(run(*action, &cx, input)).unwrap_err();
    sent.lock().unwrap().take().unwrap()
}

fn header(request: &Request, name: &str) -> String {
    request.headers[name].to_str().unwrap().to_owned()
}

#[test]
fn asks_for_the_form_that_it_reads() {
    for (name, input, accept) in [
        (
            "contents.get_text",
            json!({ "repo": "o/r", "path": "x" }),
            "application/vnd.github.raw+json",
        ),
        ("markdown.render", json!({ "text": "x" }), "text/html"),
        ("markdown.render_raw", json!({ "text": "x" }), "text/html"),
        ("root.get", json!({}), "application/vnd.github+json"),
    ] {
        let request = request(name, input);
        assert_eq!(header(&request, "accept"), accept, "{name}");
        assert_eq!(header(&request, "x-github-api-version"), "2022-11-28");
    }
}

#[test]
fn sends_markdown_as_text_or_in_json() {
    let raw = request("markdown.render_raw", json!({ "text": "# \u{e9}" }));
    assert_eq!(header(&raw, "content-type"), "text/plain; charset=utf-8");
    assert_eq!(raw.body.bytes().unwrap(), "# \u{e9}");

    let rendered = request("markdown.render", json!({ "text": "#", "context": "o/r" }));
    assert_eq!(header(&rendered, "content-type"), "application/json");
    assert_eq!(
        rendered.body.bytes().unwrap(),
        r##"{"text":"#","context":"o/r"}"##
    );
}

#[test]
fn names_with_slashes_keep_them_and_nothing_else_breaks_out() {
    for (name, input, path) in [
        (
            "branch_protection.get",
            json!({ "repo": "o/r", "branch": "feature/a b" }),
            "/repos/o/r/branches/feature/a%20b/protection",
        ),
        (
            "statuses.list",
            json!({ "repo": "o/r", "ref": "heads/main" }),
            "/repos/o/r/commits/heads/main/statuses",
        ),
        (
            "releases.get_by_tag",
            json!({ "repo": "o/r", "tag": "app/v1?" }),
            "/repos/o/r/releases/tags/app/v1%3F",
        ),
        (
            "refs.get",
            json!({ "repo": "o/r", "ref": "refs/tags/v1" }),
            "/repos/o/r/git/ref/tags/v1",
        ),
        (
            "collaborators.remove",
            json!({ "repo": "o/r", "username": "a/b" }),
            "/repos/o/r/collaborators/a%2Fb",
        ),
    ] {
        assert_eq!(request(name, input).url.path(), path, "{name}");
    }
}

#[test]
fn what_switches_protection_off_is_sent_as_null() {
    let request = request(
        "branch_protection.update",
        json!({
            "repo": "o/r",
            "branch": "main",
            "required_status_checks": { "strict": false, "checks": [{ "context": "ci", "app_id": -1 }] },
        }),
    );
    let body: Value = serde_json::from_slice(request.body.bytes().unwrap()).unwrap();
    assert_eq!(
        body,
        json!({
            "required_status_checks": {
                "strict": false,
                "contexts": [],
                "checks": [{ "context": "ci", "app_id": -1 }],
            },
            "required_pull_request_reviews": null,
            "restrictions": null,
            "enforce_admins": false,
        })
    );
}
