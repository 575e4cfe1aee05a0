//! Whole numbers where a schema takes integers.

use serde_json::{Number, Value};

use super::typing::{DEEPEST, alternatives, kinds};
use crate::error::Faults;
use crate::schema::{Schema, resolve};

const MOST_SCHEMAS: usize = 64;

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
/// The numbers that are no integers of 64 bits: of others, not all digits are known.
pub fn integers(schema: impl FnOnce() -> Schema, input: &mut Value) -> Result<(), Faults> {
    let mut faults = Faults::new();
    if has_whole_float(input) {
        let schema = &schema();
        let reader = Reader { root: schema };
        reader.write(&reader.parts([schema]), input, "", &mut faults);
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
}

impl<'a> Reader<'a> {
    fn parts(&self, schemas: impl IntoIterator<Item = &'a Schema>) -> Vec<&'a Schema> {
        let resolve = |schema| resolve(self.root, schema);
        let mut parts: Vec<_> = schemas.into_iter().map(resolve).collect();
        let mut next = 0;
        while let Some(part) = parts.get(next).copied()
            && parts.len() < MOST_SCHEMAS
        {
            parts.extend(alternatives(part).map(resolve));
            next += 1;
        }
        parts
    }

    fn takes_integers_alone(&self, schemas: &[&Schema]) -> bool {
        let kinds = |schema| kinds(self.root, schema, DEEPEST);
        let kinds: Vec<_> = schemas.iter().flat_map(|schema| kinds(schema)).collect();
        kinds.contains(&"integer") && !kinds.contains(&"number")
    }

    fn write(&self, schemas: &[&'a Schema], value: &mut Value, path: &str, faults: &mut Faults) {
        match value {
            Value::Number(number)
                if is_whole_float(number) && self.takes_integers_alone(schemas) =>
            {
                match number.as_f64().and_then(integer) {
                    Some(integer) => *number = integer,
                    None => faults.note(
                        path,
                        format!("must be an integer between {} and {}", i64::MIN, u64::MAX),
                    ),
                }
            }
            Value::Array(items) => {
                let schemas = schemas.iter().filter_map(|schema| schema.get("items"));
                let schemas = self.parts(schemas);
                for (index, item) in items.iter_mut().enumerate() {
                    self.write(&schemas, item, &format!("{path}[{index}]"), faults);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    let schemas = schemas.iter().filter_map(|schema| {
                        let known = schema.get("properties").and_then(|known| known.get(name));
                        known.or_else(|| schema.get("additionalProperties"))
                    });
                    let dot = if path.is_empty() { "" } else { "." };
                    let path = format!("{path}{dot}{name}");
                    self.write(&self.parts(schemas), member, &path, faults);
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
