//! Inputs checked against their schema, at a cost that has a bound.

use std::collections::HashSet;

use jsonschema::Validator;
use jsonschema::error::ValidationErrorKind;
use plugwright_sdk::Value;
use plugwright_sdk::host::Faults;
use plugwright_sdk::schema::pointer::unescape;
use plugwright_sdk::schema::{CheckCost, Extent, Schema};
use serde_json::Map;

use super::validate::{compile, faults};

/// What checks inputs.
pub(super) struct Check {
    validator: Validator,
    cost: CheckCost,
}

impl Check {
    /// Reads a schema, if it can be compiled.
    pub(super) fn of(schema: &Schema) -> Option<Self> {
        Some(Self {
            validator: compile(schema)?,
            cost: CheckCost::of(schema),
        })
    }

    fn extent(&self, input: &Value) -> Extent {
        self.cost.extent(input, CheckCost::MOST)
    }

    /// Returns whether a value is known to fit.
    pub(super) fn takes(&self, value: &Value) -> bool {
        self.extent(value) != Extent::Nothing && self.validator.is_valid(value)
    }

    /// Returns what is wrong with an input: everything, if it isn't too large for that.
    pub(super) fn faults(&self, input: &Value) -> Faults {
        match self.extent(input) {
            Extent::All => faults(self.validator.iter_errors(input)),
            Extent::First => {
                let mut first = faults(self.validator.validate(input).err());
                if !first.is_empty() {
                    first.stop();
                }
                first
            }
            Extent::Fit if self.validator.is_valid(input) => Faults::new(),
            Extent::Fit => fault("does not fit its schema, and is too large to say where"),
            Extent::Nothing => fault("is too large or nested too deep to be checked"),
        }
    }

    /// Drops members that are null where null is not allowed: they count as absent.
    pub(super) fn without_nulls(&self, members: Map<String, Value>) -> Map<String, Value> {
        let nulls: Map<String, Value> = members
            .iter()
            .filter(|(_, value)| value.is_null())
            .map(|(name, _)| (name.clone(), Value::Null))
            .collect();
        let nulls = Value::Object(nulls);
        if nulls == Value::Object(Map::new()) || self.extent(&nulls) != Extent::All {
            return members;
        }
        let mut refused = HashSet::new();
        for error in self.validator.iter_errors(&nulls) {
            match (error.instance_path().as_str(), error.kind()) {
                ("", ValidationErrorKind::AdditionalProperties { unexpected }) => {
                    refused.extend(unexpected.iter().cloned());
                }
                ("", _) => {}
                (pointer, _) => {
                    refused.insert(unescape(&pointer[1..]));
                }
            }
        }
        let kept = members.into_iter();
        kept.filter(|(name, value)| !value.is_null() || !refused.contains(name))
            .collect()
    }
}

fn fault(message: &str) -> Faults {
    let mut faults = Faults::new();
    faults.note("input", message);
    faults
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    fn check(schema: &Value) -> Check {
        Check::of(&json!({ "type": "object", "properties": { "v": schema } })).unwrap()
    }

    fn said(check: &Check, value: Value) -> String {
        plugwright_sdk::ActionError::invalid(check.faults(&json!({ "v": value }))).to_string()
    }

    #[test]
    fn an_input_that_would_cost_too_much_is_refused() {
        let list =
            |more: &str| json!({ "type": "array", "items": { "$ref": "#/properties/v" }, more: 1 });
        let tree = json!({ "anyOf": [list("minItems"), list("maxItems"), { "type": "integer" }] });
        let check = check(&tree);
        let nested = |depth, end| (0..depth).fold(end, |inner, _| json!([inner]));
        assert!(
            check
                .faults(&json!({ "v": nested(12, json!(1)) }))
                .is_empty()
        );
        for (depth, expected) in [
            (3, "`v` fits none of the alternatives"),
            (
                13,
                "`input` does not fit its schema, and is too large to say where",
            ),
            (60, "`input` is too large or nested too deep to be checked"),
        ] {
            let said = said(&check, nested(depth, json!("x")));
            assert!(said.contains(expected), "{said}");
        }
    }

    #[test]
    fn of_many_faults_of_a_large_input_one_is_told() {
        let check = check(&json!({ "type": "array", "items": { "type": "integer" } }));
        let said = |count| said(&check, vec![json!("x"); count].into());
        assert!(said(20).contains("20 problems: `v[0]`"), "{}", said(20));
        assert!(said(29_000).contains(": `v[0]`"), "{}", said(29_000));
        assert!(check.faults(&json!({ "v": vec![1; 29_000] })).is_empty());
    }
}
