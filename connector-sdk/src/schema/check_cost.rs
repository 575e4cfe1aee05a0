//! How many steps it takes to check a value: alternatives within alternatives multiply them, and so
//! do the faults of each.

use std::collections::HashMap;
use std::ptr;

use serde_json::Value;

use super::Schema;

/// References and alternatives lead this deep into a value at most.
const DEEPEST: usize = 1000;

/// A list that must not repeat an item is compared with itself: so many steps for each part of it.
const UNIQUE: usize = 4;

/// What it costs to check values against one schema, found without checking them.
///
/// ```
/// use plugwright_sdk::json;
/// use plugwright_sdk::schema::{CheckCost, Extent};
///
/// let tree = json!({ "anyOf": [
///     { "type": "array", "items": { "$ref": "#" } },
///     { "type": "array", "items": { "$ref": "#" }, "minItems": 1 },
///     { "type": "integer" }
/// ] });
/// let cost = CheckCost::of(&tree);
/// assert_eq!(cost.extent(&json!([[[1]]]), CheckCost::MOST), Extent::All);
/// let deep = (0..40).fold(json!("x"), |inner, _| json!([inner]));
/// assert_eq!(cost.extent(&deep, CheckCost::MOST), Extent::Nothing);
/// ```
#[derive(Debug)]
pub struct CheckCost {
    /// None if each part of a value is looked at once.
    nodes: Option<Vec<Node>>,
    /// Whether the fault of one place may be made of those of several alternatives.
    has_choices: bool,
}

/// How far a value can be checked at little cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All its faults can be collected.
    All,
    /// Its first fault can be found.
    First,
    /// Nothing can be found out but whether it fits.
    Fit,
    /// It can't be checked.
    Nothing,
}

/// What one schema does with a value.
#[derive(Debug, Default)]
struct Node {
    /// The steps of this schema alone.
    own: usize,
    /// The schemas for the same value.
    same: Vec<usize>,
    /// Those for members by name.
    named: HashMap<String, usize>,
    /// That for members without one by name.
    others: Option<usize>,
    /// Those for any member.
    every_member: Vec<usize>,
    /// Those for the first items.
    first: Vec<usize>,
    /// That for the items that follow.
    rest: Option<usize>,
    /// Those for any item.
    every_item: Vec<usize>,
    is_unique: bool,
}

impl CheckCost {
    /// So many steps take a few milliseconds.
    pub const MOST: usize = 150_000;

    /// All faults of a value that takes so many steps need little memory.
    const EXPLAINED: usize = 4000;

    /// Reads a schema, once for all values.
    pub fn of(schema: &Schema) -> Self {
        let mut found = Found {
            root: schema,
            numbers: HashMap::new(),
            schemas: Vec::new(),
            has_choices: false,
        };
        found.number(schema);
        let mut nodes: Vec<Node> = Vec::new();
        while let Some(schema) = found.schemas.get(nodes.len()) {
            nodes.push(found.node(schema));
        }
        let is_linear = nodes.iter().all(|node| node.is_linear(&nodes));
        Self {
            nodes: (!is_linear).then_some(nodes),
            has_choices: found.has_choices,
        }
    }

    /// Returns whether the cost is in proportion to the size of a value, whatever is in it.
    pub fn is_linear(&self) -> bool {
        self.nodes.is_none()
    }

    /// Returns how far a value can be checked in at most so many steps.
    pub fn extent(&self, value: &Value, most: usize) -> Extent {
        let mut left = most;
        let is_within = match &self.nodes {
            Some(nodes) => spend(nodes, 0, value, DEEPEST, &mut left),
            None => count(value, &mut left),
        };
        match most - left {
            _ if !is_within => Extent::Nothing,
            steps if steps <= Self::EXPLAINED => Extent::All,
            _ if self.has_choices => Extent::Fit,
            _ => Extent::First,
        }
    }
}

