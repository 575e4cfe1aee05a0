//! How values are written into requests.

use std::sync::Arc;

use plugwright_sdk::host::{FileSource, Registry};
use plugwright_sdk::testing::block_on;
use plugwright_sdk::transport::Plan;
use plugwright_sdk::{ActionContext, Value, json};

use super::{document, imported, plan, plan_for, with};

fn posting(content: Value) -> Value {
    document(json!({ "/things": { "post": {
        "operationId": "thing.send", "requestBody": { "required": true, "content": content },
    } } }))
}

fn body(document: &Value, input: Value) -> String {
    let planned = plan(document, "thing.send", input).unwrap();
    String::from_utf8(planned.body.unwrap().bytes().to_vec()).unwrap()
}

#[test]
fn lists_of_files_and_files_of_every_version_are_sent_as_files() {
    let modern = json!({ "type": "string", "contentMediaType": "application/octet-stream" });
    let nothing = json!({ "type": "null" });
    let document = posting(json!({ "multipart/form-data": { "schema": {
        "type": "object", "properties": {
            "old": { "type": "array", "items": { "type": "string", "format": "binary" } },
            "list": { "type": "array", "items": modern, "maxItems": 2, "description": "Pictures" },
            "one": modern,
            "maybe": { "anyOf": [modern, nothing] },
            "several": { "anyOf": [{ "type": "array", "items": modern }, nothing] },
            "untyped": { "contentMediaType": "image/png" },
            "coded": { "type": "string", "contentMediaType": "image/png", "contentEncoding": "base64" },
        },
    } } }));
    let schema = &imported(&document).connector.actions[0].input["properties"];
    assert_eq!(schema["list"]["maxItems"], 2);
    assert_eq!(schema["list"]["description"], "Pictures");
    let file = |text: &str| format!("data:text/plain,{text}");
    let sent = body(
        &document,
        json!({
            "old": [file("a1"), file("a2")], "list": [file("b")], "one": file("c"),
            "maybe": file("d"), "several": [file("e")], "untyped": file("f"), "coded": "Zw==",
        }),
    );
    for (name, content) in [
        ("old", "a1"),
        ("old", "a2"),
        ("list", "b"),
        ("one", "c"),
        ("maybe", "d"),
        ("several", "e"),
        ("untyped", "f"),
    ] {
        let part = format!(
            "name=\"{name}\"; filename=\"file\"\r\nContent-Type: text/plain\r\n\r\n{content}\r\n"
        );
        assert!(sent.contains(&part), "{part} is not in {sent}");
    }
    assert!(sent.contains("name=\"coded\"\r\n"), "{sent}");
    let none = plan(&document, "thing.send", json!({ "list": ["@a.txt"] }));
    assert_eq!(none.unwrap_err().param(), Some("list[0]"));
}

#[test]
fn parameters_are_written_as_their_style_and_media_type_want() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let text = json!({ "schema": { "type": "string" } });
    let document = document(
        json!({ "/things/{ids}": { "get": { "operationId": "thing.get", "parameters": [
        { "name": "ids", "in": "path", "style": "simple", "schema": list },
        { "name": "commas", "in": "query", "explode": false, "schema": list },
        { "name": "url", "in": "query", "allowReserved": true, "schema": { "type": "string" } },
        { "name": "many", "in": "query", "allowReserved": true, "schema": list },
        { "name": "plain", "in": "query", "content": { "text/plain": text } },
        { "name": "any", "in": "header", "content": { "*/*": text } },
        { "name": "json", "in": "query", "content": { "application/json": text } },
    ] } } }),
    );
    let input = json!({
        "ids": ["a", "b"], "commas": ["a b", "c,d"], "url": "https://a.test/x?y", "many": ["a:b", "c&d"],
        "plain": "x y", "any": "x y", "json": "z",
    });
    let planned = plan(&document, "thing.get", input).unwrap();
    let (path, query) = planned.url.split_once('?').unwrap();
    assert_eq!(path, "https://shop.test/api/things/a,b");
    assert_eq!(
        query,
        "plain=x+y&json=%22z%22&commas=a%20b,c%2Cd&url=https://a.test/x?y&many=a:b&many=c%26d"
    );
    assert!(
        planned
            .headers
            .contains(&("any".to_owned(), "x y".to_owned()))
    );
}

