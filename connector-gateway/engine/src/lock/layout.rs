//! JSON that people can review: a line for each member that fits one.

use serde_json::Value;

/// What stands on one line, in bytes.
const WIDEST: usize = 100;

/// Writes a value over as few lines as are easy to read, without the last line's end.
pub(super) fn lay_out(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, 0);
    text
}

fn write(text: &mut String, value: &Value, indent: usize) {
    let line = value.to_string();
    match value {
        Value::Object(members) if indent + line.len() > WIDEST => {
            block(
                text,
                '{',
                '}',
                indent,
                members.iter(),
                |text, (name, member), indent| {
                    text.push_str(&Value::from(name.as_str()).to_string());
                    text.push_str(": ");
                    write(text, member, indent);
                },
            );
        }
        Value::Array(items) if indent + line.len() > WIDEST => {
            block(text, '[', ']', indent, items.iter(), write);
        }
        _ => text.push_str(&line),
    }
}

fn block<T>(
    text: &mut String,
    open: char,
    close: char,
    indent: usize,
    parts: impl Iterator<Item = T>,
    write: impl Fn(&mut String, T, usize),
) {
    let indented = indent + 2;
    text.push(open);
    for (index, part) in parts.enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.extend(std::iter::repeat_n(' ', indented));
        write(text, part, indented);
    }
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', indent));
    text.push(close);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_fits_a_line_stands_on_one() {
        let short = json!({ "type": "string", "maxLength": 10 });
        assert_eq!(lay_out(&short), r#"{"type":"string","maxLength":10}"#);
        let text = "x".repeat(80);
        let long = json!({ "a": { "b": text }, "c": [], "d": [1, text, text] });
        let laid_out = lay_out(&long);
        let expected = format!(
            "{{\n  \"a\": {{\"b\":\"{text}\"}},\n  \"c\": [],\n  \"d\": [\n    1,\n    \"{text}\",\n    \"{text}\"\n  ]\n}}"
        );
        assert_eq!(laid_out, expected);
        assert_eq!(serde_json::from_str::<Value>(&laid_out).unwrap(), long);
    }
}
