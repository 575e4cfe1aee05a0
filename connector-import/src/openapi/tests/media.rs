//! What bodies and answers are by their media types.

use std::sync::Arc;

use plugwright_sdk::host::Registry;
use plugwright_sdk::http::HeaderMap;
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::{PlannedRequest, Response};
use plugwright_sdk::{ActionContext, ActionError, ErrorCode, Value, json};

use super::{document, imported, one, plan, with};
use crate::form::{BodyEncoding, ResponseKind};

/// Calls `thing.send` of a provider that answers so.
fn answered(
    document: &Value,
    status: u16,
    headers: &[(&'static str, &'static str)],
    body: &'static [u8],
) -> Result<Value, ActionError> {
    let registry = Registry::new([imported(document).connector.connector().unwrap()]).unwrap();
    let entry = registry.find("shop.thing.send").unwrap();
    let mut given = HeaderMap::new();
    for (name, value) in headers {
        given.insert(*name, value.parse().unwrap());
    }
    let answer = Canned::new(move |_| Ok(Response::new(status, given.clone(), body)));
    let cx = ActionContext::builder(&entry.connector, Arc::new(answer)).build();
    let result = block_on(entry.action.decode(json!({})).unwrap().run(&cx))?;
    Ok(serde_json::from_str(&result.data.to_json()).unwrap())
}

fn answering(method: &str, responses: Value) -> Value {
    document(json!({ "/things": { method: {
        "operationId": "thing.send", "responses": responses,
    } } }))
}

fn returning(content: Value) -> Value {
    answering("post", json!({ "200": { "content": content } }))
}

const PDF: &[u8] = b"%PDF-1.4\xff\xfe\0";

#[test]
fn what_a_schema_calls_a_file_is_one_under_any_media_type() {
    let binary = json!({ "schema": { "type": "string", "format": "binary" } });
    let named = json!({ "schema": { "$ref": "#/components/schemas/File" } });
    let modern = json!({ "schema": { "type": "string", "contentMediaType": "*/*" } });
    for (content, accept) in [
        (json!({ "*/*": binary }), "*/*"),
        (
            json!({ "*/*": { "schema": { "type": "string", "format": "byte" } } }),
            "*/*",
        ),
        (json!({ "*/*": modern }), "*/*"),
        (json!({ "application/json": named }), "*/*"),
        (
            json!({ "application/json": binary, "image/png": binary }),
            "image/png, */*;q=0.5",
        ),
        (
            json!({ "text/plain": binary, "application/json": binary }),
            "text/plain, */*;q=0.5",
        ),
    ] {
        let document = with(
            returning(content.clone()),
            "/components",
            json!({ "schemas": { "File": { "type": "string", "format": "binary" } } }),
        );
        let action = &imported(&document).connector.actions[0];
        assert_eq!(action.response, ResponseKind::File, "{content}");
        assert_eq!(action.request.accept.as_deref(), Some(accept), "{content}");
        let kind = [("content-type", "application/pdf")];
        let file = answered(&document, 200, &kind, PDF).unwrap();
        assert_eq!(
            file["content"],
            "data:application/pdf;base64,JVBERi0xLjT//gA="
        );
    }
    // In JSON, bytes are a text in base64, and what is described as an object is preferred.
    for schema in [
        json!({ "type": "string", "format": "byte" }),
        json!({ "type": "object" }),
    ] {
        let content = json!({ "application/json": { "schema": schema }, "image/png": binary });
        let action = one(json!({ "responses": { "200": { "content": content } } }));
        assert_eq!(action.response, ResponseKind::Json, "{schema}");
    }
}

