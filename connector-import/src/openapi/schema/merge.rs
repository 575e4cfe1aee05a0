//! Objects that are put together of several schemas by `allOf`.

use std::collections::HashSet;

use plugwright_sdk::Value;
use serde_json::Map;

use super::Schemas;
use crate::openapi::reference::{Document, reference_of};

/// Parts may refer to further ones so many times.
const DEEPEST: usize = 12;

/// So many parts are looked at.
const MOST_PARTS: usize = 500;

/// A merged object has at most so many members.
const MOST_MEMBERS: usize = 2000;

/// The members of an object, of all parts of an `allOf`.
#[derive(Default)]
pub(in crate::openapi) struct Members<'d> {
    members: Vec<(&'d str, &'d Value)>,
    known: HashSet<&'d str>,
    /// Parts that were looked at, by their address.
    seen: HashSet<*const Value>,
    required: Vec<&'d str>,
    /// Whether a part says that there may be others.
    pub(in crate::openapi) is_open: bool,
    is_closed: bool,
    /// Whether a part is something else than an object with members.
    pub(in crate::openapi) is_mixed: bool,
}

/// A schema whose `allOf` was merged into it.
pub(super) struct Merged<'d> {
    pub(super) base: Option<&'d Map<String, Value>>,
    pub(super) members: Members<'d>,
}

impl<'d> Members<'d> {
    /// Collects the members of a schema.
    pub(in crate::openapi) fn of(document: Document<'d>, schema: &'d Value) -> Self {
        let mut members = Self::default();
        members.collect(document, schema, 0);
        members
    }

    pub(in crate::openapi) fn iter(&self) -> impl Iterator<Item = (&'d str, &'d Value)> {
        self.members.iter().copied()
    }

    pub(in crate::openapi) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(in crate::openapi) fn len(&self) -> usize {
        self.members.len()
    }

    pub(in crate::openapi) fn get(&self, name: &str) -> Option<&'d Value> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, member)| member)
    }

    /// Returns the members that must be there, but for those that only one side may have.
    pub(in crate::openapi) fn required(&self) -> impl Iterator<Item = &'d str> {
        let one_sided = |name: &str| {
            self.get(name).is_some_and(|member| {
                ["readOnly", "writeOnly"]
                    .iter()
                    .any(|flag| member.get(flag) == Some(&Value::Bool(true)))
            })
        };
        self.required
            .iter()
            .copied()
            .filter(move |name| !one_sided(name))
    }

    fn collect(&mut self, document: Document<'d>, schema: &'d Value, depth: usize) {
        let Ok(schema) = document.resolve(schema) else {
            self.is_mixed = true;
            return;
        };
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
        let kind = schema.get("type");
        self.is_mixed |= match kind {
            None => false,
            Some(Value::String(name)) => name != "object",
            Some(Value::Array(names)) => !names.iter().any(|name| name == "object"),
            Some(_) => true,
        };
        if let Some(members) = schema.get("properties").and_then(Value::as_object) {
            for (name, member) in members {
                if self.members.len() >= MOST_MEMBERS {
                    self.is_mixed = true;
                    break;
                }
                if self.known.insert(name) {
                    self.members.push((name, member));
                }
            }
        }
        let required = schema.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten().filter_map(Value::as_str) {
            if !self.required.contains(&name) {
                self.required.push(name);
            }
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => self.is_closed = true,
            Some(Value::Bool(true) | Value::Object(_)) => self.is_open = true,
            _ => {}
        }
        self.is_open |= schema.get("patternProperties").is_some();
        let parts = schema.get("allOf").and_then(Value::as_array);
        for part in parts.into_iter().flatten() {
            self.collect(document, part, depth + 1);
        }
    }
}

impl<'d> Schemas<'d> {
    /// Merges the `allOf` of a schema where its parts would contradict one another: one allows no
    /// members but its own.
    pub(super) fn merged(&self, schema: &'d Value) -> Option<Merged<'d>> {
        let parts = schema.get("allOf").and_then(Value::as_array)?;
        if parts.len() + usize::from(schema.get("properties").is_some()) < 2
            && !(parts.len() == 1 && reference_of(&parts[0]).is_none())
        {
            return None;
        }
        let members = Members::of(self.document, schema);
        let inline = parts.iter().all(|part| reference_of(part).is_none());
        let fits = !members.is_mixed && !members.is_empty() && !members.is_open;
        ((members.is_closed || inline) && fits).then(|| Merged {
            base: schema.as_object(),
            members,
        })
    }
}
