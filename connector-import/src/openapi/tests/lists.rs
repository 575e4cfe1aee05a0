//! Lists and their pages, and what else comes back.

use std::sync::Arc;

use plugwright_sdk::host::{Registry, Returns};
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{ActionContext, ActionResult, Value, json};

use super::{document, imported, one};
use crate::form::PageStyle;

/// Runs an action whose provider answers so.
fn run(document: &Value, action: &str, input: Value, body: &'static str) -> ActionResult {
    let registry = Registry::new([imported(document).connector.connector().unwrap()]).unwrap();
    let entry = registry.find(&format!("shop.{action}")).unwrap();
    let answer = Canned::new(move |_| {
        let mut headers = plugwright_sdk::http::HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        Ok(Response::new(200, headers, body))
    });
    let cx = ActionContext::builder(&entry.connector, Arc::new(answer)).build();
    block_on(entry.action.decode(input).unwrap().run(&cx)).unwrap()
}

#[test]
fn lists_are_known_by_parameters_and_answers() {
    let integer =
        |name: &str| json!({ "name": name, "in": "query", "schema": { "type": "integer" } });
    let string =
        |name: &str| json!({ "name": name, "in": "query", "schema": { "type": "string" } });
    let answer = |schema: Value| json!({ "200": { "content": { "application/json": { "schema": schema } } } });
    let list = json!({ "type": "array", "items": { "type": "object" } });
    let style = |parameters: Value, schema: Value| {
        let action = one(json!({ "parameters": parameters, "responses": answer(schema) }));
        action.paging.map(|paging| (paging.items, paging.style))
    };
    let envelope = |facts: Value| {
        let mut members = facts;
        members["data"] = list.clone();
        json!({ "type": "object", "properties": members })
    };
    assert_eq!(
        style(json!([]), list.clone()),
        Some((String::new(), PageStyle::Whole))
    );
    assert!(matches!(
        style(json!([integer("page"), integer("per_page")]), list.clone()),
        Some((_, PageStyle::Number { .. }))
    ));
    assert_eq!(
        style(
            json!([string("cursor")]),
            envelope(
                json!({ "meta": { "type": "object", "properties": { "next_cursor": { "type": "string" } } } })
            )
        ),
        Some((
            "/data".to_owned(),
            PageStyle::Cursor {
                parameter: "cursor".to_owned(),
                pointer: "/meta/next_cursor".to_owned()
            }
        ))
    );
    assert!(matches!(
        style(
            json!([string("starting_after")]),
            envelope(json!({ "has_more": { "type": "boolean" } }))
        ),
        Some((_, PageStyle::LastItem { .. }))
    ));
    assert!(matches!(
        style(
            json!([]),
            envelope(json!({ "nextLink": { "type": "string" } }))
        ),
        Some((_, PageStyle::Url { .. }))
    ));
    assert_eq!(style(json!([]), envelope(json!({}))), None);
    let action = one(json!({ "responses": { "200": {
        "headers": { "Link": {} }, "content": { "application/json": { "schema": list } },
    } } }));
    assert_eq!(action.paging.unwrap().style, PageStyle::Link);
    assert_eq!(action.returns, Returns::List);
}

#[test]
fn the_first_page_has_the_number_that_the_document_gives_it() {
    for (page, expected) in [
        (json!({}), 1),
        (json!({ "default": 0 }), 0),
        (json!({ "minimum": 0 }), 0),
        (json!({ "minimum": 0, "default": 1 }), 1),
        (json!({ "description": "Zero-based page index (0..N)" }), 0),
    ] {
        let mut schema = page.clone();
        schema["type"] = "integer".into();
        let document = document(json!({ "/items": { "get": {
            "operationId": "listItems",
            "parameters": [
                { "name": "page", "in": "query", "schema": schema },
                { "name": "size", "in": "query", "schema": { "type": "integer", "default": 2 } },
            ],
            "responses": { "200": { "content": { "application/json": { "schema": {
                "type": "array", "items": { "type": "object" },
            } } } } },
        } } }));
        let imported = imported(&document).connector;
        let paging = imported.actions[0].paging.as_ref().unwrap();
        let PageStyle::Number { first, .. } = paging.style else {
            panic!("{paging:?}");
        };
        assert_eq!(first, expected, "{page}");
        let cursor = run(&document, "items.list", json!({}), "[1, 2]")
            .meta
            .cursor;
        let own = json!({ "page": expected });
        let stated = run(&document, "items.list", own, "[1, 2]").meta.cursor;
        assert_eq!(cursor, stated, "{page}");
    }
}

#[test]
fn pages_lead_to_the_next_and_end() {
    let document = document(json!({ "/items": { "get": {
        "operationId": "listItems",
        "parameters": [
            { "name": "offset", "in": "query", "schema": { "type": "integer" } },
            { "name": "limit", "in": "query", "schema": { "type": "integer", "default": 2 } },
        ],
        "responses": { "200": { "content": { "application/json": { "schema": { "type": "object", "properties": {
            "total": { "type": "integer" },
            "items": { "type": "array", "items": { "type": "object" } },
        } } } } } },
    } } }));
    let full = run(
        &document,
        "items.list",
        json!({}),
        r#"{"total":3,"items":[{"id":1},{"id":2}]}"#,
    );
    assert_eq!(full.data.value()[1]["id"], 2);
    assert_eq!(full.meta.total_count, Some(3));
    assert!(full.meta.cursor.is_some());
    let last = run(
        &document,
        "items.list",
        json!({ "offset": 2 }),
        r#"{"total":3,"items":[{"id":3}]}"#,
    );
    assert_eq!(last.meta.cursor, None);
}

#[test]
fn what_comes_back_is_json_text_or_nothing() {
    let document = document(json!({ "/a": { "get": { "operationId": "a.get" } } }));
    for (body, expected) in [
        (r#"{"a":1}"#, json!({ "a": 1 })),
        ("", json!({})),
        ("plain", json!("plain")),
    ] {
        assert_eq!(run(&document, "a.get", json!({}), body).data, expected);
    }
}

#[test]
fn members_of_links_are_urls() {
    for parameter in ["page[cursor]", "page"] {
        let parameters =
            json!([{ "name": parameter, "in": "query", "schema": { "type": "string" } }]);
        let list = json!({ "type": "array", "items": { "type": "object" } });
        let text = json!({ "type": "string" });
        let answer = |facts: &str, next: &str| {
            let facts =
                json!({ facts: { "type": "object", "properties": { next: text } }, "data": list });
            let schema = json!({ "type": "object", "properties": facts });
            let content = json!({ "application/json": { "schema": schema } });
            let responses = json!({ "200": { "content": content } });
            let action = one(json!({ "parameters": parameters, "responses": responses }));
            action.paging.unwrap().style
        };
        let pointer = "/links/next".to_owned();
        assert_eq!(answer("links", "next"), PageStyle::Url { pointer });
        let cursor = PageStyle::Cursor {
            parameter: parameter.to_owned(),
            pointer: "/meta/next_cursor".to_owned(),
        };
        assert_eq!(answer("meta", "next_cursor"), cursor);
    }
}
