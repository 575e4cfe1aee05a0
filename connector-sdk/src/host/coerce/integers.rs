//! Whole numbers where a schema takes integers.

use std::cell::OnceCell;

use serde_json::{Number, Value};

use super::typing::{own_kinds, parts};
use crate::error::Faults;
use crate::schema::Schema;

/// So many schemas are looked at for one input.
const MOST_STEPS: usize = 200_000;

/// Writes whole numbers, such as `5.0` and `1e3`, as integers where the schema takes integers alone. Most
/// inputs have none, and the schema is not asked for.
///
/// ```
/// use plugwright_sdk::host::coerce;
/// use serde_json::json;
///
/// let schema = json!({ "properties": { "size": { "type": "integer" } } });
/// let mut input = json!({ "size": 5.0 });
/// coerce::integers(|| schema.clone(), &mut input)?;
/// assert_eq!(input.to_string(), r#"{"size":5}"#);
/// let mut input = json!({ "size": 1e30 });
/// let faults = coerce::integers(|| schema, &mut input).unwrap_err();
/// assert_eq!(faults[0].param, "size");
/// # Ok::<(), plugwright_sdk::host::Faults>(())
/// ```
///
/// # Errors
///
/// The numbers that are no integers of 64 bits: of others, not all digits are known. Also an input that is
/// too large for the alternatives of its schema.
pub fn integers(schema: impl FnOnce() -> Schema, input: &mut Value) -> Result<(), Faults> {
    let mut faults = Faults::new();
    if has_whole_float(input) {
        let schema = &schema();
        let mut reader = Reader {
            root: schema,
            left: MOST_STEPS,
            faults: Faults::new(),
        };
        let place = reader.place([schema]);
        reader.write(&place, input, "");
        faults = reader.faults;
        if reader.left == 0 {
            faults.note("input", "is too large or nested too deep to be checked");
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

fn is_whole_float(number: &Number) -> bool {
    number.is_f64() && number.as_f64().is_some_and(|float| float.fract() == 0.0)
}

fn has_whole_float(value: &Value) -> bool {
    match value {
        Value::Number(number) => is_whole_float(number),
        Value::Array(items) => items.iter().any(has_whole_float),
        Value::Object(members) => members.values().any(has_whole_float),
        _ => false,
    }
}

/// Returns the integer that a whole float is, if it is one of 64 bits.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is whole and within the bounds"
)]
fn integer(float: f64) -> Option<Number> {
    const BEYOND_I64: f64 = 9_223_372_036_854_775_808.0;
    const BEYOND_U64: f64 = 18_446_744_073_709_551_616.0;

    if (-BEYOND_I64..BEYOND_I64).contains(&float) {
        Some((float as i64).into())
    } else if (BEYOND_I64..BEYOND_U64).contains(&float) {
        Some((float as u64).into())
    } else {
        None
    }
}

struct Reader<'a> {
    root: &'a Schema,
    /// How many schemas may still be looked at.
    left: usize,
    faults: Faults,
}

/// The schemas of a place, with all that they are made of.
struct Place<'a> {
    schemas: Vec<&'a Schema>,
    takes_integers_alone: OnceCell<bool>,
}

impl Place<'_> {
    fn takes_integers_alone(&self) -> bool {
        *self.takes_integers_alone.get_or_init(|| {
            let kinds: Vec<_> = self
                .schemas
                .iter()
                .filter_map(|part| own_kinds(part))
                .collect();
            let has = |kind| kinds.iter().flatten().any(|own| *own == kind);
            has("integer") && !has("number")
        })
    }
}

