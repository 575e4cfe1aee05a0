//! What errors say, and inputs that are refused unsent.

use std::sync::Arc;
use std::time::Duration;

use plugwright_notion::CONNECTOR;
use plugwright_sdk::host::ActionDefinition;
use plugwright_sdk::http::HeaderMap;
use plugwright_sdk::testing::{Canned, MockContext, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{
    Action as _, ActionContext, ActionError, Credential, ErrorCode, Hint, json, run,
};

const ID: &str = "c4d39556-6364-46a1-8a61-ebbb668f7445";

pub(crate) fn definition(name: &str) -> &'static ActionDefinition {
    let mut actions = CONNECTOR.actions().iter();
    actions.find(|action| action.name() == name).unwrap()
}

fn answered(status: u16, code: &str) -> ActionError {
    let body =
        json!({ "object": "error", "status": status, "code": code, "message": "No." }).to_string();
    let answer = Canned::new(move |_| {
        let headers = [("retry-after", "7")];
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        Ok(Response::new(
            status,
            headers.into_iter().collect(),
            body.clone(),
        ))
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(answer))
        .credential(Credential::token("a-token-of-notion"))
        .build();
    block_on(run(definition("pages.get"), &cx, json!({ "page_id": ID }))).unwrap_err()
}

#[test]
fn the_code_of_an_error_is_part_of_its_detail() {
    for (status, name, code, hint) in [
        (
            400,
            "validation_error",
            ErrorCode::ValidationError,
            Hint::Abort,
        ),
        (401, "unauthorized", ErrorCode::AuthInvalid, Hint::Auth),
        (403, "restricted_resource", ErrorCode::Forbidden, Hint::Auth),
        (404, "object_not_found", ErrorCode::NotFound, Hint::Abort),
        (409, "conflict_error", ErrorCode::Conflict, Hint::Abort),
        (429, "rate_limited", ErrorCode::RateLimited, Hint::Retry),
        (
            503,
            "service_unavailable",
            ErrorCode::UpstreamError,
            Hint::Retry,
        ),
        (
            529,
            "service_overload",
            ErrorCode::UpstreamError,
            Hint::Retry,
        ),
    ] {
        let error = answered(status, name);
        assert_eq!((error.code(), error.hint()), (code, hint), "{error}");
        assert_eq!(error.detail(), Some(&*format!("No. ({name})")));
    }
    for (status, name) in [(429, "rate_limited"), (529, "service_overload")] {
        assert_eq!(
            answered(status, name).retry_after(),
            Some(Duration::from_secs(7)),
            "{name}"
        );
    }
    assert!(
        answered(404, "object_not_found")
            .message()
            .contains("Connections")
    );
}

#[test]
fn inputs_that_notion_would_refuse_are_refused_unsent() {
    for (name, input, param) in [
        (
            "pages.get",
            json!({ "page_id": "https://www.notion.so/a" }),
            "page_id",
        ),
        ("pages.create", json!({ "title": "a" }), "parent_page_id"),
        (
            "pages.create",
            json!({ "title": "a", "parent_page_id": ID, "data_source_id": ID }),
            "data_source_id",
        ),
        (
            "pages.update",
            json!({ "page_id": ID, "properties": { "rich_text": { "Notes": "- a" } } }),
            "properties.rich_text.Notes",
        ),
        (
            "pages.update",
            json!({ "page_id": ID, "properties": { "number": { "A": 1 }, "clear": { "A": "number" } } }),
            "properties.clear.A",
        ),
        (
            "blocks.append",
            json!({ "block_id": ID, "markdown": " " }),
            "markdown",
        ),
        (
            "blocks.update",
            json!({ "block_id": ID, "markdown": "a\n\nb" }),
            "markdown",
        ),
        ("comments.create", json!({ "markdown": "a" }), "page_id"),
        (
            "comments.create",
            json!({ "markdown": "# a", "page_id": ID }),
            "markdown",
        ),
        (
            "data_sources.query",
            json!({ "data_source_id": ID, "sorts": [{ "direction": "ascending" }] }),
            "sorts[0].property",
        ),
    ] {
        let cx = MockContext::new(&CONNECTOR, [(200, json!({}))]);
        let error = block_on(run(definition(name), &cx, input.clone())).unwrap_err();
        assert_eq!(
            (error.code(), error.param(), cx.sent().len()),
            (ErrorCode::ValidationError, Some(param), 0),
            "{name} {input}: {error}"
        );
    }
}

#[test]
fn a_credential_is_known_by_its_workspace_or_the_name_of_its_bot() {
    let identity = CONNECTOR.identity().unwrap();
    let mut bot =
        json!({ "id": "b1", "name": "Reader", "type": "bot", "bot": { "workspace_name": "Acme" } });
    assert_eq!(identity.account(&bot).unwrap().label, "Acme");
    bot["bot"] = json!({});
    assert_eq!(identity.account(&bot).unwrap().label, "Reader");
    assert!(identity.account(&json!({ "object": "error" })).is_none());
}

#[test]
fn every_request_names_the_version_that_it_needs() {
    for (name, version) in [
        ("pages.get", "2025-09-03"),
        ("pages.get_markdown", "2026-03-11"),
    ] {
        let answer = Canned::new(move |request| {
            assert_eq!(request.headers["notion-version"], version, "{name}");
            let page = json!({ "id": ID, "markdown": "" });
            Ok(Response::new(200, HeaderMap::new(), page.to_string()))
        });
        let cx = ActionContext::builder(&CONNECTOR, Arc::new(answer))
            .credential(Credential::token("a-token-of-notion"))
            .build();
        block_on(run(definition(name), &cx, json!({ "page_id": ID }))).unwrap();
    }
}
