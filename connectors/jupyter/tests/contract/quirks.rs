//! Where servers are, and what they say to tokens that they don't know.

use std::sync::Arc;

use plugwright_jupyter::{CONNECTOR, server};
use plugwright_sdk::host::Registry;
use plugwright_sdk::testing::{MockContext, block_on};
use plugwright_sdk::transport::Plan;
use plugwright_sdk::{ActionContext, ErrorCode, Hint, json, run};

#[test]
fn a_server_may_stand_below_a_path() {
    let plan = Arc::new(Plan::new());
    let cx = ActionContext::builder(&CONNECTOR, plan.clone())
        .credential(CONNECTOR.auth()[0].placeholder())
        .setting("base_url", "https://hub.example.com/user/ada");
    block_on(server::status(&cx.build())).unwrap_err();
    assert_eq!(
        plan.requests()[0].url,
        "https://hub.example.com/user/ada/api/status"
    );
}

#[test]
fn an_unknown_token_is_told_from_a_missing_right() {
    let cx = MockContext::new(
        &CONNECTOR,
        [(403, json!({ "message": "Forbidden", "reason": null }))],
    );
    let error = block_on(server::status(&cx)).unwrap_err();
    assert_eq!(
        (error.code(), error.hint()),
        (ErrorCode::AuthInvalid, Hint::Auth)
    );
}

#[test]
fn paths_lead_nowhere_else() {
    let registry = Registry::new([&CONNECTOR]).unwrap();
    let read = registry.find("jupyter.files.read").unwrap().action;
    for path in ["../secret", "a/../../b", "/etc/passwd", "a//b", ""] {
        let cx = MockContext::new(&CONNECTOR, []);
        let error = block_on(run(&*read, &cx, json!({ "path": path }))).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ValidationError, "{path}");
        assert!(cx.sent().is_empty(), "{path}");
    }
}

#[test]
fn cells_of_old_notebooks_have_no_ids_of_their_own() {
    let old =
        json!({ "content": { "nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [] } });
    let saved = json!({ "name": "a.ipynb", "path": "a.ipynb", "type": "notebook" });
    let cx = MockContext::new(&CONNECTOR, [(200, old), (200, saved)]);
    let registry = Registry::new([&CONNECTOR]).unwrap();
    let append = registry.find("jupyter.notebooks.append").unwrap().action;
    let input = json!({ "path": "a.ipynb", "cells": [{ "kind": "raw", "source": "x" }] });
    block_on(run(&*append, &cx, input)).unwrap();
    let body = cx.sent()[1].body.as_ref().unwrap().bytes();
    let body: plugwright_sdk::Value = plugwright_sdk::serde_json::from_slice(&body).unwrap();
    let cell = &body["content"]["cells"][0];
    assert!(
        cell["id"].is_null() && cell["metadata"]["id"].is_string(),
        "{cell}"
    );
}
