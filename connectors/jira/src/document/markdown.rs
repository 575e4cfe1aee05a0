//! From a document to Markdown.

use std::time::{Duration, UNIX_EPOCH};

use plugwright_sdk::Value;

use super::ACCOUNT;

/// Documents are looked into this deep.
const DEEPEST: usize = 32;

/// Writes a document as Markdown. What Markdown lacks is written as the text that it shows.
pub(crate) fn to_markdown(document: &Value) -> String {
    blocks(document, DEEPEST)
}

fn content(node: &Value) -> &[Value] {
    let content = node.get("content").and_then(Value::as_array);
    content.map_or(&[], Vec::as_slice)
}

fn kind(node: &Value) -> &str {
    node.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn attribute<'a>(node: &'a Value, name: &str) -> Option<&'a str> {
    node.get("attrs")?.get(name)?.as_str()
}

fn is_list(node: &Value) -> bool {
    matches!(
        kind(node),
        "bulletList" | "orderedList" | "taskList" | "decisionList"
    )
}

/// Writes the blocks of a node, with an empty line between any two.
fn blocks(node: &Value, deep: usize) -> String {
    let mut text = String::new();
    if deep == 0 {
        return text;
    }
    for inner in content(node) {
        let block = block(inner, deep - 1);
        if block.is_empty() {
            continue;
        }
        if !text.is_empty() {
            // A list below the text of an item belongs to it.
            let is_tight = kind(node) == "listItem" && is_list(inner);
            text.push_str(if is_tight { "\n" } else { "\n\n" });
        }
        text.push_str(&block);
    }
    text
}

fn block(node: &Value, deep: usize) -> String {
    match kind(node) {
        "paragraph" => inline(node, deep),
        "heading" => {
            let level = node.pointer("/attrs/level").and_then(Value::as_u64);
            let level = level.unwrap_or(1).clamp(1, 6);
            let marks = "######".split_at(usize::try_from(level).unwrap_or(1)).0;
            format!("{marks} {}", inline(node, deep))
        }
        "bulletList" | "decisionList" => list(node, deep, |_| "- ".to_owned()),
        "orderedList" => {
            let first = node.pointer("/attrs/order").and_then(Value::as_u64);
            let first = usize::try_from(first.unwrap_or(1)).unwrap_or(1);
            list(node, deep, |place| {
                format!("{}. ", first.saturating_add(place))
            })
        }
        "taskList" => list(node, deep, |place| {
            let item = &content(node)[place];
            let is_done = attribute(item, "state") == Some("DONE");
            (if is_done { "- [x] " } else { "- [ ] " }).to_owned()
        }),
        "blockquote" | "panel" => indented(&blocks(node, deep), "> ", "> "),
        "codeBlock" => {
            let code: String = content(node)
                .iter()
                .filter_map(|text| text["text"].as_str())
                .collect();
            let fence = "`".repeat(longest_run(&code).max(2) + 1);
            let language = attribute(node, "language").unwrap_or_default();
            format!("{fence}{language}\n{code}\n{fence}")
        }
        "rule" => "---".to_owned(),
        "table" => table(node, deep),
        "expand" | "nestedExpand" => {
            let title = attribute(node, "title").filter(|title| !title.is_empty());
            let title = title.map(|title| format!("**{}**\n\n", escaped(title, true)));
            title.unwrap_or_default() + &blocks(node, deep)
        }
        "media" => {
            let name = attribute(node, "alt").or(attribute(node, "id"));
            format!("[attachment: {}]", name.unwrap_or("file"))
        }
        "blockCard" | "embedCard" => attribute(node, "url").map(link).unwrap_or_default(),
        // Nodes around others, and those that are not known.
        _ if content(node).iter().any(|inner| kind(inner) == "text") => inline(node, deep),
        _ => blocks(node, deep),
    }
}

