//! JSON output.

use std::fmt::Write as _;

use serde_json::Value;

use super::cell::is_hazard;

/// Writes indented JSON.
pub(crate) fn pretty(value: &Value) -> String {
    // `{:#}` indents, and can't fail as `to_string_pretty` can.
    safe(&format!("{value:#}\n"))
}

/// Writes JSON on one line.
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
    let hazard = |letter: char| letter != '\n' && is_hazard(letter);
    if !json.chars().any(hazard) {
        return json.to_owned();
    }
    json.chars()
        .fold(String::with_capacity(json.len()), |mut text, letter| {
            if hazard(letter) {
                // All of them are in the basic plane, so one escape each is enough.
                let _ = write!(text, "\\u{:04x}", u32::from(letter));
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
        let value = json!({ "a": "\u{9b}31m\u{7f}\u{202e}é" });
        let text = line(&value);
        assert_eq!(text, "{\"a\":\"\\u009b31m\\u007f\\u202eé\"}\n");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert_eq!(pretty(&json!([1])), "[\n  1\n]\n");
    }
}
