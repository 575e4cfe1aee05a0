//! Markdown as Notion's blocks and rich text.

use plugwright_sdk::{ActionError, Result, Value, json};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::languages;

/// Notion takes no more characters in a span.
const LONGEST_TEXT: usize = 2_000;
/// Notion takes no more blocks in a list, and no more spans in a text.
const MOST: usize = 100;
/// Notion takes blocks with two levels below them.
const DEEPEST: usize = 3;

/// Reads Markdown as blocks.
///
/// # Errors
///
/// `VALIDATION_ERROR` about `markdown` if there are none, or more than Notion takes in a request.
pub(crate) fn blocks(markdown: &str) -> Result<Vec<Value>> {
    let blocks = Builder::read(markdown);
    if blocks.is_empty() {
        return Err(refused("has no content"));
    }
    check(&blocks, 1)?;
    Ok(blocks)
}

/// Reads Markdown that is one block without any below it.
///
/// # Errors
///
/// `VALIDATION_ERROR` about `markdown` if it is anything else.
pub(crate) fn single_block(markdown: &str) -> Result<Value> {
    let mut blocks = blocks(markdown)?;
    match blocks.pop() {
        Some(block) if blocks.is_empty() && children(&block).is_empty() => Ok(block),
        _ => Err(refused(
            "must be one block, such as one paragraph or one item of a list",
        )),
    }
}

/// Reads Markdown as rich text: its paragraphs, with empty lines between them.
///
/// # Errors
///
/// `VALIDATION_ERROR` about `markdown` if it has headings, lists or other blocks, or is empty.
pub(crate) fn spans(markdown: &str) -> Result<Vec<Value>> {
    let mut spans = Vec::new();
    for block in blocks(markdown)? {
        let Some(Value::Array(text)) = block.pointer("/paragraph/rich_text") else {
            return Err(refused(
                "must be paragraphs of text, without headings, lists and the like",
            ));
        };
        if !spans.is_empty() {
            spans.push(json!({ "type": "text", "text": { "content": "\n\n" } }));
        }
        spans.extend_from_slice(text);
    }
    Ok(spans)
}

fn refused(problem: &str) -> ActionError {
    ActionError::invalid_param("markdown", problem)
}

fn children(block: &Value) -> &[Value] {
    let kind = block["type"].as_str().unwrap_or_default();
    block[kind]["children"]
        .as_array()
        .map_or(&[], Vec::as_slice)
}

fn check(blocks: &[Value], level: usize) -> Result<()> {
    if blocks.len() > MOST {
        return Err(refused(
            "has too many blocks: Notion takes at most 100 side by side; append it in parts",
        ));
    }
    for block in blocks {
        let below = children(block);
        if !below.is_empty() && level == DEEPEST {
            return Err(refused(
                "has too many levels of lists: Notion takes three; append the lower ones to their item",
            ));
        }
        let kind = block["type"].as_str().unwrap_or_default();
        if block[kind]["rich_text"]
            .as_array()
            .is_some_and(|spans| spans.len() > MOST)
        {
            return Err(refused(
                "has a text of more than 100 parts with formats or links of their own",
            ));
        }
        check(below, level + 1)?;
    }
    Ok(())
}

/// Text in a block, or an image, which only is one of its own if nothing is beside it.
enum Inline {
    Span(Value),
    Image { url: String, caption: Vec<Value> },
}

/// A block that is being read.
struct Frame {
    kind: &'static str,
    content: Value,
    inlines: Vec<Inline>,
    children: Vec<Value>,
}

impl Frame {
    fn new(kind: &'static str) -> Self {
        Self::with(kind, json!({}))
    }

    fn with(kind: &'static str, content: Value) -> Self {
        Self {
            kind,
            content,
            inlines: Vec::new(),
            children: Vec::new(),
        }
    }

    fn takes_text(&self) -> bool {
        matches!(
            self.kind,
            "bulleted_list_item" | "numbered_list_item" | "to_do" | "quote"
        ) && self.inlines.is_empty()
            && self.children.is_empty()
    }
}

