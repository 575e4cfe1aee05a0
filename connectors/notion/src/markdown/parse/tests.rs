use super::*;
use crate::markdown::{of_block, of_spans};

fn span(text: &str) -> Value {
    json!({ "type": "text", "text": { "content": text } })
}

#[test]
fn blocks_have_notion_s_types() {
    let markdown = "\
# Title

Some *text* with [a **link**](https://a.test).

- [x] done
- open
  1. first
  2. second

> quoted

```rs
let a = 1;
```

---

![alt](https://a.test/i.png)

| A | B |
| - | - |
| 1 | `2` |
";
    let blocks = blocks(markdown).unwrap();
    let kinds: Vec<_> = blocks
        .iter()
        .map(|block| block["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "heading_1",
            "paragraph",
            "to_do",
            "bulleted_list_item",
            "quote",
            "code",
            "divider",
            "image",
            "table",
        ]
    );
    assert_eq!(
        blocks[0]["heading_1"],
        json!({ "rich_text": [span("Title")] })
    );
    let link = json!({ "url": "https://a.test" });
    assert_eq!(
        blocks[1]["paragraph"]["rich_text"],
        json!([
            span("Some "),
            { "type": "text", "text": { "content": "text" }, "annotations": { "italic": true } },
            span(" with "),
            { "type": "text", "text": { "content": "a ", "link": link } },
            { "type": "text", "text": { "content": "link", "link": link }, "annotations": { "bold": true } },
            span("."),
        ])
    );
    assert_eq!(
        blocks[2]["to_do"],
        json!({ "checked": true, "rich_text": [span("done")] })
    );
    let inner = |text| json!({ "type": "numbered_list_item", "numbered_list_item": { "rich_text": [span(text)] } });
    assert_eq!(
        blocks[3]["bulleted_list_item"],
        json!({ "rich_text": [span("open")], "children": [inner("first"), inner("second")] })
    );
    assert_eq!(blocks[4]["quote"], json!({ "rich_text": [span("quoted")] }));
    assert_eq!(
        blocks[5]["code"],
        json!({ "language": "rust", "rich_text": [span("let a = 1;")] })
    );
    assert_eq!(
        blocks[7]["image"],
        json!({ "type": "external", "external": { "url": "https://a.test/i.png" }, "caption": [span("alt")] })
    );
    let code =
        json!({ "type": "text", "text": { "content": "2" }, "annotations": { "code": true } });
    assert_eq!(
        blocks[8]["table"],
        json!({
            "table_width": 2,
            "has_column_header": true,
            "children": [
                { "type": "table_row", "table_row": { "cells": [[span("A")], [span("B")]] } },
                { "type": "table_row", "table_row": { "cells": [[span("1")], [code]] } },
            ],
        })
    );
}

/// A text as Notion answers it.
fn answered(spans: &[Value]) -> Value {
    spans
        .iter()
        .map(|span| {
            let mut span = span.clone();
            span["plain_text"] = span["text"]["content"].clone();
            span["href"] = span["text"]
                .get("link")
                .map_or(Value::Null, |link| link["url"].clone());
            span
        })
        .collect()
}

#[test]
fn text_comes_back_as_it_was_written() {
    for markdown in [
        "plain",
        "**bold *both*** and ~~struck~~",
        "a [link](https://a.test/b\\(c\\)) and `code`",
        "snake_case, 2 \\* 3, \\# and \\_x\\_",
        "one\\\ntwo",
        "1\\. no list",
        "C:\\\\ \\[x\\] \\<i> R&D &lt;",
        "``a`b``",
    ] {
        let first = spans(markdown).unwrap();
        let written = of_spans(&answered(&first));
        assert_eq!(
            spans(&written).unwrap(),
            first,
            "{markdown} became {written}"
        );
    }
}

#[test]
fn blocks_come_back_as_they_were_written() {
    for markdown in [
        "## a",
        "- a",
        "1. a",
        "- [ ] a",
        "- [x] a",
        "> a",
        "```rust\na\n\nb\n```",
        "---",
    ] {
        let first = single_block(markdown).unwrap();
        let kind = first["type"].as_str().unwrap();
        let mut read = first.clone();
        if let Some(Value::Array(spans)) = first[kind].get("rich_text") {
            read[kind]["rich_text"] = answered(spans);
        }
        assert_eq!(of_block(&read), markdown);
    }
}

#[test]
fn paragraphs_of_an_item_stand_below_its_first() {
    let block = &blocks("- one\n\n  two\n\n  > three").unwrap()[0]["bulleted_list_item"];
    assert_eq!(block["rich_text"], json!([span("one")]));
    let below: Vec<_> = block["children"]
        .as_array()
        .unwrap()
        .iter()
        .map(|block| &block["type"])
        .collect();
    assert_eq!(below, ["paragraph", "quote"]);
}

#[test]
fn an_image_within_text_becomes_a_link() {
    let text = spans("see ![it](https://a.test/i.png)").unwrap();
    assert_eq!(
        text[1],
        json!({ "type": "text", "text": { "content": "it", "link": { "url": "https://a.test/i.png" } } })
    );
}

#[test]
fn a_long_text_is_cut_into_spans() {
    let text = spans(&"é😀".repeat(1_500)).unwrap();
    let lengths: Vec<_> = text
        .iter()
        .map(|span| {
            span["text"]["content"]
                .as_str()
                .unwrap()
                .encode_utf16()
                .count()
        })
        .collect();
    assert_eq!(lengths, [1_999, 2_000, 501]);
}

#[test]
fn what_notion_does_not_take_is_refused() {
    for (markdown, problem) in [
        (String::new(), "has no content"),
        ("a\n\n".repeat(101), "has too many blocks"),
        (
            "- a\n  - b\n    - c\n      - d".to_owned(),
            "has too many levels",
        ),
        ("**a** b ".repeat(60), "has a text of more than 100 parts"),
    ] {
        let error = blocks(&markdown).unwrap_err();
        assert_eq!(error.param(), Some("markdown"));
        assert!(error.message().contains(problem), "{error}");
    }
    assert!(
        spans("# a")
            .unwrap_err()
            .message()
            .contains("must be paragraphs of text")
    );
    assert!(
        single_block("a\n\nb")
            .unwrap_err()
            .message()
            .contains("must be one block")
    );
    assert!(
        single_block("- a\n  - b")
            .unwrap_err()
            .message()
            .contains("must be one block")
    );
}
