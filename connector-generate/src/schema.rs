//! What a schema describes, told apart by the types that Rust has for it.

use std::sync::LazyLock;

use plugwright_sdk::reading::value::{self, texts};
use plugwright_sdk::schema::{required, types as stated};
use plugwright_sdk::{Value, json};
use serde_json::Map;

/// References and combinations may lead to others so many times.
const DEEPEST: usize = 24;

#[derive(Clone, Copy)]
pub(crate) struct Definitions<'a>(pub(crate) &'a Map<String, Value>);

#[derive(Clone, Debug)]
pub(crate) enum Kind<'a> {
    /// Anything, or something that has no type of Rust.
    Any,
    Text,
    /// A text, or a number or boolean that could be written as one.
    Scalar,
    Flag,
    Integer,
    Number,
    List(Option<&'a Value>),
    Map(Option<&'a Value>),
    Object(Vec<Member<'a>>),
    /// A text or an object that stands for it.
    TextOrObject(Vec<Member<'a>>),
}

#[derive(Clone, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) schema: &'a Value,
    pub(crate) required: bool,
}

#[derive(Clone, Debug)]
pub(crate) struct View<'a> {
    pub(crate) kind: Kind<'a>,
    /// The definition that it is, if it is one.
    pub(crate) definition: Option<&'a str>,
    pub(crate) nullable: bool,
    /// The part that has the limits, the format and the values.
    pub(crate) rules: &'a Value,
    pub(crate) description: Option<&'a str>,
}

impl View<'_> {
    pub(crate) fn is_scalar(&self) -> bool {
        matches!(
            self.kind,
            Kind::Text | Kind::Scalar | Kind::Flag | Kind::Integer | Kind::Number
        )
    }

    /// Returns whether the schema allows other kinds of values too.
    pub(crate) fn has_alternatives(&self) -> bool {
        ["anyOf", "oneOf"]
            .iter()
            .any(|keyword| self.rules.get(*keyword).is_some())
    }
}

impl<'a> Definitions<'a> {
    pub(crate) fn view(self, schema: &'a Value) -> View<'a> {
        self.look(schema, DEEPEST)
    }

    fn look(self, schema: &'a Value, depth: usize) -> View<'a> {
        let description = schema.get("description").and_then(Value::as_str);
        let plain = |kind, nullable| View {
            kind,
            definition: None,
            nullable,
            rules: schema,
            description,
        };
        if depth == 0 {
            return plain(Kind::Any, false);
        }
        if let Some((name, target)) = self.target(schema) {
            let inner = self.look(target, depth - 1);
            return View {
                definition: inner.definition.or(Some(name)),
                description: description.or(inner.description),
                ..inner
            };
        }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            let Some(parts) = schema.get(keyword).and_then(Value::as_array) else {
                continue;
            };
            if keyword == "allOf" || schema.get("properties").is_none() {
                let inner = if keyword == "allOf" {
                    self.all(schema, parts, depth - 1)
                } else {
                    self.any(schema, parts, depth - 1)
                };
                return View {
                    description: description.or(inner.description),
                    ..inner
                };
            }
        }
        let (names, nullable) = types(schema);
        let kind = match names.as_slice() {
            ["string"] => Kind::Text,
            ["boolean"] => Kind::Flag,
            ["integer"] => Kind::Integer,
            ["number"] | ["integer", "number"] | ["number", "integer"] => Kind::Number,
            ["array"] => Kind::List(schema.get("items").filter(|items| says_something(items))),
            ["object"] => Self::object(schema),
            [] => Self::untyped(schema),
            _ => Kind::Any,
        };
        plain(kind, nullable)
    }

    /// Returns whether an example is of another kind than its schema, itself or in a member.
    pub(crate) fn contradicts(self, schema: &'a Value, example: &Value) -> bool {
        let differs = |kind: &Kind<'a>, value: &Value| match kind {
            Kind::List(_) => value.is_object(),
            Kind::Object(_) | Kind::Map(_) => value.is_array(),
            _ => false,
        };
        let kind = self.view(schema).kind;
        if let (Kind::Object(members), Some(values)) = (&kind, example.as_object()) {
            return members.iter().any(|member| {
                let value = values.get(member.name);
                value.is_some_and(|value| differs(&self.view(member.schema).kind, value))
            });
        }
        differs(&kind, example)
    }

    fn target(self, schema: &'a Value) -> Option<(&'a str, &'a Value)> {
        let name = schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
        let (name, target) = self.0.get_key_value(name)?;
        Some((name.as_str(), target))
    }

