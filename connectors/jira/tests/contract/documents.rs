//! Texts and times as callers write and read them, and as Jira takes and gives them.

use std::sync::{Arc, Mutex};

use plugwright_jira::CONNECTOR;
use plugwright_sdk::host::Registry;
use plugwright_sdk::http::HeaderMap;
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{ActionContext, Value, json, run, serde_json};

/// What a call that logs work sends, and the comment of the worklog that it returns: of `answered`, or
/// else of what was sent.
fn logged(mut input: Value, answered: Option<Value>) -> (Value, Value) {
    input["issue"] = "ED-1".into();
    input["time_spent_seconds"] = 60.into();
    let sent = Arc::new(Mutex::new(Value::Null));
    let seen = Arc::clone(&sent);
    let transport = Canned::new(move |request| {
        let body: Value = serde_json::from_slice(request.body.bytes().unwrap()).unwrap();
        let comment = answered.clone().unwrap_or_else(|| body["comment"].clone());
        *seen.lock().unwrap() = body;
        let answer = json!({ "id": "1", "comment": comment }).to_string();
        Ok(Response::new(201, HeaderMap::new(), answer))
    });
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .credential(CONNECTOR.auth()[0].placeholder())
        .setting("base_url", "https://your-domain.atlassian.net")
        .build();
    let registry = Registry::new([&CONNECTOR]).unwrap();
    let action = registry.find("jira.worklogs.create").unwrap().action;
    let output = block_on(run(&*action, &cx, input)).unwrap();
    let comment = output.data.into_value()["comment"].take();
    (std::mem::take(&mut *sent.lock().unwrap()), comment)
}

fn from_markdown(markdown: &str) -> Value {
    logged(json!({ "comment": markdown }), None).0["comment"].take()
}

fn to_markdown(document: &Value) -> Value {
    logged(json!({}), Some(document.clone())).1
}

fn again(markdown: &str) -> Value {
    logged(json!({ "comment": markdown }), None).1
}

#[test]
fn markdown_comes_back_as_it_was() {
    for markdown in [
        "",
        "One *two* **three** ~~four~~ `five` [six](https://example.com/6).",
        "**bold *both* bold**",
        "# Title\n\nText\n\n## Part\n\n---\n\nMore",
        "- one\n- two\n  - three\n    1. four\n    2. five\n- six",
        "3. three\n4. four",
        "- first\n\n  second\n- third",
        "```rust\nfn main() {\n    *x = `a`;\n}\n```",
        "````\n```\n````",
        "> said\n>\n> - so",
        "one\\\ntwo",
        "| a | b |\n| --- | --- |\n| 1 \\| 2 | **3** |\n|  | 4 |",
        "`` a ` b ``",
        "Ask [@Mia Krystof](accountid:5b10a2844c20165700ede21g) first",
        "[x](<https://example.com/a b>)",
        "\\# no title",
        "1\\. no list",
        "\\- no list\\\n\\> no quote",
        "2 \\* 3 \\* 4, snake_case, \\_so\\_, a \\[x\\] b \\\\ c \\`d\\`",
        "- [ ] open\n- [x] done",
    ] {
        let markdown = markdown
            .replace("[ ]", "\\[ \\]")
            .replace("[x] done", "\\[x\\] done");
        assert_eq!(again(&markdown), markdown);
    }
}

#[test]
fn what_other_tools_write_becomes_the_same_document() {
    for (markdown, same) in [
        ("* one\n* two", "- one\n- two"),
        ("Title\n=====", "# Title"),
        ("__bold__ _em_", "**bold** *em*"),
        ("    code", "```\ncode\n```"),
        ("soft\nbreak", "soft break"),
        ("two  \nspaces", "two\\\nspaces"),
        (
            "<https://example.com>",
            "[https://example.com](https://example.com)",
        ),
        (
            "![a picture](https://example.com/p.png)",
            "[a picture](https://example.com/p.png)",
        ),
        ("**bold `code`**", "**bold** `code`"),
        ("> # quoted title", "> quoted title"),
        ("> > twice", "> twice"),
        ("<b>html</b>", "\\<b>html\\</b>"),
        ("&amp; &lt;", "& <"),
    ] {
        assert_eq!(again(markdown), same);
    }
}

