//! Formats responses of a gateway.

use std::fmt::Write as _;
use std::io;

use anstyle::Style;
use serde_json::Value;

use crate::args::{DetailFormat, ListFormat};
use crate::output::grid::Grid;
use crate::output::{self, escape};

const LABEL: Style = Style::new().bold();

/// A column or line: its name, and how to read its value.
pub(crate) type Column = (&'static str, fn(&Value) -> String);

/// Lists columns or lines: each by the member of its name, by that at a path, or by a function.
macro_rules! columns {
    (@ $name:literal) => {
        columns!(@ $name = $name)
    };
    (@ $name:literal = $path:literal) => {
        |record| $crate::gateway::present::at(record, concat!("/", $path))
    };
    (@ $name:literal by $read:expr) => {
        $read
    };
    ($($name:literal $(= $path:literal)? $(by $read:expr)?;)*) => {
        &[$(($name, columns!(@ $name $(= $path)? $(by $read)?))),*]
    };
}
pub(crate) use columns;

pub(crate) fn list(items: Vec<Value>, format: ListFormat, parts: &[Column]) -> io::Result<()> {
    let text = match format {
        ListFormat::Table => table(&items, parts),
        ListFormat::Json => output::json::pretty(&Value::Array(items)),
    };
    output::print(&text)
}

pub(crate) fn table(items: &[Value], parts: &[Column]) -> String {
    if items.is_empty() {
        return "(empty)\n".to_owned();
    }
    let mut grid = Grid::new(parts.iter().map(|(name, _)| name.to_uppercase()));
    for item in items {
        grid.push(parts.iter().map(|(_, of)| of(item)));
    }
    grid.render(output::width())
}

pub(crate) fn detail(value: &Value, format: DetailFormat, parts: &[Column]) -> io::Result<()> {
    let text = match format {
        DetailFormat::Text => lines(value, parts),
        DetailFormat::Json => output::json::pretty(value),
    };
    output::print(&text)
}

fn lines(value: &Value, parts: &[Column]) -> String {
    let widest = parts.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, of) in parts {
        let blanks = " ".repeat(widest - name.len());
        let mut label = (*name).to_owned();
        if let Some(first) = label.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{LABEL}{label}:{LABEL:#} {blanks}{}", of(value));
    }
    text
}

pub(crate) fn at(record: &Value, pointer: &str) -> String {
    text(record.pointer(pointer).unwrap_or(&Value::Null))
}

/// Formats a JSON value as text, with `-` for none.
pub(crate) fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => escape(text),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => {
            let texts: Vec<_> = items.iter().map(text).collect();
            texts.join(", ")
        }
        Value::Object(members) if members.is_empty() => "-".to_owned(),
        other => output::json::compact(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PARTS: [Column; 2] = [
        ("name", |item| text(&item["name"])),
        ("default", |item| text(&item["isDefault"])),
    ];

    #[test]
    fn untrusted_text_is_escaped() {
        let item = json!({ "name": "a\u{1b}[2J", "isDefault": true });
        assert_eq!(
            anstream::adapter::strip_str(&lines(&item, &PARTS)).to_string(),
            "Name:    a\\u{1b}[2J\nDefault: yes\n"
        );
        assert_eq!(
            anstream::adapter::strip_str(&table(&[item], &PARTS)).to_string(),
            "NAME        DEFAULT\na\\u{1b}[2J  yes\n"
        );
        assert_eq!(table(&[], &PARTS), "(empty)\n");
    }
}