#[test]
fn what_the_query_of_a_path_names_is_a_parameter() {
    let text = json!({ "type": "string" });
    let path = "/current?lat={lat}&unit=c&q={city}&key={key}&n={n}";
    let document = document(json!({ (path): { "get": {
        "operationId": "current.get", "parameters": [
            { "name": "lat", "in": "path", "required": true, "schema": { "type": "number" } },
            { "name": "city", "in": "path", "schema": text },
            { "name": "key", "in": "query", "schema": text },
    ] } } }));
    let imported = imported(&document);
    let action = &imported.connector.actions[0];
    assert_eq!(action.input["required"], json!(["lat", "city", "n"]));
    let reasons = &imported.report.operations[0].reasons;
    assert_eq!(reasons, &["query parameter `n` is not declared"]);
    let input = json!({ "lat": 1.5, "city": "a b", "n": "2" });
    let planned = plan(&document, "current.get", input).unwrap();
    assert_eq!(
        planned.url,
        "https://shop.test/api/current?unit=c&lat=1.5&q=a+b&n=2"
    );
}

#[test]
fn operators_tell_parameters_apart() {
    let time = |name: &str| json!({ "name": name, "in": "query", "description": "When.", "schema": { "type": "string" } });
    let document = document(json!({ "/things": { "get": {
        "operationId": "thing.get", "parameters": [time("Sent"), time("Sent<"), time("Sent>")],
    } } }));
    let input = json!({ "Sent_less_than": "2026-01-01", "Sent_greater_than": "2025-01-01" });
    let planned = plan(&document, "thing.get", input).unwrap();
    assert_eq!(
        planned.url,
        "https://shop.test/api/things?Sent%3C=2026-01-01&Sent%3E=2025-01-01"
    );
    let properties = &imported(&document).connector.actions[0].input["properties"];
    assert_eq!(properties["Sent"]["description"], "When.");
    let described = &properties["Sent_less_than"]["description"];
    assert_eq!(*described, "When. Sent as `Sent<`.");
}

#[test]
fn an_object_is_not_labelled_as_what_it_is_not() {
    let xml = json!({ "contentType": "application/xml" });
    let document = posting(json!({ "multipart/form-data": {
        "schema": { "type": "object", "properties": {
            "meta": { "type": "object" }, "note": { "type": "string" },
        } },
        "encoding": { "meta": xml, "note": xml },
    } }));
    let sent = body(&document, json!({ "meta": { "a": 1 }, "note": "<a/>" }));
    for part in [
        "name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n",
        "name=\"note\"\r\nContent-Type: application/xml\r\n\r\n<a/>\r\n",
    ] {
        assert!(sent.contains(part), "{part} is not in {sent}");
    }
    let reasons = &imported(&document).report.operations[0].reasons;
    let expected = "member `meta` is sent as JSON: `application/xml` can't be written";
    assert_eq!(reasons, &[expected]);
}

#[test]
fn a_key_of_an_object_does_not_end_the_name_of_a_cookie() {
    let texts = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let document = document(
        json!({ "/things": { "get": { "operationId": "thing.get", "parameters": [
        { "name": "c", "in": "cookie", "schema": texts },
    ] } } }),
    );
    let planned = plan(&document, "thing.get", json!({ "c": { "a;b=c": "d;e=f" } })).unwrap();
    let cookie = ("cookie".to_owned(), "a%3Bb%3Dc=d%3Be=f".to_owned());
    assert!(planned.headers.contains(&cookie), "{:?}", planned.headers);
}

#[test]
fn what_is_wrong_with_a_parameter_follows_its_name() {
    let document = document(
        json!({ "/things": { "get": { "operationId": "thing.get", "parameters": [
        { "name": "id", "in": "query", "schema": { "type": "string", "minLength": 2 } },
    ] } } }),
    );
    let error = plan(&document, "thing.get", json!({ "id": "x" })).unwrap_err();
    assert!(
        error.message().starts_with("`id` is shorter than 2 "),
        "{error}"
    );
}

#[test]
fn documents_declare_no_headers_that_callers_may_not_add() {
    let header =
        |name: &str| json!({ "name": name, "in": "header", "schema": { "type": "string" } });
    let forbidden = [
        "X-HTTP-Method-Override",
        "x_method_override",
        "X-Original-URL",
        "X-Forwarded-User",
        "Host",
    ];
    let kept = ["X-Trace", "Stripe-Account", "X-Tenant-Token", "Sudo"];
    let parameters: Vec<_> = forbidden
        .iter()
        .chain(&kept)
        .map(|name| header(name))
        .collect();
    let document = document(json!({ "/things": { "get": {
        "operationId": "thing.get",
        "parameters": parameters,
    } } }));
    for name in forbidden {
        let error = plan(&document, "thing.get", json!({ name: "x" })).unwrap_err();
        assert_eq!(error.param(), Some(name), "{error}");
    }
    let notes = imported(&document).report;
    let notes = format!("{notes:?}");
    assert!(
        notes.contains("header `X-Original-URL` is not a parameter"),
        "{notes}"
    );
    // Whose account it is, only those say who may do everything.
    for name in kept {
        let input = || json!({ name: "x" });
        let sent = plan(&document, "thing.get", input()).unwrap();
        let sent = sent
            .headers
            .contains(&(name.to_ascii_lowercase(), "x".to_owned()));
        assert!(sent, "{name}");
        let restricted = plan_for(false, &document, "thing.get", input());
        match restricted {
            Ok(_) => assert_eq!(name, "X-Trace"),
            Err(error) => assert_eq!(error.param(), Some(name), "{error}"),
        }
    }
    plan_for(false, &document, "thing.get", json!({ "X-Trace": "x" })).unwrap();

    // What the document sets itself, no caller has chosen.
    let mut fixed = header("Stripe-Account");
    fixed["schema"] = json!({ "type": "string", "enum": ["acct_1"], "default": "acct_1" });
    let document = self::document(json!({ "/things": { "get": {
        "operationId": "thing.get", "parameters": [fixed],
    } } }));
    let sent = plan_for(false, &document, "thing.get", json!({})).unwrap();
    let account = ("stripe-account".to_owned(), "acct_1".to_owned());
    assert!(sent.headers.contains(&account), "{:?}", sent.headers);
}

