//! How values are written into paths, queries, headers and forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use plugwright_sdk::host::check_segment;
use plugwright_sdk::{ActionError, Result, Value};

use crate::form::Style;

/// Everything but the unreserved characters of RFC 3986.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What a value of a query may have that keeps its reserved characters: all but what ends it or stands for
/// something else there.
const RESERVED: &AsciiSet = &SEGMENT
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// Objects in a query may be in one another so many times.
const DEEPEST: usize = 16;

/// Writes a scalar as text; lists and objects as JSON.
pub(super) fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => match number.as_f64() {
            // `1.0` is how some write 1.
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15 => {
                format!("{float:.0}")
            }
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

pub(super) fn pairs(
    name: &str,
    value: &Value,
    style: Style,
    explode: bool,
) -> Vec<(String, String)> {
    let one = |text: String| vec![(name.to_owned(), text)];
    match (style, value) {
        (_, Value::Null) => Vec::new(),
        (Style::Json, value) => one(match value {
            Value::String(_) => value.to_string(),
            value => text(value),
        }),
        (Style::DeepObject, Value::Object(_) | Value::Array(_)) => {
            let mut pairs = Vec::new();
            deep(name, value, DEEPEST, &mut pairs);
            pairs
        }
        (_, Value::Array(items)) if explode => items
            .iter()
            .map(|item| (name.to_owned(), text(item)))
            .collect(),
        (_, Value::Array(items)) if items.is_empty() => Vec::new(),
        (_, Value::Object(members)) if explode => members
            .iter()
            .filter(|(_, member)| !member.is_null())
            .flat_map(|(name, member)| match member {
                // Undefined, but servers that have such objects read the list's items so.
                Value::Array(items) => items.iter().map(|it| (name.clone(), text(it))).collect(),
                member => vec![(name.clone(), text(member))],
            })
            .collect(),
        (style, Value::Array(_) | Value::Object(_)) => one(parts(value).join(separator(style))),
        (_, scalar) => one(text(scalar)),
    }
}

/// Writes a value as pairs of a query that are percent-encoded, if some of its characters stand for
/// themselves: the delimiters of a list, or all that a parameter may have.
pub(super) fn encoded(
    name: &str,
    value: &Value,
    style: Style,
    explode: bool,
) -> Option<Vec<(String, String)>> {
    let plain = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
    let is_list = matches!(value, Value::Array(_) | Value::Object(_));
    let written = |text: &str| match style {
        Style::Reserved => utf8_percent_encode(text, RESERVED).to_string(),
        _ => plain(text),
    };
    match style {
        Style::Reserved if explode || !is_list => {
            let pairs = pairs(name, value, Style::Form, explode).into_iter();
            Some(
                pairs
                    .map(|(name, text)| (plain(&name), written(&text)))
                    .collect(),
            )
        }
        Style::Form
        | Style::Reserved
        | Style::SpaceDelimited
        | Style::PipeDelimited
        | Style::TabDelimited
            if is_list && !explode =>
        {
            let parts: Vec<_> = parts(value).iter().map(|part| written(part)).collect();
            let separator = match separator(style) {
                "," => ",".to_owned(),
                other => plain(other),
            };
            let pair = || (plain(name), parts.join(&separator));
            Some((!parts.is_empty()).then(pair).into_iter().collect())
        }
        _ => None,
    }
}

fn separator(style: Style) -> &'static str {
    match style {
        Style::SpaceDelimited => " ",
        Style::PipeDelimited => "|",
        Style::TabDelimited => "\t",
        _ => ",",
    }
}

/// Returns the items of a list, or names and members of an object in turn.
fn parts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().map(text).collect(),
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, member)| [name.clone(), text(member)])
            .collect(),
        scalar => vec![text(scalar)],
    }
}

/// Writes the pairs of a member of a form: an object is JSON unless the form says otherwise.
pub(super) fn field(
    name: &str,
    value: &Value,
    style: Style,
    explode: bool,
) -> Vec<(String, String)> {
    match (style, value) {
        (Style::Form, Value::Object(_)) => vec![(name.to_owned(), value.to_string())],
        _ => pairs(name, value, style, explode),
    }
}

