//! Dialects in which each schema has one type and few keywords.

use serde_json::{Value, json};

use super::object::{Extra, Object};
use super::open::{has_any, kinds, tighter, values};
use super::{Lowered, Lowering};
use crate::form::Form;
use crate::part::Part;
use crate::{LossKind, words};

const OF_TEXTS: &[&str] = &["minLength", "maxLength", "pattern", "format"];

const OF_NUMBERS: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

const RULES: [(&str, &[&str]); 5] = [
    ("string", OF_TEXTS),
    ("number", OF_NUMBERS),
    (
        "array",
        &[
            "minItems",
            "maxItems",
            "uniqueItems",
            "contains",
            "prefixItems",
            "unevaluatedItems",
        ],
    ),
    (
        "object",
        &[
            "minProperties",
            "maxProperties",
            "dependentRequired",
            "dependentSchemas",
            "patternProperties",
            "propertyNames",
            "unevaluatedProperties",
        ],
    ),
    ("", &["not", "if", "anyOf", "oneOf"]),
];

const SIGNS: [(&str, &[&str]); 4] = [
    (
        "object",
        &[
            "properties",
            "required",
            "additionalProperties",
            "minProperties",
            "maxProperties",
            "patternProperties",
        ],
    ),
    (
        "array",
        &[
            "items",
            "prefixItems",
            "minItems",
            "maxItems",
            "uniqueItems",
        ],
    ),
    ("string", OF_TEXTS),
    ("number", OF_NUMBERS),
];