    fn untyped(schema: &'a Value) -> Kind<'a> {
        if schema.get("properties").is_some() {
            return Self::object(schema);
        }
        let values = schema.get("enum").and_then(Value::as_array);
        match values.and_then(|values| values.iter().find(|value| !value.is_null())) {
            Some(Value::String(_)) => Kind::Text,
            Some(Value::Bool(_)) => Kind::Flag,
            Some(Value::Number(number)) if number.is_f64() => Kind::Number,
            Some(Value::Number(_)) => Kind::Integer,
            _ => Kind::Any,
        }
    }

    fn object(schema: &'a Value) -> Kind<'a> {
        let members = members(schema);
        if members.is_empty() {
            let more = schema.get("additionalProperties");
            return Kind::Map(more.filter(|more| says_something(more)));
        }
        Kind::Object(members)
    }

    fn all(self, schema: &'a Value, parts: &'a [Value], depth: usize) -> View<'a> {
        let views: Vec<_> = parts.iter().map(|part| self.look(part, depth)).collect();
        let mut found = members(schema);
        let mut definition = None;
        let mut objects = 0;
        for view in &views {
            if let Kind::Object(members) | Kind::TextOrObject(members) = &view.kind {
                objects += 1;
                definition = view.definition;
                merge(&mut found, members, true);
            }
        }
        let nullable = views.iter().any(|view| view.nullable) || types(schema).1;
        if found.is_empty() {
            let first = views
                .into_iter()
                .find(|view| !matches!(view.kind, Kind::Any));
            return match first {
                Some(first) => View { nullable, ..first },
                None => View {
                    kind: Kind::Any,
                    definition: None,
                    nullable,
                    rules: schema,
                    description: None,
                },
            };
        }
        let alone = objects == 1 && members(schema).is_empty();
        View {
            kind: Kind::Object(found),
            definition: definition.filter(|_| alone),
            nullable,
            rules: schema,
            description: None,
        }
    }

    fn any(self, schema: &'a Value, parts: &'a [Value], depth: usize) -> View<'a> {
        let mut nullable = types(schema).1;
        let mut views = Vec::new();
        for part in parts {
            if types(part) == (Vec::new(), true) {
                nullable = true;
                continue;
            }
            let view = self.look(part, depth);
            // An empty text is how forms write null.
            if part
                .get("enum")
                .is_some_and(|values| *values == json!([""]))
            {
                nullable = true;
                continue;
            }
            nullable |= view.nullable;
            views.push(view);
        }
        if let [only] = views.as_slice() {
            return View {
                nullable,
                ..only.clone()
            };
        }
        let texts = views.iter().filter(|view| matches!(view.kind, Kind::Text));
        let texts = texts.count();
        let mut merged: Option<Vec<Member<'a>>> = None;
        let mut objects = 0;
        let mut definition = None;
        for view in &views {
            if let Kind::Object(members) | Kind::TextOrObject(members) = &view.kind {
                objects += 1;
                definition = definition.or(view.definition);
                match &mut merged {
                    None => merged = Some(members.clone()),
                    Some(known) => merge(known, members, false),
                }
            }
        }
        let list = views.iter().find(|view| matches!(view.kind, Kind::List(_)));
        let numbers = views
            .iter()
            .all(|view| matches!(view.kind, Kind::Integer | Kind::Number));
        let kind = match merged {
            Some(members) if objects == views.len() => Kind::Object(members),
            Some(members) if objects + texts == views.len() => Kind::TextOrObject(members),
            _ if texts == views.len() && texts > 0 => Kind::Text,
            _ if texts > 0 && views.iter().all(View::is_scalar) => Kind::Scalar,
            _ if numbers && !views.is_empty() => Kind::Number,
            _ => match list {
                Some(list) if views.len() == 2 => list.kind.clone(),
                _ => Kind::Any,
            },
        };
        View {
            kind,
            definition: definition.filter(|_| objects == 1),
            nullable,
            rules: schema,
            description: None,
        }
    }
}

fn says_something(schema: &Value) -> bool {
    schema.as_object().is_some_and(|schema| !schema.is_empty())
}

fn members(schema: &Value) -> Vec<Member<'_>> {
    let required: Vec<_> = required(schema).collect();
    value::members(schema.get("properties"))
        .map(|(name, schema)| Member {
            name,
            schema,
            required: required.contains(&name.as_str()),
        })
        .collect()
}

/// Adds members to those that are known: all hold together, or each set is one alternative.
fn merge<'a>(known: &mut Vec<Member<'a>>, others: &[Member<'a>], together: bool) {
    if !together {
        for member in known.iter_mut() {
            let other = others.iter().find(|other| other.name == member.name);
            member.required &= other.is_some_and(|other| other.required);
        }
    }
    for other in others {
        match known.iter_mut().find(|member| member.name == other.name) {
            Some(member) if together => {
                member.required |= other.required;
                if says_kind(other.schema) {
                    member.schema = other.schema;
                }
            }
            Some(member) => member.schema = either(member.schema, other.schema),
            None => known.push(Member {
                required: other.required && together,
                ..other.clone()
            }),
        }
    }
}

