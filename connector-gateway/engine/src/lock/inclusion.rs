//! Proves that every value of one schema is a value of another.
//!
//! What can't be proven counts as false: a keyword that is not known here, a reference that leads
//! nowhere, alternatives that are not plainly apart, or a proof that would take too many steps.

mod json_types;
mod numbers;

use plugwright_sdk::host::word_list;
use serde_json::Value;

use json_types::Types;

/// Steps of one proof; schemas of honest actions take hundreds.
const MOST_STEPS: usize = 50_000;

/// Schemas within schemas, references followed.
const DEEPEST: usize = 100;

/// Keywords that restrict values by themselves, so that a schema without one has more values.
/// Those that are not in this list are only compared for equality.
const KNOWN: &[&str] = &word_list::<42>(include_str!("../../words/known_keywords.txt"));

static ANY: Value = Value::Bool(true);

/// A schema, and the document in which its references are looked up.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) root: &'a Value,
    pub(super) schema: &'a Value,
}

impl<'a> Part<'a> {
    pub(super) fn whole(root: &'a Value) -> Self {
        Self { root, schema: root }
    }

    pub(super) fn at(self, schema: &'a Value) -> Self {
        Self { schema, ..self }
    }

    pub(super) fn get(self, keyword: &str) -> Option<&'a Value> {
        self.schema.get(keyword)
    }

    /// Returns the schema of a keyword; any value where there is none.
    fn part(self, keyword: &str) -> Self {
        self.at(self.get(keyword).unwrap_or(&ANY))
    }

    /// Returns the schemas of a keyword that has several.
    fn parts(self, keyword: &str) -> impl Iterator<Item = Self> {
        let parts = self.get(keyword).and_then(Value::as_array);
        parts.into_iter().flatten().map(move |part| self.at(part))
    }

    pub(super) fn property(self, name: &str) -> Option<Self> {
        let property = self.get("properties")?.get(name)?;
        Some(self.at(property))
    }

    pub(super) fn properties(self) -> impl Iterator<Item = &'a str> {
        let members = self.get("properties").and_then(Value::as_object);
        members
            .into_iter()
            .flat_map(|members| members.keys())
            .map(String::as_str)
    }

    pub(super) fn requires(self, name: &str) -> bool {
        let required = self.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|other| other == name))
    }

    /// Follows a reference; `None` if it leads nowhere.
    pub(super) fn target(self) -> Option<Self> {
        let reference = self.get("$ref")?.as_str()?;
        self.root
            .pointer(reference.strip_prefix('#')?)
            .map(|target| self.at(target))
    }

    /// Returns whether `null` is a value by name; elsewhere it means that nothing is given.
    pub(super) fn publishes_null(self) -> bool {
        match self.get("type") {
            Some(Value::Array(names)) => names.iter().any(|name| name == "null"),
            Some(name) => name == "null",
            None => false,
        }
    }
}

/// How objects are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As inputs: a default takes the place of what is left out, and so does leaving it out of null.
    Input,
    /// As outputs, whose members are all named.
    Output,
    /// As outputs whose reader ignores members that it does not know.
    OpenOutput,
}

/// Returns whether two schemas are the same, references followed.
pub(super) fn same(one: Part<'_>, other: Part<'_>) -> bool {
    one.schema == other.schema && (refers_to_nothing(one.schema) || one.root == other.root)
}

fn refers_to_nothing(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            let reference = |name: &String| name.starts_with('$') && name.ends_with("ef");
            !members.keys().any(reference) && members.values().all(refers_to_nothing)
        }
        Value::Array(items) => items.iter().all(refers_to_nothing),
        _ => true,
    }
}

/// Proves that every value of `narrow` is one of `wide`.
pub(super) fn includes(reading: Reading, wide: Part<'_>, narrow: Part<'_>) -> bool {
    let mut proof = Proof {
        reading,
        open: Vec::new(),
        steps: 0,
    };
    proof.includes(wide, narrow, 0)
}

struct Proof<'a> {
    reading: Reading,
    /// Pairs that are being proven, and how deep in the value each stands.
    open: Vec<(&'a Value, &'a Value, usize)>,
    steps: usize,
}

