//! Alternatives.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Lowered, Lowering};
use crate::LossKind;
use crate::form::Form;
use crate::part::Part;
use crate::words;

impl<'a> Lowering<'a> {
    pub(super) fn union(
        &mut self,
        parts: &[Part<'a>],
        index: usize,
        keyword: &'static str,
        depth: usize,
    ) -> Lowered {
        let part = &parts[index];
        let alternatives = part.get(keyword).and_then(Value::as_array);
        // What all have is said once.
        let base: Vec<_> = parts
            .iter()
            .enumerate()
            .map(|(at, part)| {
                let part = part
                    .without("description")
                    .without("title")
                    .without("default")
                    .without("examples");
                if at == index {
                    part.without(keyword)
                } else {
                    part
                }
            })
            .collect();
        let mut variants = Vec::new();
        let mut is_nullable = false;
        for (number, alternative) in alternatives.into_iter().flatten().enumerate() {
            let path = format!("{}/{number}", part.at(keyword));
            let mut place = self.place(&[(path, alternative)]);
            if place.is_never {
                continue;
            }
            place.parts.extend(base.iter().cloned());
            let mut lowered = self.lower_place(&place, depth);
            is_nullable |= std::mem::take(&mut lowered.is_nullable);
            if lowered.is_kind("null") {
                is_nullable = true;
                continue;
            }
            variants.push(lowered);
        }
        let written = if keyword == "oneOf" && !self.dialect.is_open() {
            self.lose(part.at(keyword), LossKind::Dropped);
            "anyOf"
        } else {
            keyword
        };
        let mut lowered = self.join(written, variants, parts);
        lowered.is_nullable |= is_nullable;
        self.annotate(&mut lowered, parts);
        lowered
    }

    pub(super) fn join(
        &mut self,
        keyword: &str,
        variants: Vec<Lowered>,
        parts: &[Part<'a>],
    ) -> Lowered {
        let mut lowered = Lowered::new(json!({}), parts);
        let mut schemas: Vec<(Value, Form)> = Vec::new();
        for mut variant in variants {
            lowered.is_nullable |= std::mem::take(&mut variant.is_nullable);
            // Variants of a variant are variants.
            let is_plain = variant.schema.len() == 1 && variant.text().is_none();
            let inner = match variant.schema.remove(keyword) {
                Some(Value::Array(inner)) if is_plain => inner,
                inner => {
                    variant
                        .schema
                        .extend(inner.map(|inner| (keyword.to_owned(), inner)));
                    schemas.push(variant.finish(self.dialect));
                    continue;
                }
            };
            match variant.form {
                Form::Any(forms) => schemas.extend(forms),
                form => schemas.extend(inner.into_iter().map(|schema| (schema, form.clone()))),
            }
        }
        let mut distinct: Vec<(Value, Form)> = Vec::new();
        let mut known: HashSet<String> = HashSet::new();
        for (schema, form) in schemas {
            // Two that are alike exclude each other in `oneOf`.
            if keyword == "oneOf" || known.insert(schema.to_string()) {
                distinct.push((schema, form));
            }
        }
        match distinct.len() {
            0 => {
                let nothing = self.kind("null");
                lowered.schema.insert("type".into(), nothing.into());
            }
            1 => {
                let (schema, form) = distinct.remove(0);
                if let Value::Object(mut schema) = schema {
                    if let Some(Value::String(text)) = schema.remove("description") {
                        match lowered.description {
                            Some(_) => lowered.say(text),
                            None => lowered.description = Some(text),
                        }
                    }
                    lowered.schema = schema;
                }
                lowered.form = form;
            }
            _ => {
                let schemas = distinct.iter().map(|(schema, _)| schema.clone());
                lowered.schema.insert(keyword.into(), schemas.collect());
                lowered.form = Form::any(distinct);
            }
        }
        lowered
    }
}

/// Finds alternatives that are more than rules over members.
pub(super) fn union_of(parts: &[Part<'_>]) -> Option<(usize, &'static str)> {
    let mut all = parts.iter().enumerate();
    all.find_map(|(index, part)| {
        let keywords = ["anyOf", "oneOf"].into_iter();
        let mut unions = keywords.filter(|keyword| {
            let alternatives = part.get(keyword);
            alternatives.is_some_and(|alternatives| {
                alternatives.as_array().is_some_and(|list| !list.is_empty())
                    && words::choices(alternatives).is_none()
            })
        });
        Some((index, unions.next()?))
    })
}
