//! Rich text as Markdown.

use plugwright_sdk::Value;
use std::fmt::Write as _;

/// What surrounds text in Markdown, from the outside to the inside.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark<'a> {
    Link(&'a str),
    Bold,
    Italic,
    Strikethrough,
}

impl Mark<'_> {
    fn open(self) -> &'static str {
        match self {
            Self::Link(_) => "[",
            other => other.delimiter(),
        }
    }

    fn close(self, written: &mut String) {
        match self {
            Self::Link(url) => {
                let _ = write!(written, "]({})", escape_url(url));
            }
            other => written.push_str(other.delimiter()),
        }
    }

    fn delimiter(self) -> &'static str {
        match self {
            Self::Link(_) => "",
            Self::Bold => "**",
            Self::Italic => "*",
            Self::Strikethrough => "~~",
        }
    }
}

/// Writes spans of rich text as one text of Markdown. Colours and underlines, which Markdown does not
/// have, are left out.
pub(crate) fn of_spans(spans: &Value) -> String {
    let mut writer = Writer::default();
    for span in each(spans) {
        writer.span(span);
    }
    writer.finish()
}

/// Joins the plain text of spans.
pub(crate) fn plain(spans: &Value) -> String {
    each(spans).map(plain_text).collect()
}

/// Notion writes a list of spans in most places, and one alone as an item of a property.
fn each(spans: &Value) -> impl Iterator<Item = &Value> {
    let (list, one) = match spans {
        Value::Array(list) => (list.as_slice(), None),
        Value::Object(_) => (&[][..], Some(spans)),
        _ => (&[][..], None),
    };
    list.iter().chain(one)
}

fn plain_text(span: &Value) -> &str {
    let text = span.get("plain_text").and_then(Value::as_str);
    text.or_else(|| span.pointer("/text/content")?.as_str())
        .unwrap_or_default()
}

#[derive(Default)]
struct Writer<'a> {
    written: String,
    open: Vec<Mark<'a>>,
    /// White space that goes after the marks that end before it.
    space: String,
}

impl<'a> Writer<'a> {
    fn span(&mut self, span: &'a Value) {
        let is_set =
            |name| span.pointer(&format!("/annotations/{name}")) == Some(&Value::Bool(true));
        let link = span.get("href").and_then(Value::as_str);
        let link = link.or_else(|| span.pointer("/text/link/url")?.as_str());
        let wanted: Vec<_> = link
            .map(Mark::Link)
            .into_iter()
            .chain(is_set("bold").then_some(Mark::Bold))
            .chain(is_set("italic").then_some(Mark::Italic))
            .chain(is_set("strikethrough").then_some(Mark::Strikethrough))
            .collect();
        let text = plain_text(span);
        let core = text.trim();
        let Some(start) = text.find(core).filter(|_| !core.is_empty()) else {
            self.space.push_str(text);
            return;
        };
        // A mark that goes on stays open, so that it is not cut by those within it.
        let kept = self.open.iter().take_while(|mark| wanted.contains(mark));
        let kept = kept.count();
        self.close_to(kept);
        self.space.push_str(&text[..start]);
        self.flush_space();
        for mark in wanted {
            if !self.open.contains(&mark) {
                self.written.push_str(mark.open());
                self.open.push(mark);
            }
        }
        match span.pointer("/equation/expression").and_then(Value::as_str) {
            Some(expression) => {
                let _ = write!(self.written, "${expression}$");
            }
            None if is_set("code") => self.written.push_str(&code(core)),
            None => self.escaped(core, link),
        }
        self.space.push_str(&text[start + core.len()..]);
    }

    fn close_to(&mut self, kept: usize) {
        while self.open.len() > kept {
            if let Some(mark) = self.open.pop() {
                mark.close(&mut self.written);
            }
        }
    }

    fn flush_space(&mut self) {
        self.written.push_str(&self.space.replace('\n', "\\\n"));
        self.space.clear();
    }