fn deep(name: &str, value: &Value, depth: usize, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Null => {}
        Value::Object(members) if depth > 0 => {
            for (key, member) in members {
                deep(&format!("{name}[{key}]"), member, depth - 1, pairs);
            }
        }
        Value::Array(items) if depth > 0 => {
            let nested = items.iter().any(|item| item.is_object() || item.is_array());
            for (index, item) in items.iter().enumerate() {
                let name = if nested {
                    format!("{name}[{index}]")
                } else {
                    format!("{name}[]")
                };
                deep(&name, item, depth - 1, pairs);
            }
        }
        scalar => pairs.push((name.to_owned(), text(scalar))),
    }
}

pub(super) fn header(value: &Value, style: Style, explode: bool) -> String {
    match (style, value) {
        (Style::Json, value) => value.to_string(),
        (style, Value::Array(_)) => parts(value).join(separator(style)),
        (_, Value::Object(members)) => {
            let separator = if explode { "=" } else { "," };
            let parts = members
                .iter()
                .map(|(name, member)| format!("{name}{separator}{}", text(member)));
            parts.collect::<Vec<_>>().join(",")
        }
        (_, scalar) => text(scalar),
    }
}

/// Writes a value into a path, percent-encoded.
///
/// # Errors
///
/// If the path would name another resource: for a text that is empty, `.` or `..`.
pub(super) fn segment(
    input: &str,
    name: &str,
    value: &Value,
    style: Style,
    explode: bool,
) -> Result<String> {
    let encode = |text: &str| utf8_percent_encode(text, SEGMENT).to_string();
    let list = |items: &[Value], separator: &str| {
        let items = items.iter().map(|item| encode(&text(item)));
        items.collect::<Vec<_>>().join(separator)
    };
    let members = |equals: &str, separator: &str| {
        let members = value.as_object().into_iter().flatten();
        let members = members
            .map(|(name, member)| format!("{}{equals}{}", encode(name), encode(&text(member))));
        members.collect::<Vec<_>>().join(separator)
    };
    if style == Style::Reserved {
        return segments(input, &text(value));
    }
    let is_empty = match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    if is_empty && style != Style::Json {
        return Err(ActionError::invalid_param(input, "must not be empty"));
    }
    let written = match (style, value) {
        (Style::Json, value) => encode(&value.to_string()),
        (Style::Label, Value::Array(items)) => {
            format!(".{}", list(items, if explode { "." } else { "," }))
        }
        (Style::Label, Value::Object(_)) if explode => format!(".{}", members("=", ".")),
        (Style::Label, Value::Object(_)) => format!(".{}", members(",", ",")),
        (Style::Label, scalar) => format!(".{}", encode(&text(scalar))),
        (Style::Matrix, Value::Array(items)) if explode => {
            let items = items
                .iter()
                .map(|item| format!(";{}={}", encode(name), encode(&text(item))));
            items.collect()
        }
        (Style::Matrix, Value::Array(items)) => format!(";{}={}", encode(name), list(items, ",")),
        (Style::Matrix, Value::Object(_)) if explode => format!(";{}", members("=", ";")),
        (Style::Matrix, Value::Object(_)) => format!(";{}={}", encode(name), members(",", ",")),
        (Style::Matrix, scalar) => format!(";{}={}", encode(name), encode(&text(scalar))),
        (style, Value::Array(items)) => list(items, &encode(separator(style)).replace("%2C", ",")),
        (_, Value::Object(_)) if explode => members("=", ","),
        (_, Value::Object(_)) => members(",", ","),
        (_, scalar) => encode(&text(scalar)),
    };
    own_segment(input, &written)?;
    Ok(written)
}

fn segments(input: &str, text: &str) -> Result<String> {
    let parts = text.split('/').map(|part| {
        own_segment(input, part)?;
        Ok(utf8_percent_encode(part, SEGMENT).to_string())
    });
    Ok(parts.collect::<Result<Vec<_>>>()?.join("/"))
}