fn list(node: &Value, deep: usize, marker: impl Fn(usize) -> String) -> String {
    let items = content(node).iter().enumerate().map(|(place, item)| {
        let marker = marker(place);
        let text = match kind(item) {
            "listItem" => blocks(item, deep),
            _ => block(item, deep),
        };
        let below = if marker.starts_with("- ") {
            2
        } else {
            marker.len()
        };
        indented(&text, &marker, &" ".repeat(below))
    });
    items.collect::<Vec<_>>().join("\n")
}

/// Puts something before the first line and before the others.
fn indented(text: &str, first: &str, others: &str) -> String {
    let mut lines = text.split('\n');
    let mut shown = [first, lines.next().unwrap_or_default()].concat();
    for line in lines {
        shown.push('\n');
        let line = [others, line].concat();
        shown.push_str(line.trim_end());
    }
    shown.trim_end().to_owned()
}

fn table(node: &Value, deep: usize) -> String {
    let row = |row: &Value| {
        let cells = content(row).iter().map(|cell| {
            let text = blocks(cell, deep).replace("\\\n", "<br>");
            text.replace("\n\n", "<br>")
                .replace('\n', " ")
                .replace('|', "\\|")
        });
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let columns = content(node).iter().map(|row| content(row).len());
    let columns = columns.max().unwrap_or_default();
    let has_head = content(node).first().is_some_and(|first| {
        content(first)
            .iter()
            .all(|cell| kind(cell) == "tableHeader")
    });
    let mut lines: Vec<_> = content(node).iter().map(row).collect();
    if !has_head {
        lines.insert(0, format!("|{}", "  |".repeat(columns)));
    }
    lines.insert(1, format!("|{}", " --- |".repeat(columns)));
    lines.join("\n")
}

/// A mark with what stands before and after the text.
#[derive(PartialEq)]
struct Mark {
    open: &'static str,
    close: String,
}

/// Writes texts with the marks that are common to neighbours around both.
#[derive(Default)]
struct Line {
    text: String,
    open: Vec<Mark>,
}

impl Line {
    fn push(&mut self, text: &str, marks: Vec<Mark>) {
        let core = text.trim();
        if core.is_empty() {
            self.text.push_str(text);
            return;
        }
        let common = self
            .open
            .iter()
            .zip(&marks)
            .take_while(|(one, other)| one == other);
        let common = common.count();
        self.close(common);
        let (before, _) = text.split_at(text.len() - text.trim_start().len());
        self.text.push_str(before);
        for mark in marks.into_iter().skip(common) {
            self.text.push_str(mark.open);
            self.open.push(mark);
        }
        self.text.push_str(core);
        self.text.push_str(&text[before.len() + core.len()..]);
    }

    /// Ends all marks but the first ones; blanks at the end go behind them.
    fn close(&mut self, kept: usize) {
        if self.open.len() <= kept {
            return;
        }
        let end = self.text.trim_end().len();
        let blanks = self.text.split_off(end);
        for mark in self.open.drain(kept..).rev() {
            self.text.push_str(&mark.close);
        }
        self.text.push_str(&blanks);
    }
}

fn inline(node: &Value, deep: usize) -> String {
    let mut line = Line::default();
    add_inline(node, deep, &mut line);
    line.close(0);
    line.text.trim_end().to_owned()
}

fn add_inline(node: &Value, deep: usize, line: &mut Line) {
    if deep == 0 {
        return;
    }
    for inner in content(node) {
        let starts = line.text.is_empty() || line.text.ends_with('\n');
        match kind(inner) {
            "text" => {
                let text = inner["text"]
                    .as_str()
                    .unwrap_or_default()
                    .replace('\n', " ");
                let (marks, is_code) = marks(inner);
                let text = if is_code {
                    code(&text)
                } else {
                    escaped(&text, starts)
                };
                line.push(&text, marks);
            }
            "hardBreak" => {
                line.close(0);
                line.text.push_str("\\\n");
            }
            "mention" => {
                let name = attribute(inner, "text").unwrap_or("@somebody");
                let id = attribute(inner, "id").unwrap_or_default();
                line.push(
                    &format!("[{}]({ACCOUNT}{id})", escaped(name, false)),
                    Vec::new(),
                );
            }
            "emoji" => {
                let emoji = attribute(inner, "text").or(attribute(inner, "shortName"));
                line.push(emoji.unwrap_or_default(), Vec::new());
            }
            "status" => {
                let text = escaped(attribute(inner, "text").unwrap_or_default(), starts);
                line.push(&text, Vec::new());
            }
            "date" => {
                let day = inner.pointer("/attrs/timestamp").and_then(day);
                line.push(&day.unwrap_or_default(), Vec::new());
            }
            "inlineCard" => {
                let card = attribute(inner, "url").map(link);
                line.push(&card.unwrap_or_default(), Vec::new());
            }
            _ => add_inline(inner, deep - 1, line),
        }
    }
}

/// Returns the marks of a text that Markdown has, outermost first, and whether it is code.
fn marks(text: &Value) -> (Vec<Mark>, bool) {
    let all = text.get("marks").and_then(Value::as_array);
    let find = |name: &str| all.into_iter().flatten().find(|mark| kind(mark) == name);
    let mut marks = Vec::new();
    if let Some(href) = find("link").and_then(|link| attribute(link, "href")) {
        let close = format!("]({})", target(href));
        marks.push(Mark { open: "[", close });
    }
    for (name, sign) in [("strong", "**"), ("em", "*"), ("strike", "~~")] {
        if find(name).is_some() {
            let close = sign.to_owned();
            marks.push(Mark { open: sign, close });
        }
    }
    (marks, find("code").is_some())
}

fn link(url: &str) -> String {
    format!("[{}]({})", escaped(url, false), target(url))
}

fn target(url: &str) -> String {
    if url.contains([' ', '(', ')']) {
        format!("<{url}>")
    } else {
        url.to_owned()
    }
}

fn code(text: &str) -> String {
    let fence = "`".repeat(if text.contains('`') {
        longest_run(text) + 1
    } else {
        1
    });
    if text.starts_with('`') || text.ends_with('`') || fence.len() > 1 {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// Returns the length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    let runs = text.split(|letter| letter != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// Escapes what Markdown would take for a sign, at the start of a line more than within.
fn escaped(text: &str, at_start: bool) -> String {
    let mut shown = String::with_capacity(text.len());
    let letters: Vec<char> = text.chars().collect();
    let number = letters
        .iter()
        .take_while(|letter| letter.is_ascii_digit())
        .count();
    for (place, letter) in letters.iter().copied().enumerate() {
        let before = place.checked_sub(1).map(|place| letters[place]);
        let after = letters.get(place + 1).copied();
        let is_within_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let is_sign = match letter {
            '\\' | '`' | '*' | '[' | ']' => true,
            '_' => !(is_within_word(before) && is_within_word(after)),
            '~' => before == Some('~') || after == Some('~'),
            '<' => after.is_some_and(|after| after.is_ascii_alphabetic() || "/!?".contains(after)),
            '&' => after.is_some_and(|after| after.is_ascii_alphabetic() || after == '#'),
            '#' | '>' | '-' | '+' | '=' => at_start && place == 0,
            '.' | ')' => at_start && number > 0 && place == number,
            _ => false,
        };
        if is_sign {
            shown.push('\\');
        }
        shown.push(letter);
    }
    shown
}

/// Returns the day of a moment in milliseconds since 1970, in UTC.
fn day(timestamp: &Value) -> Option<String> {
    let milliseconds: u64 = match timestamp {
        Value::String(text) => text.parse().ok()?,
        other => other.as_u64()?,
    };
    let moment = UNIX_EPOCH.checked_add(Duration::from_millis(milliseconds))?;
    let year_10_000 = Duration::from_hours(70_389_528);
    if Duration::from_millis(milliseconds) >= year_10_000 {
        return None;
    }
    let moment = humantime::format_rfc3339_seconds(moment).to_string();
    Some(moment.split_once('T')?.0.to_owned())
}