    /// Writes text so that none of it means anything to Markdown.
    fn escaped(&mut self, text: &str, link: Option<&str>) {
        // A URL that links to itself is more readable as it is.
        if link == Some(text) {
            self.written.push_str(text);
            return;
        }
        let mut before = self.written.chars().last();
        for (index, character) in text.char_indices() {
            let rest = &text[index + character.len_utf8()..];
            let after = rest.chars().next();
            let is_special = match character {
                '\\' => after.is_some_and(|after| after.is_ascii_punctuation() || after == '\n'),
                '`' | '*' | '[' | ']' | '\n' => true,
                '_' => !(is_word(before) && is_word(after)),
                '~' => after == Some('~') || before == Some('~'),
                '<' => {
                    after.is_some_and(|after| after.is_ascii_alphabetic() || "/!?".contains(after))
                }
                '&' => starts_with_an_entity(rest),
                '#' | '>' | '+' | '-' | '=' => matches!(before, None | Some('\n')),
                '.' | ')' => starts_a_list(&self.written),
                _ => false,
            };
            if is_special {
                self.written.push('\\');
            }
            self.written.push(character);
            before = Some(character);
        }
    }

    fn finish(mut self) -> String {
        self.close_to(0);
        // White space around a text is part of it for Notion, and not for Markdown.
        self.written.push_str(self.space.trim_end_matches('\n'));
        self.written
    }
}

fn is_word(character: Option<char>) -> bool {
    character.is_some_and(char::is_alphanumeric)
}

/// Whether text goes on as a character reference does: `amp;`, `#38;`.
fn starts_with_an_entity(rest: &str) -> bool {
    let is_other = |other: char| !(other.is_ascii_alphanumeric() || other == '#');
    let end = rest.find(is_other).unwrap_or_default();
    end > 0 && rest[end..].starts_with(';')
}

/// Whether a line has a number alone so far, so that a period or a parenthesis would make it a list.
fn starts_a_list(written: &str) -> bool {
    let line = written.rsplit('\n').next().unwrap_or_default();
    !line.is_empty() && line.len() < 10 && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// Puts code between more backticks than it has in a row.
fn code(text: &str) -> String {
    let longest = text.split(|other| other != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default() + 1);
    let blank = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{blank}{text}{blank}{fence}")
}

pub(super) fn escape_url(url: &str) -> String {
    let mut escaped = String::with_capacity(url.len());
    for character in url.chars() {
        match character {
            ' ' => escaped.push_str("%20"),
            '(' | ')' | '\\' => escaped.extend(['\\', character]),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    fn span(text: &str, marks: &[&str]) -> Value {
        let mut annotations = json!({ "bold": false, "color": "default" });
        for mark in marks {
            annotations[*mark] = json!(true);
        }
        json!({ "type": "text", "plain_text": text, "href": null, "annotations": annotations })
    }

    #[test]
    fn marks_surround_text_without_the_space_at_its_ends() {
        let spans = json!([
            span("plain ", &[]),
            span("bold ", &["bold"]),
            span("both", &["bold", "italic"]),
            span(" end", &[]),
        ]);
        assert_eq!(of_spans(&spans), "plain **bold *both*** end");
        assert_eq!(plain(&spans), "plain bold both end");
    }

    #[test]
    fn links_and_equations_and_code_are_written_as_such() {
        let mut link = span("on (it)", &["italic"]);
        link["href"] = json!("https://example.com/a b(c)");
        let mut equation = span("e=mc^2", &[]);
        equation["equation"] = json!({ "expression": "e=mc^2" });
        let spans = json!([link, span(" ", &[]), equation, span(" a`b", &["code"])]);
        assert_eq!(
            of_spans(&spans),
            "[*on (it)*](https://example.com/a%20b\\(c\\)) $e=mc^2$ ``a`b``"
        );
    }

    #[test]
    fn what_would_mean_something_is_escaped_and_nothing_else() {
        for (text, written) in [
            ("snake_case and _under_", "snake_case and \\_under\\_"),
            ("2 * 3 [x]", "2 \\* 3 \\[x\\]"),
            ("# no heading", "\\# no heading"),
            ("C# 1.5", "C# 1.5"),
            ("1. one", "1\\. one"),
            ("a < b <i>", "a < b \\<i>"),
            ("R&D &amp;", "R&D \\&amp;"),
            ("C:\\temp \\*", "C:\\temp \\\\\\*"),
            ("one\ntwo", "one\\\ntwo"),
        ] {
            let spans = json!([span(text, &[])]);
            assert_eq!(of_spans(&spans), written);
        }
    }
}
