//! What differs between two versions of a schema, place by place.
//!
//! Callers write inputs and read outputs, so the safe directions are opposite: an input may take
//! more, an output may give less. Whatever is not proven to be safe is breaking.

use std::collections::{BTreeMap, BTreeSet};

use plugwright_sdk::schema::Schema;
use serde_json::{Map, Value};

use super::change::{Aspect, ChangeKind};
use super::inclusion::{Part, Reading, includes, same, stands_alone};

/// Members within members; what is deeper is compared as a whole.
const DEEPEST: usize = 16;

/// Keywords that say something to readers and nothing about values.
const WORDING: &[&str] = &["$comment", "deprecated", "description", "examples", "title"];

/// Keywords whose members are named by authors.
const NAMED: &[&str] = &[
    "$defs",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// Keywords that have values and no schemas.
const VALUES: &[&str] = &[
    "const",
    "default",
    "dependentRequired",
    "enum",
    "examples",
    "required",
];

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) kind: ChangeKind,
    pub(super) text: String,
}

/// Names what differs in a schema of inputs or outputs, besides its wording.
pub(super) fn differences(aspect: Aspect, old: &Schema, new: &Schema) -> Vec<Difference> {
    let (old, new) = (without_wording(old), without_wording(new));
    let mut walk = Walk {
        input: aspect == Aspect::Input,
        targets: Vec::new(),
        found: Vec::new(),
    };
    walk.compare(&Place::default(), Part::whole(&old), Part::whole(&new));
    walk.found
}

/// Where in a value something differs.
#[derive(Clone, Default)]
struct Place {
    path: String,
    depth: usize,
}

impl Place {
    fn member(&self, name: &str) -> Self {
        let dot = if self.path.is_empty() { "" } else { "." };
        self.below(&format!("{dot}{name}"))
    }

    fn items(&self) -> Self {
        self.below("[]")
    }

    fn below(&self, step: &str) -> Self {
        Self {
            path: format!("{}{step}", self.path),
            depth: self.depth + 1,
        }
    }
}

struct Walk {
    input: bool,
    /// What references led to so far: what differs there is named once, and a recursive schema ends.
    targets: Vec<[*const Value; 2]>,
    found: Vec<Difference>,
}

impl Walk {
    fn compare(&mut self, place: &Place, old: Part<'_>, new: Part<'_>) {
        if same(old, new) {
            return;
        }
        if place.depth < DEEPEST {
            if let (Some(old_target), Some(new_target)) = (plain_target(old), plain_target(new)) {
                let pair = [old_target.schema, new_target.schema].map(std::ptr::from_ref);
                if !self.targets.contains(&pair) {
                    self.targets.push(pair);
                    self.compare(&place.below(""), old_target, new_target);
                }
                return;
            }
            if are_objects(old, new) && differ_in(old, new, &["properties", "required"]) {
                return self.members(place, old, new);
            }
            if differ_in(old, new, &["items"])
                && let (Some(old_items), Some(new_items)) = (old.get("items"), new.get("items"))
            {
                return self.compare(&place.items(), old.at(old_items), new.at(new_items));
            }
        }
        if let Some((kind, what)) = self.judge(old, new) {
            let whole = if place.path.is_empty() {
                "it"
            } else {
                place.path.as_str()
            };
            self.add(kind, format!("`{whole}` {what}"));
        }
    }

    fn members(&mut self, place: &Place, old: Part<'_>, new: Part<'_>) {
        for name in old.properties() {
            let below = place.member(name);
            let Some(old_member) = old.property(name) else {
                continue;
            };
            let Some(new_member) = new.property(name) else {
                self.gone(&below, old.requires(name), old_member, new);
                continue;
            };
            self.presence(&below, old.requires(name), new.requires(name));
            if self.input && !old.requires(name) {
                self.default(&below, old_member, new_member);
            }
            let (old_member, new_member) =
                (without_default(old_member), without_default(new_member));
            self.compare(&below, old.at(&old_member), new.at(&new_member));
        }
        for name in new.properties().filter(|name| old.property(name).is_none()) {
            if let Some(member) = new.property(name) {
                self.added(&place.member(name), new.requires(name), member, old);
            }
        }
    }

