//! One block as Markdown, without those below it.

use plugwright_sdk::Value;

use super::text::{escape_url, of_spans};

/// Writes a block as Markdown; empty if it has nothing that Markdown could show.
pub(crate) fn of_block(block: &Value) -> String {
    let kind = block
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let Some(content) = block.get(kind) else {
        return String::new();
    };
    let member = |name: &str| {
        content
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    // Versions of the API before 2022-02-22 say `text`.
    let spans = content.get("rich_text").or_else(|| content.get("text"));
    let text = spans.map(of_spans).unwrap_or_default();
    match kind {
        "heading_1" => format!("# {text}"),
        "heading_2" => format!("## {text}"),
        "heading_3" => format!("### {text}"),
        "heading_4" => format!("#### {text}"),
        "bulleted_list_item" | "toggle" => item("- ", &text),
        "numbered_list_item" => item("1. ", &text),
        "to_do" if content.get("checked") == Some(&Value::Bool(true)) => item("- [x] ", &text),
        "to_do" => item("- [ ] ", &text),
        "quote" => quote(&text),
        "callout" => {
            let emoji = content.pointer("/icon/emoji").and_then(Value::as_str);
            quote(&emoji.map_or_else(|| text.clone(), |emoji| format!("{emoji} {text}")))
        }
        "code" => {
            let code = spans.map(super::plain).unwrap_or_default();
            let fence = fence(&code);
            let language = member("language");
            let language = if language == "plain text" {
                ""
            } else {
                language
            };
            format!("{fence}{language}\n{code}\n{fence}")
        }
        "equation" => format!("$$\n{}\n$$", member("expression")),
        "divider" => "---".to_owned(),
        "child_page" | "child_database" => link(member("title"), &page_url(block)),
        "link_preview" => link("", member("url")),
        "bookmark" | "embed" => link(&caption(content), member("url")),
        "image" => format!("!{}", link(&caption(content), file_url(content))),
        "audio" | "file" | "pdf" | "video" => {
            let caption = caption(content);
            let name = if caption.is_empty() {
                member("name")
            } else {
                &caption
            };
            link(name, file_url(content))
        }
        "table_row" => {
            let cells = content.get("cells").and_then(Value::as_array);
            let cells = cells.into_iter().flatten();
            cells.fold("|".to_owned(), |row, cell| {
                format!("{row} {} |", of_spans(cell).replace('|', "\\|"))
            })
        }
        _ => text,
    }
}

/// Further lines of an item stand below its first.
fn item(marker: &str, text: &str) -> String {
    let below = format!("\n{}", " ".repeat(marker.len().min(3)));
    format!("{marker}{}", text.replace('\n', &below))
}

fn quote(text: &str) -> String {
    format!("> {}", text.replace('\n', "\n> "))
}

fn fence(code: &str) -> String {
    let longest = code.split(|other| other != '`').map(str::len).max();
    "`".repeat(longest.unwrap_or_default().max(2) + 1)
}

fn link(text: &str, url: &str) -> String {
    let text = if text.is_empty() { url } else { text };
    format!("[{text}]({})", escape_url(url))
}

fn caption(content: &Value) -> String {
    content.get("caption").map(of_spans).unwrap_or_default()
}

/// Where the content of a file is: at Notion for an hour, or elsewhere.
pub(crate) fn file_url(file: &Value) -> &str {
    let url = file
        .pointer("/external/url")
        .or_else(|| file.pointer("/file/url"));
    url.and_then(Value::as_str).unwrap_or_default()
}

fn page_url(block: &Value) -> String {
    let id = block.get("id").and_then(Value::as_str).unwrap_or_default();
    format!("https://www.notion.so/{}", id.replace('-', ""))
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn each_type_has_its_markdown() {
        let text = json!([{ "plain_text": "a", "href": null }]);
        let id = "48c1ffb5-2789-4025-937b-2c35eaaaab3f";
        for (kind, content, written) in [
            ("paragraph", json!({ "rich_text": text }), "a"),
            ("paragraph", json!({ "text": text }), "a"),
            ("heading_2", json!({ "rich_text": text }), "## a"),
            (
                "to_do",
                json!({ "rich_text": text, "checked": true }),
                "- [x] a",
            ),
            ("to_do", json!({ "rich_text": text }), "- [ ] a"),
            (
                "callout",
                json!({ "rich_text": text, "icon": { "emoji": "💡" } }),
                "> 💡 a",
            ),
            (
                "code",
                json!({ "rich_text": text, "language": "rust" }),
                "```rust\na\n```",
            ),
            ("equation", json!({ "expression": "e" }), "$$\ne\n$$"),
            ("divider", json!({}), "---"),
            (
                "child_page",
                json!({ "title": "A" }),
                "[A](https://www.notion.so/48c1ffb527894025937b2c35eaaaab3f)",
            ),
            (
                "image",
                json!({ "type": "external", "external": { "url": "https://a.test/b" }, "caption": text }),
                "![a](https://a.test/b)",
            ),
            (
                "file",
                json!({ "type": "file", "file": { "url": "https://a.test/b" }, "name": "b.txt" }),
                "[b.txt](https://a.test/b)",
            ),
            (
                "bookmark",
                json!({ "url": "https://a.test" }),
                "[https://a.test](https://a.test)",
            ),
            ("table_row", json!({ "cells": [text, []] }), "| a |  |"),
            ("unsupported", json!({}), ""),
        ] {
            let block = json!({ "id": id, "type": kind, kind: content });
            assert_eq!(of_block(&block), written, "{kind}");
        }
    }
}
