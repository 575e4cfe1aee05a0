//! Values of properties as they are written.

use std::collections::BTreeMap;

use plugwright_sdk::serde_json::Map;
use plugwright_sdk::{ActionError, Param, Params, Result, Value, json};

use super::plain_spans;
use crate::markdown;

/// Values of properties by the type of the property and then by its name, as in
/// `{"select": {"Status": "Reading"}, "number": {"Score": 5}}`; `data_sources.get` gives names and types.
#[derive(Clone, Debug, Default, Params)]
pub struct PropertyValues {
    /// Texts, in Markdown.
    pub rich_text: Option<BTreeMap<String, String>>,
    /// Numbers.
    pub number: Option<BTreeMap<String, f64>>,
    /// Names of options, of which one can be chosen; a new name adds an option.
    pub select: Option<BTreeMap<String, String>>,
    /// Names of options, of which several can be chosen; new names add options.
    pub multi_select: Option<BTreeMap<String, Vec<String>>>,
    /// Names of statuses, which must exist.
    pub status: Option<BTreeMap<String, String>>,
    /// Dates or times (ISO 8601), with a slash between start and end of an interval.
    pub date: Option<BTreeMap<String, String>>,
    /// Whether checkboxes are checked.
    pub checkbox: Option<BTreeMap<String, bool>>,
    /// URLs.
    pub url: Option<BTreeMap<String, String>>,
    /// Mail addresses.
    pub email: Option<BTreeMap<String, String>>,
    /// Phone numbers.
    pub phone_number: Option<BTreeMap<String, String>>,
    /// Ids of people.
    pub people: Option<BTreeMap<String, Vec<String>>>,
    /// Ids of related pages.
    pub relation: Option<BTreeMap<String, Vec<String>>>,
    /// URLs of files.
    pub files: Option<BTreeMap<String, Vec<String>>>,
    /// Properties that lose their value, by name, each with its type.
    pub clear: Option<BTreeMap<String, EmptiedType>>,
}

/// Types of properties whose value is null if there is none.
const NULLABLE: [&str; 7] = [
    "number",
    "select",
    "status",
    "date",
    "url",
    "email",
    "phone_number",
];

/// Type of a property whose value can be removed.
#[derive(Clone, Debug, PartialEq, Eq, Param)]
#[param(options = EMPTIABLE)]
pub struct EmptiedType(pub String);

/// Types of properties whose value can be removed.
pub const EMPTIABLE: &[&str] = &[
    "rich_text",
    "number",
    "select",
    "multi_select",
    "status",
    "date",
    "url",
    "email",
    "phone_number",
    "people",
    "relation",
    "files",
];

impl EmptiedType {
    /// The value of none.
    fn none(self) -> Value {
        let none = if NULLABLE.contains(&&*self.0) {
            Value::Null
        } else {
            json!([])
        };
        json!({ self.0: none })
    }
}

/// Writes values of properties as Notion takes them, with the title, which every page has under `title`.
///
/// # Errors
///
/// `VALIDATION_ERROR` if a property has two values, or a text that is no text.
pub(crate) fn properties(
    title: Option<&str>,
    values: Option<PropertyValues>,
) -> Result<Map<String, Value>> {
    let mut written = Written::default();
    if let Some(title) = title {
        written
            .properties
            .insert("title".to_owned(), json!({ "title": plain_spans(title) }));
    }
    let values = values.unwrap_or_default();
    for (name, text) in values.rich_text.into_iter().flatten() {
        let spans = markdown::spans(&text).map_err(|error| {
            let problem = error.message().trim_start_matches("`markdown` ").to_owned();
            ActionError::invalid_param(format!("properties.rich_text.{name}"), &problem)
        })?;
        written.add("rich_text", name, spans.into())?;
    }
    written.each("number", values.number, |number| json!(number))?;
    written.each("select", values.select, named)?;
    written.each("multi_select", values.multi_select, |names| {
        list(names, named)
    })?;
    written.each("status", values.status, named)?;
    written.each("date", values.date, date)?;
    written.each("checkbox", values.checkbox, Value::Bool)?;
    written.each("url", values.url, Value::String)?;
    written.each("email", values.email, Value::String)?;
    written.each("phone_number", values.phone_number, Value::String)?;
    written.each("people", values.people, |ids| list(ids, identified))?;
    written.each("relation", values.relation, |ids| list(ids, identified))?;
    written.each("files", values.files, |urls| list(urls, file))?;
    for (name, kind) in values.clear.into_iter().flatten() {
        written.insert("clear", name, kind.none())?;
    }
    Ok(written.properties)
}

