//! Empty lists, and the ends of lists.

use plugwright_sdk::{ErrorCode, json};

use super::document;
use super::lists::{listing, run, try_run};

#[test]
fn an_empty_list_may_be_null_or_left_out() {
    let parameters = json!([{ "name": "cursor", "in": "query", "schema": { "type": "string" } }]);
    let members = json!({ "next_cursor": { "type": "string" }, "total": { "type": "integer" } });
    let open = listing(&parameters, members);
    let mut strict = open.clone();
    let schema = "/paths/~1things/get/responses/200/content/application~1json/schema";
    strict.pointer_mut(schema).unwrap()["required"] = json!(["items"]);
    for (body, is_optional) in [
        (r#"{"items":null}"#, false),
        ("{}", true),
        (r#"{"total":0}"#, true),
        (r#"{"kind":"things","next_cursor":"b"}"#, true),
    ] {
        let page = run(&open, "things.list", json!({}), body);
        assert_eq!(page.data, json!([]), "{body}");
        assert_eq!(page.meta.has_more, Some(body.contains("next")), "{body}");
        let page = try_run(&strict, "things.list", json!({}), body);
        assert_eq!(page.is_err(), is_optional, "{body}");
    }
    for body in [r#"{"error":"no"}"#, r#"{"items":null,"errors":[{}]}"#, "[]"] {
        let error = try_run(&open, "things.list", json!({}), body).unwrap_err();
        assert_eq!(error.code(), ErrorCode::UpstreamInvalid, "{body}");
    }
    let list = json!({ "type": "array", "items": { "type": "object" } });
    let bare = document(json!({ "/things": { "get": {
        "operationId": "listThings",
        "responses": { "200": { "content": { "application/json": { "schema": list } } } },
    } } }));
    assert_eq!(run(&bare, "things.list", json!({}), "null").data, json!([]));
    assert!(try_run(&bare, "things.list", json!({}), "{}").is_err());
}

#[test]
fn nothing_is_no_thing_that_has_members() {
    let schema = json!({
        "type": "object", "required": ["id"], "properties": { "id": { "type": "integer" } },
    });
    let responses = json!({ "200": { "content": { "application/json": { "schema": schema } } } });
    let operation = |id: &str| json!({ "operationId": id, "responses": responses });
    let document = document(json!({ "/things/one": {
        "get": operation("getThing"), "post": operation("changeThing"),
    } }));
    let error = try_run(&document, "thing.get", json!({}), "").unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
    // What was done is done.
    assert!(try_run(&document, "thing.change", json!({}), "").is_ok());
}

#[test]
fn what_says_that_there_is_no_next_page_is_no_cursor() {
    let by_cursor = listing(
        &json!([{ "name": "cursor", "in": "query", "schema": { "type": "string" } }]),
        json!({ "next_cursor": {} }),
    );
    let by_url = listing(&json!([]), json!({ "nextLink": { "type": "string" } }));
    for next in ["0", r#""0""#, r#""null""#] {
        for (document, member) in [(&by_cursor, "next_cursor"), (&by_url, "nextLink")] {
            let body = format!(r#"{{"items":[{{}}],"{member}":{next}}}"#).leak();
            let page = run(document, "things.list", json!({}), body);
            assert_eq!(page.meta.cursor, None, "{body}");
        }
    }
}