    fn gone(&mut self, place: &Place, required: bool, member: Part<'_>, new: Part<'_>) {
        // A member of this name may still come where others are allowed.
        let as_before = || match new.get("additionalProperties") {
            Some(others) => includes(Reading::Output, member, new.at(others)),
            None => false,
        };
        let kind = if !self.input && !required && as_before() {
            ChangeKind::Narrower
        } else {
            ChangeKind::Breaking
        };
        self.add(kind, format!("`{}` is gone", place.path));
    }

    fn added(&mut self, place: &Place, required: bool, member: Part<'_>, old: Part<'_>) {
        let never_sent = || match old.get("additionalProperties") {
            Some(others) => includes(Reading::Input, member, old.at(others)),
            None => false,
        };
        let closed = old.get("additionalProperties") == Some(&Value::Bool(false));
        let (kind, what) = match (self.input, required) {
            (true, true) => (ChangeKind::Breaking, "is new and required"),
            (true, false) if never_sent() => (ChangeKind::Wider, "is new"),
            (true, false) => (
                ChangeKind::Breaking,
                "is new where other members were allowed",
            ),
            (false, _) if closed => (ChangeKind::Wider, "is new"),
            (false, _) => match old.get("additionalProperties") {
                Some(others) if !includes(Reading::Output, old.at(others), member) => (
                    ChangeKind::Breaking,
                    "is new where other members were returned",
                ),
                _ => (ChangeKind::Narrower, "is stated"),
            },
        };
        self.add(kind, format!("`{}` {what}", place.path));
    }

    fn presence(&mut self, place: &Place, old: bool, new: bool) {
        let (kind, what) = match (self.input, old, new) {
            (true, false, true) => (ChangeKind::Breaking, "is required now"),
            (true, true, false) => (ChangeKind::Wider, "is optional now"),
            (false, false, true) => (ChangeKind::Narrower, "is always there now"),
            (false, true, false) => (ChangeKind::Breaking, "may be absent now"),
            _ => return,
        };
        self.add(kind, format!("`{}` {what}", place.path));
    }

    fn default(&mut self, place: &Place, old: Part<'_>, new: Part<'_>) {
        let text = |part: Part<'_>| {
            part.get("default")
                .map_or("nothing".to_owned(), Value::to_string)
        };
        if old.get("default") != new.get("default") {
            let (old, new) = (text(old), text(new));
            self.add(
                ChangeKind::Breaking,
                format!("`{}` now defaults to {new} instead of {old}", place.path),
            );
        }
        if new.publishes_null() && !old.publishes_null() {
            self.add(
                ChangeKind::Breaking,
                format!(
                    "`null` is now a value of `{}`; it used to mean \"absent\"",
                    place.path
                ),
            );
        }
    }

    /// Judges what can't be told place by place; `None` if the values are the same.
    fn judge(&self, old: Part<'_>, new: Part<'_>) -> Option<(ChangeKind, &'static str)> {
        if self.input {
            if !includes(Reading::Input, new, old) {
                return Some((ChangeKind::Breaking, "may refuse values that it took"));
            }
            let equal = includes(Reading::Input, old, new);
            return (!equal).then_some((ChangeKind::Wider, "takes more values"));
        }
        if includes(Reading::Output, old, new) {
            let equal = includes(Reading::Output, new, old);
            return (!equal).then_some((ChangeKind::Narrower, "returns fewer values"));
        }
        Some(if includes(Reading::OpenOutput, old, new) {
            (ChangeKind::Wider, "has further members")
        } else {
            (ChangeKind::Breaking, "may return values that it never did")
        })
    }

    fn add(&mut self, kind: ChangeKind, text: String) {
        self.found.push(Difference { kind, text });
    }
}

