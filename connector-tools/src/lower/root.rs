//! The root of a tool's schema: an object without alternatives.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::object::{Known, Object, Schemas};
use super::open::kinds;
use super::union::union_of;
use super::{Lowered, Lowering, Tool};
use crate::part::{MOST_PARTS, Part};
use crate::{InvalidTool, LossKind, words};

impl<'a> Lowering<'a> {
    pub(super) fn root(&mut self, schema: &'a Value) -> Result<Tool, InvalidTool> {
        let place = self.document.place(&[(String::new(), schema)], &|_| None);
        if place.parts.len() >= MOST_PARTS {
            return Err(InvalidTool::TooLarge(self.dialect));
        }
        let takes_objects = kinds(&place.parts).is_none_or(|kinds| kinds.contains(&"object"));
        if !schema.is_object() || place.end.is_some() || place.is_never || !takes_objects {
            return Err(InvalidTool::NotAnObject);
        }
        self.stack.extend(&place.entered);
        let (parts, object, said) = self.flat(place.parts);
        let mut lowered = self.root_object(&parts, &object);
        for words in said {
            lowered.say(words);
        }
        let (mut schema, form) = lowered.finish(self.dialect);
        self.stack.clear();
        self.lower_definitions();
        let mut definitions = Vec::new();
        let mut schemas = serde_json::Map::new();
        for definition in std::mem::take(&mut self.definitions) {
            if let Some((schema, form)) = definition.lowered {
                schemas.insert(definition.name.clone(), schema);
                definitions.push((definition.name, form));
            }
        }
        if !schemas.is_empty() {
            schema["$defs"] = schemas.into();
        }
        Ok(Tool {
            schema,
            form,
            definitions,
            losses: std::mem::take(&mut self.losses),
        })
    }

    fn root_object(&mut self, parts: &[Part<'a>], object: &Object<'a>) -> Lowered {
        if !self.dialect.is_open() {
            let mut lowered = self.closed(object, parts, 1);
            self.put_rules(&mut lowered, "object", parts);
            return lowered;
        }
        let mut lowered = Lowered::new(json!({ "type": "object", "properties": {} }), parts);
        let properties = self.properties(object, 2);
        let has_renamed = properties.has_renamed();
        lowered.form = self.put_object(&mut lowered, properties, &object.extra, 1);
        self.put_keywords(&mut lowered, parts, has_renamed, true);
        lowered
    }

    /// Takes alternatives of the root together: each member that any of them has, with what they
    /// require in words.
    fn flat(&mut self, mut parts: Vec<Part<'a>>) -> (Vec<Part<'a>>, Object<'a>, Vec<String>) {
        let mut object = Object::of(&parts);
        let mut said = Vec::new();
        let mut is_first = true;
        while let Some((index, keyword)) = union_of(&parts) {
            let part = parts[index].clone();
            parts[index] = part.without(keyword);
            let alternatives = part.get(keyword).and_then(Value::as_array);
            if !std::mem::take(&mut is_first) {
                self.lose(part.at(keyword), LossKind::Dropped);
                continue;
            }
            let mut objects = Vec::new();
            for (number, alternative) in alternatives.into_iter().flatten().enumerate() {
                let path = format!("{}/{number}", part.at(keyword));
                let place = self.place(&[(path, alternative)]);
                let takes_objects =
                    kinds(&place.parts).is_none_or(|kinds| kinds.contains(&"object"));
                if place.is_never || place.end.is_some() || !takes_objects {
                    continue;
                }
                let whole: Vec<_> = parts.iter().cloned().chain(place.parts).collect();
                objects.push(Object::of(&whole));
            }
            let required: Vec<Vec<&str>> = objects.iter().map(required).collect();
            let sets: Vec<_> = required
                .iter()
                .map(|names| words::listed(names, "with"))
                .collect();
            if sets.iter().all(|set| !set.is_empty()) && sets.len() > 1 {
                said.push(format!("One of these is required: {}.", sets.join("; ")));
                self.lose(part.at(keyword), LossKind::Described);
            } else {
                self.lose(part.at(keyword), LossKind::Dropped);
            }
            if let Some(joined) = join(objects) {
                object = joined;
            }
        }
        (parts, object, said)
    }
}

fn required<'a>(object: &Object<'a>) -> Vec<&'a str> {
    let required = object.members.iter().filter(|member| member.is_required);
    required.map(|member| member.name).collect()
}

/// Puts the members of several objects into one, which requires what all of them do.
fn join(objects: Vec<Object<'_>>) -> Option<Object<'_>> {
    let count = objects.len();
    let mut objects = objects.into_iter();
    let mut joined = objects.next()?;
    let mut seen: Vec<usize> = vec![1; joined.members.len()];
    let members = joined.members.iter().enumerate();
    let mut places: HashMap<&str, usize> = members
        .map(|(place, member)| (member.name, place))
        .collect();
    for object in objects {
        for member in object.members {
            match places.get(member.name) {
                Some(&place) => {
                    seen[place] += 1;
                    let known = &mut joined.members[place];
                    known.is_required &= member.is_required;
                    for schemas in member.alternatives {
                        add(known, schemas);
                    }
                }
                None => {
                    places.insert(member.name, joined.members.len());
                    joined.members.push(member);
                    seen.push(1);
                }
            }
        }
        if !matches!(object.extra, super::object::Extra::None) {
            joined.extra = object.extra;
        }
    }
    for (member, seen) in joined.members.iter_mut().zip(seen) {
        member.is_required &= seen == count;
    }
    Some(joined)
}

/// Adds an alternative, unless it is one of those that are known: a schema of what all alternatives
/// share.
fn add<'a>(known: &mut Known<'a>, schemas: Schemas<'a>) {
    let is_same = |other: &Schemas<'a>| {
        other.len() == schemas.len()
            && other
                .iter()
                .zip(&schemas)
                .all(|(one, other)| std::ptr::eq(one.1, other.1))
    };
    if !known.alternatives.iter().any(is_same) {
        known.alternatives.push(schemas);
    }
}