#[derive(Default)]
struct Builder {
    /// Finished blocks at the top.
    blocks: Vec<Value>,
    frames: Vec<Frame>,
    /// Whether each list around the place is numbered.
    numbered: Vec<bool>,
    rows: Vec<Value>,
    cells: Vec<Value>,
    bold: usize,
    italic: usize,
    strikethrough: usize,
    links: Vec<String>,
}

impl Builder {
    fn read(markdown: &str) -> Vec<Value> {
        let options =
            Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
        let mut builder = Self::default();
        for event in Parser::new_ext(markdown, options) {
            builder.event(event);
        }
        builder.blocks
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => {
                self.text(&text, false);
            }
            Event::Code(text) => self.text(&text, true),
            Event::SoftBreak => self.text(" ", false),
            Event::HardBreak => self.text("\n", false),
            Event::Rule => self.add(json!({ "type": "divider", "divider": {} })),
            Event::TaskListMarker(is_done) => {
                if let Some(frame) = self.frames.last_mut() {
                    frame.kind = "to_do";
                    frame.content = json!({ "checked": is_done });
                }
            }
            // Of extensions that are not enabled.
            Event::FootnoteReference(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.frames.push(Frame::new("paragraph")),
            Tag::Heading { level, .. } => self.frames.push(Frame::new(match level {
                HeadingLevel::H1 => "heading_1",
                HeadingLevel::H2 => "heading_2",
                _ => "heading_3",
            })),
            Tag::BlockQuote(_) => self.frames.push(Frame::new("quote")),
            Tag::CodeBlock(kind) => {
                let info = match &kind {
                    CodeBlockKind::Fenced(info) => info.as_ref(),
                    CodeBlockKind::Indented => "",
                };
                let language = languages::name_of(info);
                self.frames
                    .push(Frame::with("code", json!({ "language": language })));
            }
            Tag::List(first) => {
                // Text of the item around it, which has no paragraph of its own.
                self.numbered.push(first.is_some());
            }
            Tag::Item => {
                let is_numbered = self.numbered.last() == Some(&true);
                let kind = if is_numbered {
                    "numbered_list_item"
                } else {
                    "bulleted_list_item"
                };
                self.frames.push(Frame::new(kind));
            }
            Tag::TableCell => self.frames.push(Frame::new("cell")),
            Tag::Image { dest_url, .. } => {
                self.frames
                    .push(Frame::with("image", json!(dest_url.as_ref())));
            }
            Tag::Emphasis => self.italic += 1,
            Tag::Strong => self.bold += 1,
            Tag::Strikethrough => self.strikethrough += 1,
            Tag::Link { dest_url, .. } => self.links.push(dest_url.into_string()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph
            | TagEnd::HtmlBlock
            | TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::Item => self.finish(),
            TagEnd::List(_) => drop(self.numbered.pop()),
            TagEnd::TableCell => {
                let cell = self.frames.pop().map(|frame| spans_of(frame.inlines));
                self.cells.push(cell.into_iter().flatten().collect());
            }
            TagEnd::TableHead | TagEnd::TableRow => {
                let cells = std::mem::take(&mut self.cells);
                self.rows
                    .push(json!({ "type": "table_row", "table_row": { "cells": cells } }));
            }
            TagEnd::Table => self.table(),
            TagEnd::Image => self.image(),
            TagEnd::Emphasis => self.italic -= 1,
            TagEnd::Strong => self.bold -= 1,
            TagEnd::Strikethrough => self.strikethrough -= 1,
            TagEnd::Link => drop(self.links.pop()),
            _ => {}
        }
    }

    /// Completes the innermost block.
    fn finish(&mut self) {
        let Some(mut frame) = self.frames.pop() else {
            return;
        };
        if frame.kind == "paragraph" {
            if let [Inline::Image { url, caption }] = frame.inlines.as_slice() {
                let image =
                    json!({ "type": "external", "external": { "url": url }, "caption": caption });
                self.add(json!({ "type": "image", "image": image }));
                return;
            }
            if let Some(around) = self.frames.last_mut()
                && around.takes_text()
            {
                around.inlines = frame.inlines;
                return;
            }
        }
        if frame.kind == "code" {
            trim_last_line_end(&mut frame.inlines);
        }
        frame.content["rich_text"] = Value::Array(spans_of(frame.inlines));
        if !frame.children.is_empty() {
            frame.content["children"] = Value::Array(frame.children);
        }
        self.add(json!({ "type": frame.kind, frame.kind: frame.content }));
    }

    fn table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let width = rows
            .first()
            .and_then(|row| row["table_row"]["cells"].as_array())
            .map(Vec::len);
        let table = json!({ "table_width": width, "has_column_header": true, "children": rows });
        self.add(json!({ "type": "table", "table": table }));
    }

