//! Compact output without headers or padding.

use serde_json::Value;

use super::cell::{escape, exact, joined};
use super::table::Columns;
use plugwright_sdk::host::fields;

/// Renders a list as one line per item, `a|b|c` with the fields sorted by name or in the requested
/// order, and an object as one line of `k=v` pairs.
pub(crate) fn render(data: &Value, columns: &Columns) -> String {
    match data {
        Value::Array(items) => {
            let paths = columns.sorted(items);
            let line = |item: &Value| match item {
                Value::Object(_) => {
                    let cells: Vec<_> = paths
                        .iter()
                        .map(|path| within_bars(&value(fields::at(item, path).as_ref())))
                        .collect();
                    cells.join("|")
                }
                other => value(Some(other)),
            };
            items.iter().map(|item| line(item) + "\n").collect()
        }
        Value::Object(_) => {
            let paths = columns.sorted(std::slice::from_ref(data));
            let pairs: Vec<_> = paths
                .iter()
                .map(|path| {
                    format!(
                        "{}={}",
                        escape(&path.join(".")),
                        pair_value(fields::at(data, path).as_ref())
                    )
                })
                .collect();
            pairs.join(" ") + "\n"
        }
        other => value(Some(other)) + "\n",
    }
}

fn value(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => exact(text),
        Some(Value::Array(items)) => joined(items, ",").map_or_else(
            || super::json::compact(&Value::Array(items.clone())),
            |text| exact(&text),
        ),
        Some(other) => super::json::compact(other),
    }
}

/// Escapes `|` within a value as `\|`.
fn within_bars(text: &str) -> String {
    text.replace('|', r"\|")
}

/// Writes a value with spaces or quotes as a JSON string, and any other with escapes.
fn pair_value(given: Option<&Value>) -> String {
    let plain = value(given);
    let raw = match given {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => joined(items, ",").unwrap_or_else(|| plain.clone()),
        _ => plain.clone(),
    };
    let is_text = matches!(given, Some(Value::String(_)));
    if (is_text && raw.is_empty())
        || raw.contains(|letter: char| letter.is_whitespace() || letter == '"')
    {
        super::json::compact(&raw.into())
    } else {
        plain
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn columns() -> Columns {
        let item =
            json!({ "type": "object", "properties": { "title": {}, "number": {}, "body": {} } });
        Columns::new(&json!({ "type": "array", "items": item }), None)
    }

    #[test]
    fn a_list_is_a_line_per_item_sorted_by_key() {
        let data = json!([{ "number": 1, "title": "a|b", "body": null }, { "title": "c", "number": 2, "labels": ["x", "y"] }]);
        assert_eq!(render(&data, &columns()), "||1|a\\|b\n|x,y|2|c\n");
        assert_eq!(render(&json!([]), &columns()), "");
        assert_eq!(render(&json!(["a", 1]), &columns()), "a\n1\n");
    }

    #[test]
    fn an_object_is_one_line_of_pairs() {
        let data = json!({ "title": "two words", "number": 1, "body": null, "state": "", "quoted": "a\"b" });
        assert_eq!(
            render(&data, &columns()),
            "body= number=1 quoted=\"a\\\"b\" state=\"\" title=\"two words\"\n"
        );
    }
    #[test]
    fn a_line_break_and_a_backslash_with_an_n_differ() {
        let [broken, literal] = ["a\nb", r"a\nb"].map(|text| json!({ "title": text }));
        assert_eq!(render(&json!([broken]), &columns()), "||a\\nb\n");
        assert_eq!(render(&json!([literal]), &columns()), "||a\\\\nb\n");
        assert_eq!(
            render(&broken, &columns()),
            "body= number= title=\"a\\nb\"\n"
        );
        assert_eq!(
            render(&literal, &columns()),
            "body= number= title=a\\\\nb\n"
        );
        let bars = json!([{ "title": "a|b" }, { "title": r"a\|b" }]);
        assert_eq!(render(&bars, &columns()), "||a\\|b\n||a\\\\\\|b\n");
    }
}
