//! Outputs checked against their schema, at a cost that has a bound.

use jsonschema::{ValidationError, Validator};
use plugwright_sdk::Value;
use plugwright_sdk::host::Echo;
use plugwright_sdk::schema::{CheckCost, Extent, Schema};

/// What checks outputs.
#[derive(Debug)]
pub(crate) struct OutputCheck {
    validator: Validator,
    cost: CheckCost,
}

/// What a check of an output found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Checked {
    Fits,
    /// It does not fit: where, without the value.
    Fault(String),
    /// It can't be checked at little cost.
    TooLarge,
    /// There is no schema to check it by.
    Unknown,
}

impl OutputCheck {
    /// Reads a schema.
    ///
    /// # Errors
    ///
    /// If it does not compile.
    pub(crate) fn of(schema: &Schema) -> Result<Self, ValidationError<'static>> {
        Ok(Self {
            validator: jsonschema::options().build(schema)?,
            cost: CheckCost::of(schema),
        })
    }

    /// Checks an output; `is_strict` is whether a large one is checked too.
    pub(crate) fn check(&self, data: &Value, is_strict: bool) -> Checked {
        // What is in proportion to an output costs less than reading the output did.
        let most = if is_strict && self.cost.is_linear() {
            usize::MAX
        } else {
            CheckCost::MOST
        };
        match self.cost.extent(data, most) {
            // The first is enough: a provider's output may have a million of them.
            Extent::All | Extent::First => match self.validator.validate(data) {
                Ok(()) => Checked::Fits,
                Err(error) => Checked::Fault(format!(
                    "`{}` breaks the rule at {}",
                    Echo(error.instance_path().as_str()),
                    Echo(error.schema_path().as_str())
                )),
            },
            Extent::Fit if self.validator.is_valid(data) => Checked::Fits,
            Extent::Fit => Checked::Fault("it is too large to say where".to_owned()),
            Extent::Nothing => Checked::TooLarge,
        }
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    fn check(schema: &Value, data: &Value, is_strict: bool) -> Checked {
        OutputCheck::of(schema).unwrap().check(data, is_strict)
    }

    #[test]
    fn an_answer_of_forty_bytes_is_not_checked_for_hours() {
        let list = |more: &str| json!({ "type": "array", "items": { "$ref": "#" }, more: 1 });
        let lists = ["minItems", "maxItems", "description"].map(list);
        let mut schema = json!({ "anyOf": lists });
        schema["anyOf"][2]["description"] = "A list.".into();
        let nested = |depth: usize| (0..depth).fold(json!("x"), |inner, _| json!([inner]));
        for is_strict in [false, true] {
            let checked = check(&schema, &nested(4), is_strict);
            assert!(matches!(checked, Checked::Fault(_)), "{checked:?}");
            for depth in [16, 100] {
                assert_eq!(check(&schema, &nested(depth), is_strict), Checked::TooLarge);
            }
        }
    }

    #[test]
    fn rows_that_do_not_fit_are_no_list_of_faults() {
        let row = json!({ "type": "object", "required": ["id", "name"] });
        let rows = json!({ "anyOf": [{ "type": "array", "items": row }, { "type": "null" }] });
        let of = |count| Value::from(vec![json!({ "id": 1 }); count]);
        let Checked::Fault(fault) = check(&rows, &of(10), false) else {
            panic!("it fits");
        };
        assert_eq!(fault, "`` breaks the rule at /anyOf");
        let Checked::Fault(fault) = check(&rows, &of(50_000), false) else {
            panic!("it fits");
        };
        assert_eq!(fault, "it is too large to say where");
        assert_eq!(check(&rows, &of(200_000), false), Checked::TooLarge);
    }

    #[test]
    fn a_large_output_of_a_plain_schema_is_checked_where_that_is_asked_for() {
        let schema = json!({ "type": "array", "items": { "type": "integer" } });
        let mut data = vec![json!(1); 200_000];
        data.push(json!("x"));
        let data = Value::from(data);
        assert_eq!(check(&schema, &data, false), Checked::TooLarge);
        let fault = "`/200000` breaks the rule at /items/type".to_owned();
        assert_eq!(check(&schema, &data, true), Checked::Fault(fault));
    }
}
