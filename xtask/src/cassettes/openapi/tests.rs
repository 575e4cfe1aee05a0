//! The lookups of a small document that has each way of writing an example.

use std::path::Path;

use serde_json::{Value, json};

use super::*;
use crate::cassettes::plan::{Plan, Source};

fn document() -> Document {
    let root = json!({
        "servers": [{ "url": "https://api.example.com" }],
        "paths": {
            "/repos/{owner}/issues/{number}": {
                "parameters": [{ "$ref": "#/components/parameters/owner" }],
                "patch": {
                    "operationId": "issues/update",
                    "parameters": [
                        { "name": "number", "in": "path" },
                        { "name": "sort", "in": "query" },
                        { "name": "per_page", "in": "query" },
                    ],
                    "requestBody": { "content": { "application/json": { "examples": {
                        "default": { "value": { "title": "Old", "milestone": 1, "state": "open" } },
                    } } } },
                    "responses": {
                        "200": { "content": {
                            "application/json": { "examples": {
                                "inline": { "value": { "id": 1, "closed_at": null } },
                                "beside": { "$ref": "#/components/examples/issue" },
                                "below": { "value": { "$ref": "#/components/examples/issue" } },
                                "dangling": { "$ref": "#/components/examples/none" },
                            } },
                            "text/plain": { "examples": { "default": { "value": "a diff" } } },
                        } },
                        "202": { "$ref": "#/components/responses/empty" },
                    },
                },
            },
            "/files/{folder}/{path}": { "get": {
                "operationId": "files/get",
                "parameters": [
                    { "name": "folder", "in": "path" },
                    { "name": "path", "in": "path", "x-multi-segment": true },
                ],
                "responses": {
                    "204": { "description": "No content" },
                    "default": { "content": { "application/json": { "examples": {
                        "none": { "value": { "ok": false } },
                    } } } },
                },
            } },
            "/uploads": { "post": {
                "operationId": "uploads/create",
                "servers": [{ "url": "https://uploads.example.com/" }],
                "responses": { "204": { "description": "No content" } },
            } },
        },
        "components": {
            "parameters": { "owner": { "name": "owner", "in": "path" } },
            "examples": { "issue": { "value": { "id": 2, "labels": [{ "name": "bug" }] } } },
            "responses": { "empty": { "description": "Accepted" } },
        },
    });
    Document {
        package: Unpacked::for_test(Path::new("unused")),
        root,
    }
}

fn take(plan: &str) -> Result<(Provenance, Exchange)> {
    let plan = Plan::parse(&format!(
        "[[cassette]]\naction = 'issues.update'\ntitle = 'An issue'\n[cassette.from.vendor-example]\n{plan}"
    ))?;
    match &plan.cassettes[0].from {
        Source::VendorExample(example) => document().exchange(example),
        other => panic!("{other:?}"),
    }
}

fn take_example(name: &str, more: &str) -> Result<(Provenance, Exchange)> {
    take(&format!(
        "operation = 'issues/update'\nstatus = 200\nexample = '{name}'\n\
         path = {{ owner = 'octo cat', number = 7 }}\n{more}"
    ))
}

fn message(result: Result<(Provenance, Exchange)>) -> String {
    format!("{:#}", result.unwrap_err())
}

fn response_json(exchange: Exchange) -> Value {
    match exchange.response.body {
        Some(Body::Json(json)) => json,
        other => panic!("{other:?}"),
    }
}

#[test]
fn finds_an_example_however_the_document_refers_to_it() {
    for (name, id) in [("inline", 1), ("beside", 2), ("below", 2)] {
        let (provenance, exchange) = take_example(name, "").unwrap();

        assert_eq!(provenance.kind, Kind::VendorExample);
        assert_eq!(
            exchange.response.headers["content-type"],
            "application/json"
        );
        assert_eq!(response_json(exchange)["id"], id, "{name}");
    }
}

#[test]
fn builds_the_request_from_path_query_and_request_example() {
    let (provenance, exchange) = take_example(
        "inline",
        "query = { sort = 'a+b&c', per_page = 2 }\n\
         request.example = { name = 'default', fields = ['state', 'title'] }",
    )
    .unwrap();

    assert_eq!(exchange.request.method, "PATCH");
    assert_eq!(
        exchange.request.url,
        "https://api.example.com/repos/octo%20cat/issues/7?sort=a%2Bb%26c&per_page=2",
    );
    let body = json!({ "state": "open", "title": "Old" });
    assert_eq!(exchange.request.body, Some(Body::Json(body)));
    assert_eq!(
        provenance.source,
        "npm @example/package 1.2.3, operation issues/update, response 200, example inline, \
         request example default, without milestone",
    );
}

