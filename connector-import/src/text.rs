//! Texts of documents, cleaned: they end in terminals, pages and prompts.

use plugwright_sdk::Value;
use plugwright_sdk::host::word_list;
use plugwright_sdk::reading::is_unseen;

/// Names of HTML elements, those of the past too. `<owner>` is none, but says what to put there.
const ELEMENTS: &[&str] = &word_list::<132>(include_str!("../words/html_elements.txt"));

/// Longest description of an action, in characters.
pub(crate) const DESCRIPTION: usize = 600;

/// Longest description of a parameter or member.
pub(crate) const PARAMETER: usize = 240;

/// Longest title.
pub(crate) const TITLE: usize = 80;

/// Of a longer text only the beginning is looked at, in bytes.
const LOOKED_AT: usize = 16 << 10;

/// Returns a text, number or boolean as text.
pub(crate) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Returns a text without markup and control characters, with single spaces, and no longer than
/// `most` characters; a longer one ends with a sentence if it can.
pub(crate) fn clean(text: &str, most: usize) -> String {
    let text = &text[..text.floor_char_boundary(LOOKED_AT)];
    shorten(&plain(text), most)
}

fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(1024));
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        let rest = &text[at..];
        if letter == '`' {
            let (code, length) = code(rest);
            code.chars().for_each(|letter| push(&mut plain, letter));
            skip(&mut letters, &rest[1..length]);
        } else if letter == '<'
            && let Some(length) = tag(rest)
        {
            skip(&mut letters, &rest[1..length]);
            space(&mut plain);
        } else if letter == '['
            && let Some((label, length)) = link(rest)
        {
            plain.push_str(&self::plain(label));
            skip(&mut letters, &rest[1..length]);
        } else if letter == '&'
            && let Some((meant, length)) = entity(rest)
        {
            plain.push(meant);
            skip(&mut letters, &rest[1..length]);
        } else if rest.starts_with("**") {
            // A mark of emphasis.
            letters.next();
        } else {
            push(&mut plain, letter);
        }
    }
    // Marks of headings say nothing without a renderer either.
    plain.trim_matches([' ', '#']).to_owned()
}

fn push(text: &mut String, letter: char) {
    if letter.is_whitespace() {
        space(text);
    } else if !is_unseen(letter) && letter != '`' {
        text.push(letter);
    }
}

fn skip(letters: &mut std::str::CharIndices<'_>, text: &str) {
    for _ in text.chars() {
        letters.next();
    }
}

fn space(text: &mut String) {
    if !text.is_empty() && !text.ends_with(' ') {
        text.push(' ');
    }
}

/// Returns the code in backticks that a text begins with, in which nothing is markup, and its length with
/// them. Backticks that nothing ends are just these.
fn code(text: &str) -> (&str, usize) {
    let inside = text.trim_start_matches('`');
    let ticks = text.len() - inside.len();
    let mut at = 0;
    while let Some(start) = inside[at..].find('`').map(|start| at + start) {
        let rest = inside[start..].trim_start_matches('`');
        at = inside.len() - rest.len();
        if at - start == ticks {
            return (&inside[..start], ticks + at);
        }
    }
    ("", ticks)
}

/// Returns the length of the HTML tag or comment that a text begins with.
fn tag(text: &str) -> Option<usize> {
    const LONGEST: usize = 400;
    if text.starts_with("<!--") {
        return text.find("-->").map(|end| end + 3);
    }
    let inside = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    let end = inside.find(|letter: char| !letter.is_ascii_alphanumeric())?;
    let (name, after) = inside.split_at(end);
    let is_name = |element: &&str| element.eq_ignore_ascii_case(name);
    let ends = |letter: char| letter.is_whitespace() || matches!(letter, '>' | '/');
    if !after.starts_with(ends) || !ELEMENTS.iter().any(is_name) {
        return None;
    }
    let window = &text[..text.floor_char_boundary(LONGEST)];
    let end = window[1..].find(['<', '>'])? + 1;
    window[end..].starts_with('>').then_some(end + 1)
}

