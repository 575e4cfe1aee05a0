//! Values from text, typed by a schema: command lines and query strings have nothing but text.
//!
//! The schema decides, never the look of the text:
//!
//! | Schema | Text | Value |
//! | --- | --- | --- |
//! | `string` | `7` | `"7"` |
//! | `integer`, `number` | `7` | `7` |
//! | `boolean` | `true` | `true` |
//! | `array` | `a,b` or `["a","b"]` | `["a", "b"]`, each item typed by `items` |
//! | `object` | `{"a": 1}` | the object |
//! | `null` is allowed | `null` | `null` |
//! | several types, or none stated | JSON of such a type | that value; else the text, if texts are allowed |
//!
//! Only the type is looked at here. Ranges, patterns and the like are for
//! [`Action::decode`], which reports them with everything else.

mod integers;
mod lenient;
mod typing;

use std::cell::Cell;
use std::collections::HashMap;

use serde_json::Value;

use crate::action::{Action, Invocation};
use crate::error::{ActionError, Fault, Faults, Result};
use crate::param::JsonObject;
use crate::schema::Schema;
pub use integers::integers;
pub use lenient::{ReadText, lenient};
use typing::{MOST_VALUES, Place};

/// Types one text by the schema of its value; `name` is where a fault says it is.
///
/// # Errors
///
/// A fault that says which values are allowed.
///
/// ```
/// use plugwright_sdk::host::coerce;
/// use serde_json::json;
///
/// let size = json!({ "type": "integer", "minimum": 1, "maximum": 100 });
/// assert_eq!(coerce::value(&size, "size", "30"), Ok(json!(30)));
/// let fault = coerce::value(&size, "size", "many").unwrap_err();
/// assert_eq!(fault.message, r#"must be an integer between 1 and 100, not "many""#);
/// ```
pub fn value(schema: &Schema, name: &str, text: &str) -> Result<Value, Fault> {
    Place {
        root: schema,
        schema,
        name,
        left: &Cell::new(MOST_VALUES),
    }
    .typed(text)
}

/// An input made of texts, and what was wrong with them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coerced {
    /// The members. One that could not be typed is still the text, so that
    /// [`decode`](Coerced::decode) knows that something was given.
    pub members: JsonObject,
    /// Faults of values that could not be typed.
    pub faults: Faults,
}

/// Types the texts of an input by the schema of the input.
///
/// A name that stands several times makes an array, one item for each text. A name that the
/// schema does not know keeps its text: [`decode`](Coerced::decode) reports it, with the nearest
/// name.
///
/// ```
/// use plugwright_sdk::host::coerce;
/// use serde_json::json;
///
/// let schema = json!({ "type": "object", "properties": {
///     "labels": { "type": "array", "items": { "type": "string" } },
///     "open": { "type": "boolean" }
/// } });
/// let input = coerce::object(&schema, [("labels", "a"), ("open", "true"), ("labels", "b")]);
/// assert!(input.faults.is_empty());
/// assert_eq!(json!(input.members), json!({ "labels": ["a", "b"], "open": true }));
/// ```
pub fn object<'a>(schema: &Schema, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Coerced {
    let mut given: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (name, text) in pairs {
        let place = *places.entry(name).or_insert(given.len());
        match given.get_mut(place) {
            Some((_, texts)) => texts.push(text),
            None => given.push((name, vec![text])),
        }
    }
    let mut coerced = Coerced::default();
    let left = Cell::new(MOST_VALUES);
    for (name, texts) in given {
        let known = schema
            .get("properties")
            .and_then(|properties| properties.get(name));
        let typed = known.map(|property| {
            Place {
                root: schema,
                schema: property,
                name,
                left: &left,
            }
            .several(&texts)
        });
        let value = match typed {
            Some(Ok(value)) => value,
            Some(Err(fault)) => {
                coerced.faults.push(fault);
                texts.concat().into()
            }
            None => texts.concat().into(),
        };
        coerced.members.insert(name.to_owned(), value);
    }
    coerced
}

