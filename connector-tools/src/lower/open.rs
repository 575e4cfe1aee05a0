//! Dialects that take any keyword, below the root of a schema.

use serde_json::{Map, Value, json};

use super::object::{Extra, Object, Properties};
use super::{Lowered, Lowering};
use crate::LossKind;
use crate::form::Form;
use crate::part::Part;

/// Keywords that are looked at by themselves, and those that belong to one of them.
const HANDLED: &str = include_str!("../../words/handled_keywords.txt");

/// Keywords that speak of members by their names.
const OF_MEMBERS: [&str; 8] = [
    "anyOf",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "not",
    "oneOf",
    "patternProperties",
    "propertyNames",
];

/// Keywords that no root of a tool's schema may have.
const NOT_AT_ROOT: [&str; 4] = ["anyOf", "oneOf", "allOf", "not"];

impl<'a> Lowering<'a> {
    /// Lowers a place for a dialect that takes any keyword.
    pub(super) fn open(&mut self, parts: &[Part<'a>], depth: usize) -> Lowered {
        let mut lowered = Lowered::new(json!({}), parts);
        let kinds = kinds(parts);
        let holds = |kind: &str| kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
        let values = values(parts);
        let takes_null = values
            .as_ref()
            .is_none_or(|values| values.contains(&&Value::Null));
        if let Some(kinds) = &kinds {
            lowered.is_nullable = kinds.contains(&"null") && takes_null;
            let named: Vec<_> = kinds.iter().filter(|kind| **kind != "null").collect();
            match named.as_slice() {
                [] => drop(lowered.schema.insert("type".into(), "null".into())),
                [only] => drop(lowered.schema.insert("type".into(), (**only).into())),
                several => drop(lowered.schema.insert("type".into(), json!(several))),
            }
        }
        if let Some(values) = values {
            // `null` comes back at the end.
            let stays = |value: &&&Value| !value.is_null() || !lowered.is_nullable;
            let values: Vec<_> = values.iter().filter(stays).copied().cloned().collect();
            lowered.schema.insert("enum".into(), values.into());
        }
        if depth > self.deepest {
            for part in parts {
                self.lose(part.path.clone(), LossKind::Dropped);
            }
            return lowered;
        }
        let mut form = Form::Same;
        let mut has_renamed = false;
        if holds("object") && has_any(parts, &["properties", "required", "additionalProperties"]) {
            let object = Object::of(parts);
            let properties = self.properties(&object, depth + 1);
            has_renamed = properties.has_renamed();
            form = self.put_object(&mut lowered, properties, &object.extra, depth);
        }
        if holds("array") {
            let items = self.put_items(&mut lowered, parts, kinds.is_some(), depth);
            if !matches!(items, Form::Same) {
                form = match form {
                    Form::Same => items,
                    // Which of them it is shows in the value.
                    object => Form::Any(vec![
                        (json!({ "type": "array" }), items),
                        (json!({ "type": "object" }), object),
                    ]),
                };
            }
        }
        lowered.form = form;
        self.put_keywords(&mut lowered, parts, has_renamed, false);
        self.annotate(&mut lowered, parts);
        lowered
    }

    pub(super) fn put_object(
        &mut self,
        lowered: &mut Lowered,
        properties: Properties,
        extra: &Extra<'a>,
        depth: usize,
    ) -> Form {
        let form = Form::object(properties.members);
        let schema = &mut lowered.schema;
        if !properties.schemas.is_empty() {
            schema.insert("properties".into(), properties.schemas.into());
        }
        if !properties.required.is_empty() {
            schema.insert("required".into(), properties.required.into());
        }
        match extra {
            Extra::None => {
                schema.insert("additionalProperties".into(), false.into());
                form
            }
            Extra::Any => form,
            Extra::Like(schemas) => {
                let (others, values) = self.lower(schemas, depth + 1).finish(self.dialect);
                schema.insert("additionalProperties".into(), others);
                match form {
                    Form::Same => Form::map(values),
                    form => form,
                }
            }
        }
    }

    fn put_items(
        &mut self,
        lowered: &mut Lowered,
        parts: &[Part<'a>],
        is_typed: bool,
        depth: usize,
    ) -> Form {
        let schemas: Vec<_> = parts
            .iter()
            .filter_map(|part| Some((part.at("items"), part.get("items")?)))
            .collect();
        for (path, schema) in &schemas {
            if schema.is_array() {
                self.lose(path.clone(), LossKind::Dropped);
            }
        }
        if schemas.is_empty() && (!is_typed || has_any(parts, &["prefixItems"])) {
            return Form::Same;
        }
        if schemas
            .iter()
            .any(|(_, schema)| **schema == Value::Bool(false))
        {
            lowered.schema.insert("items".into(), false.into());
            return Form::Same;
        }
        // Where any items are taken, OpenAI wants that to be said.
        let (schema, form) = self.lower(&schemas, depth + 1).finish(self.dialect);
        lowered.schema.insert("items".into(), schema);
        Form::list(form)
    }

    /// Copies the other keywords. What can't stand at the root of a tool's schema, or names members that
    /// have another name here, is said in words.
    pub(super) fn put_keywords(
        &mut self,
        lowered: &mut Lowered,
        parts: &[Part<'a>],
        has_renamed: bool,
        is_root: bool,
    ) {
        let mut more = Vec::new();
        for part in parts {
            for (keyword, value) in part.keywords() {
                let name = keyword.as_str();
                if HANDLED.lines().any(|handled| handled == name) {
                    continue;
                }
                let refused = (is_root && NOT_AT_ROOT.contains(&name))
                    || (has_renamed && OF_MEMBERS.contains(&name))
                    || (name.starts_with("unevaluated") && parts.len() > 1)
                    || !self.is_verbatim(value);
                if refused {
                    self.describe(lowered, part, name, value);
                    continue;
                }
                let group = group(part, name, value);
                if !put(&mut lowered.schema, name, &group) {
                    if is_root {
                        self.describe(lowered, part, name, value);
                    } else {
                        more.push(Value::from(group));
                    }
                }
            }
        }
        if !more.is_empty() {
            lowered.schema.insert("allOf".into(), more.into());
        }
    }

    /// Returns whether a part of a schema can be copied: it has neither references nor names that the
    /// dialect does not take.
    fn is_verbatim(&self, schema: &Value) -> bool {
        match schema {
            Value::Object(members) => members.iter().all(|(name, member)| {
                let names = match member {
                    Value::Object(members) if name == "properties" => {
                        members.keys().all(|name| self.dialect.takes_name(name))
                    }
                    _ => true,
                };
                names && name != "$ref" && self.is_verbatim(member)
            }),
            Value::Array(items) => items.iter().all(|item| self.is_verbatim(item)),
            _ => true,
        }
    }
}

/// Returns a keyword with those that only mean something beside it.
fn group(part: &Part<'_>, keyword: &str, value: &Value) -> Map<String, Value> {
    let beside: &[&str] = match keyword {
        "if" => &["then", "else"],
        "contains" => &["minContains", "maxContains"],
        _ => &[],
    };
    let beside = beside
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), part.get(name)?.clone())));
    [(keyword.to_owned(), value.clone())]
        .into_iter()
        .chain(beside)
        .collect()
}