#[test]
fn parts_of_a_form_say_what_they_are() {
    let document = posting(json!({ "multipart/form-data": {
        "schema": { "type": "object", "properties": {
            "meta": { "type": "object" }, "tags": { "type": "array", "items": { "type": "string" } },
            "note": { "type": "string" }, "sdp": { "type": "string" }, "either": { "type": "string" },
            "list": { "type": "array", "items": {} },
        } },
        "encoding": {
            "tags": { "contentType": "application/json" }, "sdp": { "contentType": "application/sdp" },
            "either": { "contentType": "text/html, text/csv" },
        },
    } }));
    let input = json!({
        "meta": { "a": 1 }, "tags": ["x"], "note": "n", "sdp": "v=0", "either": "e",
        "list": [{ "k": 1 }, "x"],
    });
    let sent = body(&document, input);
    for part in [
        "name=\"meta\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n",
        "name=\"tags\"\r\nContent-Type: application/json\r\n\r\n[\"x\"]\r\n",
        "name=\"note\"\r\n\r\nn\r\n",
        "name=\"sdp\"\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n",
        "name=\"either\"\r\n\r\ne\r\n",
        "name=\"list\"\r\nContent-Type: application/json\r\n\r\n{\"k\":1}\r\n",
        "name=\"list\"\r\n\r\nx\r\n",
    ] {
        assert!(sent.contains(part), "{part} is not in {sent}");
    }
}

#[test]
fn a_file_is_of_the_media_type_that_is_known_of_it() {
    let document = posting(json!({ "multipart/form-data": {
        "schema": { "type": "object", "properties": {
            "f": { "type": "string", "format": "binary" }, "g": { "type": "string", "format": "binary" },
        } },
        "encoding": {
            "f": { "contentType": "image/png, image/jpeg" }, "g": { "contentType": "text/csv" },
        },
    } }));
    let connector = imported(&document).connector.connector().unwrap();
    let registry = Registry::new([connector]).unwrap();
    let entry = registry.find("shop.thing.send").unwrap();
    let plan = Arc::new(Plan::new());
    let file = |name: &str| FileSource::from_bytes(b"x".to_vec()).named(name);
    let mut cx = ActionContext::builder(&entry.connector, plan.clone());
    for name in ["a.PNG", "b.txt", "c"] {
        cx = cx.attachment(name, file(name));
    }
    let cx = cx.build();
    for (input, expected) in [
        (json!({ "f": "attachment:a.PNG" }), "image/png"),
        (json!({ "f": "attachment:c" }), "application/octet-stream"),
        (json!({ "g": "attachment:b.txt" }), "text/csv"),
        (
            json!({ "g": "data:application/octet-stream,x" }),
            "text/csv",
        ),
        (json!({ "g": "data:text/html,x" }), "text/html"),
    ] {
        // A plan answers nothing that could be read.
        drop(block_on(entry.action.decode(input).unwrap().run(&cx)));
        let sent = plan
            .requests()
            .pop()
            .unwrap()
            .body
            .unwrap()
            .bytes()
            .to_vec();
        let sent = String::from_utf8(sent).unwrap();
        let kind = format!("\r\nContent-Type: {expected}\r\n");
        assert!(sent.contains(&kind), "{kind} is not in {sent}");
    }
}

