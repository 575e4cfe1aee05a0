//! How many steps it takes to check a value: alternatives within alternatives multiply them.

use std::collections::HashMap;
use std::ptr;

use plugwright_sdk::Value;

/// So many steps are allowed for any value.
const SOME: u64 = 100_000;

/// And so many more for each part of it.
const FOR_EACH_PART: u64 = 100;

/// Keywords whose schemas are about the same value as the schema around them.
const SEVERAL: [&str; 3] = ["allOf", "anyOf", "oneOf"];
const ONE: [&str; 4] = ["not", "if", "then", "else"];

pub(super) fn has_alternatives(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.iter().any(|(keyword, part)| {
            SEVERAL.contains(&keyword.as_str())
                || ONE.contains(&keyword.as_str())
                || has_alternatives(part)
        }),
        Value::Array(items) => items.iter().any(has_alternatives),
        _ => false,
    }
}

/// Returns whether a value can be checked against a schema in a bounded time, whether it is valid or not.
pub(super) fn are_few(schema: &Value, value: &Value) -> bool {
    let most = SOME + FOR_EACH_PART * parts(value);
    let mut steps = Steps {
        root: schema,
        known: HashMap::new(),
        most,
    };
    steps.of(schema, value) <= most
}

fn parts(value: &Value) -> u64 {
    match value {
        Value::Array(items) => items.iter().map(parts).fold(1, u64::saturating_add),
        Value::Object(members) => members.values().map(parts).fold(1, u64::saturating_add),
        _ => 1,
    }
}

struct Steps<'a> {
    root: &'a Value,
    /// How many a schema takes for a part of the value.
    known: HashMap<(*const Value, *const Value), u64>,
    most: u64,
}

impl<'a> Steps<'a> {
    fn of(&mut self, schema: &'a Value, value: &'a Value) -> u64 {
        let Some(members) = schema.as_object() else {
            return 1;
        };
        let key = (ptr::from_ref(schema), ptr::from_ref(value));
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        // A schema that leads to itself at one value is none that an import leaves.
        self.known.insert(key, 1);
        let mut count: u64 = 1;
        for (keyword, part) in members {
            if count > self.most || self.known.len() as u64 > self.most {
                return u64::MAX;
            }
            let more = match (keyword.as_str(), part, value) {
                ("$ref", Value::String(reference), _) => {
                    let pointer = reference.strip_prefix('#');
                    let target = pointer.and_then(|pointer| self.root.pointer(pointer));
                    target.map_or(0, |target| self.of(target, value))
                }
                ("properties", Value::Object(schemas), Value::Object(members)) => {
                    let known = members.iter();
                    let known =
                        known.filter_map(|(name, member)| Some((schemas.get(name)?, member)));
                    self.sum(known)
                }
                ("additionalProperties", _, Value::Object(members)) => {
                    self.sum(members.values().map(|member| (part, member)))
                }
                ("items", _, Value::Array(items)) => {
                    self.sum(items.iter().map(|item| (part, item)))
                }
                (keyword, Value::Array(parts), _) if SEVERAL.contains(&keyword) => {
                    self.sum(parts.iter().map(|part| (part, value)))
                }
                (keyword, _, _) if ONE.contains(&keyword) => self.of(part, value),
                _ => 0,
            };
            count = count.saturating_add(more);
        }
        self.known.insert(key, count);
        count
    }

    fn sum(&mut self, pairs: impl Iterator<Item = (&'a Value, &'a Value)>) -> u64 {
        pairs.fold(0, |sum: u64, (schema, value)| {
            sum.saturating_add(self.of(schema, value))
        })
    }
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    /// A node whose alternatives all have a next one.
    fn tree() -> Value {
        let next =
            json!({ "properties": { "next": { "$ref": "#/$defs/Node" } }, "required": ["next"] });
        json!({
            "$ref": "#/$defs/Node",
            "$defs": { "Node": { "anyOf": [next, next, { "type": "integer" }] } },
        })
    }

    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!("x"), |next, _| json!({ "next": next }))
    }

    #[test]
    fn steps_multiply_with_each_level_of_alternatives() {
        let schema = tree();
        assert!(has_alternatives(&schema));
        assert!(are_few(&schema, &nested(10)));
        assert!(!are_few(&schema, &nested(60)));
    }

    #[test]
    fn a_long_list_takes_as_many_steps_as_it_has_items() {
        let item = json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] });
        let schema = json!({ "type": "array", "items": item });
        assert!(are_few(&schema, &vec![json!(1); 100_000].into()));
        assert!(!has_alternatives(
            &json!({ "type": "array", "items": { "type": "string" } })
        ));
    }
}
