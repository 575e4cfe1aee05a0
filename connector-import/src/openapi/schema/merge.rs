//! Objects that are put together of several schemas by `allOf`.

use std::collections::{BTreeSet, HashMap, HashSet};

use plugwright_sdk::Value;
use plugwright_sdk::host::word_list;
use plugwright_sdk::reading::value::{items, members, texts};
use serde_json::Map;

use super::{Schemas, keyword};
use crate::openapi::reference::{Document, reference_of};

/// Parts may refer to further ones so many times.
const DEEPEST: usize = 12;

const MOST_PARTS: usize = 500;

const MOST_MEMBERS: usize = 2000;

const MOST_DEFINITIONS: usize = 4;

pub(in crate::openapi) struct Members<'d> {
    document: Document<'d>,
    members: Vec<(&'d str, Vec<&'d Value>)>,
    places: HashMap<&'d str, usize>,
    seen: HashSet<*const Value>,
    required: Vec<&'d str>,
    is_required: HashSet<&'d str>,
    pub(in crate::openapi) is_open: bool,
    is_closed: bool,
    /// Whether a part is something else than an object with members.
    pub(in crate::openapi) is_mixed: bool,
    /// Keywords that are about several members.
    pub(in crate::openapi) dropped: BTreeSet<&'static str>,
}

/// A schema whose `allOf` was merged into it.
pub(super) struct Merged<'d> {
    pub(super) base: &'d Value,
    pub(super) members: Members<'d>,
}

impl<'d> Members<'d> {
    pub(in crate::openapi) fn of(document: Document<'d>, schema: &'d Value) -> Self {
        let mut members = Self {
            document,
            members: Vec::new(),
            places: HashMap::new(),
            seen: HashSet::new(),
            required: Vec::new(),
            is_required: HashSet::new(),
            is_open: false,
            is_closed: false,
            is_mixed: false,
            dropped: BTreeSet::new(),
        };
        members.collect(schema, 0);
        members
    }

    /// Returns the members, each as it is defined first.
    pub(in crate::openapi) fn iter(&self) -> impl Iterator<Item = (&'d str, &'d Value)> {
        self.all().map(|(name, definitions)| (name, definitions[0]))
    }

    pub(in crate::openapi) fn all(&self) -> impl Iterator<Item = (&'d str, &[&'d Value])> {
        let members = self.members.iter();
        members.map(|(name, definitions)| (*name, definitions.as_slice()))
    }

    pub(in crate::openapi) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(in crate::openapi) fn len(&self) -> usize {
        self.members.len()
    }

    pub(in crate::openapi) fn get(&self, name: &str) -> Option<&'d Value> {
        let place = self.places.get(name)?;
        Some(self.members[*place].1[0])
    }

    pub(in crate::openapi) fn is_marked(&self, name: &str, flag: &str) -> bool {
        self.places.get(name).is_some_and(|place| {
            let definitions = &self.members[*place].1;
            definitions
                .iter()
                .any(|definition| self.document.is_marked(definition, flag))
        })
    }

    pub(in crate::openapi) fn required(&self) -> impl Iterator<Item = &'d str> {
        self.required.iter().copied()
    }

    pub(in crate::openapi) fn required_of_requests(&self) -> impl Iterator<Item = &'d str> {
        let required = self.required();
        required.filter(|name| !self.is_marked(name, "readOnly"))
    }

    fn collect(&mut self, schema: &'d Value, depth: usize) {
        if let Some(reference) = reference_of(schema) {
            if self.document.is_extended(schema) {
                self.part(schema, depth);
            }
            match self.document.schema(reference) {
                Ok((_, target)) if depth <= DEEPEST => self.collect(target, depth + 1),
                _ => self.is_mixed = true,
            }
        } else {
            self.part(schema, depth);
        }
    }

    fn part(&mut self, schema: &'d Value, depth: usize) {
        if !self.seen.insert(std::ptr::from_ref(schema)) {
            return;
        }
        if depth > DEEPEST || self.seen.len() > MOST_PARTS {
            self.is_mixed = true;
            return;
        }
        for keyword in ["anyOf", "oneOf", "not", "enum", "const", "items"] {
            self.is_mixed |= schema.get(keyword).is_some();
        }
        if let Some(schema) = schema.as_object() {
            self.dropped.extend(keyword::dropped(schema));
            if schema.contains_key("dependentRequired") {
                self.dropped.insert("dependentRequired");
            }
        }
        let kind = schema.get("type");
        self.is_mixed |= match kind {
            None => false,
            Some(Value::String(name)) => name != "object",
            Some(Value::Array(names)) => !names.iter().any(|name| name == "object"),
            Some(_) => true,
        };
        for (name, member) in members(schema.get("properties")) {
            self.member(name, member);
        }
        for name in texts(schema.get("required")) {
            if self.is_required.insert(name) {
                self.required.push(name);
            }
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => self.is_closed = true,
            Some(Value::Bool(true) | Value::Object(_)) => self.is_open = true,
            _ => {}
        }
        self.is_open |= schema.get("patternProperties").is_some();
        for part in items(schema.get("allOf")) {
            self.collect(part, depth + 1);
        }
    }

    fn member(&mut self, name: &'d str, member: &'d Value) {
        if let Some(place) = self.places.get(name) {
            let definitions = &mut self.members[*place].1;
            if definitions.len() < MOST_DEFINITIONS && !definitions.contains(&member) {
                definitions.push(member);
            }
        } else if self.members.len() < MOST_MEMBERS {
            self.places.insert(name, self.members.len());
            self.members.push((name, vec![member]));
        } else {
            self.is_mixed = true;
        }
    }
}