impl<'a> Lowering<'a> {
    /// Lowers a place for a dialect in which each schema has one type.
    pub(super) fn typed(&mut self, parts: &[Part<'a>], depth: usize) -> Lowered {
        let known = kinds(parts);
        let mut lowered = if let Some(values) = values(parts) {
            self.enumeration(&values, known.as_deref(), parts)
        } else {
            let kinds = known.unwrap_or_else(|| self.shown_kinds(parts));
            let is_nullable = kinds.contains(&"null");
            let takes_numbers = kinds.contains(&"number");
            let named: Vec<_> = kinds
                .iter()
                .filter(|kind| **kind != "null" && !(takes_numbers && **kind == "integer"))
                .collect();
            let mut lowered = match named.as_slice() {
                [] if is_nullable => Lowered::new(json!({ "type": self.kind("null") }), parts),
                [] => return self.undetermined(parts),
                [only] => self.of_kind(only, parts, depth),
                several => {
                    let variants = several.iter().map(|kind| {
                        let mut variant = self.of_kind(kind, parts, depth);
                        variant.description = None;
                        variant
                    });
                    let variants = variants.collect();
                    self.join("anyOf", variants, parts)
                }
            };
            lowered.is_nullable |= is_nullable;
            lowered
        };
        if !matches!(lowered.form, Form::Json) {
            self.annotate(&mut lowered, parts);
        }
        lowered
    }

    fn shown_kinds(&mut self, parts: &[Part<'a>]) -> Vec<&'static str> {
        let shown = SIGNS
            .into_iter()
            .filter(|(_, keywords)| has_any(parts, keywords));
        let shown: Vec<_> = shown.map(|(kind, _)| kind).collect();
        if !shown.is_empty()
            && let Some(first) = parts.first()
        {
            self.lose(first.path.clone(), LossKind::Narrowed);
        }
        shown
    }

    /// Any value by which certain rules hold.
    fn undetermined(&mut self, parts: &[Part<'a>]) -> Lowered {
        let mut lowered = self.anything(parts);
        self.put_rules(&mut lowered, "", parts);
        lowered
    }

    fn of_kind(&mut self, kind: &str, parts: &[Part<'a>], depth: usize) -> Lowered {
        let is_deep = depth > self.deepest;
        let mut lowered = match kind {
            "object" | "array" if is_deep => return self.deep(parts),
            "object" => return self.object(parts, depth),
            "array" => self.array(parts, depth),
            _ => Lowered::new(json!({ "type": self.kind(kind) }), parts),
        };
        self.put_rules(&mut lowered, kind, parts);
        lowered
    }

    /// What is within too many others.
    fn deep(&mut self, parts: &[Part<'a>]) -> Lowered {
        let mut lowered = self.text_of("JSON text.", parts);
        for part in parts {
            let whole: Value = part
                .keywords()
                .filter(|(keyword, _)| *keyword != "description")
                .map(|(keyword, value)| (keyword.clone(), value.clone()))
                .collect::<serde_json::Map<_, _>>()
                .into();
            let said = words::satisfies(&whole);
            let kind = if said.is_some() {
                LossKind::Described
            } else {
                LossKind::Dropped
            };
            self.lose(part.path.clone(), kind);
            if let Some(said) = said {
                lowered.say(said);
            }
        }
        lowered
    }

    fn array(&mut self, parts: &[Part<'a>], depth: usize) -> Lowered {
        let mut lowered = Lowered::new(json!({ "type": self.kind("array") }), parts);
        let schemas: Vec<_> = parts
            .iter()
            .filter_map(|part| Some((part.at("items"), part.get("items")?)))
            .collect();
        let first: Vec<_> = parts
            .iter()
            .filter_map(|part| Some((part.at("prefixItems"), part.get("prefixItems")?.as_array()?)))
            .flat_map(|(path, list)| {
                let items = list.iter().enumerate();
                items
                    .map(move |(index, schema)| (format!("{path}/{index}"), schema))
                    .collect::<Vec<_>>()
            })
            .collect();
        let no_others = schemas
            .iter()
            .any(|(_, schema)| **schema == Value::Bool(false));
        let count = first.len();
        let mut variants: Vec<_> = first
            .into_iter()
            .map(|schema| self.lower(&[schema], depth + 1))
            .collect();
        if variants.is_empty() || !no_others {
            variants.push(self.lower(&schemas, depth + 1));
        }
        let items = match variants.len() {
            1 => variants.remove(0),
            _ => self.join("anyOf", variants, &[]),
        };
        let (items, form) = items.finish(self.dialect);
        lowered.schema.insert("items".into(), items);
        if no_others {
            lowered.schema.insert("maxItems".into(), count.into());
        }
        lowered.form = Form::list(form);
        lowered
    }

    fn object(&mut self, parts: &[Part<'a>], depth: usize) -> Lowered {
        let mut object = Object::of(parts);
        if !matches!(object.extra, Extra::Like(_))
            && let Some(schemas) = by_pattern(parts)
        {
            object.extra = Extra::Like(schemas);
        }
        let mut lowered = match &object.extra {
            _ if !object.members.is_empty() => self.closed(&object, parts, depth),
            Extra::None if self.dialect.is_strict() => self.closed(&object, parts, depth),
            Extra::None | Extra::Any => {
                for part in parts {
                    self.lose(part.path.clone(), LossKind::Described);
                }
                self.text_of("A JSON object, as JSON text.", parts)
            }
            Extra::Like(_) if depth + 1 > self.deepest => return self.deep(parts),
            Extra::Like(schemas) => return self.entries(schemas, parts, depth),
        };
        self.put_rules(&mut lowered, "object", parts);
        lowered
    }

    /// An object that has no other members than those that are known.
    pub(super) fn closed(
        &mut self,
        object: &Object<'a>,
        parts: &[Part<'a>],
        depth: usize,
    ) -> Lowered {
        let mut lowered = Lowered::new(json!({ "type": self.kind("object") }), parts);
        match &object.extra {
            Extra::None => {}
            Extra::Any => {
                if let Some(first) = parts.first() {
                    self.lose(first.path.clone(), LossKind::Narrowed);
                }
            }
            Extra::Like(schemas) => {
                for (path, _) in schemas {
                    self.lose(path.clone(), LossKind::Narrowed);
                }
            }
        }
        let properties = self.properties(object, depth + 1);
        let schema = &mut lowered.schema;
        schema.insert("properties".into(), properties.schemas.into());
        if self.dialect.is_strict() || !properties.required.is_empty() {
            schema.insert("required".into(), properties.required.into());
        }
        if self.dialect.is_strict() {
            schema.insert("additionalProperties".into(), false.into());
        }
        lowered.form = Form::object(properties.members);
        lowered
    }

    /// A map, as a list of its members.
    fn entries(
        &mut self,
        schemas: &[(String, &'a Value)],
        parts: &[Part<'a>],
        depth: usize,
    ) -> Lowered {
        let (value, form) = self.lower(schemas, depth + 2).finish(self.dialect);
        let mut pair = json!({
            "type": self.kind("object"),
            "properties": { "key": { "type": self.kind("string") }, "value": value },
            "required": ["key", "value"],
        });
        if self.dialect.is_strict() {
            pair["additionalProperties"] = false.into();
        }
        let list = json!({ "type": self.kind("array"), "items": pair });
        let mut lowered = Lowered::new(list, parts);
        lowered.form = Form::Entries(Box::new(form));
        lowered.say("A list of pairs of `key` and `value`, no key twice.");
        for part in parts {
            for (keyword, of_lists) in
                [("minProperties", "minItems"), ("maxProperties", "maxItems")]
            {
                if let Some(value) = part.get(keyword) {
                    self.put_rule(&mut lowered, "array", of_lists, value);
                }
            }
            // Nothing keeps a key from coming twice, or from another name.
            for (keyword, of) in [
                ("minProperties", "minProperties"),
                ("additionalProperties", "patternProperties"),
            ] {
                if part.get(of).is_some() && part.get(keyword).is_some() {
                    self.lose(part.at(keyword), LossKind::Described);
                }
            }
            for keyword in [
                "patternProperties",
                "propertyNames",
                "not",
                "if",
                "anyOf",
                "oneOf",
                "dependentRequired",
                "dependentSchemas",
            ] {
                if let Some(value) = part.get(keyword) {
                    self.describe(&mut lowered, part, keyword, value);
                }
            }
        }
        lowered
    }

    pub(super) fn put_rules(&mut self, lowered: &mut Lowered, kind: &str, parts: &[Part<'a>]) {
        let family = if kind == "integer" { "number" } else { kind };
        for part in parts {
            for (keyword, value) in part.keywords() {
                let mut rules = RULES.iter();
                let rule = rules.find(|(_, keywords)| keywords.contains(&keyword.as_str()));
                let Some((of, _)) = rule else { continue };
                if !of.is_empty() && *of != family {
                    continue;
                }
                let is_void = *value == Value::Bool(false)
                    || (keyword.starts_with("min") && keyword != "minimum" && value == 0);
                if !is_void && !self.put_rule(lowered, kind, keyword, value) {
                    self.describe(lowered, part, keyword, value);
                }
            }
        }
    }

    fn put_rule(
        &mut self,
        lowered: &mut Lowered,
        kind: &str,
        keyword: &str,
        value: &Value,
    ) -> bool {
        let closed = match (keyword, value.as_i64()) {
            ("exclusiveMinimum", Some(bound)) => {
                bound.checked_add(1).map(|bound| ("minimum", bound))
            }
            ("exclusiveMaximum", Some(bound)) => {
                bound.checked_sub(1).map(|bound| ("maximum", bound))
            }
            _ => None,
        };
        if kind == "integer"
            && self.dialect.is_gemini()
            && let Some((keyword, bound)) = closed
        {
            return self.put_rule(lowered, kind, keyword, &bound.into());
        }
        if !self.dialect.says(kind, keyword, value) {
            return false;
        }
        let value = match lowered.schema.get(keyword) {
            None => value.clone(),
            Some(before) if before == value => return true,
            Some(before) => match tighter(keyword, before, value) {
                Some(tighter) => tighter,
                None => return false,
            },
        };
        lowered.schema.insert(keyword.to_owned(), value);
        true
    }
}

/// Returns what members are like whose names match patterns, if there is one pattern.
fn by_pattern<'a>(parts: &[Part<'a>]) -> Option<Vec<(String, &'a Value)>> {
    let patterns: Vec<_> = parts
        .iter()
        .filter_map(|part| Some((part, part.get("patternProperties")?.as_object()?)))
        .collect();
    match patterns.as_slice() {
        [(part, patterns)] if patterns.len() == 1 => {
            let path = |name| Lowering::child(part, "patternProperties", name);
            let found = patterns.iter();
            Some(found.map(|(name, schema)| (path(name), schema)).collect())
        }
        _ => None,
    }
}
