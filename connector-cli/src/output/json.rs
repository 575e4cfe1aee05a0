//! JSON output.

use std::fmt::Write as _;

use plugwright_sdk::reading::is_hidden;
use serde_json::Value;

pub(crate) fn pretty(value: &Value) -> String {
    // `{:#}` indents, and can't fail as `to_string_pretty` can.
    safe(&format!("{value:#}\n"))
}

pub(crate) fn line(value: &Value) -> String {
    let mut text = compact(value);
    text.push('\n');
    text
}

/// Writes JSON without blanks.
pub(crate) fn compact(value: &Value) -> String {
    safe(&value.to_string())
}

/// Escapes characters that JSON allows but terminals interpret; the value stays the same.
fn safe(json: &str) -> String {
    let hazard = |letter: char| letter != '\n' && is_hidden(letter);
    if !json.chars().any(hazard) {
        return json.to_owned();
    }
    json.chars()
        .fold(String::with_capacity(json.len()), |mut text, letter| {
            if hazard(letter) {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            } else {
                text.push(letter);
            }
            text
        })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn escapes_keep_the_value() {
        let value = json!({ "a": "\u{9b}31m\u{7f}\u{202e}\u{e0041}é" });
        let text = line(&value);
        let written = r"\u009b31m\u007f\u202e\udb40\udc41é";
        assert_eq!(text, format!("{{\"a\":\"{written}\"}}\n"));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert_eq!(pretty(&json!([1])), "[\n  1\n]\n");
    }
}
