//! How values are written into requests.

use plugwright_sdk::{Value, json};

use super::{document, imported, plan};

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