/// Refuses what would name another resource, also once servers have decoded it.
fn own_segment(input: &str, part: &str) -> Result<()> {
    if part.is_empty() {
        let message = "must not be empty between slashes";
        return Err(ActionError::invalid_param(input, message));
    }
    check_segment(input, &part.replace("%2F", "/").replace("%5C", "\\"))
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn queries_follow_the_table_of_the_specification() {
        let list = json!(["blue", "black"]);
        let object = json!({ "R": 100, "G": 200 });
        let page = json!({ "page": 0, "sort": ["a,desc", "b"], "none": [] });
        for (style, explode, value, expected) in [
            (Style::Form, true, &page, "page=0&sort=a,desc&sort=b"),
            (Style::Form, true, &list, "color=blue&color=black"),
            (Style::Form, false, &list, "color=blue,black"),
            (Style::SpaceDelimited, false, &list, "color=blue black"),
            (Style::PipeDelimited, false, &list, "color=blue|black"),
            (Style::Form, true, &object, "R=100&G=200"),
            (Style::Form, false, &object, "color=R,100,G,200"),
            (
                Style::DeepObject,
                true,
                &object,
                "color[R]=100&color[G]=200",
            ),
            (Style::Json, false, &object, r#"color={"R":100,"G":200}"#),
            (Style::Form, true, &json!("blue"), "color=blue"),
            (Style::Form, true, &json!(1.0), "color=1"),
            (Style::Form, true, &json!(null), ""),
            (Style::Form, false, &json!([]), ""),
        ] {
            let written: Vec<_> = pairs("color", value, style, explode)
                .into_iter()
                .map(|(name, text)| format!("{name}={text}"))
                .collect();
            assert_eq!(written.join("&"), expected, "{style:?} {explode}");
        }
        let parts = json!(["a b", "c,d", "/?&"]);
        for (style, explode, value, expected) in [
            (Style::Form, false, &parts, "color=a%20b,c%2Cd,%2F%3F%26"),
            (Style::SpaceDelimited, false, &list, "color=blue%20black"),
            (
                Style::PipeDelimited,
                false,
                &object,
                "color=R%7C100%7CG%7C200",
            ),
            (Style::Form, false, &object, "color=R,100,G,200"),
            (Style::Reserved, false, &parts, "color=a%20b,c,d,/?%26"),
            (
                Style::Reserved,
                true,
                &json!("a/b?c=d&e#"),
                "color=a/b?c=d%26e%23",
            ),
            (Style::Form, false, &json!([]), ""),
        ] {
            let written: Vec<_> = encoded("color", value, style, explode)
                .unwrap()
                .into_iter()
                .map(|(name, text)| format!("{name}={text}"))
                .collect();
            assert_eq!(written.join("&"), expected, "{style:?} {explode}");
        }
        assert_eq!(encoded("color", &list, Style::Form, true), None);
        let nested = json!({ "a": [{ "b": 1 }], "c": ["x"] });
        let written = pairs("m", &nested, Style::DeepObject, true);
        let names: Vec<_> = written.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["m[a][0][b]", "m[c][]"]);
    }

    #[test]
    fn paths_follow_the_table_of_the_specification() {
        let list = json!(["blue", "black"]);
        let object = json!({ "R": 100, "G": 200 });
        for (style, explode, value, expected) in [
            (Style::Simple, false, &json!("a/b?"), "a%2Fb%3F"),
            (Style::Simple, false, &list, "blue,black"),
            (Style::Simple, true, &object, "R=100,G=200"),
            (Style::Simple, false, &object, "R,100,G,200"),
            (Style::Label, false, &json!("blue"), ".blue"),
            (Style::Label, true, &list, ".blue.black"),
            (Style::Label, true, &object, ".R=100.G=200"),
            (Style::Matrix, false, &json!("blue"), ";color=blue"),
            (Style::Matrix, false, &list, ";color=blue,black"),
            (Style::Matrix, true, &list, ";color=blue;color=black"),
            (Style::Matrix, true, &object, ";R=100;G=200"),
            (Style::PipeDelimited, false, &list, "blue%7Cblack"),
        ] {
            let written = segment("color", "color", value, style, explode).unwrap();
            assert_eq!(written, expected, "{style:?} {explode}");
        }
        for bad in ["", ".", "..", "../admin", "a\\..\\b"] {
            let error = segment("id", "id", &json!(bad), Style::Simple, false).unwrap_err();
            assert_eq!(error.param(), Some("id"));
        }
        for style in [Style::Simple, Style::Label, Style::Matrix] {
            for value in [json!([]), json!({})] {
                let error = segment("id", "id", &value, style, true).unwrap_err();
                assert_eq!(error.message(), "`id` must not be empty", "{style:?}");
            }
        }
    }
}