impl<'a> Reader<'a> {
    fn place(&mut self, schemas: impl IntoIterator<Item = &'a Schema>) -> Place<'a> {
        let schemas = match self.left {
            0 => Vec::new(),
            _ => parts(self.root, schemas, |_| true),
        };
        // An enum is looked at value by value.
        let values = |schema: &&Schema| {
            schema
                .get("enum")
                .and_then(Value::as_array)
                .map_or(0, Vec::len)
        };
        let steps = 1 + schemas.len() + schemas.iter().map(values).sum::<usize>();
        self.left = self.left.saturating_sub(steps);
        Place {
            schemas,
            takes_integers_alone: OnceCell::new(),
        }
    }

    fn write(&mut self, place: &Place<'a>, value: &mut Value, path: &str) {
        match value {
            Value::Number(number) if is_whole_float(number) && place.takes_integers_alone() => {
                match number.as_f64().and_then(integer) {
                    Some(integer) => *number = integer,
                    None => self.faults.note(
                        path,
                        format!("must be an integer between {} and {}", i64::MIN, u64::MAX),
                    ),
                }
            }
            Value::Array(items) => {
                let schemas = place.schemas.iter();
                let inside = self.place(schemas.filter_map(|schema| schema.get("items")));
                for (index, item) in items.iter_mut().enumerate() {
                    self.write(&inside, item, &format!("{path}[{index}]"));
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    if !matches!(
                        member,
                        Value::Number(_) | Value::Array(_) | Value::Object(_)
                    ) {
                        continue;
                    }
                    let schemas = place.schemas.iter().filter_map(|schema| {
                        let known = schema.get("properties").and_then(|known| known.get(name));
                        known.or_else(|| schema.get("additionalProperties"))
                    });
                    let inside = self.place(schemas);
                    let dot = if path.is_empty() { "" } else { "." };
                    let path = format!("{path}{dot}{name}");
                    self.write(&inside, member, &path);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn schema() -> Value {
        json!({
            "properties": {
                "count": { "type": "integer" },
                "factor": { "type": "number" },
                "either": { "type": ["integer", "number"] },
                "ids": { "type": "array", "items": { "$ref": "#/$defs/Id" } },
                "inner": { "allOf": [{ "properties": { "size": { "type": ["integer", "null"] } } }] },
                "open": {},
            },
            "additionalProperties": { "type": "integer" },
            "$defs": { "Id": { "anyOf": [{ "type": "integer" }, { "type": "string" }] } },
        })
    }

    fn written(input: Value) -> Result<Value, Vec<String>> {
        let mut input = input;
        match integers(schema, &mut input) {
            Ok(()) => Ok(input),
            Err(faults) => Err(faults.iter().map(|fault| fault.param.clone()).collect()),
        }
    }

    #[test]
    fn whole_numbers_are_integers_where_integers_are_taken() {
        let given = r#"{"count":5.0,"factor":5.0,"either":5.0,"ids":[1e3,"1.0",-0.0],"inner":{"size":-2.0},"open":5.0,"more":1e18}"#;
        let given: Value = serde_json::from_str(given).unwrap();
        let expected = r#"{"count":5,"factor":5.0,"either":5.0,"ids":[1000,"1.0",0],"inner":{"size":-2},"open":5.0,"more":1000000000000000000}"#;
        assert_eq!(written(given).unwrap().to_string(), expected);
    }

    #[test]
    fn an_input_that_is_too_large_for_its_schema_is_refused() {
        let alternatives: Vec<_> = (0..100)
            .map(|number| json!({ "minimum": number }))
            .collect();
        let schema = json!({ "additionalProperties": { "anyOf": alternatives } });
        let input = |count: usize| -> Value {
            let members = (0..count).map(|number| (number.to_string(), json!(1.0)));
            Value::Object(members.collect())
        };
        assert!(integers(|| schema.clone(), &mut input(1000)).is_ok());
        let faults = integers(|| schema, &mut input(10_000)).unwrap_err();
        assert_eq!(faults[0].param, "input");
        let list = json!({ "properties": { "list": { "items": { "type": "integer" } } } });
        let mut input = json!({ "list": vec![1.0; 30_000] });
        integers(|| list, &mut input).unwrap();
        assert_eq!(input, json!({ "list": vec![1; 30_000] }));
    }

    #[test]
    fn integers_beyond_64_bits_are_refused_by_name() {
        for (given, name) in [
            (json!({ "count": 1e29 }), "count"),
            (json!({ "count": -1e19 }), "count"),
            (
                json!({ "ids": [1, 18_446_744_073_709_551_616.0] }),
                "ids[1]",
            ),
            (json!({ "inner": { "size": 1e29 } }), "inner.size"),
            (json!({ "more": 1e29 }), "more"),
        ] {
            assert_eq!(
                written(given.clone()),
                Err(vec![name.to_owned()]),
                "{given}"
            );
        }
        for given in [
            json!({ "count": u64::MAX }),
            json!({ "count": i64::MIN }),
            json!({ "factor": 1e29, "open": 1e29 }),
        ] {
            assert_eq!(written(given.clone()), Ok(given));
        }
    }
}
