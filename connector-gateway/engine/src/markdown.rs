//! Escapes text for Markdown.
//!
//! Code between backticks stays code, since doc comments use it; everything else that Markdown or
//! mdBook would interpret is escaped.

/// Starts an mdBook directive, even inside code.
const DIRECTIVE: &str = "{{#";

/// Writes each line as a paragraph.
pub fn prose(text: &str) -> String {
    paragraphs(text).join("\n\n")
}

/// Writes lines for a table cell.
pub fn lines(text: &str) -> String {
    paragraphs(text).join("<br>")
}

fn paragraphs(text: &str) -> Vec<String> {
    text.lines()
        .map(line)
        .filter(|line| !line.is_empty())
        .collect()
}

/// Writes text on one line.
pub fn line(text: &str) -> String {
    let text = on_one_line(text);
    let mut rest = text.as_str();
    let mut out = String::new();
    while let Some((before, content, after)) = next_code(rest) {
        escape(before, &mut out);
        out.push_str(&code(content.trim()));
        rest = after;
    }
    escape(rest, &mut out);
    out
}

/// Writes text as code.
pub fn code(text: &str) -> String {
    let text = on_one_line(text);
    if text.is_empty() {
        return text;
    }
    if text.contains(DIRECTIVE) {
        let mut out = "<code>".to_owned();
        escape(&text, &mut out);
        return out + "</code>";
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Writes a shell block.
pub fn shell(text: &str) -> String {
    block("sh", text)
}

/// Writes a code block of a language.
pub fn block(language: &str, text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}\n")
}

/// Writes a table row of cells that are Markdown already.
pub fn row<const COLUMNS: usize>(cells: [&str; COLUMNS]) -> String {
    let cells = cells.map(|cell| cell.replace('|', "\\|"));
    format!("| {} |\n", cells.join(" | "))
}

/// Writes a table head.
pub fn head<const COLUMNS: usize>(names: [&str; COLUMNS]) -> String {
    row(names) + row(["---"; COLUMNS]).as_str()
}

fn on_one_line(text: &str) -> String {
    let text = text.replace(|letter: char| letter.is_control(), " ");
    text.trim().to_owned()
}

fn longest_run(text: &str) -> usize {
    let runs = text.split(|letter| letter != '`').map(str::len);
    runs.max().unwrap_or_default()
}

/// Finds the first code span; returns the text before it, its content and the text after it.
fn next_code(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(start) = text[from..].find('`').map(|found| from + found) {
        let open = run_at(text, start);
        let mut end = start + open;
        while let Some(found) = text[end..].find('`') {
            end += found;
            let close = run_at(text, end);
            let content = &text[start + open..end];
            if close == open && !content.trim().is_empty() {
                return Some((&text[..start], content, &text[end + close..]));
            }
            end += close;
        }
        from = start + open;
    }
    None
}

fn run_at(text: &str, start: usize) -> usize {
    text[start..]
        .bytes()
        .take_while(|byte| *byte == b'`')
        .count()
}

/// Appends text without code spans to a line.
fn escape(text: &str, line: &mut String) {
    let letters: Vec<_> = text.chars().collect();
    for (place, letter) in letters.iter().copied().enumerate() {
        let before = place.checked_sub(1).map(|place| letters[place]);
        let after = letters.get(place + 1).copied();
        let word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
        let mark = match letter {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' | '{' => true,
            '_' => !(word(before) && word(after)),
            '&' => word(after) || after == Some('#'),
            // At the end of a heading it would be dropped.
            '#' => line.is_empty() || after.is_none(),
            '>' | '+' | '-' | '=' | ':' => line.is_empty(),
            // `1.` would start a list.
            '.' | ')' => !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit()),
            _ => false,
        };
        if mark {
            line.push('\\');
        }
        line.push(letter);
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;

    /// The rendered text, with code between `‹` and `›`; other elements are named.
    fn seen(markdown: &str) -> String {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_FOOTNOTES
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_HEADING_ATTRIBUTES
            | Options::ENABLE_DEFINITION_LIST;
        let mut seen = String::new();
        for event in Parser::new_ext(markdown, options) {
            match event {
                Event::Text(text) => seen.push_str(&text),
                Event::Code(code) => seen.extend(["‹", &*code, "›"]),
                Event::Start(
                    Tag::Paragraph
                    | Tag::Table(_)
                    | Tag::TableHead
                    | Tag::TableRow
                    | Tag::TableCell
                    | Tag::Heading { id: None, .. },
                )
                | Event::End(_) => {}
                other => write!(seen, "{other:?}").unwrap(),
            }
        }
        seen
    }

    /// Any three of these render as they are, whatever Markdown makes of them.
    #[test]
    fn no_text_is_read_as_a_mark() {
        let letters = [
            "\\", "*", "_", "[", "]", "(", ")", "<", ">", "#", "+", "-", "=", "~", "|", "&", "{",
            "!", ":", "1", ".", "a", " ", "amp;",
        ];
        let mut texts = vec![String::new()];
        let mut from = 0;
        for _ in 0..3 {
            let to = texts.len();
            for index in from..to {
                for letter in letters {
                    texts.push(format!("{}{letter}", texts[index]));
                }
            }
            from = to;
        }
        for text in texts.iter().filter(|text| text.trim() == **text) {
            let line = line(text);
            assert_eq!(&seen(&line), text, "as a paragraph: {line}");
            assert_eq!(&seen(&format!("# {line}")), text, "as a heading: {line}");
            let table = head(["h"]) + row([&line]).as_str();
            assert_eq!(seen(&table), format!("h{text}"), "in a table: {table}");
            if text.contains(DIRECTIVE) {
                continue;
            }
            let coded = code(text);
            let shown = if text.is_empty() {
                String::new()
            } else {
                format!("‹{text}›")
            };
            assert_eq!(seen(&coded), shown, "as code: {coded}");
            let table = head(["h"]) + row([&coded]).as_str();
            assert_eq!(seen(&table), format!("h{shown}"), "as code: {table}");
        }
    }

    #[test]
    fn code_stays_code_and_other_backticks_are_text() {
        for (text, shown) in [
            ("as `owner/name`.", "as ‹owner/name›."),
            ("`a|b` or ``c`d``", "‹a|b› or ‹c`d›"),
            ("a ` alone", "a ` alone"),
            ("`` ` ``", "‹`›"),
            ("``` unclosed `x`", "``` unclosed ‹x›"),
            ("per_page and _x_", "per_page and _x_"),
            ("\\`x`", "\\‹x›"),
        ] {
            assert_eq!(seen(&line(text)), shown);
            let table = head(["h"]) + row([&line(text)]).as_str();
            assert_eq!(seen(&table), format!("h{shown}"));
        }
        assert_eq!(line("per_page"), "per_page");
        assert_eq!(line("as `owner/name`."), "as `owner/name`.");
    }

    #[test]
    fn a_directive_of_mdbook_is_only_shown() {
        for markdown in [
            line("{{#include a}}"),
            code("{{#include a}}"),
            line("`{{#include a}}`"),
        ] {
            assert!(!markdown.contains(DIRECTIVE), "{markdown}");
        }
    }

    #[test]
    fn lines_are_paragraphs_or_breaks() {
        assert_eq!(prose("One.\n\n Two.\r\n"), "One.\n\nTwo.");
        assert_eq!(lines("One.\nTwo."), "One.<br>Two.");
        assert_eq!(shell("echo '```'"), "````sh\necho '```'\n````\n");
    }
}