impl<'d> Schemas<'d> {
    /// Merges the `allOf` of a schema where its parts would contradict one another: one allows no
    /// members but its own.
    pub(super) fn merged(&self, schema: &'d Value) -> Option<Merged<'d>> {
        let refers = self.document.is_extended(schema);
        let parts = schema.get("allOf").and_then(Value::as_array);
        if parts.is_none() && !refers {
            return None;
        }
        let parts = parts.map_or(&[][..], Vec::as_slice);
        let others = usize::from(schema.get("properties").is_some()) + usize::from(refers);
        if parts.len() + others < 2 && !parts.iter().any(|part| reference_of(part).is_none()) {
            return None;
        }
        let members = Members::of(self.document, schema);
        let inline = !refers && parts.iter().all(|part| reference_of(part).is_none());
        let fits = !members.is_mixed && !members.is_empty() && !members.is_open;
        ((members.is_closed || inline) && fits).then(|| Merged {
            base: schema,
            members,
        })
    }
}

/// Keywords that describe a value and limit it in no way.
const ANNOTATIONS: [&str; 8] = word_list(include_str!("../../../words/annotation_keywords.txt"));

/// Lets a converted schema also say what another one says. Returns false, and leaves it as it is, if no
/// value fits both.
pub(super) fn combine(whole: &mut Value, more: Value) -> bool {
    let (Some(own), Value::Object(mut more)) = (whole.as_object_mut(), more) else {
        return true;
    };
    more.retain(|keyword, value| {
        let known = own.get(keyword);
        known.is_none_or(|known| known != value && !ANNOTATIONS.contains(&keyword.as_str()))
    });
    let closed =
        |schema: &Map<String, Value>| schema.get("additionalProperties") == Some(&false.into());
    if (closed(own) || closed(&more)) && more.contains_key("properties") {
        return false;
    }
    for (keyword, both) in [
        ("type", common_kinds as fn(&Value, &Value) -> Vec<Value>),
        ("enum", common),
    ] {
        let (Some(known), Some(value)) = (own.get(keyword), more.get(keyword)) else {
            continue;
        };
        let mut both = both(known, value);
        let both = match (both.len(), keyword) {
            (0, _) => return false,
            (1, "type") => both.remove(0),
            _ => both.into(),
        };
        more.insert(keyword.to_owned(), both);
    }
    let mut rest = Map::new();
    for (keyword, value) in more {
        if matches!(keyword.as_str(), "type" | "enum") || !own.contains_key(&keyword) {
            own.insert(keyword, value);
        } else {
            rest.insert(keyword, value);
        }
    }
    if !rest.is_empty() {
        let parts = own
            .entry("allOf")
            .or_insert_with(|| Value::Array(Vec::new()));
        parts
            .as_array_mut()
            .into_iter()
            .for_each(|parts| parts.push(rest.clone().into()));
    }
    true
}

fn common(one: &Value, other: &Value) -> Vec<Value> {
    let (one, other) = (listed(one), listed(other));
    one.iter()
        .filter(|value| other.contains(value))
        .cloned()
        .collect()
}

/// Returns the types that values of both have; an integer is a number too.
fn common_kinds(one: &Value, other: &Value) -> Vec<Value> {
    let is_in = |kind: &Value, kinds: &[Value]| {
        kinds.contains(kind) || (kind == "integer" && kinds.iter().any(|other| other == "number"))
    };
    let (one, other) = (listed(one), listed(other));
    let mut both: Vec<Value> = one
        .iter()
        .filter(|kind| is_in(kind, other))
        .cloned()
        .collect();
    for kind in other.iter().filter(|kind| is_in(kind, one)) {
        if !both.contains(kind) {
            both.push(kind.clone());
        }
    }
    both
}

fn listed(value: &Value) -> &[Value] {
    value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice)
}