#[test]
fn what_is_no_text_is_a_file_or_no_answer() {
    let open = returning(json!({ "application/json": { "schema": {} } }));
    let text = returning(json!({ "text/csv": { "schema": { "type": "string" } } }));
    let headers = [
        ("content-type", "application/pdf"),
        ("content-disposition", "attachment; filename=\"../a.pdf\""),
    ];
    let file = answered(&open, 200, &headers, PDF).unwrap();
    assert_eq!(file["name"], "a.pdf");
    assert_eq!(file["content_type"], "application/pdf");
    assert_eq!(
        file["content"],
        "data:application/pdf;base64,JVBERi0xLjT//gA="
    );
    // Zero bytes of what is no text are not those of UTF-16.
    let file = answered(&open, 200, &[("content-type", "image/x-raw")], b"\0a\0b").unwrap();
    assert_eq!(file["content"], "data:image/x-raw;base64,AGEAYg==");
    for (kind, body, expected) in [
        ("application/octet-stream", &b"plain"[..], "plain"),
        ("text/csv; charset=iso-8859-1", b"caf\xe9", "café"),
    ] {
        let kind = [("content-type", kind)];
        for document in [&open, &text] {
            assert_eq!(answered(document, 200, &kind, body).unwrap(), expected);
        }
    }
    let error = answered(&text, 200, &[("content-type", "text/csv")], b"caf\xe9").unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
    assert!(
        error.message().contains("(HTTP 200) is not text"),
        "{error}"
    );
}