/// Types the texts of an input whose members may have their types already, as in a JSON body from a
/// caller that has nothing but texts.
///
/// A text is typed where the schema takes none, and stays where it takes one, or anything.
///
/// ```
/// use plugwright_sdk::host::coerce;
/// use serde_json::json;
///
/// let schema = json!({ "properties": {
///     "size": { "type": "integer" }, "name": { "type": "string" }, "more": {}
/// } });
/// let given = json!({ "size": "30", "name": "30", "more": "30" });
/// let input = coerce::mixed(&schema, given.as_object().unwrap().clone());
/// assert_eq!(json!(input.members), json!({ "size": 30, "name": "30", "more": "30" }));
/// ```
pub fn mixed(schema: &Schema, members: JsonObject) -> Coerced {
    let mut coerced = Coerced {
        members,
        faults: Faults::new(),
    };
    let left = Cell::new(MOST_VALUES);
    for (name, value) in &mut coerced.members {
        let property = schema
            .get("properties")
            .and_then(|properties| properties.get(name));
        let (Value::String(text), Some(property)) = (&*value, property) else {
            continue;
        };
        let place = Place {
            root: schema,
            schema: property,
            name,
            left: &left,
        };
        if place.takes_text() {
            continue;
        }
        match place.typed(text) {
            Ok(typed) => *value = typed,
            Err(fault) => coerced.faults.push(fault),
        }
    }
    coerced
}

/// Returns the types that a schema allows; none stated means any.
pub fn kinds(schema: &Schema) -> Vec<&str> {
    typing::kinds(schema, schema)
}

impl Coerced {
    /// Decodes the input, and reports what could not be typed together with all else.
    ///
    /// # Errors
    ///
    /// As [`Action::decode`].
    pub fn decode(self, action: &dyn Action) -> Result<Invocation> {
        let decoded = action.decode(self.members.into());
        if self.faults.is_empty() {
            return decoded;
        }
        let others = decoded.map_or_else(ActionError::into_faults, |_| Faults::new());
        Err(refused(self.faults, others))
    }
}

/// Makes the error of an input of which some texts could not be typed, and which has these `others`
/// beside, as decoding reported them.
pub fn refused(untyped: Faults, others: impl Into<Faults>) -> ActionError {
    // A value that could not be typed fails in decoding too; it is reported once.
    let reported: Vec<_> = untyped
        .iter()
        .map(|fault| root_of(&fault.param).to_owned())
        .collect();
    let mut others = others.into();
    others.retain(|fault| reported.iter().all(|name| root_of(&fault.param) != name));
    let mut faults = untyped;
    faults.append(others);
    ActionError::invalid(faults)
}

