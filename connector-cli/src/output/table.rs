//! Results as tables.

use std::collections::HashSet;

use serde_json::Value;

use super::cell::cell;
use super::grid::Grid;
use plugwright_sdk::host::fields::{self, Fields};

/// The fields of a result to show, in order.
#[derive(Debug)]
pub(crate) struct Columns {
    paths: Vec<Vec<String>>,
    /// Whether the user chose them, so that no others are added.
    chosen: bool,
}

impl Columns {
    /// Uses the requested fields, or all in the output schema.
    pub(crate) fn new(output: &Value, fields: Option<&Fields>) -> Self {
        match fields {
            Some(fields) => Self {
                paths: fields.paths().to_vec(),
                chosen: true,
            },
            None => Self {
                paths: plugwright_sdk::schema::properties(
                    output,
                    plugwright_sdk::schema::element(output, output),
                )
                .into_iter()
                .map(|(name, _)| vec![name.to_owned()])
                .collect(),
                chosen: false,
            },
        }
    }

    /// Adds fields that are not in the schema, in order of appearance.
    fn with_those_of(&self, items: &[Value]) -> Vec<Vec<String>> {
        let mut paths = self.paths.clone();
        if !self.chosen {
            let mut known: HashSet<_> = self.paths.iter().flatten().collect();
            let names = items.iter().filter_map(Value::as_object);
            let names = names.flat_map(|members| members.keys());
            let new = names.filter(|name| known.insert(name));
            paths.extend(new.map(|name| vec![name.clone()]));
        }
        paths
    }

    /// Like [`Self::with_those_of`], sorted by name unless the user chose the order.
    pub(super) fn sorted(&self, items: &[Value]) -> Vec<Vec<String>> {
        let mut paths = self.with_those_of(items);
        if !self.chosen {
            paths.sort();
        }
        paths
    }
}

/// Renders a list as one row per item, and an object as one row per field.
///
/// With a `width`, columns without any value are left out and long cells are cut.
pub(crate) fn render(data: &Value, columns: &Columns, width: Option<usize>) -> String {
    match data {
        Value::Array(items) if items.is_empty() => "(empty)\n".to_owned(),
        Value::Array(items) if items.iter().all(Value::is_object) => list(items, columns, width),
        Value::Array(items) => {
            let mut grid = Grid::new(["VALUE"]);
            for item in items {
                grid.push([cell(Some(item))]);
            }
            grid.render(width)
        }
        Value::Object(_) => object(data, columns, width),
        other => cell(Some(other)) + "\n",
    }
}

fn list(items: &[Value], columns: &Columns, width: Option<usize>) -> String {
    let mut paths = columns.with_those_of(items);
    if width.is_some() && !columns.chosen {
        paths.retain(|path| {
            items
                .iter()
                .any(|item| has_content(fields::at(item, path).as_ref()))
        });
    }
    let mut grid = Grid::new(
        paths
            .iter()
            .map(|path| super::escape(&path.join(".").to_uppercase())),
    );
    for item in items {
        grid.push(
            paths
                .iter()
                .map(|path| cell(fields::at(item, path).as_ref())),
        );
    }
    grid.render(width)
}

fn has_content(value: Option<&Value>) -> bool {
    match value {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    }
}

fn object(data: &Value, columns: &Columns, width: Option<usize>) -> String {
    let paths = columns.with_those_of(std::slice::from_ref(data));
    if paths.is_empty() {
        return "(empty)\n".to_owned();
    }
    let mut grid = Grid::new(["KEY", "VALUE"]);
    for path in &paths {
        grid.push([
            super::escape(&path.join(".")),
            cell(fields::at(data, path).as_ref()),
        ]);
    }
    grid.render(width)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn plain(data: &Value, width: Option<usize>) -> String {
        let item =
            json!({ "type": "object", "properties": { "number": {}, "title": {}, "body": {} } });
        let columns = Columns::new(&json!({ "type": "array", "items": item }), None);
        anstream::adapter::strip_str(&render(data, &columns, width)).to_string()
    }

    #[test]
    fn a_list_has_the_schemas_columns_in_its_order() {
        let data = json!([{ "title": "One", "number": 1 }, { "extra": ["a", "b"], "number": 22, "title": "Two" }]);
        assert_eq!(
            plain(&data, None),
            "NUMBER  TITLE  BODY  EXTRA\n\
             1       One    -     -\n\
             22      Two    -     a, b\n"
        );
        assert_eq!(
            plain(&data, Some(80)),
            "NUMBER  TITLE  EXTRA\n1       One    -\n22      Two    a, b\n"
        );
        assert_eq!(plain(&json!([]), None), "(empty)\n");
    }

    #[test]
    fn an_object_has_a_row_per_field() {
        assert_eq!(
            plain(&json!({ "title": "One", "number": 1, "tags": [] }), None),
            "KEY     VALUE\nnumber  1\ntitle   One\nbody    -\ntags    \n"
                .replace("tags    \n", "tags\n")
        );
        let nothing = Columns::new(&json!({ "type": "object" }), None);
        assert_eq!(render(&json!({}), &nothing, None), "(empty)\n");
    }

    /// Comparing each name with all others would take many minutes.
    #[test]
    fn columns_of_many_members_take_linear_time() {
        let members = (0..200_000).map(|number| (format!("m{number}"), json!(number)));
        let items = [members.collect(), json!({ "m1": 2, "last": 3 })];
        let columns = Columns::new(&json!({}), None).with_those_of(&items);
        assert_eq!(columns.len(), 200_001);
        assert_eq!(columns[200_000], ["last"]);
    }

    #[test]
    fn chosen_columns_are_all_shown() {
        let output = json!({ "type": "array", "items": { "type": "object" } });
        let fields = Fields::parse(&["b", "a.c"], &output).unwrap();
        let columns = Columns::new(&output, Some(&fields));
        let text = render(&json!([{ "a": { "c": 1 } }]), &columns, Some(80));
        assert_eq!(
            anstream::adapter::strip_str(&text).to_string(),
            "B  A.C\n-  1\n"
        );
    }
}
