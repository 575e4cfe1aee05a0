//! Alternatives that are told apart by the value of one member.

use std::collections::{HashMap, HashSet};

use plugwright_sdk::reading::value::{items, members};
use plugwright_sdk::{Value, json};

use super::Schemas;
use super::budget::{PART, VALUE};
use crate::openapi::reference::{Document, reference_of};

const MOST_PARTS: usize = 64;

/// A schema that a value may have, as the document has it and as it was converted.
pub(super) struct Alternative<'d> {
    /// Where it is, if that is known.
    pub(super) pointer: Option<String>,
    pub(super) schema: &'d Value,
    pub(super) converted: Value,
}

impl<'d> Schemas<'d> {
    /// Lets alternatives say which value a discriminator has for them: the one that the document maps to
    /// them, unless their own schemas tell them apart. Names that the document does not map are examples:
    /// too many documents mean other values. Returns whether no value can be that of two.
    pub(super) fn tell_apart(
        &mut self,
        discriminator: &'d Value,
        alternatives: &mut [Alternative<'d>],
    ) -> bool {
        let document = self.document;
        let Some(name) = discriminator.get("propertyName").and_then(Value::as_str) else {
            return true;
        };
        let tags: Vec<_> = alternatives
            .iter()
            .map(|alternative| Tag::of(document, alternative.schema, name))
            .collect();
        let mut counts: HashMap<&Value, usize> = HashMap::new();
        for value in tags.iter().flat_map(|tag| tag.values.unwrap_or_default()) {
            *counts.entry(value).or_default() += 1;
        }
        let mapped = mapped(document, discriminator);
        let mut seen = HashSet::new();
        let mut is_apart = true;
        for (alternative, tag) in alternatives.iter_mut().zip(&tags) {
            let own = tag.values.unwrap_or_default();
            if !own.is_empty() && own.iter().all(|value| counts[value] == 1) {
                is_apart &= own.iter().all(|value| seen.insert(value.clone()));
                continue;
            }
            let referred = || {
                let reference = reference_of(alternative.schema)?;
                Some(document.schema(reference).ok()?.0)
            };
            let Some(pointer) = &alternative.pointer.take().or_else(referred) else {
                is_apart &= alternative.converted["type"] == "null";
                continue;
            };
            let takes = |value: &Value| tag.takes_text && (own.is_empty() || own.contains(value));
            let values = mapped.get(pointer).into_iter().flatten();
            let values: Vec<Value> = values.filter(|value| takes(value)).cloned().collect();
            let mut said = json!({ "properties": {} });
            if values.is_empty() {
                is_apart = false;
                let own_name = pointer.rsplit('/').next().map(Value::from);
                let Some(own_name) = own_name.filter(takes) else {
                    continue;
                };
                said["properties"][name] = json!({ "examples": [own_name] });
            } else {
                is_apart &= values.iter().all(|value| seen.insert(value.clone()));
                said["properties"][name] = json!({ "enum": values });
                said["required"] = json!([name]);
            }
            self.spend(3 * PART + 6 * VALUE + 2 * name.len());
            alternative.converted = json!({ "allOf": [alternative.converted.take(), said] });
        }
        is_apart
    }
}

/// What a schema says of the member that tells it apart.
struct Tag<'d> {
    /// The only values that it has.
    values: Option<&'d [Value]>,
    takes_text: bool,
}

impl<'d> Tag<'d> {
    fn of(document: Document<'d>, schema: &'d Value, name: &str) -> Self {
        let mut left = MOST_PARTS;
        let mut definitions = Vec::new();
        collect(document, schema, &mut left, &mut |part| {
            let own = part.get("properties").and_then(|own| own.get(name));
            definitions.extend(own);
        });
        let mut tag = Self {
            values: None,
            takes_text: true,
        };
        for definition in definitions {
            collect(document, definition, &mut left, &mut |part| {
                let only = part.get("const").map(std::slice::from_ref);
                let values = || Some(part.get("enum")?.as_array()?.as_slice());
                tag.values = tag.values.or_else(|| only.or_else(values));
                tag.takes_text &= match part.get("type") {
                    Some(Value::String(kind)) => kind == "string",
                    Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "string"),
                    _ => true,
                };
            });
        }
        tag
    }
}

/// Finds a schema, what it refers to and the parts of its `allOf`.
fn collect<'d>(
    document: Document<'d>,
    schema: &'d Value,
    left: &mut usize,
    found: &mut impl FnMut(&'d Value),
) {
    *left = left.saturating_sub(1);
    if document.is_extended(schema) {
        found(schema);
    }
    let target = document.resolve(schema).unwrap_or(schema);
    found(target);
    for part in items(target.get("allOf")) {
        if *left == 0 {
            break;
        }
        collect(document, part, left, found);
    }
}

/// Returns the values of a discriminator, by the places of the schemas that they stand for.
fn mapped(document: Document<'_>, discriminator: &Value) -> HashMap<String, Vec<Value>> {
    let mut found: HashMap<String, Vec<Value>> = HashMap::new();
    for (value, target) in members(discriminator.get("mapping")) {
        let target = target.as_str().and_then(|name| document.schema(name).ok());
        if let Some((pointer, _)) = target {
            found
                .entry(pointer)
                .or_default()
                .push(value.as_str().into());
        }
    }
    found
}