fn root_of(path: &str) -> &str {
    path.split(['.', '[']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_make_no_more_values_than_a_body_may_have() {
        let list = json!({ "type": "array", "items": { "type": "integer" } });
        let any_list = json!({ "type": "array" });
        let open = json!({});
        let either = json!({ "type": ["string", "array"] });
        let schema = json!({ "properties": {
            "list": list, "any": any_list, "open": open, "either": either, "more": list,
            "object": { "type": "object" }, "text": { "type": "string" },
        } });
        let json = format!("[{}1]", "1,".repeat(60_000));
        let commas = "1,".repeat(60_000);
        let nested = "[".repeat(60_000);
        for name in ["list", "any", "object"] {
            for text in [&json, &commas, &nested] {
                let input = object(&schema, [(name, text.as_str())]);
                let fault = &input.faults[0];
                assert_eq!(
                    fault.message, "must not have more than 30000 values",
                    "{name}"
                );
                let given = json!({ name: text }).as_object().unwrap().clone();
                assert_eq!(mixed(&schema, given).faults, input.faults, "{name}");
            }
        }
        // Where a text may stand, a long one is a text.
        for name in ["open", "either", "text"] {
            let input = object(&schema, [(name, json.as_str())]);
            assert_eq!(input.members[name], json.as_str(), "{name}");
        }
        // All texts of an input share the budget.
        let half = format!("[{}1]", "1,".repeat(12_000));
        let input = object(&schema, [("list", half.as_str())]);
        assert!(input.faults.is_empty());
        let numbers = "1,".repeat(25_000);
        let input = object(&schema, [("list", numbers.trim_end_matches(','))]);
        assert_eq!(input.members["list"].as_array().unwrap().len(), 25_000);
        let halves = [("list", half.as_str()), ("any", &half), ("more", &half)];
        assert_eq!(object(&schema, halves).faults.len(), 1);
    }

    #[test]
    fn many_names_and_many_values_of_one_are_read_in_order() {
        let names: Vec<_> = (0..50_000).map(|number| format!("n{number}")).collect();
        let once = names.iter().map(|name| (name.as_str(), "1"));
        let again = names.iter().rev().map(|name| (name.as_str(), "2"));
        let input = object(&json!({}), once.chain(again));
        assert_eq!(input.members.len(), 50_000);
        assert!(input.members.keys().eq(&names));
        assert!(input.members.values().all(|text| text == "12"));
    }

    #[test]
    fn references_are_followed_and_circles_end() {
        let schema = json!({
            "type": "object",
            "properties": { "size": { "$ref": "#/$defs/Size" }, "loop": { "$ref": "#/$defs/Loop" }, "any": { "$ref": "#/$defs/Any" } },
            "$defs": {
                "Size": { "type": "integer" },
                "Loop": { "$ref": "#/$defs/Loop" },
                "Any": { "anyOf": [{ "$ref": "#/$defs/Any" }] }
            }
        });
        let coerced = object(&schema, [("size", "7"), ("loop", "x"), ("any", "x")]);
        assert_eq!(
            json!(coerced.members),
            json!({ "size": 7, "loop": "x", "any": "x" })
        );
    }

    #[test]
    fn many_texts_that_can_not_be_typed_are_counted() {
        let properties: JsonObject = (0..1000)
            .map(|index| (format!("p{index}"), json!({ "type": "integer" })))
            .collect();
        let schema = json!({ "properties": properties });
        let names: Vec<_> = (0..1000).map(|index| format!("p{index}")).collect();
        let pairs = names.iter().map(|name| (name.as_str(), "many"));
        let coerced = object(&schema, pairs);
        assert_eq!((coerced.faults.len(), coerced.members.len()), (1000, 1000));
        let error = refused(coerced.faults, Faults::new());
        assert_eq!(error.faults().len(), Faults::MOST);
        assert!(error.message().ends_with("; and 988 more"), "{error}");
    }

    #[test]
    fn what_has_a_type_already_keeps_it() {
        let schema = json!({ "properties": {
            "size": { "type": "integer" },
            "labels": { "type": "array", "items": { "type": "string" } },
            "either": { "type": ["integer", "string"] },
            "open": { "type": ["boolean", "null"] }
        } });
        let given = json!({
            "size": 7, "labels": "a,b", "either": "7", "open": "null", "nope": "1"
        });
        let coerced = mixed(&schema, given.as_object().unwrap().clone());
        assert!(coerced.faults.is_empty());
        assert_eq!(
            json!(coerced.members),
            json!({ "size": 7, "labels": ["a", "b"], "either": "7", "open": null, "nope": "1" })
        );
        let given = json!({ "size": "many" });
        let coerced = mixed(&schema, given.as_object().unwrap().clone());
        assert_eq!(coerced.faults[0].param, "size");
    }

    #[test]
    fn a_name_given_twice_makes_a_list_where_one_is_taken() {
        let schema = json!({ "properties": {
            "labels": { "type": "array", "items": { "type": "string" } },
            "state": { "type": "string" }
        } });
        let coerced = object(
            &schema,
            [
                ("labels", "a,b"),
                ("labels", "c"),
                ("state", "x"),
                ("state", "y"),
                ("nope", "1"),
            ],
        );
        assert_eq!(
            json!(coerced.members),
            json!({ "labels": ["a,b", "c"], "state": "xy", "nope": "1" })
        );
        assert_eq!(coerced.faults.len(), 1);
        assert_eq!(
            coerced.faults[0].message,
            "is given 2 times but takes one value"
        );
    }
}