/// Follows a reference beside which nothing stands.
fn plain_target(part: Part<'_>) -> Option<Part<'_>> {
    let alone = stands_alone(part);
    part.target().filter(|_| alone)
}

/// Returns whether two schemas are of objects that can be compared member by member.
fn are_objects(old: Part<'_>, new: Part<'_>) -> bool {
    let is_object = |part: Part<'_>| part.get("type").is_some_and(|name| name == "object");
    let unlisted = |part: Part<'_>| {
        let required = part.get("required").and_then(Value::as_array).into_iter();
        let names = required.flatten().filter(|name| {
            let name = name.as_str().unwrap_or_default();
            part.property(name).is_none()
        });
        names.map(Value::to_string).collect::<BTreeSet<_>>()
    };
    is_object(old) && is_object(new) && unlisted(old) == unlisted(new)
}

fn differ_in(old: Part<'_>, new: Part<'_>, keywords: &[&str]) -> bool {
    let (Some(old_members), Some(new_members)) = (old.schema.as_object(), new.schema.as_object())
    else {
        return false;
    };
    let skipped = |name: &str| keywords.contains(&name) || name == "$defs";
    let equal = |name: &str| match (old_members.get(name), new_members.get(name)) {
        (Some(one), Some(other)) => same(old.at(one), new.at(other)),
        (one, other) => one == other,
    };
    let names = old_members.keys().chain(new_members.keys());
    names
        .map(String::as_str)
        .all(|name| skipped(name) || equal(name))
}

/// The default of a member is compared where the member is: it tells what leaving it out means.
fn without_default(part: Part<'_>) -> Value {
    let mut schema = part.schema.clone();
    if let Some(members) = schema.as_object_mut() {
        members.shift_remove("default");
    }
    schema
}

/// Returns whether texts differ in a place that both schemas have.
pub(super) fn wording_differs(old: &Schema, new: &Schema) -> bool {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    texts(String::new(), old, &mut before);
    texts(String::new(), new, &mut after);
    after
        .iter()
        .any(|(place, texts)| before.get(place).is_some_and(|before| before != texts))
}

/// Collects what a schema says to readers, by place.
fn texts<'a>(place: String, schema: &'a Value, found: &mut BTreeMap<String, Vec<&'a Value>>) {
    match schema {
        Value::Object(members) => {
            for (name, part) in members
                .iter()
                .filter(|(name, _)| !VALUES.contains(&name.as_str()))
            {
                let named = NAMED.contains(&name.as_str());
                let parts = part.as_object().filter(|_| named).into_iter().flatten();
                for (member, part) in parts {
                    texts(format!("{place}/{name}/{member}"), part, found);
                }
                if !named {
                    texts(format!("{place}/{name}"), part, found);
                }
            }
            let own = WORDING.iter().filter_map(|name| members.get(*name));
            found.insert(place, own.collect());
        }
        Value::Array(parts) => {
            for (index, part) in parts.iter().enumerate() {
                texts(format!("{place}/{index}"), part, found);
            }
        }
        _ => {}
    }
}

fn without_wording(schema: &Schema) -> Schema {
    let Value::Object(members) = schema else {
        return schema.clone();
    };
    let kept = members
        .iter()
        .filter(|(name, _)| !WORDING.contains(&name.as_str()));
    let kept = kept.map(|(name, value)| {
        let value = match (name.as_str(), value) {
            (name, Value::Object(parts)) if NAMED.contains(&name) => {
                let parts = parts.iter();
                Value::Object(
                    parts
                        .map(|(name, part)| (name.clone(), without_wording(part)))
                        .collect(),
                )
            }
            (name, value) if VALUES.contains(&name) => value.clone(),
            (_, Value::Array(parts)) => parts.iter().map(without_wording).collect(),
            (_, value) => without_wording(value),
        };
        (name.clone(), value)
    });
    Value::Object(kept.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests;
