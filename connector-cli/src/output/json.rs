//! JSON output.

use std::fmt::Write as _;

use plugwright_sdk::host::Data;
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

/// Indents the JSON of a result, in which numbers keep their digits.
pub(crate) fn pretty_data(data: &Data) -> String {
    safe(&laid_out(&data.to_json(), true)) + "\n"
}

pub(crate) fn line_data(data: &Data) -> String {
    safe(&laid_out(&data.to_json(), false)) + "\n"
}

/// Writes JSON text anew with other blanks: none, or those of [`pretty`].
fn laid_out(json: &str, indents: bool) -> String {
    let mut text = String::with_capacity(json.len());
    let new_line = |text: &mut String, depth: usize| {
        if indents {
            text.push('\n');
            text.extend(std::iter::repeat_n("  ", depth));
        }
    };
    let (mut depth, mut opened) = (0_usize, false);
    let (mut in_string, mut escaped) = (false, false);
    for letter in json.chars() {
        if in_string {
            text.push(letter);
            in_string = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        if letter.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(letter, ']' | '}');
        depth = depth.saturating_sub(closes.into());
        if opened != closes {
            new_line(&mut text, depth);
        }
        text.push(letter);
        opened = matches!(letter, '[' | '{');
        depth += usize::from(opened);
        match letter {
            '"' => in_string = true,
            ',' => new_line(&mut text, depth),
            ':' if indents => text.push(' '),
            _ => {}
        }
    }
    text
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
    fn results_are_laid_out_as_values_are_and_keep_their_digits() {
        let value = json!({
            "a": [], "b": {}, "c": [1, -2.5, [[true]], { "d\\\"[": "\\", "e": ",:{ }\n" }], "f": null, "": "",
        });
        for value in [value, json!([[], [{}]]), json!("x y"), json!(7), json!({})] {
            let data = Data::of(&value).unwrap();
            assert_eq!(pretty_data(&data), pretty(&value));
            assert_eq!(line_data(&data), line(&value));
            let spaced: Box<serde_json::value::RawValue> =
                serde_json::from_str(&format!("{value:#}")).unwrap();
            assert_eq!(line_data(&spaced.into()), line(&value));
        }
        let long = r#"{"id":12345678901234567890123,"x":0.1234567890123456789}"#;
        let text: Box<serde_json::value::RawValue> = serde_json::from_str(long).unwrap();
        assert_eq!(line_data(&text.into()), format!("{long}\n"));
    }

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