#[test]
fn a_document_has_what_jira_takes() {
    assert_eq!(
        from_markdown("- a **b**\n\nc"),
        json!({
            "type": "doc",
            "version": 1,
            "content": [
                {
                    "type": "bulletList",
                    "content": [{
                        "type": "listItem",
                        "content": [{
                            "type": "paragraph",
                            "content": [
                                { "type": "text", "text": "a " },
                                { "type": "text", "text": "b", "marks": [{ "type": "strong" }] },
                            ],
                        }],
                    }],
                },
                { "type": "paragraph", "content": [{ "type": "text", "text": "c" }] },
            ],
        })
    );
    assert_eq!(
        from_markdown(" \n"),
        json!({ "type": "doc", "version": 1, "content": [] })
    );
    let code = &from_markdown("[**`x`**](https://example.com)")["content"][0]["content"][0];
    let kinds: Vec<_> = code["marks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mark| &mark["type"])
        .collect();
    assert_eq!(
        kinds,
        ["link", "code"],
        "code takes no other mark beside links"
    );
}

#[test]
fn nodes_that_markdown_lacks_are_read() {
    let inline = |nodes: Value| {
        to_markdown(
            &json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": nodes }] }),
        )
    };
    for (node, text) in [
        (
            json!({ "type": "emoji", "attrs": { "shortName": ":smile:", "text": "\u{1f604}" } }),
            "\u{1f604}",
        ),
        (
            json!({ "type": "emoji", "attrs": { "shortName": ":own:" } }),
            ":own:",
        ),
        (
            json!({ "type": "date", "attrs": { "timestamp": "1767225600000" } }),
            "2026-01-01",
        ),
        (
            json!({ "type": "status", "attrs": { "text": "DONE", "color": "green" } }),
            "DONE",
        ),
        (
            json!({ "type": "inlineCard", "attrs": { "url": "https://example.com/1" } }),
            "[https://example.com/1](https://example.com/1)",
        ),
        (
            json!({ "type": "mention", "attrs": { "id": "7", "text": "@Ada" } }),
            "[@Ada](accountid:7)",
        ),
        (
            json!({ "type": "newNode", "content": [{ "type": "text", "text": "inner" }] }),
            "inner",
        ),
        (
            json!({ "type": "text", "text": " spaced ", "marks": [{ "type": "strong" }] }),
            " **spaced** ",
        ),
    ] {
        assert_eq!(
            inline(json!([{ "type": "text", "text": "a:" }, node])),
            format!("a:{text}").trim_end()
        );
    }
    let block =
        |node: Value| to_markdown(&json!({ "type": "doc", "version": 1, "content": [node] }));
    let paragraph = json!({ "type": "paragraph", "content": [{ "type": "text", "text": "x" }] });
    for (node, text) in [
        (
            json!({ "type": "panel", "attrs": { "panelType": "info" }, "content": [paragraph] }),
            "> x",
        ),
        (
            json!({ "type": "expand", "attrs": { "title": "More" }, "content": [paragraph] }),
            "**More**\n\nx",
        ),
        (
            json!({ "type": "taskList", "content": [
            { "type": "taskItem", "attrs": { "state": "DONE" }, "content": [{ "type": "text", "text": "x" }] },
            { "type": "taskItem", "attrs": { "state": "TODO" }, "content": [{ "type": "text", "text": "y" }] },
        ] }),
            "- [x] x\n- [ ] y",
        ),
        (
            json!({ "type": "mediaSingle", "content": [{ "type": "media", "attrs": { "id": "1", "alt": "p.png" } }] }),
            "[attachment: p.png]",
        ),
        (
            json!({ "type": "layoutSection", "content": [{ "type": "layoutColumn", "content": [paragraph] }] }),
            "x",
        ),
    ] {
        assert_eq!(block(node), text);
    }
    assert_eq!(to_markdown(&json!({ "type": "doc" })), "");
    assert_eq!(to_markdown(&json!(7)), "");
    assert_eq!(to_markdown(&json!("plain *text*")), "plain *text*");
}

#[test]
fn a_time_has_milliseconds_and_an_offset_without_a_colon() {
    for (time, jira) in [
        ("2030-01-31T08:30:00Z", "2030-01-31T08:30:00.000+0000"),
        ("2030-01-31t08:30:00.5z", "2030-01-31T08:30:00.500+0000"),
        (
            "2030-01-31T08:30:00.123456-05:30",
            "2030-01-31T08:30:00.123-0530",
        ),
    ] {
        assert_eq!(logged(json!({ "started": time }), None).0["started"], jira);
    }
}