/// Writes keywords, or the tighter of two bounds; tells whether they hold now.
fn put(schema: &mut Map<String, Value>, keyword: &str, group: &Map<String, Value>) -> bool {
    let (Some(before), Some(value)) = (schema.get(keyword), group.get(keyword)) else {
        schema.extend(group.clone());
        return true;
    };
    if let Some(tighter) = tighter(keyword, before, value) {
        schema.insert(keyword.to_owned(), tighter);
        return true;
    }
    before == value
        && group
            .iter()
            .all(|(name, value)| schema.get(name) == Some(value))
}

pub(super) fn tighter(keyword: &str, one: &Value, other: &Value) -> Option<Value> {
    let (first, second) = (one.as_f64()?, other.as_f64()?);
    let takes_first = match keyword {
        "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => {
            first >= second
        }
        "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => {
            first <= second
        }
        _ => return None,
    };
    Some(if takes_first {
        one.clone()
    } else {
        other.clone()
    })
}

pub(super) fn has_any(parts: &[Part<'_>], keywords: &[&str]) -> bool {
    let mut parts = parts.iter();
    parts.any(|part| keywords.iter().any(|keyword| part.get(keyword).is_some()))
}

/// Returns the types that all parts take; `None` if none of them says.
pub(super) fn kinds<'a>(parts: &[Part<'a>]) -> Option<Vec<&'a str>> {
    let mut kinds: Option<Vec<&'a str>> = None;
    for part in parts {
        let own: Vec<&'a str> = match part.get("type") {
            Some(Value::String(name)) => vec![name],
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
            _ => continue,
        };
        kinds = Some(match kinds {
            None => own,
            Some(before) => both(&before, &own),
        });
    }
    kinds
}

/// Returns the types that are in both lists; each integer is a number.
fn both<'a>(one: &[&'a str], other: &[&'a str]) -> Vec<&'a str> {
    let takes = |kinds: &[&str], kind: &str| {
        kinds.contains(&kind) || (kind == "integer" && kinds.contains(&"number"))
    };
    let mut kinds: Vec<&'a str> = one
        .iter()
        .copied()
        .filter(|kind| takes(other, kind))
        .collect();
    for kind in other {
        if takes(one, kind) && !kinds.contains(kind) {
            kinds.push(kind);
        }
    }
    kinds
}

/// Returns the values that all parts list; `None` if none of them lists any.
pub(super) fn values<'a>(parts: &[Part<'a>]) -> Option<Vec<&'a Value>> {
    let mut values: Option<Vec<&'a Value>> = None;
    for part in parts {
        let lists = [
            part.get("enum")
                .and_then(Value::as_array)
                .map(|list| list.iter().collect::<Vec<_>>()),
            part.get("const").map(|value| vec![value]),
        ];
        for list in lists.into_iter().flatten() {
            values = Some(match values {
                None => list,
                Some(before) => before
                    .into_iter()
                    .filter(|value| list.contains(value))
                    .collect(),
            });
        }
    }
    values
}
