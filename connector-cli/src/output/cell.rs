//! Single values as text.

use plugwright_sdk::reading::is_hidden;
use serde_json::Value;

/// Formats a value for a table cell, with `-` for none.
pub(super) fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => exact(text),
        Some(Value::Array(items)) => match joined(items, ", ") {
            Some(text) => exact(&text),
            None => super::json::compact(&Value::Array(items.clone())),
        },
        Some(other) => super::json::compact(other),
    }
}

/// Joins the items of a list of scalars; `None` for nested lists.
pub(super) fn joined(items: &[Value], separator: &str) -> Option<String> {
    let texts: Option<Vec<_>> = items
        .iter()
        .map(|item| match item {
            Value::Array(_) | Value::Object(_) => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        })
        .collect();
    texts.map(|texts| texts.join(separator))
}

/// Escapes characters that would move the cursor, change colours or reorder the line, since text
/// comes from untrusted sources.
pub(crate) fn escape(text: &str) -> String {
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    text.chars()
        .flat_map(|letter| {
            let escaped: Box<dyn Iterator<Item = char>> = match letter {
                '\n' | '\r' | '\t' => Box::new(letter.escape_default()),
                hidden if is_hidden(hidden) => Box::new(hidden.escape_unicode()),
                plain => Box::new(std::iter::once(plain)),
            };
            escaped
        })
        .collect()
}

/// Escapes data like [`escape`], and backslashes too: a line break is `\n`, and a backslash before an
/// `n` is `\\n`.
pub(super) fn exact(text: &str) -> String {
    if text.contains('\\') {
        escape(&text.replace('\\', r"\\"))
    } else {
        escape(text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn cells_are_short_and_on_one_line() {
        for (value, expected) in [
            (json!(null), "-"),
            (json!("a\nb"), r"a\nb"),
            (json!(r"a\nb"), r"a\\nb"),
            (json!(["a\n", r"\n"]), r"a\n, \\n"),
            (json!({ "a": "\n" }), r#"{"a":"\n"}"#),
            (json!(["a", "b"]), "a, b"),
            (json!([1, true]), "1, true"),
            (json!([]), ""),
            (json!([{ "a": 1 }]), r#"[{"a":1}]"#),
            (json!({ "a": null }), r#"{"a":null}"#),
            (json!(1.5), "1.5"),
        ] {
            assert_eq!(cell(Some(&value)), expected);
        }
        assert_eq!(cell(None), "-");
    }

    #[test]
    fn nothing_reaches_the_terminal_but_letters() {
        assert_eq!(
            escape("\u{1b}[31mred\u{9b}2J\u{7}"),
            "\\u{1b}[31mred\\u{9b}2J\\u{7}"
        );
        assert_eq!(escape("abc\u{202e}cba"), "abc\\u{202e}cba");
        assert_eq!(escape("a\u{61c}b\u{e0041}"), "a\\u{61c}b\\u{e0041}");
        assert_eq!(escape("zürich 東京 👩‍👩‍👧"), "zürich 東京 👩‍👩‍👧");
    }
}