/// Takes the steps of a value from those that are left; returns whether there were enough.
fn spend(nodes: &[Node], place: usize, value: &Value, depth: usize, left: &mut usize) -> bool {
    let node = &nodes[place];
    let (true, Some(depth)) = (take(node.own, left), depth.checked_sub(1)) else {
        return false;
    };
    let mut go = |place: usize, value: &Value| spend(nodes, place, value, depth, left);
    if !node.same.iter().all(|place| go(*place, value)) {
        return false;
    }
    match value {
        Value::Object(members) => members.iter().all(|(name, member)| {
            let own = node.named.get(name).copied().or(node.others);
            own.iter()
                .chain(&node.every_member)
                .all(|place| go(*place, member))
        }),
        Value::Array(items) => {
            let are_within = items.iter().enumerate().all(|(index, item)| {
                let own = node.first.get(index).copied().or(node.rest);
                own.iter()
                    .chain(&node.every_item)
                    .all(|place| go(*place, item))
            });
            are_within && (!node.is_unique || (0..UNIQUE).all(|_| count(value, left)))
        }
        _ => true,
    }
}

/// Takes a step for each part of a value.
fn count(value: &Value, left: &mut usize) -> bool {
    take(1, left)
        && match value {
            Value::Array(items) => items.iter().all(|item| count(item, left)),
            Value::Object(members) => members.values().all(|member| count(member, left)),
            _ => true,
        }
}

fn take(steps: usize, left: &mut usize) -> bool {
    let rest = left.checked_sub(steps);
    *left = rest.unwrap_or(0);
    rest.is_some()
}

impl Node {
    /// Returns whether no part of a value is looked at more often than by one schema and a reference to
    /// it.
    fn is_linear(&self, nodes: &[Self]) -> bool {
        let is_own = self.own == 1
            && !self.is_unique
            && self.every_member.is_empty()
            && self.every_item.is_empty();
        let has_parts = !self.named.is_empty()
            || self.others.is_some()
            || !self.first.is_empty()
            || self.rest.is_some();
        let is_once = match self.same.as_slice() {
            [] => true,
            [only] => !has_parts && nodes[*only].same.is_empty(),
            _ => false,
        };
        is_own && is_once
    }
}

/// The schemas that a schema leads to, each once.
struct Found<'a> {
    root: &'a Schema,
    numbers: HashMap<*const Schema, usize>,
    schemas: Vec<&'a Schema>,
    has_choices: bool,
}

impl<'a> Found<'a> {
    fn number(&mut self, schema: &'a Schema) -> usize {
        let next = self.schemas.len();
        let number = *self.numbers.entry(ptr::from_ref(schema)).or_insert(next);
        if number == next {
            self.schemas.push(schema);
        }
        number
    }

    fn list(&mut self, schemas: impl IntoIterator<Item = &'a Schema>) -> Vec<usize> {
        let numbers = schemas.into_iter().map(|schema| self.number(schema));
        numbers.collect()
    }

    fn node(&mut self, schema: &'a Schema) -> Node {
        let mut node = Node {
            own: 1,
            ..Node::default()
        };
        for (keyword, part) in schema.as_object().into_iter().flatten() {
            match (keyword.as_str(), part) {
                ("$ref", Value::String(reference)) => {
                    let pointer = reference.strip_prefix('#');
                    let target = pointer.and_then(|pointer| self.root.pointer(pointer));
                    node.same.extend(self.list(target));
                }
                ("allOf" | "anyOf" | "oneOf", Value::Array(parts)) => {
                    self.has_choices |= keyword != "allOf";
                    node.same.extend(self.list(parts));
                }
                ("not" | "if" | "then" | "else", _) => node.same.push(self.number(part)),
                ("dependentSchemas", Value::Object(parts)) => {
                    node.same.extend(self.list(parts.values()));
                }
                ("properties", Value::Object(parts)) => {
                    for (name, part) in parts {
                        node.named.insert(name.clone(), self.number(part));
                    }
                }
                ("patternProperties", Value::Object(parts)) => {
                    node.every_member.extend(self.list(parts.values()));
                }
                ("additionalProperties", _) => node.others = Some(self.number(part)),
                ("propertyNames" | "unevaluatedProperties", _) => {
                    node.every_member.push(self.number(part));
                }
                ("prefixItems", Value::Array(parts)) => node.first = self.list(parts),
                ("items", _) => node.rest = Some(self.number(part)),
                ("contains" | "unevaluatedItems", _) => node.every_item.push(self.number(part)),
                ("uniqueItems", Value::Bool(true)) => node.is_unique = true,
                // Texts are looked up, all else is compared with one after the other.
                ("enum", Value::Array(values)) if !values.iter().all(Value::is_string) => {
                    node.own += values.iter().map(parts).sum::<usize>() / 4;
                }
                _ => {}
            }
        }
        node
    }
}

