//! Values of properties as they are read.

use plugwright_sdk::serde_json::Number;
use plugwright_sdk::{Value, model};

use super::text_at;
use crate::markdown;

/// Value of a property: text, a number, a flag or a list of texts.
#[model]
#[serde(untagged)]
pub enum PropertyValue {
    /// Of a checkbox.
    Flag(bool),
    /// Of numbers, and of formulas and rollups of numbers.
    Number(Number),
    /// Of everything that is one text, such as a select, a date or a URL.
    Text(String),
    /// Of people, files, relations, and selects of several.
    List(Vec<String>),
}

impl PropertyValue {
    /// Reads what a property, an item of one, a formula or a rollup has; none if it has no value.
    pub(super) fn read(property: &Value) -> Option<Self> {
        let kind = property["type"].as_str()?;
        let value = property.get(kind)?;
        let list = |read: fn(&Value) -> Option<String>| {
            let items: Vec<_> = each(value).filter_map(read).collect();
            (!items.is_empty()).then_some(Self::List(items))
        };
        match kind {
            "title" | "rich_text" => some_text(markdown::of_spans(value)),
            "number" => Some(Self::Number(value.as_number()?.clone())),
            "checkbox" | "boolean" => Some(Self::Flag(value.as_bool()?)),
            "select" | "status" => text_at(value, "/name").map(Self::Text),
            "multi_select" => list(|option| text_at(option, "/name")),
            "date" => date(value).map(Self::Text),
            "people" => list(person),
            "relation" => list(|page| text_at(page, "/id")),
            "files" => list(|file| Some(markdown::file_url(file).to_owned())),
            "created_by" | "last_edited_by" => person(value).map(Self::Text),
            "formula" => Self::read(value),
            "rollup" => Self::rollup(value),
            "unique_id" => unique_id(value).map(Self::Text),
            "verification" => text_at(value, "/state").map(Self::Text),
            "place" => place(value).map(Self::Text),
            // `url`, `email`, `phone_number`, `created_time`, `last_edited_time`, and the text of formulas.
            _ => some_text(value.as_str()?.to_owned()),
        }
    }

    /// A rollup of the values of other pages.
    fn rollup(rollup: &Value) -> Option<Self> {
        let Some(items) = rollup.get("array").and_then(Value::as_array) else {
            return Self::read(rollup);
        };
        let texts: Vec<_> = items
            .iter()
            .filter_map(Self::read)
            .flat_map(Self::texts)
            .collect();
        (!texts.is_empty()).then_some(Self::List(texts))
    }

    fn texts(self) -> Vec<String> {
        match self {
            Self::Flag(flag) => vec![flag.to_string()],
            Self::Number(number) => vec![number.to_string()],
            Self::Text(text) => vec![text],
            Self::List(texts) => texts,
        }
    }
}

/// A property has a list; an item of it, one.
fn each(value: &Value) -> impl Iterator<Item = &Value> {
    let (list, one) = match value {
        Value::Array(list) => (list.as_slice(), None),
        other => (&[][..], Some(other)),
    };
    list.iter().chain(one)
}

fn some_text(text: String) -> Option<PropertyValue> {
    (!text.is_empty()).then_some(PropertyValue::Text(text))
}

fn person(user: &Value) -> Option<String> {
    text_at(user, "/name").or_else(|| text_at(user, "/id"))
}

/// An interval has a slash between its ends (ISO 8601).
fn date(date: &Value) -> Option<String> {
    let start = text_at(date, "/start")?;
    Some(match text_at(date, "/end") {
        Some(end) => format!("{start}/{end}"),
        None => start,
    })
}

fn unique_id(id: &Value) -> Option<String> {
    let number = id.get("number")?.as_number()?;
    Some(match text_at(id, "/prefix") {
        Some(prefix) => format!("{prefix}-{number}"),
        None => number.to_string(),
    })
}

fn place(place: &Value) -> Option<String> {
    let name = text_at(place, "/name").or_else(|| text_at(place, "/address"));
    name.or_else(|| Some(format!("{},{}", place.get("lat")?, place.get("lon")?)))
}

/// One value of a property.
#[model]
#[serde(from = "Value")]
pub struct PropertyItem {
    /// Type of the property.
    pub r#type: String,
    /// The value, if there is one.
    pub value: Option<PropertyValue>,
}

impl From<Value> for PropertyItem {
    fn from(item: Value) -> Self {
        Self {
            r#type: text_at(&item, "/type").unwrap_or_default(),
            value: PropertyValue::read(&item),
        }
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::{json, serde_json};

    use super::*;

    #[test]
    fn every_type_has_a_flat_value() {
        let ada = json!({ "object": "user", "id": "u1", "name": "Ada" });
        let span = json!({ "plain_text": "a", "href": null, "annotations": { "bold": true } });
        for (kind, value, flat) in [
            ("title", json!([span]), json!("**a**")),
            ("rich_text", json!([]), json!(null)),
            ("rich_text", span.clone(), json!("**a**")),
            ("number", json!(5), json!(5)),
            ("number", json!(null), json!(null)),
            ("checkbox", json!(false), json!(false)),
            ("select", json!({ "name": "A", "color": "red" }), json!("A")),
            ("status", json!(null), json!(null)),
            (
                "multi_select",
                json!([{ "name": "A" }, { "name": "B" }]),
                json!(["A", "B"]),
            ),
            (
                "date",
                json!({ "start": "2030-01-31", "end": null }),
                json!("2030-01-31"),
            ),
            (
                "date",
                json!({ "start": "2030-01-31", "end": "2030-02-01" }),
                json!("2030-01-31/2030-02-01"),
            ),
            ("people", json!([ada, { "id": "u2" }]), json!(["Ada", "u2"])),
            ("people", ada.clone(), json!(["Ada"])),
            ("relation", json!([{ "id": "p1" }]), json!(["p1"])),
            (
                "files",
                json!([{ "name": "a", "external": { "url": "https://a.test" } }]),
                json!(["https://a.test"]),
            ),
            ("url", json!("https://a.test"), json!("https://a.test")),
            ("email", json!(null), json!(null)),
            ("created_by", ada.clone(), json!("Ada")),
            (
                "created_time",
                json!("2030-01-31T00:00:00Z"),
                json!("2030-01-31T00:00:00Z"),
            ),
            (
                "formula",
                json!({ "type": "number", "number": 1.5 }),
                json!(1.5),
            ),
            (
                "formula",
                json!({ "type": "string", "string": "a" }),
                json!("a"),
            ),
            (
                "formula",
                json!({ "type": "boolean", "boolean": true }),
                json!(true),
            ),
            (
                "rollup",
                json!({ "type": "number", "number": 2, "function": "count" }),
                json!(2),
            ),
            (
                "rollup",
                json!({ "type": "array", "array": [{ "type": "number", "number": 2 }, { "type": "title", "title": [span] }] }),
                json!(["2", "**a**"]),
            ),
            (
                "unique_id",
                json!({ "prefix": "ENG", "number": 12 }),
                json!("ENG-12"),
            ),
            (
                "unique_id",
                json!({ "prefix": null, "number": 12 }),
                json!("12"),
            ),
            (
                "verification",
                json!({ "state": "verified" }),
                json!("verified"),
            ),
            (
                "place",
                json!({ "lat": 1.5, "lon": 2, "name": null }),
                json!("1.5,2"),
            ),
            ("button", json!({}), json!(null)),
        ] {
            let read = PropertyValue::read(&json!({ "id": "x", "type": kind, kind: value }));
            assert_eq!(serde_json::to_value(read).unwrap(), flat, "{kind} {value}");
        }
    }
}