impl<'a> Proof<'a> {
    fn includes(&mut self, wide: Part<'a>, narrow: Part<'a>, depth: usize) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS || self.open.len() > DEEPEST {
            return false;
        }
        let pair = |(one, other, _): &&(&Value, &Value, usize)| {
            std::ptr::eq(*one, wide.schema) && std::ptr::eq(*other, narrow.schema)
        };
        if let Some((_, _, above)) = self.open.iter().rev().find(pair) {
            // Values are finite, so that the claim may be assumed of a part of the value, but never
            // of the value itself.
            return *above < depth;
        }
        self.open.push((wide.schema, narrow.schema, depth));
        let proven = self.prove(wide, narrow, depth);
        self.open.pop();
        proven
    }

    fn prove(&mut self, wide: Part<'a>, narrow: Part<'a>, depth: usize) -> bool {
        let known = |part: Part<'_>| part.schema.is_object() || part.schema.is_boolean();
        if !known(wide) || !known(narrow) {
            return false;
        }
        if *narrow.schema == Value::Bool(false) || same(wide, narrow) {
            return true;
        }
        if *wide.schema == Value::Bool(false) {
            return false;
        }
        if takes_anything(wide) {
            return content_is_the_same(wide, narrow);
        }
        if wide.get("$ref").is_some() {
            let alone = stands_alone(wide);
            let Some(target) = wide.target().filter(|_| alone) else {
                return false;
            };
            return self.includes(target, narrow, depth);
        }
        if narrow.get("$ref").is_some() {
            // What stands beside the reference only takes values away.
            return narrow
                .target()
                .is_some_and(|target| self.includes(wide, target, depth));
        }
        self.keyword_by_keyword(wide, narrow, depth) || self.branch_by_branch(wide, narrow, depth)
    }

    /// Splits `narrow`: it is within `wide` if each of its alternatives is, or one of the schemas that
    /// all hold.
    fn branch_by_branch(&mut self, wide: Part<'a>, narrow: Part<'a>, depth: usize) -> bool {
        for keyword in ["anyOf", "oneOf"] {
            if narrow.get(keyword).is_some()
                && narrow
                    .parts(keyword)
                    .all(|branch| self.includes(wide, branch, depth))
            {
                return true;
            }
        }
        narrow
            .parts("allOf")
            .any(|branch| self.includes(wide, branch, depth))
    }

    fn keyword_by_keyword(&mut self, wide: Part<'a>, narrow: Part<'a>, depth: usize) -> bool {
        let (Some(wide_types), Some(narrow_types)) = (Types::of(wide), Types::of(narrow)) else {
            return false;
        };
        unknown_are_the_same(wide, narrow)
            && content_is_the_same(wide, narrow)
            && wide_types.include(narrow_types)
            && values(wide, narrow)
            && (!narrow_types.have(Types::NUMBER) || numbers::include(wide, narrow))
            && (!narrow_types.have(Types::STRING) || strings(wide, narrow))
            && (!narrow_types.have(Types::ARRAY) || self.arrays(wide, narrow, depth))
            && (!narrow_types.have(Types::OBJECT) || self.objects(wide, narrow, depth))
            && self.alternatives(wide, narrow, depth)
    }

    fn arrays(&mut self, wide: Part<'a>, narrow: Part<'a>, depth: usize) -> bool {
        numbers::at_least(wide, narrow, "minItems")
            && numbers::at_most(wide, narrow, "maxItems")
            && kept(wide, narrow, &["uniqueItems"])
            && kept(wide, narrow, &["contains", "minContains", "maxContains"])
            && (kept(wide, narrow, &["prefixItems"]) && kept(narrow, wide, &["prefixItems"]))
            && self.includes(wide.part("items"), narrow.part("items"), depth + 1)
    }

    fn objects(&mut self, wide: Part<'a>, narrow: Part<'a>, depth: usize) -> bool {
        const PATTERNS: &[&str] = &["patternProperties"];
        let names_differ = || {
            wide.properties()
                .any(|name| narrow.property(name).is_none())
                || narrow
                    .properties()
                    .any(|name| wide.property(name).is_none())
        };
        let patterns = |part: Part<'_>| part.get("patternProperties").is_some();
        let required = wide.get("required").and_then(Value::as_array);
        let required = required.into_iter().flatten();
        required
            .map(Value::as_str)
            .all(|name| name.is_some_and(|name| narrow.requires(name)))
            && numbers::at_least(wide, narrow, "minProperties")
            && numbers::at_most(wide, narrow, "maxProperties")
            && kept(wide, narrow, &["propertyNames"])
            && kept(wide, narrow, &["dependentRequired"])
            && kept(wide, narrow, &["dependentSchemas"])
            && kept(wide, narrow, PATTERNS)
            && kept(narrow, wide, PATTERNS)
            && !(patterns(wide) && names_differ())
            && self.members(wide, narrow, depth)
    }

    fn members(&mut self, wide: Part<'a>, narrow: Part<'a>, depth: usize) -> bool {
        let others = match self.reading {
            Reading::OpenOutput
                if wide.get("additionalProperties") == Some(&Value::Bool(false)) =>
            {
                wide.at(&ANY)
            }
            _ => wide.part("additionalProperties"),
        };
        let narrow_others = narrow.part("additionalProperties");
        let only_wide = wide
            .properties()
            .filter(|name| narrow.property(name).is_none());
        for name in narrow.properties().chain(only_wide) {
            let one = wide.property(name).unwrap_or(others);
            let other = narrow.property(name).unwrap_or(narrow_others);
            if !self.includes(one, other, depth + 1) {
                return false;
            }
            let optional = narrow.property(name).is_some() && !narrow.requires(name);
            if self.reading == Reading::Input && optional && !means_the_same_left_out(one, other) {
                return false;
            }
        }
        self.includes(others, narrow_others, depth + 1)
    }

    fn alternatives(&mut self, wide: Part<'a>, narrow: Part<'a>, depth: usize) -> bool {
        let any_of = kept(wide, narrow, &["anyOf"])
            || wide
                .parts("anyOf")
                .any(|branch| self.includes(branch, narrow, depth));
        any_of
            && (kept(wide, narrow, &["oneOf"]) || self.exactly_one(wide, narrow, depth))
            && (kept(wide, narrow, &["allOf"])
                || wide
                    .parts("allOf")
                    .all(|part| self.includes(part, narrow, depth)))
            && kept(wide, narrow, &["not"])
            && kept(wide, narrow, &["if", "then", "else"])
    }

    fn exactly_one(&mut self, wide: Part<'a>, narrow: Part<'a>, depth: usize) -> bool {
        let branches: Vec<_> = wide.parts("oneOf").collect();
        (0..branches.len()).any(|index| {
            let mut others = branches
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index);
            self.includes(branches[index], narrow, depth)
                && others.all(|(_, other)| json_types::apart(*other, narrow))
        })
    }
}