/// Returns how many values there are in a value, with itself.
fn parts(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(parts).sum::<usize>(),
        Value::Object(members) => 1 + members.values().map(parts).sum::<usize>(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn extent(schema: &Value, value: &Value) -> Extent {
        CheckCost::of(schema).extent(value, CheckCost::MOST)
    }

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
        assert_eq!(extent(&schema, &nested(5)), Extent::All);
        assert_eq!(extent(&schema, &nested(12)), Extent::Fit);
        assert_eq!(extent(&schema, &nested(60)), Extent::Nothing);
        let together = json!({ "allOf": [{ "properties": { "next": { "$ref": "#" } } }],
            "properties": { "next": { "$ref": "#" } } });
        assert_eq!(extent(&together, &nested(13)), Extent::First);
        assert_eq!(extent(&together, &nested(60)), Extent::Nothing);
    }

    #[test]
    fn a_long_list_takes_as_many_steps_as_it_has_parts() {
        let item = json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] });
        let choices = json!({ "type": "array", "items": item });
        let plain = json!({ "type": "array", "items": { "$ref": "#/$defs/Item" },
            "$defs": { "Item": { "properties": { "a": { "enum": ["b", "c"] } } } } });
        let list = |count| Value::from(vec![json!(1); count]);
        for (count, of_choices, of_plain) in [
            (100, Extent::All, Extent::All),
            (30_000, Extent::Fit, Extent::First),
            (200_000, Extent::Nothing, Extent::Nothing),
        ] {
            assert_eq!(extent(&choices, &list(count)), of_choices, "{count}");
            assert_eq!(extent(&plain, &list(count)), of_plain, "{count}");
        }
        assert!(CheckCost::of(&plain).is_linear());
        assert!(!CheckCost::of(&choices).is_linear());
        let whole = CheckCost::of(&plain).extent(&list(200_000), usize::MAX);
        assert_eq!(whole, Extent::First);
    }

    #[test]
    fn keywords_that_look_at_much_take_more_steps() {
        let patterns: serde_json::Map<_, _> = (0..1000)
            .map(|number| (format!("^x{number}"), json!({})))
            .collect();
        let numbers: Vec<_> = (0..3000).collect();
        let texts: Vec<_> = numbers.iter().map(ToString::to_string).collect();
        let list = Value::from(vec![json!(1); 20_000]);
        let members: serde_json::Map<_, _> = (0..1000)
            .map(|number| (number.to_string(), json!(1)))
            .collect();
        for (schema, value, expected) in [
            (
                json!({ "patternProperties": patterns }),
                &members.into(),
                Extent::Nothing,
            ),
            (
                json!({ "items": { "enum": numbers } }),
                &list,
                Extent::Nothing,
            ),
            (json!({ "items": { "enum": texts } }), &list, Extent::First),
            (json!({ "uniqueItems": true }), &list, Extent::First),
            (
                json!({ "items": { "items": { "uniqueItems": true }, "uniqueItems": true }, "uniqueItems": true }),
                &json!([[vec![1; 20_000]]]),
                Extent::Nothing,
            ),
        ] {
            assert_eq!(extent(&schema, value), expected);
        }
    }

    #[test]
    fn schemas_that_lead_to_themselves_end() {
        for schema in [
            json!({ "$ref": "#" }),
            json!({ "anyOf": [{ "$ref": "#" }] }),
            json!({ "$ref": "#/$defs/A", "$defs": { "A": { "$ref": "#/$defs/B" }, "B": { "$ref": "#/$defs/A" } } }),
        ] {
            assert_eq!(extent(&schema, &json!(1)), Extent::Nothing, "{schema}");
        }
        assert_eq!(
            extent(&json!({ "$ref": "#/nowhere" }), &json!(1)),
            Extent::All
        );
    }
}