#[derive(Default)]
struct Written {
    properties: Map<String, Value>,
}

impl Written {
    fn each<T>(
        &mut self,
        kind: &str,
        values: Option<BTreeMap<String, T>>,
        write: fn(T) -> Value,
    ) -> Result<()> {
        for (name, value) in values.into_iter().flatten() {
            self.add(kind, name, write(value))?;
        }
        Ok(())
    }

    fn add(&mut self, kind: &str, name: String, value: Value) -> Result<()> {
        self.insert(kind, name, [(kind, value)].into_iter().collect())
    }

    fn insert(&mut self, kind: &str, name: String, value: Value) -> Result<()> {
        if self.properties.contains_key(&name) {
            let param = format!("properties.{kind}.{name}");
            return Err(ActionError::invalid_param(
                &param,
                "has a value already, given elsewhere",
            ));
        }
        self.properties.insert(name, value);
        Ok(())
    }
}

fn list(items: Vec<String>, write: fn(String) -> Value) -> Value {
    items.into_iter().map(write).collect()
}

fn named(name: String) -> Value {
    Value::from_iter([("name", name)])
}

fn identified(id: String) -> Value {
    Value::from_iter([("id", id)])
}

fn date(date: String) -> Value {
    match date.split_once('/') {
        Some((start, end)) => json!({ "start": start, "end": end }),
        None => Value::from_iter([("start", date)]),
    }
}

fn file(url: String) -> Value {
    let name = url.rsplit('/').find(|part| !part.is_empty());
    let name = name.unwrap_or_default().to_owned();
    json!({ "type": "external", "name": name, "external": Value::from_iter([("url", url)]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "the fields are optional")]
    fn one<T>(name: &str, value: T) -> Option<BTreeMap<String, T>> {
        Some(BTreeMap::from([(name.to_owned(), value)]))
    }

    #[test]
    fn values_are_written_by_type() {
        let values = PropertyValues {
            rich_text: one("Summary", "a **b**".to_owned()),
            number: one("Score", 5.0),
            multi_select: one("Authors", vec!["Ada".to_owned()]),
            date: one("When", "2030-01-31/2030-02-01".to_owned()),
            files: one("Files", vec!["https://a.test/b.pdf".to_owned()]),
            clear: one("Link", EmptiedType("url".to_owned())),
            ..PropertyValues::default()
        };
        let written = Value::Object(properties(Some("Title"), Some(values)).unwrap());
        assert_eq!(
            written,
            json!({
                "title": { "title": [{ "type": "text", "text": { "content": "Title" } }] },
                "Summary": { "rich_text": [
                    { "type": "text", "text": { "content": "a " } },
                    { "type": "text", "text": { "content": "b" }, "annotations": { "bold": true } },
                ] },
                "Score": { "number": 5.0 },
                "Authors": { "multi_select": [{ "name": "Ada" }] },
                "When": { "date": { "start": "2030-01-31", "end": "2030-02-01" } },
                "Files": { "files": [
                    { "type": "external", "name": "b.pdf", "external": { "url": "https://a.test/b.pdf" } },
                ] },
                "Link": { "url": null },
            })
        );
    }

    #[test]
    fn a_property_has_one_value() {
        let values = PropertyValues {
            select: one("Status", "Reading".to_owned()),
            clear: one("Status", EmptiedType("select".to_owned())),
            ..PropertyValues::default()
        };
        let error = properties(None, Some(values)).unwrap_err();
        assert_eq!(error.param(), Some("properties.clear.Status"));
        let values = PropertyValues {
            rich_text: one("Notes", "# a".to_owned()),
            ..PropertyValues::default()
        };
        let error = properties(None, Some(values)).unwrap_err();
        assert_eq!(error.param(), Some("properties.rich_text.Notes"));
        assert!(
            error.message().contains("must be paragraphs of text"),
            "{error}"
        );
    }
}
