//! Schemas of documents, brought to JSON Schema 2020-12.

pub(super) mod budget;
mod cycle;
mod flaw;
mod keyword;
mod merge;
mod subtype;
mod union;

use std::collections::{BTreeSet, HashMap, HashSet};

use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::reference::{Document, reference_of};
use crate::text::{self, clean};
use budget::{PART, Shared, VALUE, size};
use flaw::Flaws;
pub(super) use keyword::is_file;
use keyword::{Kinds, Patterns, kinds};
pub(super) use merge::Members;
use subtype::Subtypes;
use union::Alternative;

const DEEPEST: usize = 48;

/// What marks members that only answers may have, and those that only requests may.
const SIDES: [&str; 2] = ["readOnly", "writeOnly"];

const LONGEST_ENUM: usize = 500;

const MOST_NOTES: usize = 8;

/// The schemas of a document: those that are referred to become definitions, each once.
pub(super) struct Schemas<'d> {
    document: Document<'d>,
    definitions: Map<String, Value>,
    /// The names of definitions, by JSON pointer.
    keys: HashMap<String, String>,
    /// Which number the next definition of a name gets.
    numbers: HashMap<String, usize>,
    waiting: Vec<(String, &'d Value)>,
    shared: Shared,
    /// About how many bytes were made.
    spent: usize,
    subtypes: Option<Subtypes<'d>>,
    patterns: Patterns,
    flaws: Flaws,
    /// What could not be kept since the last [`notes`](Self::notes).
    notes: BTreeSet<String>,
}

impl<'d> Schemas<'d> {
    pub(super) fn new(document: Document<'d>) -> Self {
        Self {
            document,
            definitions: Map::new(),
            keys: HashMap::new(),
            numbers: HashMap::new(),
            waiting: Vec::new(),
            shared: Shared::default(),
            spent: 0,
            subtypes: None,
            patterns: Patterns::default(),
            flaws: Flaws::default(),
            notes: BTreeSet::new(),
        }
    }