#[test]
fn declared_headers_are_returned_of_an_answer_without_body() {
    let number = json!({ "schema": { "type": "integer" } });
    let headers = json!({
        "Location": { "description": "Where the job is." }, "Retry-After": number, "Set-Cookie": {},
    });
    let started = answering("post", json!({ "202": { "headers": headers } }));
    let action = &imported(&started).connector.actions[0];
    let text = json!({ "type": "string" });
    let place = json!({ "type": "string", "description": "Where the job is." });
    let members = json!({ "location": place, "retry_after": text });
    assert_eq!(
        action.output,
        json!({ "type": "object", "properties": members })
    );
    let sent = [
        ("location", "/jobs/1"),
        ("retry-after", "5"),
        ("set-cookie", "a=b"),
    ];
    let expected = json!({ "location": "/jobs/1", "retry_after": "5" });
    assert_eq!(answered(&started, 202, &sent, b"").unwrap(), expected);
    assert_eq!(answered(&started, 202, &sent[2..], b"").unwrap(), json!({}));
    let body = answered(&started, 202, &sent, br#"{"id":1}"#).unwrap();
    assert_eq!(body, json!({ "id": 1 }));

    let object = json!({ "application/json": { "schema": { "type": "object" } } });
    let either = answering("post", json!({ "200": { "content": object } }));
    let place = json!({ "location": "/jobs/1" });
    assert_eq!(answered(&either, 202, &sent, b"").unwrap(), place);
    assert_eq!(answered(&either, 204, &sent, b"").unwrap(), json!({}));

    let response = json!({ "headers": { "X-Count": number }, "content": object });
    let counted = answering("head", json!({ "200": response }));
    let count = answered(&counted, 200, &[("x-count", "7")], b"").unwrap();
    assert_eq!(count, json!({ "x_count": "7" }));
}

fn taking(content: Value) -> Value {
    document(json!({ "/things": { "patch": {
        "operationId": "thing.send", "requestBody": { "required": true, "content": content },
    } } }))
}

fn sent(document: &Value, input: Value) -> (String, String) {
    let PlannedRequest { headers, body, .. } = plan(document, "thing.send", input).unwrap();
    let kind = headers.into_iter().find(|(name, _)| name == "content-type");
    let body = String::from_utf8(body.unwrap().bytes().to_vec()).unwrap();
    (kind.unwrap().1, body)
}

#[test]
fn a_body_with_files_is_a_form_of_parts_if_it_may_be_one() {
    let file = json!({ "type": "string", "format": "binary" });
    let schema = |file: Value| {
        json!({ "schema": { "type": "object", "properties": {
            "title": { "type": "string" }, "cover": file,
        } } })
    };
    let kinds = [
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ];
    let content = |kinds: &[&str], file: &Value| -> Value {
        let kinds = kinds.iter();
        let content = kinds.map(|kind| ((*kind).to_owned(), schema(file.clone())));
        content.collect::<serde_json::Map<_, _>>().into()
    };
    let encoding = |content: Value| {
        let schemas = json!({ "schemas": { "File": file } });
        let imported = imported(&with(taking(content), "/components", schemas));
        let action = &imported.connector.actions[0];
        let encoding = action.request.body.as_ref().unwrap().encoding;
        let reasons = imported.report.operations[0].reasons.clone();
        (encoding, action.input.clone(), reasons)
    };
    let list = json!({ "type": "array", "items": file });
    for files in [&file, &list] {
        let (encoding, _, reasons) = encoding(content(&kinds, files));
        assert_eq!(encoding, BodyEncoding::Multipart);
        assert!(reasons.is_empty(), "{reasons:?}");
    }
    let text = json!({ "type": "string" });
    let answer_only = json!({ "type": "string", "format": "binary", "readOnly": true });
    for other in [&text, &answer_only] {
        assert_eq!(encoding(content(&kinds, other)).0, BodyEncoding::Json);
    }
    // No reference to a file is sent in its place.
    for file in [file.clone(), json!({ "$ref": "#/components/schemas/File" })] {
        let (encoding, input, reasons) = encoding(content(&kinds[..1], &file));
        assert_eq!(encoding, BodyEncoding::Json);
        assert_eq!(input["properties"]["cover"], text);
        assert_eq!(reasons, ["member `cover` is a file, but is sent as text"]);
    }
}

#[test]
fn a_patch_is_of_the_type_that_carries_what_its_schema_describes() {
    let all = [
        "application/json-patch+json",
        "application/strategic-merge-patch+json",
        "application/merge-patch+json",
        "application/apply-patch+yaml",
    ];
    let of = |kinds: &[&str], schema: &Value| -> Value {
        let kinds = kinds.iter();
        let content = kinds.map(|kind| ((*kind).to_owned(), json!({ "schema": schema })));
        taking(content.collect::<serde_json::Map<_, _>>().into())
    };
    let object = json!({ "type": "object" });
    let list = json!({ "type": "array", "items": { "type": "object" } });
    let change = json!({ "body": { "spec": { "replicas": 3 } } });
    let whole = r#"{"spec":{"replicas":3}}"#.to_owned();
    let (kind, body) = sent(&of(&all, &object), change.clone());
    assert_eq!((&*kind, body), (all[2], whole.clone()));
    let (kind, body) = sent(&of(&all[..2], &object), change);
    assert_eq!((&*kind, body), (all[1], whole));
    let changes = json!({ "body": [{ "op": "remove", "path": "/a" }] });
    let (kind, body) = sent(&of(&all, &list), changes);
    assert_eq!(kind, all[0]);
    assert_eq!(body, r#"[{"op":"remove","path":"/a"}]"#);
}

#[test]
fn a_number_or_the_name_of_one_is_either() {
    let port = json!({ "type": "string", "format": "int-or-string" });
    let schema = json!({ "type": "object", "properties": { "port": port } });
    let document = taking(json!({ "application/json": { "schema": schema } }));
    for (port, body) in [
        (json!(80), r#"{"port":80}"#),
        (json!("http"), r#"{"port":"http"}"#),
    ] {
        assert_eq!(sent(&document, json!({ "port": port })).1, body);
    }
    assert!(plan(&document, "thing.send", json!({ "port": true })).is_err());
}

#[test]
fn what_has_any_media_type_or_one_of_a_program_is_a_file() {
    let part = |kind: &str| json!({ "type": "string", "contentMediaType": kind });
    let properties = json!({
        "any": part("*/*"), "sheet": part("application/vnd.ms-excel"),
        "json": part("application/json"), "token": part("application/jwt"), "page": part("text/html"),
    });
    let schema = json!({ "type": "object", "properties": properties });
    let document = taking(json!({ "multipart/form-data": { "schema": schema } }));
    let file = "data:text/plain,f";
    let input = json!({ "any": file, "sheet": file, "json": "{}", "token": "t", "page": "p" });
    let (_, body) = sent(&document, input);
    for name in ["any", "sheet"] {
        let part = format!("name=\"{name}\"; filename=\"file\"\r\n");
        assert!(body.contains(&part), "{part} is not in {body}");
    }
    for name in ["json", "token", "page"] {
        let part = format!("name=\"{name}\"\r\n");
        assert!(body.contains(&part), "{part} is not in {body}");
    }
}