/// Returns whether leaving a member out of an input, or giving null for it, still means the same.
fn means_the_same_left_out(new: Part<'_>, old: Part<'_>) -> bool {
    new.get("default") == old.get("default") && (old.publishes_null() || !new.publishes_null())
}

/// Returns whether what `wide` says with these keywords is said by `narrow` with the same words.
fn kept(wide: Part<'_>, narrow: Part<'_>, keywords: &[&str]) -> bool {
    let equal = |keyword: &&str| match (wide.get(keyword), narrow.get(keyword)) {
        (Some(one), Some(other)) => same(wide.at(one), narrow.at(other)),
        (None, None) => true,
        _ => false,
    };
    keywords.iter().all(|keyword| wide.get(keyword).is_none()) || keywords.iter().all(equal)
}

/// Returns whether a reference is all that a schema says of values.
pub(super) fn stands_alone(part: Part<'_>) -> bool {
    let members = part.schema.as_object().into_iter();
    let mut names = members.flat_map(|members| members.keys());
    names.all(|name| ["$defs", "$ref", "default"].contains(&name.as_str()))
}

fn takes_anything(part: Part<'_>) -> bool {
    let members = part.schema.as_object().into_iter();
    members
        .flat_map(|members| members.keys())
        .all(|name| name == "default")
}

fn unknown_are_the_same(wide: Part<'_>, narrow: Part<'_>) -> bool {
    let unknown = |part: Part<'_>| {
        let members = part.schema.as_object().into_iter();
        let names: Vec<_> = members
            .flat_map(|members| members.keys())
            .filter(|name| !KNOWN.contains(&name.as_str()))
            .cloned()
            .collect();
        names
    };
    let names = [unknown(wide), unknown(narrow)].concat();
    names
        .iter()
        .all(|name| match (wide.get(name), narrow.get(name)) {
            // What an unknown keyword refers to, and which others it reads, is unknown too.
            (Some(one), Some(other)) => {
                same(wide.at(one), narrow.at(other)) && !name.starts_with("unevaluated")
            }
            _ => false,
        })
}

/// A text of bytes and a plain one have the same values and mean other things.
fn content_is_the_same(wide: Part<'_>, narrow: Part<'_>) -> bool {
    ["contentMediaType", "contentEncoding", "contentSchema"]
        .iter()
        .all(|keyword| wide.get(keyword) == narrow.get(keyword))
}

/// Looks at lists of values.
fn values(wide: Part<'_>, narrow: Part<'_>) -> bool {
    if wide.get("const").is_some() && wide.get("enum").is_some() {
        return false;
    }
    match (json_types::values(wide), json_types::values(narrow)) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(wide), Some(narrow)) => narrow.iter().all(|value| wide.contains(value)),
    }
}

fn strings(wide: Part<'_>, narrow: Part<'_>) -> bool {
    numbers::at_least(wide, narrow, "minLength")
        && numbers::at_most(wide, narrow, "maxLength")
        && kept(wide, narrow, &["pattern"])
        && kept(wide, narrow, &["format"])
}

#[cfg(test)]
mod tests;
