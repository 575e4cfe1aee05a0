//! Schemas that stand for others, told apart by a discriminator.

use std::collections::HashMap;

use plugwright_sdk::reading::value::{items, members};
use plugwright_sdk::schema::pointer::escape;
use plugwright_sdk::{Value, json};

use super::Schemas;
use super::union::Alternative;
use crate::openapi::reference::{Document, reference_of};

const DEEPEST: usize = 3;

const MOST_PARTS: usize = 4;

const MOST_SUBTYPES: usize = 50;

/// The schemas that are made of each one with a discriminator, with their pointers.
pub(super) type Subtypes<'d> = HashMap<*const Value, Vec<(String, &'d Value)>>;

fn subtypes(document: Document<'_>) -> Subtypes<'_> {
    let mut found = Subtypes::new();
    for (name, schema) in members(document.root().pointer("/components/schemas")) {
        let pointer = format!("/components/schemas/{}", escape(name));
        ancestors(document, schema, 0, &mut |base| {
            let known = found.entry(std::ptr::from_ref(base)).or_default();
            if known.len() < MOST_SUBTYPES && known.iter().all(|(known, _)| *known != pointer) {
                known.push((pointer.clone(), schema));
            }
        });
    }
    found
}

fn ancestors<'d>(
    document: Document<'d>,
    schema: &'d Value,
    depth: usize,
    found: &mut impl FnMut(&'d Value),
) {
    for part in items(schema.get("allOf")).take(MOST_PARTS) {
        let base = reference_of(part).and_then(|reference| document.schema(reference).ok());
        let Some((_, base)) = base else { continue };
        if base.get("discriminator").is_some() {
            found(base);
        }
        if depth < DEEPEST {
            ancestors(document, base, depth + 1, found);
        }
    }
}

impl<'d> Schemas<'d> {
    /// Converts a schema that stands for those that are made of it: to it or any of them. Returns none if
    /// there are no such.
    fn any_subtype(&mut self, schema: &'d Value) -> Option<Value> {
        let (pointer, base) = self.document.schema(reference_of(schema)?).ok()?;
        let discriminator = base.get("discriminator")?;
        let document = self.document;
        let all = self.subtypes.get_or_insert_with(|| subtypes(document));
        let others = all.get(&std::ptr::from_ref(base))?.clone();
        let mut any: Vec<_> = std::iter::once((pointer, base))
            .chain(others)
            .map(|(pointer, schema)| {
                let key = self.key(pointer.clone(), schema);
                Alternative {
                    pointer: Some(pointer),
                    schema,
                    converted: json!({ "$ref": format!("#/$defs/{key}") }),
                }
            })
            .collect();
        self.tell_apart(discriminator, &mut any);
        let any: Vec<_> = any.into_iter().map(|one| one.converted).collect();
        self.convert_waiting();
        Some(self.beside(json!({ "anyOf": any }), schema, schema.as_object()?))
    }

    /// Converts a schema that stands for those that are made of it, or a list of such.
    pub(in crate::openapi) fn any_subtypes(&mut self, schema: &'d Value) -> Option<Value> {
        if let Some(any) = self.any_subtype(schema) {
            return Some(any);
        }
        let list = self.document.resolve(schema).ok()?;
        let any = self.any_subtype(list.get("items")?)?;
        let mut converted = self.convert(list);
        *converted.get_mut("items")? = any;
        Some(self.beside(converted, schema, schema.as_object()?))
    }
}
