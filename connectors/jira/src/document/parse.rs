//! From Markdown to a document.

use plugwright_sdk::{Value, json};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::ACCOUNT;

/// Makes a document of Markdown, with tables and text that is struck out.
pub(crate) fn from_markdown(markdown: &str) -> Value {
    let options = Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES;
    let mut builder = Builder {
        open: vec![Node::new("doc")],
        marks: Vec::new(),
        in_head: false,
    };
    for event in Parser::new_ext(markdown, options) {
        builder.take(event);
    }
    builder.end_paragraph();
    let content = builder.open.swap_remove(0).content;
    json!({ "type": "doc", "version": 1, "content": content })
}

/// A node whose content is not complete.
struct Node {
    kind: &'static str,
    attributes: Value,
    content: Vec<Value>,
    /// Whether Markdown has no paragraph here where a document needs one.
    is_implied: bool,
}

impl Node {
    fn new(kind: &'static str) -> Self {
        Self::with(kind, Value::Null)
    }

    fn with(kind: &'static str, attributes: Value) -> Self {
        Self {
            kind,
            attributes,
            content: Vec::new(),
            is_implied: false,
        }
    }

    fn into_value(self) -> Value {
        let mut node = json!({ "type": self.kind });
        if !self.attributes.is_null() {
            node["attrs"] = self.attributes;
        }
        if !self.content.is_empty() {
            node["content"] = self.content.into();
        }
        node
    }

    /// Returns whether inline nodes stand in it without a paragraph.
    fn takes_text(&self) -> bool {
        matches!(self.kind, "paragraph" | "heading" | "codeBlock")
    }

    /// Adds a block. What may not stand in a quote or in a list stands there as what may.
    fn add(&mut self, block: Value) {
        let kind = block["type"].as_str().unwrap_or_default();
        let is_strict = matches!(self.kind, "listItem" | "blockquote");
        match kind {
            "heading" | "rule" if is_strict => {
                let content = block.get("content").cloned();
                let content = content.unwrap_or_else(|| json!([text("---", &[])]));
                self.content
                    .push(json!({ "type": "paragraph", "content": content }));
            }
            "blockquote" | "table" | "tableRow" if is_strict => {
                for inner in block["content"].as_array().into_iter().flatten() {
                    self.add(inner.clone());
                }
            }
            "tableHeader" | "tableCell" if is_strict => {
                let inner = block["content"].as_array().into_iter().flatten();
                self.content.extend(inner.cloned());
            }
            _ => self.content.push(block),
        }
    }
}