    /// Returns what could not be kept of the schemas since this was last asked.
    pub(super) fn notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes).into_iter().collect()
    }

    pub(super) fn note(&mut self, note: impl Into<String>) {
        if self.notes.len() < MOST_NOTES {
            self.notes.insert(note.into());
        }
    }

    pub(super) fn convert(&mut self, schema: &'d Value) -> Value {
        self.convert_all(&[schema])
    }

    pub(super) fn convert_all(&mut self, definitions: &[&'d Value]) -> Value {
        let converted = self.together(definitions, 0);
        self.convert_waiting();
        converted
    }

    fn convert_waiting(&mut self) {
        while let Some((key, schema)) = self.waiting.pop() {
            self.define(key, |schemas| schemas.part(schema, 0));
        }
    }

    /// Returns the definitions, without references that lead nowhere but to themselves.
    pub(super) fn finish(mut self) -> Map<String, Value> {
        cycle::cut(&mut self.definitions);
        self.definitions
    }

    fn together(&mut self, definitions: &[&'d Value], depth: usize) -> Value {
        let &[first, ref more @ ..] = definitions else {
            return json!({});
        };
        if more.is_empty() {
            return self.part(first, depth);
        }
        // Where both are known they can be compared.
        let known = |schema| self.document.resolve(schema).unwrap_or(schema);
        let definitions: Vec<_> = definitions.iter().map(|schema| known(schema)).collect();
        let mut whole = self.part(definitions[0], depth);
        for more in &definitions[1..] {
            let more = self.part(more, depth);
            if !merge::combine(&mut whole, more) {
                self.note("definitions of one member contradict one another");
            }
        }
        whole
    }

    fn part(&mut self, schema: &'d Value, depth: usize) -> Value {
        self.spend(PART);
        if depth > DEEPEST || self.is_spent() {
            self.note("schemas are nested too deep or are too large");
            return json!({});
        }
        let Some(object) = schema.as_object() else {
            return match schema {
                Value::Bool(false) => json!({ "not": {} }),
                Value::Bool(true) => json!({}),
                _ => {
                    self.note("a schema is not an object");
                    json!({})
                }
            };
        };
        let reference = reference_of(schema);
        if let Some(reference) = reference
            && !self.document.is_extended(schema)
        {
            return self.reference(reference, schema, object);
        }
        if let Some(merged) = self.merged(schema) {
            return self.converted(&merged, depth);
        }
        let mut converted = self.converted_ref(schema, depth);
        if let Some(reference) = reference {
            let target = self.target(reference);
            let parts = converted.get_mut("allOf").and_then(Value::as_array_mut);
            match parts {
                Some(parts) => parts.insert(0, target),
                None => converted["allOf"] = json!([target]),
            }
        }
        converted
    }

    fn target(&mut self, reference: &str) -> Value {
        match self.document.schema(reference) {
            Ok((pointer, target)) => {
                let key = self.key(pointer, target);
                json!({ "$ref": format!("#/$defs/{key}") })
            }
            Err(error) => {
                self.note(error.to_string());
                json!({})
            }
        }
    }

    fn reference(
        &mut self,
        reference: &str,
        schema: &'d Value,
        siblings: &'d Map<String, Value>,
    ) -> Value {
        let target = self.target(reference);
        self.beside(target, schema, siblings)
    }

    /// Adds what stands beside a reference to what was made of it.
    fn beside(
        &mut self,
        mut converted: Value,
        schema: &'d Value,
        siblings: &'d Map<String, Value>,
    ) -> Value {
        for flag in SIDES {
            if self.document.is_marked(schema, flag) {
                converted[flag] = true.into();
            }
        }
        if let Some(text) = siblings.get("description").and_then(Value::as_str) {
            let text = clean(text, text::PARAMETER);
            if !text.is_empty() {
                converted["description"] = text.into();
            }
        }
        if siblings.get("nullable") == Some(&Value::Bool(true)) {
            return keyword::or_null(converted);
        }
        converted
    }

    /// Returns the name of a definition, which will be converted if it is new.
    fn key(&mut self, pointer: String, target: &'d Value) -> String {
        if let Some(key) = self.keys.get(&pointer) {
            return key.clone();
        }
        let last = pointer.rsplit('/').next().unwrap_or_default();
        let plain: String = last
            .chars()
            .map(|c| {
                if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') {
                    c
                } else {
                    '_'
                }
            })
            .take(80)
            .collect();
        let plain = if plain.is_empty() {
            "Root".to_owned()
        } else {
            plain
        };
        let mut key = plain.clone();
        if self.definitions.contains_key(&key) {
            let number = self.numbers.entry(plain.clone()).or_insert(2);
            while self.definitions.contains_key(&key) {
                key = format!("{plain}_{number}");
                *number += 1;
            }
        }
        // Holds the place until it is converted.
        self.definitions.insert(key.clone(), json!({}));
        self.keys.insert(pointer, key.clone());
        self.waiting.push((key.clone(), target));
        key
    }

    fn converted(&mut self, merged: &merge::Merged<'d>, depth: usize) -> Value {
        let mut converted = self.converted_ref(merged.base, depth);
        let Some(object) = converted.as_object_mut() else {
            return converted;
        };
        object.remove("allOf");
        object.insert("type".into(), "object".into());
        let mut properties = Map::new();
        for (name, definitions) in merged.members.all() {
            let member = self.together(definitions, depth + 1);
            self.spend(VALUE + name.len());
            properties.insert(name.to_owned(), member);
        }
        if let Some(object) = converted.as_object_mut() {
            object.insert("properties".into(), properties.into());
            let required: Vec<Value> = merged.members.required().map(Value::from).collect();
            object.remove("required");
            if !required.is_empty() {
                object.insert("required".into(), required.into());
            }
            object.remove("additionalProperties");
        }
        converted
    }

    fn converted_ref(&mut self, whole: &'d Value, depth: usize) -> Value {
        let Some(schema) = whole.as_object() else {
            return json!({});
        };
        let mut kinds = kinds(schema);
        let mut converted = Map::new();
        if let Some(text) = schema.get("description").and_then(Value::as_str) {
            let text = clean(text, text::PARAMETER);
            if !text.is_empty() {
                self.spend(VALUE + text.len());
                converted.insert("description".into(), text.into());
            }
        }
        for keyword in keyword::dropped(schema) {
            self.note(format!("`{keyword}` is not kept"));
        }
        for note in kinds.notes.drain(..) {
            self.note(note);
        }
        if let Some(kind) = kinds.to_value() {
            converted.insert("type".into(), kind);
        }
        if kinds.is_file {
            converted.insert("contentMediaType".into(), "application/octet-stream".into());
        }
        self.objects(schema, &mut converted, depth);
        self.arrays(schema, &kinds, &mut converted, depth);
        self.alternatives(schema, &mut converted, depth);
        self.values(schema, &kinds, &mut converted);
        for note in keyword::limits(schema, &kinds, &mut self.patterns, &mut converted) {
            self.note(note);
        }
        for flag in ["deprecated", "readOnly", "writeOnly"] {
            let is_own = schema.get(flag) == Some(&Value::Bool(true));
            if is_own || (flag != "deprecated" && self.document.is_marked(whole, flag)) {
                converted.insert(flag.into(), true.into());
            }
        }
        if kinds.nullable && !kinds.is_stated() && keyword::excludes_null(&converted) {
            return keyword::or_null(converted.into());
        }
        converted.into()
    }

    fn objects(
        &mut self,
        schema: &'d Map<String, Value>,
        converted: &mut Map<String, Value>,
        depth: usize,
    ) {
        if let Some(members) = schema.get("properties").and_then(Value::as_object) {
            let mut properties = Map::new();
            for (name, member) in members {
                let part = self.part(member, depth + 1);
                self.spend(VALUE + name.len());
                properties.insert(name.clone(), part);
            }
            converted.insert("properties".into(), properties.into());
        }
        if let Some(names) = schema.get("required").and_then(Value::as_array) {
            let mut seen = HashSet::new();
            let mut required: Vec<Value> = Vec::new();
            for name in names.iter().filter_map(Value::as_str) {
                if seen.insert(name) {
                    self.spend(VALUE + name.len());
                    required.push(name.into());
                }
            }
            if !required.is_empty() {
                converted.insert("required".into(), required.into());
            }
        }
        if let Some(names) = schema.get("dependentRequired").and_then(Value::as_object) {
            let is_text = |names: &&Value| {
                names
                    .as_array()
                    .is_some_and(|names| names.iter().all(Value::is_string))
            };
            let kept = names.iter().filter(|(_, names)| is_text(names));
            let kept: Map<_, _> = kept
                .map(|(name, names)| (name.clone(), names.clone()))
                .collect();
            let kept = Value::from(kept);
            self.spend(size(&kept));
            converted.insert("dependentRequired".into(), kept);
        }
        match schema.get("additionalProperties") {
            Some(Value::Bool(allowed)) => {
                converted.insert("additionalProperties".into(), (*allowed).into());
            }
            Some(part @ Value::Object(_)) => {
                let part = self.part(part, depth + 1);
                converted.insert("additionalProperties".into(), part);
            }
            _ => {}
        }
        if let Some(patterns) = schema.get("patternProperties").and_then(Value::as_object) {
            let mut kept = Map::new();
            for (pattern, part) in patterns {
                if self.patterns.is_usable(pattern) {
                    let part = self.part(part, depth + 1);
                    kept.insert(pattern.clone(), part);
                } else {
                    self.note("a pattern can't be used");
                    converted.remove("additionalProperties");
                }
            }
            if !kept.is_empty() {
                converted.insert("patternProperties".into(), kept.into());
            }
        }
    }

    fn arrays(
        &mut self,
        schema: &'d Map<String, Value>,
        kinds: &Kinds,
        converted: &mut Map<String, Value>,
        depth: usize,
    ) {
        let tuple = schema.get("prefixItems").or_else(|| {
            let items = schema.get("items");
            items.filter(|items| items.is_array())
        });
        if let Some(parts) = tuple.and_then(Value::as_array) {
            let parts: Vec<_> = parts
                .iter()
                .map(|part| self.part(part, depth + 1))
                .collect();
            if !parts.is_empty() {
                converted.insert("prefixItems".into(), parts.into());
            }
        }
        match schema.get("items") {
            Some(items @ (Value::Object(_) | Value::Bool(_))) => {
                let items = self.part(items, depth + 1);
                converted.insert("items".into(), items);
            }
            _ if kinds.has("array") && !converted.contains_key("prefixItems") => {
                converted.insert("items".into(), json!({}));
            }
            _ => {}
        }
    }

    fn alternatives(
        &mut self,
        schema: &'d Map<String, Value>,
        converted: &mut Map<String, Value>,
        depth: usize,
    ) {
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let Some(parts) = schema.get(keyword).and_then(Value::as_array) else {
                continue;
            };
            let part = |schema| Alternative {
                pointer: None,
                schema,
                converted: self.part(schema, depth + 1),
            };
            let mut parts: Vec<_> = parts.iter().map(part).collect();
            let discriminator = schema.get("discriminator").filter(|_| keyword != "allOf");
            let is_apart =
                parts.len() < 2 || discriminator.is_none_or(|by| self.tell_apart(by, &mut parts));
            let mut parts: Vec<_> = parts.into_iter().map(|part| part.converted).collect();
            // Where every value would fit two of them, none would fit one alone.
            let keyword = match keyword {
                "oneOf" if !is_apart || keyword::overlap(&parts) => "anyOf",
                keyword => keyword,
            };
            if parts.is_empty() || converted.contains_key(keyword) {
                continue;
            }
            if let [only] = parts.as_mut_slice()
                && let Some(only) = only.as_object_mut()
                && only
                    .keys()
                    .all(|name| !converted.contains_key(name) || name == "description")
            {
                for (name, part) in std::mem::take(only) {
                    converted.entry(name).or_insert(part);
                }
                continue;
            }
            converted.insert(keyword.into(), parts.into());
        }
        if let Some(part @ Value::Object(_)) = schema.get("not") {
            let part = self.part(part, depth + 1);
            converted.insert("not".into(), part);
        }
    }

    fn values(
        &mut self,
        schema: &Map<String, Value>,
        kinds: &Kinds,
        converted: &mut Map<String, Value>,
    ) {
        if let Some(value) = schema.get("const") {
            self.spend(size(value));
            converted.insert("enum".into(), json!([value]));
        } else if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            if values.len() > LONGEST_ENUM {
                self.note(format!("a list of more than {LONGEST_ENUM} allowed values"));
                return;
            }
            let values = kinds.fitting(values);
            if !values.is_empty() {
                self.spend(values.iter().map(size).sum());
                converted.insert("enum".into(), values.into());
            }
        }
        if let Some(value) = schema.get("default")
            && kinds.fits(value)
            && value.to_string().len() <= 200
        {
            let allowed = converted.get("enum").and_then(Value::as_array);
            if allowed.is_none_or(|allowed| allowed.contains(value)) {
                converted.insert("default".into(), value.clone());
            }
        }
    }
}