/// Returns the label and the length of the Markdown link that a text begins with.
fn link(text: &str) -> Option<(&str, usize)> {
    const LONGEST: usize = 1000;
    let window = &text[..text.floor_char_boundary(LONGEST)];
    let end = window.find("](")?;
    let label = &window[1..end];
    let close = window[end..].find(')')? + end + 1;
    (!label.contains(['[', '\n']) && !window[end..close].contains('\n')).then_some((label, close))
}

fn entity(text: &str) -> Option<(char, usize)> {
    [
        ("&amp;", '&'),
        ("&lt;", '<'),
        ("&gt;", '>'),
        ("&quot;", '"'),
        ("&#39;", '\''),
        ("&nbsp;", ' '),
    ]
    .into_iter()
    .find(|(name, _)| text.starts_with(name))
    .map(|(name, meant)| (meant, name.len()))
}

fn shorten(text: &str, most: usize) -> String {
    let Some((cut, _)) = text.char_indices().nth(most) else {
        return text.trim().to_owned();
    };
    let head = &text[..cut];
    let sentence = head.rfind(". ").map(|end| end + 1);
    match sentence.filter(|end| *end >= cut / 3) {
        Some(end) => head[..end].to_owned(),
        None => {
            let end = head.rfind(' ').filter(|end| *end > cut / 2).unwrap_or(cut);
            let mut short = head[..head[..end].trim_end().len()].to_owned();
            while short.chars().count() >= most {
                short.pop();
            }
            short.push('…');
            short
        }
    }
}

/// Returns a text in backticks with all that can't be shown replaced, cut at 100 characters, for
/// messages.
pub(crate) fn quoted(text: &str) -> String {
    format!("`{}`", plugwright_sdk::host::Echo(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_control_characters_are_left_out() {
        for (text, expected) in [
            (
                "<p>Gets a <b>pet</b>.</p>\n\n<script>alert(1)</script>",
                "Gets a pet . alert(1)",
            ),
            (
                "See [the docs](https://example.com/a?b=c) for `x`",
                "See the docs for x",
            ),
            (
                "\u{1b}[31mred\u{1b}[0m \u{9b}31m \u{202e}ev\u{61c}\u{e0041}il",
                "[31mred[0m 31m evil",
            ),
            ("a < b &amp;&amp; c > d", "a < b && c > d"),
            ("## **Bold**\ttext ", "Bold text"),
            ("<!-- hidden -->shown", "shown"),
            ("[unclosed](link", "[unclosed](link"),
            (
                "As `<type>://<container_id>`, of <owner>/<repo>, with Bearer <token>.<br/>\n<BR >End</P>",
                "As <type>://<container_id>, of <owner>/<repo>, with Bearer <token>. End",
            ),
            (
                "`<b>` and ``a ` <i>\u{1b}``, `src/**`, **but** ` <b>not</b> this",
                "<b> and a <i>, src/**, but not this",
            ),
        ] {
            assert_eq!(clean(text, 200), expected, "{text:?}");
        }
    }

    #[test]
    fn long_texts_end_with_a_sentence_or_a_word() {
        let text = "First sentence. Second sentence. Third one is longer than allowed here.";
        assert_eq!(clean(text, 40), "First sentence. Second sentence.");
        assert_eq!(clean("one two three four five", 12), "one two…");
        assert_eq!(clean(&"x".repeat(1000), 10).chars().count(), 10);
        assert!(clean(&"ü ".repeat(100_000), 600).chars().count() <= 600);
    }

    #[test]
    fn hostile_markup_takes_linear_time() {
        for text in [
            "<".repeat(1 << 20),
            "[".repeat(1 << 20),
            "[a](".repeat(1 << 18),
            "`".repeat(1 << 20),
            "` `` ".repeat(1 << 18),
        ] {
            clean(&text, 600);
        }
    }
}