struct Builder {
    /// From the document to the innermost open node.
    open: Vec<Node>,
    /// What holds for text at this place.
    marks: Vec<Value>,
    /// Whether the cells are those of a table's head.
    in_head: bool,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(words) | Event::Html(words) | Event::InlineHtml(words) => {
                self.text(&words);
            }
            Event::Code(code) => {
                // Code may only be in a link.
                let mut marks: Vec<_> = self.marks.clone();
                marks.retain(|mark| mark["type"] == "link");
                marks.push(json!({ "type": "code" }));
                self.inline(text(&code, &marks));
            }
            Event::SoftBreak => self.text(" "),
            Event::HardBreak => self.inline(json!({ "type": "hardBreak" })),
            Event::Rule => {
                self.end_paragraph();
                self.add(json!({ "type": "rule" }));
            }
            // Of extensions that are not enabled.
            Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_)
            | Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.marks.push(json!({ "type": "em" })),
            Tag::Strong => self.marks.push(json!({ "type": "strong" })),
            Tag::Strikethrough => self.marks.push(json!({ "type": "strike" })),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                let href = dest_url.as_ref();
                self.marks
                    .push(json!({ "type": "link", "attrs": { "href": href } }));
            }
            Tag::Paragraph | Tag::HtmlBlock => self.open(Node::new("paragraph")),
            Tag::Heading { level, .. } => {
                let level = json!({ "level": level_of(level) });
                self.open(Node::with("heading", level));
            }
            Tag::BlockQuote(_) => self.open(Node::new("blockquote")),
            Tag::CodeBlock(kind) => {
                let language = match &kind {
                    CodeBlockKind::Fenced(language) if !language.is_empty() => {
                        json!({ "language": language.as_ref() })
                    }
                    _ => Value::Null,
                };
                self.open(Node::with("codeBlock", language));
            }
            Tag::List(None) => self.open(Node::new("bulletList")),
            Tag::List(Some(first)) => {
                let order = json!({ "order": first });
                self.open(Node::with("orderedList", order));
            }
            Tag::Item => self.open(Node::new("listItem")),
            Tag::Table(_) => self.open(Node::new("table")),
            Tag::TableHead => {
                self.in_head = true;
                self.open(Node::new("tableRow"));
            }
            Tag::TableRow => self.open(Node::new("tableRow")),
            Tag::TableCell => {
                let cell = if self.in_head {
                    "tableHeader"
                } else {
                    "tableCell"
                };
                self.open(Node::new(cell));
            }
            // Of extensions that are not enabled.
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Link
            | TagEnd::Image => {
                self.marks.pop();
            }
            TagEnd::TableHead => {
                self.in_head = false;
                self.close();
            }
            TagEnd::TableCell | TagEnd::Item => {
                self.end_paragraph();
                // Neither may be empty.
                if self.open.last().is_some_and(|node| node.content.is_empty()) {
                    self.add(json!({ "type": "paragraph" }));
                }
                self.close();
            }
            TagEnd::Paragraph
            | TagEnd::HtmlBlock
            | TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::List(_)
            | TagEnd::Table
            | TagEnd::TableRow => self.close(),
            _ => {}
        }
    }

    fn open(&mut self, node: Node) {
        self.end_paragraph();
        self.open.push(node);
    }

    /// Ends the innermost node; the document itself stays.
    fn close(&mut self) {
        self.end_paragraph();
        if self.open.len() > 1
            && let Some(mut node) = self.open.pop()
        {
            trim_end(&mut node);
            self.add(node.into_value());
        }
    }

    /// Ends a paragraph that Markdown does not have.
    fn end_paragraph(&mut self) {
        if self.open.last().is_some_and(|node| node.is_implied)
            && let Some(node) = self.open.pop()
        {
            self.add(node.into_value());
        }
    }

    fn add(&mut self, block: Value) {
        if let Some(node) = self.open.last_mut() {
            node.add(block);
        }
    }

    fn text(&mut self, words: &str) {
        let marks = self.marks.clone();
        let in_code = self
            .open
            .last()
            .is_some_and(|node| node.kind == "codeBlock");
        let words = if in_code {
            words
        } else {
            words.trim_matches('\n')
        };
        if words.is_empty() {
            return;
        }
        let account = marks.iter().rev().find_map(|mark| {
            let href = mark.pointer("/attrs/href")?.as_str()?;
            href.strip_prefix(ACCOUNT)
        });
        match account {
            Some(id) => {
                let mention = json!({ "type": "mention", "attrs": { "id": id, "text": words } });
                self.inline(mention);
            }
            None => self.inline(text(words, &marks)),
        }
    }

    fn inline(&mut self, node: Value) {
        if self.open.last().is_some_and(|open| !open.takes_text()) {
            let mut paragraph = Node::new("paragraph");
            paragraph.is_implied = true;
            self.open.push(paragraph);
        }
        let Some(open) = self.open.last_mut() else {
            return;
        };
        // The parser gives a text in parts.
        if let Some(last) = open.content.last_mut()
            && last["type"] == "text"
            && node["type"] == "text"
            && last.get("marks") == node.get("marks")
            && let (Some(before), Some(after)) = (last["text"].as_str(), node["text"].as_str())
        {
            last["text"] = [before, after].concat().into();
        } else {
            open.content.push(node);
        }
    }
}

/// Takes off the end of the last line of code, which Markdown has and a document has not.
fn trim_end(node: &mut Node) {
    if node.kind == "codeBlock"
        && let Some(last) = node.content.last_mut()
        && let Some(code) = last["text"].as_str()
    {
        match code.strip_suffix('\n').unwrap_or(code) {
            "" => node.content.clear(),
            code => last["text"] = code.to_owned().into(),
        }
    }
}

fn text(text: &str, marks: &[Value]) -> Value {
    let mut node = json!({ "type": "text", "text": text });
    if !marks.is_empty() {
        node["marks"] = marks.into();
    }
    node
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}