/// Returns whether a schema says what values are, and not only which there are, for example.
fn says_kind(schema: &Value) -> bool {
    let members = schema.as_object().into_iter().flatten();
    let mut keywords = members.map(|(keyword, _)| keyword.as_str());
    keywords.any(|keyword| !matches!(keyword, "examples" | "description" | "default"))
}

/// Returns the schema of what a member may be in one of two alternatives. What tells them apart has other
/// values in each.
fn either<'a>(one: &'a Value, other: &'a Value) -> &'a Value {
    static TEXT: LazyLock<Value> = LazyLock::new(|| json!({ "type": "string" }));
    if one == other || values(one).is_empty() {
        one
    } else if values(other).is_empty() {
        other
    } else {
        &TEXT
    }
}

/// Returns the types that a schema states, and whether `null` is one.
fn types(schema: &Value) -> (Vec<&str>, bool) {
    let (nulls, others): (Vec<_>, Vec<_>) = stated(schema).partition(|name| *name == "null");
    (others, !nulls.is_empty())
}

pub(crate) fn values(rules: &Value) -> Vec<&str> {
    let own = rules.get("enum").and_then(Value::as_array);
    let parts = ["anyOf", "oneOf"]
        .into_iter()
        .filter_map(|keyword| rules.get(keyword)?.as_array())
        .flatten();
    let mut found: Vec<&str> = own
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if own.is_none() {
        let mut open = false;
        for part in parts {
            let values = part.get("enum");
            open |= values.is_none_or(|values| !values.is_array()) && part["type"] != "null";
            found.extend(texts(values));
        }
        if open {
            found.clear();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names<'a>(members: &[Member<'a>]) -> Vec<(&'a str, bool)> {
        let members = members.iter();
        members
            .map(|member| (member.name, member.required))
            .collect()
    }

    #[test]
    fn alternatives_of_objects_are_one_with_the_members_of_all() {
        let Value::Object(definitions) = json!({
            "Cat": { "type": "object", "properties": { "id": {}, "lives": {} }, "required": ["id", "lives"] },
            "Dog": { "type": "object", "properties": { "id": {}, "tricks": {} }, "required": ["id"] },
        }) else {
            panic!("an object");
        };
        let schema = json!({ "anyOf": [
            { "$ref": "#/$defs/Cat" }, { "$ref": "#/$defs/Dog" }, { "type": "null" },
        ] });
        let view = Definitions(&definitions).view(&schema);
        assert!(view.nullable && view.definition.is_none());
        let Kind::Object(members) = view.kind else {
            panic!("{view:?}");
        };
        assert_eq!(
            names(&members),
            [("id", true), ("lives", false), ("tricks", false)]
        );
    }

    #[test]
    fn what_tells_alternatives_apart_has_the_values_of_all() {
        let Value::Object(definitions) = json!({ "Cat": {
            "type": "object", "properties": { "kind": { "type": "string" }, "lives": {} },
        } }) else {
            panic!("an object");
        };
        let cat = |kind: Value| json!({ "allOf": [{ "$ref": "#/$defs/Cat" }, { "properties": { "kind": kind } }] });
        let dog = json!({ "type": "object", "properties": { "kind": { "enum": ["dog"] } } });
        for (kind, allowed) in [
            (json!({ "enum": ["cat"] }), &[][..]),
            (json!({ "enum": ["dog"] }), &["dog"]),
            (json!({ "examples": ["Cat"] }), &[]),
        ] {
            let schema = json!({ "anyOf": [cat(kind), dog] });
            let Kind::Object(members) = Definitions(&definitions).view(&schema).kind else {
                panic!("{schema}");
            };
            let view = Definitions(&definitions).view(members[0].schema);
            assert!(matches!(view.kind, Kind::Text), "{view:?}");
            assert_eq!(values(view.rules), allowed);
        }
    }

    #[test]
    fn one_alternative_beside_null_is_the_definition() {
        let Value::Object(definitions) = json!({
            "Cat": { "type": "object", "properties": { "id": {} } },
        }) else {
            panic!("an object");
        };
        let schema = json!({ "anyOf": [{ "$ref": "#/$defs/Cat" }, { "type": "null" }], "description": "It." });
        let view = Definitions(&definitions).view(&schema);
        assert_eq!((view.definition, view.nullable), (Some("Cat"), true));
        assert_eq!(view.description, Some("It."));
        let expandable = json!({ "anyOf": [{ "type": "string" }, { "$ref": "#/$defs/Cat" }] });
        let view = Definitions(&definitions).view(&expandable);
        assert!(matches!(view.kind, Kind::TextOrObject(_)));
    }
}
