//! Lists and their pages, and what else comes back.

use std::sync::Arc;

use plugwright_sdk::host::{Registry, Returns};
use plugwright_sdk::http::HeaderMap;
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{ActionContext, ActionResult, ErrorCode, Result, Value, json};

use super::{document, imported, one};
use crate::form::{PageStyle, ResponseKind};

/// Runs an action whose provider answers so.
pub(super) fn run(
    document: &Value,
    action: &str,
    input: Value,
    body: &'static str,
) -> ActionResult {
    try_run(document, action, input, body).unwrap()
}

pub(super) fn try_run(
    document: &Value,
    action: &str,
    input: Value,
    body: &'static str,
) -> Result<ActionResult> {
    answered(document, action, input, "application/json", body)
}

fn answered(
    document: &Value,
    action: &str,
    input: Value,
    media_type: &'static str,
    body: &'static str,
) -> Result<ActionResult> {
    let registry = Registry::new([imported(document).connector.connector().unwrap()]).unwrap();
    let entry = registry.find(&format!("shop.{action}")).unwrap();
    let answer = Canned::new(move |_| {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", media_type.parse().unwrap());
        Ok(Response::new(200, headers, body))
    });
    let cx = ActionContext::builder(&entry.connector, Arc::new(answer)).build();
    block_on(entry.action.decode(input).unwrap().run(&cx))
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

/// A document with a list at `things.list`.
pub(super) fn listing(parameters: &Value, members: Value) -> Value {
    let mut members = members;
    members["items"] = json!({ "type": "array", "items": { "type": "object" } });
    document(json!({ "/things": { "get": {
        "operationId": "listThings",
        "parameters": parameters,
        "responses": { "200": { "content": { "application/json": { "schema": {
            "type": "object", "properties": members,
        } } } } },
    } } }))
}

#[test]
fn a_list_that_goes_on_in_a_way_that_can_not_be_read_fails() {
    let by_cursor = listing(
        &json!([{ "name": "cursor", "in": "query", "schema": { "type": "string" } }]),
        json!({ "next_cursor": { "type": "string" } }),
    );
    let by_url = listing(&json!([]), json!({ "nextLink": { "type": "string" } }));
    let by_last = listing(
        &json!([{ "name": "starting_after", "in": "query", "schema": { "type": "string" } }]),
        json!({ "has_more": { "type": "boolean" } }),
    );
    for (document, body) in [
        (&by_cursor, r#"{"items":[{}],"next_cursor":{"href":"/b"}}"#),
        (&by_cursor, r#"{"items":[{}],"next_cursor":["b"]}"#),
        (&by_url, r#"{"items":[{}],"nextLink":{"href":"/b"}}"#),
        (&by_last, r#"{"items":[{"name":"a"}],"has_more":true}"#),
    ] {
        let error = try_run(document, "things.list", json!({}), body).unwrap_err();
        assert_eq!(error.code(), ErrorCode::UpstreamInvalid, "{body}");
    }
    for (document, body) in [
        (&by_cursor, r#"{"items":[{}],"next_cursor":[]}"#),
        (&by_url, r#"{"items":[{}],"nextLink":false}"#),
        (&by_last, r#"{"items":[],"has_more":true}"#),
    ] {
        let page = run(document, "things.list", json!({}), body);
        assert_eq!(page.meta.cursor, None, "{body}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn a_page_that_the_provider_makes_shorter_than_asked_for_is_not_the_last() {
    let integer = |name: &str, schema: Value| {
        let mut schema = schema;
        schema["type"] = "integer".into();
        json!({ "name": name, "in": "query", "schema": schema })
    };
    let total = json!({ "total": { "type": "integer" } });
    let three = r#"{"items":[{},{},{}],"total":7}"#;
    let one = r#"{"items":[{}],"total":7}"#;
    let two_of_four = r#"{"items":[{},{}],"total":4}"#;
    let usual = json!({ "default": 2 });
    for (position, limit, with_total, input, body, goes_on) in [
        ("page", json!({}), true, json!({ "limit": 5 }), three, true),
        (
            "page",
            json!({}),
            true,
            json!({ "limit": 5, "page": 3 }),
            three,
            false,
        ),
        (
            "page",
            json!({}),
            true,
            json!({ "limit": 5, "page": 3 }),
            one,
            true,
        ),
        (
            "page",
            json!({ "default": 3 }),
            true,
            json!({ "page": 3 }),
            one,
            false,
        ),
        (
            "page",
            json!({ "maximum": 5 }),
            true,
            json!({ "limit": 3, "page": 3 }),
            one,
            false,
        ),
        (
            "offset",
            json!({}),
            true,
            json!({ "limit": 5 }),
            three,
            true,
        ),
        (
            "offset",
            json!({}),
            true,
            json!({ "limit": 5, "offset": 6 }),
            one,
            false,
        ),
        // A full page is the last if its items are those that the total still lacks.
        ("page", usual.clone(), true, json!({}), two_of_four, true),
        (
            "page",
            usual.clone(),
            true,
            json!({ "page": 2 }),
            two_of_four,
            false,
        ),
        (
            "offset",
            usual,
            true,
            json!({ "offset": 2 }),
            two_of_four,
            false,
        ),
        // Without a total, the size that was not asked for, or that has a known maximum, is certain.
        ("page", json!({}), false, json!({ "limit": 5 }), three, true),
        (
            "page",
            json!({ "default": 3 }),
            false,
            json!({ "limit": 5 }),
            three,
            true,
        ),
        (
            "page",
            json!({ "default": 3 }),
            false,
            json!({ "limit": 5 }),
            one,
            false,
        ),
        (
            "page",
            json!({ "default": 3 }),
            false,
            json!({ "limit": 1 }),
            one,
            true,
        ),
        (
            "offset",
            json!({ "maximum": 5 }),
            false,
            json!({ "limit": 5 }),
            three,
            false,
        ),
        (
            "offset",
            json!({}),
            false,
            json!({}),
            r#"{"items":[]}"#,
            false,
        ),
    ] {
        let parameters = json!([integer(position, json!({})), integer("limit", limit)]);
        let members = if with_total { total.clone() } else { json!({}) };
        let document = listing(&parameters, members);
        let page = run(&document, "things.list", input.clone(), body);
        let case = (&parameters, with_total, input, body);
        assert_eq!(page.meta.has_more, Some(goes_on), "{case:?}");
    }
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
    let cut = try_run(&document, "a.get", json!({}), r#"{"count":1,"na"#);
    assert_eq!(cut.unwrap_err().code(), ErrorCode::UpstreamInvalid);
}

#[test]
fn what_is_no_json_is_no_success_where_an_object_is_wanted() {
    let returning = |schema: Value| {
        let mut document = document(json!({ "/a": { "get": {
            "operationId": "a.get",
            "responses": { "200": { "content": { "application/json": { "schema": schema } } } },
        } } }));
        document["components"] = json!({ "schemas": { "A": { "type": "object" } } });
        document
    };
    for schema in [
        json!({ "type": "object" }),
        json!({ "$ref": "#/components/schemas/A" }),
        json!({ "type": "integer" }),
    ] {
        let document = returning(schema);
        for body in [
            r#"{"count":1,"na"#,
            r#"{"a":1,}"#,
            r#"{"a":1e400}"#,
            "<!doctype html><title>Log in</title>",
            "plain",
        ] {
            let error = try_run(&document, "a.get", json!({}), body).unwrap_err();
            assert_eq!(error.code(), ErrorCode::UpstreamInvalid, "{body}");
        }
        let done = answered(&document, "a.get", json!({}), "text/plain", "Done");
        assert_eq!(done.unwrap().data, json!("Done"));
    }
    let text = returning(json!({ "type": ["string", "null"] }));
    let said = run(&text, "a.get", json!({}), "plain");
    assert_eq!(said.data, json!("plain"));
}

#[test]
fn numbers_come_back_with_all_their_digits() {
    let one = document(json!({ "/a": { "get": { "operationId": "a.get" } } }));
    let body = r#"{"id":123456789012345678901234567890,"of":-99999999999999999999,"at":0.1234567890123456789}"#;
    let result = run(&one, "a.get", json!({}), body);
    assert_eq!(result.data.to_json(), body);
    let short = r#"{"at":12345678.123456789}"#;
    let result = run(&one, "a.get", json!({}), short);
    assert_eq!(result.data.to_json(), short);
    // One that a value has room for is read and written as ever.
    let result = run(
        &one,
        "a.get",
        json!({}),
        r#"{ "id": 12345678901234567890, "a": "1.5" }"#,
    );
    let expected = r#"{"id":12345678901234567890,"a":"1.5"}"#;
    assert_eq!(result.data.to_json(), expected);
    let list = listing(&json!([]), json!({ "nextLink": { "type": "string" } }));
    let body = r#"{"nextLink":"/things?b","items":[{"id":123456789012345678901234567890}]}"#;
    let result = run(&list, "things.list", json!({}), body);
    let items = r#"[{"id":123456789012345678901234567890}]"#;
    assert_eq!(result.data.to_json(), items);
    assert!(result.meta.cursor.is_some());
}

#[test]
fn a_null_error_beside_the_result_of_a_tool_is_none() {
    let document = document(json!({ "/a": { "post": { "operationId": "a.create" } } }));
    let mut connector = imported(&document).connector;
    connector.actions[0].response = ResponseKind::ToolResult;
    let connector = connector.connector().unwrap();
    let body = json!({
        "jsonrpc": "2.0", "id": 1, "error": null,
        "result": { "content": [{ "type": "text", "text": "Done" }] },
    });
    let answer = Canned::new(move |_| Ok(Response::new(200, HeaderMap::new(), body.to_string())));
    let cx = ActionContext::builder(&connector, Arc::new(answer)).build();
    let action = connector.actions().next().unwrap();
    let result = block_on(action.decode(json!({})).unwrap().run(&cx)).unwrap();
    assert_eq!(result.data, json!({ "text": "Done" }));
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