#[test]
fn a_file_that_is_the_body_is_of_its_own_media_type_if_the_document_allows_it() {
    let file = json!({ "schema": { "type": "string", "format": "binary" } });
    for (listed, given, expected) in [
        (
            &["image/png", "image/jpeg"][..],
            "attachment:x.jpg",
            "image/jpeg",
        ),
        (
            &["image/png", "image/jpeg"],
            "data:image/jpeg,x",
            "image/jpeg",
        ),
        (
            &["image/png", "image/jpeg"],
            "data:image/gif,x",
            "image/png",
        ),
        (&["image/png", "image/jpeg"], "attachment:x", "image/png"),
        (&["image/*"], "attachment:x.jpg", "image/jpeg"),
        (
            &["image/*"],
            "data:text/plain,x",
            "application/octet-stream",
        ),
        (
            &["*/*"],
            "data:text/csv;charset=utf-8,x",
            "text/csv;charset=utf-8",
        ),
        (&["application/zip"], "attachment:x.jpg", "application/zip"),
    ] {
        let content: serde_json::Map<_, _> = listed
            .iter()
            .map(|kind| ((*kind).to_owned(), file.clone()))
            .collect();
        let connector = imported(&posting(content.into()))
            .connector
            .connector()
            .unwrap();
        let registry = Registry::new([connector]).unwrap();
        let entry = registry.find("shop.thing.send").unwrap();
        let plan = Arc::new(Plan::new());
        let mut cx = ActionContext::builder(&entry.connector, plan.clone());
        for name in ["x.jpg", "x"] {
            cx = cx.attachment(name, FileSource::from_bytes(b"x".to_vec()).named(name));
        }
        let input = json!({ "file": given });
        // A plan answers nothing that could be read.
        drop(block_on(
            entry.action.decode(input).unwrap().run(&cx.build()),
        ));
        let sent = plan.requests().pop().unwrap().headers;
        let kind = ("content-type".to_owned(), expected.to_owned());
        assert!(sent.contains(&kind), "{listed:?} {given}: {sent:?}");
    }
}

#[test]
fn the_commas_of_a_list_in_a_form_stand_for_themselves() {
    let list = json!({ "type": "array", "items": { "type": "string" } });
    let document = posting(json!({ "application/x-www-form-urlencoded": {
        "schema": { "type": "object", "properties": {
            "tags": list, "each": list, "note": { "type": "string" }, "o": { "type": "object" },
        } },
        "encoding": { "tags": { "explode": false }, "o": { "explode": false } },
    } }));
    let input = json!({
        "tags": ["p q", "r,s&t"], "each": ["a", "b"], "note": "x, y", "o": { "a": 1 },
    });
    let sent = body(&document, input);
    let expected = "tags=p%20q,r%2Cs%26t&each=a&each=b&note=x%2C+y&o=%7B%22a%22%3A1%7D";
    assert_eq!(sent, expected);
}

#[test]
fn swagger_separators_are_kept_wherever_the_list_goes() {
    let list = |name: &str, place: &str, format: &str| {
        json!({ "name": name, "in": place, "type": "array", "items": { "type": "string" },
            "collectionFormat": format, "required": true })
    };
    let document = json!({
        "swagger": "2.0", "info": { "title": "Shop", "version": "1" }, "host": "shop.test",
        "paths": { "/things/{ids}": { "post": { "operationId": "thing.send",
            "consumes": ["application/x-www-form-urlencoded"],
            "parameters": [
                list("ids", "path", "pipes"), list("X-Tags", "header", "ssv"), list("form", "formData", "tsv"),
                list("plain", "header", "csv"),
            ] } } },
    });
    let both = ["a", "b"];
    let input = json!({ "ids": both, "X-Tags": both, "form": both, "plain": both });
    let planned = plan(&document, "thing.send", input).unwrap();
    assert_eq!(planned.url, "https://shop.test/things/a%7Cb");
    for header in [("x-tags", "a b"), ("plain", "a,b")] {
        let header = (header.0.to_owned(), header.1.to_owned());
        assert!(planned.headers.contains(&header), "{:?}", planned.headers);
    }
    assert_eq!(planned.body.unwrap().bytes(), "form=a%09b".as_bytes());
}

#[test]
fn integers_are_written_as_such_or_refused_by_name() {
    let document = document(json!({ "/a": { "post": {
        "operationId": "a.create",
        "parameters": [{ "name": "page", "in": "query", "schema": { "type": "integer" } }],
        "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/A" } } } },
    } } }));
    let document = with(
        document,
        "/components",
        json!({ "schemas": { "A": { "type": "object", "properties": {
            "count": { "type": "integer" },
            "factor": { "type": "number" },
        } } } }),
    );
    let input = json!({ "page": 2.0, "count": 5.0, "factor": 2.5 });
    let planned = plan(&document, "a.create", input).unwrap();
    let planned = json!(planned).to_string();
    assert!(planned.contains(r#""count":5,"#), "{planned}");
    assert!(planned.contains("page=2\""), "{planned}");
    let error = plan(&document, "a.create", json!({ "count": 1e29 })).unwrap_err();
    assert_eq!(error.param(), Some("count"));
    assert!(error.message().contains("18446744073709551615"), "{error}");
}