#[test]
fn writes_forms_as_connectors_do() {
    let (_, exchange) =
        take_example("inline", "request.form = { text = 'a b*&é', limit = 2 }").unwrap();

    let body = Body::Text("text=a+b*%26%C3%A9&limit=2".to_owned());
    assert_eq!(exchange.request.body, Some(body));
}

#[test]
fn takes_a_response_under_another_key_than_its_status() {
    let plan = "operation = 'files/get'\nstatus = 200\nresponse = 'default'\nexample = 'none'\n\
                path = { folder = 'a', path = 'b' }";
    let (provenance, exchange) = take(plan).unwrap();

    assert!(provenance.source.contains(", response default, "));
    assert_eq!(exchange.response.status, 200);
    assert_eq!(response_json(exchange), json!({ "ok": false }));
}

#[test]
fn marks_a_changed_example_as_constructed() {
    let (provenance, exchange) =
        take_example("beside", "changes = { '/labels/0/name' = 'fixed' }").unwrap();

    assert_eq!(provenance.kind, Kind::Constructed);
    assert!(
        provenance.source.ends_with(", changed at /labels/0/name"),
        "{}",
        provenance.source
    );
    assert_eq!(
        response_json(exchange),
        json!({ "id": 2, "labels": [{ "name": "fixed" }] })
    );
}

#[test]
fn keeps_an_example_of_a_text_format_as_text() {
    let (_, exchange) = take_example("default", "media_type = 'text/plain'").unwrap();

    assert_eq!(exchange.response.headers["content-type"], "text/plain");
    assert_eq!(
        exchange.response.body,
        Some(Body::Text("a diff".to_owned()))
    );
}

#[test]
fn answers_without_body_and_headers_where_the_response_has_no_content() {
    let (_, exchange) = take("operation = 'uploads/create'\nstatus = 204").unwrap();

    assert_eq!(exchange.request.url, "https://uploads.example.com/uploads");
    assert_eq!(
        exchange.response,
        Response {
            status: 204,
            headers: Map::new(),
            body: None
        }
    );
}

#[test]
fn names_what_the_document_has_instead_of_what_is_missing() {
    assert_eq!(
        message(take("operation = 'issues/close'\nstatus = 200")),
        "no operation `issues/close`"
    );
    assert_eq!(
        message(take("operation = 'uploads/create'\nstatus = 200")),
        "no response 200; there are 204",
    );
    assert_eq!(
        message(take(
            "operation = 'uploads/create'\nstatus = 204\nexample = 'default'"
        )),
        "response 204 has no content, so no example `default`",
    );
    assert_eq!(
        message(take_example("default", "")),
        "response 200: no example `default`; there are inline, beside, below, dangling",
    );
    assert_eq!(
        message(take("operation = 'issues/update'\nstatus = 200")),
        "response 200 has content: `example` must name one of inline, beside, below, dangling",
    );
    assert_eq!(
        message(take_example("inline", "media_type = 'text/html'")),
        "response 200 has no text/html, only application/json, text/plain",
    );
    assert_eq!(
        message(take_example("dangling", "")),
        "response 200: the document has nothing at `#/components/examples/none`",
    );
    assert_eq!(
        message(take_example("inline", "changes = { '/closed' = 1 }")),
        "the response example has nothing at `/closed`",
    );
    assert_eq!(
        message(take_example(
            "inline",
            "request.example = { name = 'default', fields = ['body'] }"
        )),
        "the request example has no field `body`",
    );
}

#[test]
fn refuses_parameters_that_the_operation_does_not_have_and_misses_those_that_it_needs() {
    assert_eq!(
        message(take_example("inline", "query = { page = 1 }")),
        "operation `issues/update` has no query parameter `page`",
    );
    assert_eq!(
        message(take(
            "operation = 'issues/update'\nstatus = 202\npath = { owner = 'octocat' }"
        )),
        "path `/repos/{owner}/issues/{number}` needs a value for `number`",
    );
}

#[test]
fn keeps_the_slashes_of_path_parameters_that_may_have_them() {
    let (_, exchange) = take(
        r#"
        operation = "files/get"
        status = 204
        path = { folder = "a/b", path = "c/d e" }
        "#,
    )
    .unwrap();

    assert_eq!(
        exchange.request.url,
        "https://api.example.com/files/a%2Fb/c/d%20e"
    );
}
