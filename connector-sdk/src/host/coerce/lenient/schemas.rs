//! What the schemas of an input say of its parts.

use std::cell::Cell;
use std::ptr;

use serde_json::Value;

use super::Any;
use crate::host::coerce::typing::kind_of;
use crate::param::JsonObject;
use crate::schema::Schema;

/// References and alternatives are followed this deep; what is deeper is left as it is.
pub(super) const DEEPEST_SCHEMA: usize = 8;
/// So many schemas are looked at for one input; what comes after is left as it is.
const MOST_STEPS: usize = 100_000;

/// A part of an object or a list.
#[derive(Clone, Copy)]
pub(super) enum Part<'n> {
    Member(&'n str),
    Item(usize),
}

/// The schemas of an input, with a budget for looking at them.
pub(super) struct Schemas<'a> {
    root: &'a Schema,
    /// How many may still be looked at.
    left: Cell<usize>,
}

enum Found<'a> {
    Schemas(Vec<&'a Schema>),
    /// There is no such part.
    Nothing,
    /// Nothing is said of it.
    Open,
}

impl<'a> Schemas<'a> {
    pub(super) fn new(root: &'a Schema) -> Self {
        Self {
            root,
            left: Cell::new(MOST_STEPS),
        }
    }

    /// Counts one that is looked at; returns whether it may be.
    fn spend(&self) -> bool {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.unwrap_or(0));
        left.is_some()
    }

    /// Finds the schemas of a part of what any of these take, each once. None at all is nothing that is
    /// known.
    pub(super) fn parts(&self, any: &Any<'a>, part: Part<'_>) -> Vec<&'a Schema> {
        let mut found = Vec::new();
        for schema in any {
            match self.part_of(schema, part, DEEPEST_SCHEMA) {
                Found::Schemas(schemas) => found.extend(schemas),
                Found::Nothing => {}
                // It may be anything, and so a text.
                Found::Open => return Vec::new(),
            }
        }
        // Alternatives that lead to the same schema would multiply it at each level of a value.
        found.sort_unstable_by_key(|schema| ptr::from_ref::<Schema>(schema));
        found.dedup_by_key(|schema| ptr::from_ref::<Schema>(schema));
        found
    }

    fn part_of(&self, schema: &'a Schema, part: Part<'_>, depth: usize) -> Found<'a> {
        let (Some(depth), Value::Object(keywords), true) =
            (depth.checked_sub(1), schema, self.spend())
        else {
            return Found::Open;
        };
        let kind = match part {
            Part::Member(_) => "object",
            Part::Item(_) => "array",
        };
        if !self.may_take(schema, kind, depth) {
            return Found::Nothing;
        }
        let own = match part {
            Part::Member(name) => own_member(keywords, name),
            Part::Item(index) => own_item(keywords, index),
        };
        let mut found = match own {
            Found::Schemas(schemas) => schemas,
            Found::Nothing => return Found::Nothing,
            Found::Open => Vec::new(),
        };
        // All of these hold together, so one that says nothing of the part takes nothing away.
        let referenced = keywords.get("$ref").map(|_| target(self.root, schema));
        let together = list(keywords, "allOf").map(Some).chain(referenced);
        for schema in together {
            match schema.map(|schema| self.part_of(schema, part, depth)) {
                Some(Found::Schemas(schemas)) => found.extend(schemas),
                Some(Found::Nothing) => return Found::Nothing,
                Some(Found::Open) | None => {}
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            let mut is_open = false;
            let mut alternatives = Vec::new();
            for schema in list(keywords, keyword) {
                match self.part_of(schema, part, depth) {
                    Found::Schemas(schemas) => alternatives.extend(schemas),
                    Found::Nothing => {}
                    Found::Open => is_open = true,
                }
            }
            if !is_open {
                found.extend(alternatives);
            } else if found.is_empty() {
                return Found::Open;
            }
        }
        if found.is_empty() {
            Found::Open
        } else {
            Found::Schemas(found)
        }
    }

    /// Returns whether a schema may take a value of this type. If that is unknown, it may.
    pub(super) fn takes(&self, schema: &Schema, kind: &str) -> bool {
        self.may_take(schema, kind, DEEPEST_SCHEMA)
    }

    fn may_take(&self, schema: &Schema, kind: &str, depth: usize) -> bool {
        let Value::Object(keywords) = schema else {
            return *schema != Value::Bool(false);
        };
        let (Some(depth), true) = (depth.checked_sub(1), self.spend()) else {
            return true;
        };
        let by_type = match keywords.get("type") {
            Some(Value::String(own)) => own == kind,
            Some(Value::Array(all)) => all.iter().any(|own| own == kind),
            _ => true,
        };
        let by_value = match (keywords.get("const"), keywords.get("enum")) {
            (Some(value), _) => kind_of(value) == kind,
            (None, Some(Value::Array(values))) => values.iter().any(|value| kind_of(value) == kind),
            _ => true,
        };
        let by_reference = || match (keywords.get("$ref"), target(self.root, schema)) {
            (Some(_), Some(schema)) => self.may_take(schema, kind, depth),
            _ => true,
        };
        let any_of = |keyword| {
            let mut schemas = list(keywords, keyword).peekable();
            schemas.peek().is_none() || schemas.any(|schema| self.may_take(schema, kind, depth))
        };
        by_type
            && by_value
            && by_reference()
            && list(keywords, "allOf").all(|schema| self.may_take(schema, kind, depth))
            && any_of("anyOf")
            && any_of("oneOf")
    }
}

fn own_member<'a>(keywords: &'a JsonObject, name: &str) -> Found<'a> {
    let known = keywords
        .get("properties")
        .and_then(|properties| properties.get(name));
    match (known, keywords.get("additionalProperties")) {
        (Some(known), _) => Found::Schemas(vec![known]),
        _ if keywords.contains_key("patternProperties") => Found::Open,
        (None, Some(Value::Bool(false))) => Found::Nothing,
        (None, Some(schema @ Value::Object(_))) => Found::Schemas(vec![schema]),
        (None, _) => Found::Open,
    }
}

fn own_item(keywords: &JsonObject, index: usize) -> Found<'_> {
    let first = list(keywords, "prefixItems").nth(index);
    match (first, keywords.get("items")) {
        (Some(schema), _) | (None, Some(schema @ Value::Object(_))) => Found::Schemas(vec![schema]),
        (None, Some(Value::Bool(false))) => Found::Nothing,
        (None, _) => Found::Open,
    }
}

fn list<'a>(keywords: &'a JsonObject, keyword: &str) -> impl Iterator<Item = &'a Schema> {
    keywords
        .get(keyword)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

fn target<'a>(root: &'a Schema, schema: &Schema) -> Option<&'a Schema> {
    root.pointer(schema.get("$ref")?.as_str()?.strip_prefix('#')?)
}