    fn image(&mut self) {
        let Some(image) = self.frames.pop() else {
            return;
        };
        let url = image.content.as_str().unwrap_or_default().to_owned();
        let caption = spans_of(image.inlines);
        if let Some(frame) = self.frames.last_mut() {
            frame.inlines.push(Inline::Image { url, caption });
        }
    }

    fn add(&mut self, block: Value) {
        match self.frames.last_mut() {
            Some(frame) => frame.children.push(block),
            None => self.blocks.push(block),
        }
    }

    fn text(&mut self, text: &str, is_code: bool) {
        let mut annotations = json!({});
        for (name, is_set) in [
            ("bold", self.bold > 0),
            ("italic", self.italic > 0),
            ("strikethrough", self.strikethrough > 0),
            ("code", is_code),
        ] {
            if is_set {
                annotations[name] = json!(true);
            }
        }
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let link = self.links.last().filter(|_| frame.kind != "image");
        // Markdown's parser cuts text where an entity or an escape is; Notion counts the parts.
        if let Some(Inline::Span(before)) = frame.inlines.last_mut()
            && before.get("annotations").unwrap_or(&json!({})) == &annotations
            && before.pointer("/text/link/url").and_then(Value::as_str) == link.map(String::as_str)
            && let Some(Value::String(content)) = before.pointer_mut("/text/content")
        {
            content.push_str(text);
            return;
        }
        let mut span = json!({ "type": "text", "text": { "content": text } });
        if let Some(link) = link {
            span["text"]["link"] = json!({ "url": link });
        }
        if annotations != json!({}) {
            span["annotations"] = annotations;
        }
        frame.inlines.push(Inline::Span(span));
    }
}

/// The end of the last line is not part of the code.
fn trim_last_line_end(inlines: &mut [Inline]) {
    if let Some(Inline::Span(last)) = inlines.last_mut()
        && let Some(Value::String(content)) = last.pointer_mut("/text/content")
        && content.ends_with('\n')
    {
        content.pop();
    }
}

fn spans_of(inlines: Vec<Inline>) -> Vec<Value> {
    let mut spans = Vec::new();
    for inline in inlines {
        match inline {
            Inline::Span(span) => split(span, &mut spans),
            // An image within text becomes a link to it.
            Inline::Image { url, mut caption } => {
                if caption.is_empty() {
                    caption.push(json!({ "type": "text", "text": { "content": url } }));
                }
                for span in &mut caption {
                    span["text"]["link"] = json!({ "url": url });
                }
                spans.append(&mut caption);
            }
        }
    }
    spans
}

/// Cuts a span into as many as its length needs. Notion counts UTF-16 units.
fn split(span: Value, spans: &mut Vec<Value>) {
    let content = span["text"]["content"].as_str().unwrap_or_default();
    if content.len() <= LONGEST_TEXT {
        spans.push(span);
        return;
    }
    let mut parts = vec![String::new()];
    let mut length = 0;
    for character in content.chars() {
        length += character.len_utf16();
        if length > LONGEST_TEXT {
            parts.push(String::new());
            length = character.len_utf16();
        }
        if let Some(part) = parts.last_mut() {
            part.push(character);
        }
    }
    spans.extend(parts.into_iter().map(|part| {
        let mut span = span.clone();
        span["text"]["content"] = part.into();
        span
    }));
}

#[cfg(test)]
mod tests;
