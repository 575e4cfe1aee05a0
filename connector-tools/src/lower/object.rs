//! Objects: which members they have, and under which names.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::{Lowered, Lowering};
use crate::LossKind;
use crate::form::{CLEAR, Form, Member};
use crate::name;
use crate::part::Part;

/// Schemas that hold together, with where they are written.
pub(super) type Schemas<'a> = Vec<(String, &'a Value)>;

pub(super) struct Object<'a> {
    pub(super) members: Vec<Known<'a>>,
    pub(super) extra: Extra<'a>,
}

pub(super) struct Known<'a> {
    pub(super) name: &'a str,
    /// It is as one of these say.
    pub(super) alternatives: Vec<Schemas<'a>>,
    pub(super) is_required: bool,
}

pub(super) enum Extra<'a> {
    None,
    Any,
    Like(Schemas<'a>),
}

pub(super) struct Properties {
    pub(super) schemas: Map<String, Value>,
    pub(super) required: Vec<String>,
    pub(super) members: Vec<Member>,
}

impl Properties {
    pub(super) fn has_renamed(&self) -> bool {
        self.members
            .iter()
            .any(|member| member.given != member.name)
    }
}

impl<'a> Object<'a> {
    pub(super) fn of(parts: &[Part<'a>]) -> Self {
        let required: HashSet<&str> = parts
            .iter()
            .filter_map(|part| part.get("required")?.as_array())
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mut names: Vec<&'a str> = Vec::new();
        let mut known: HashSet<&'a str> = HashSet::new();
        for part in parts {
            let properties = part.get("properties").and_then(Value::as_object);
            let listed = part.get("required").and_then(Value::as_array);
            let properties = properties
                .into_iter()
                .flat_map(Map::keys)
                .map(String::as_str);
            let listed = listed.into_iter().flatten().filter_map(Value::as_str);
            for name in properties.chain(listed) {
                if known.insert(name) {
                    names.push(name);
                }
            }
        }
        let members = names.into_iter().filter_map(|name| {
            Some(Known {
                name,
                alternatives: vec![schemas_of(name, parts)?],
                is_required: required.contains(name),
            })
        });
        Self {
            members: members.collect(),
            extra: extra(parts),
        }
    }
}

/// Returns what the parts say of a member; `None` if there can be none of this name.
fn schemas_of<'a>(name: &str, parts: &[Part<'a>]) -> Option<Schemas<'a>> {
    let mut schemas = Vec::new();
    for part in parts {
        match part
            .get("properties")
            .and_then(|properties| properties.get(name))
        {
            Some(Value::Bool(false)) => return None,
            Some(schema) => {
                schemas.push((Lowering::child(part, "properties", name), schema));
            }
            None if part.get("patternProperties").is_some() => {}
            None => match part.get("additionalProperties") {
                Some(Value::Bool(false)) => return None,
                Some(schema) => schemas.push((part.at("additionalProperties"), schema)),
                None => {}
            },
        }
    }
    Some(schemas)
}

fn extra<'a>(parts: &[Part<'a>]) -> Extra<'a> {
    let mut like: Schemas<'a> = Vec::new();
    for part in parts {
        match part.get("additionalProperties") {
            Some(Value::Bool(false)) => return Extra::None,
            Some(schema) if schema.as_object().is_some_and(|schema| !schema.is_empty()) => {
                like.push((part.at("additionalProperties"), schema));
            }
            _ => {}
        }
    }
    if like.is_empty() {
        Extra::Any
    } else {
        Extra::Like(like)
    }
}

impl<'a> Lowering<'a> {
    pub(super) fn properties(&mut self, object: &Object<'a>, depth: usize) -> Properties {
        let mut used: HashSet<_> = object
            .members
            .iter()
            .filter(|member| self.dialect.takes_name(member.name))
            .map(|member| member.name.to_owned())
            .collect();
        let mut properties = Properties {
            schemas: Map::new(),
            required: Vec::new(),
            members: Vec::new(),
        };
        for member in &object.members {
            let mut lowered = self.member(member, depth);
            let given = if self.dialect.takes_name(member.name) {
                member.name.to_owned()
            } else {
                lowered.say(format!("Sent as `{}`.", member.name));
                name::property(member.name, &mut used)
            };
            let is_optional = self.dialect.is_strict() && !member.is_required;
            if is_optional {
                self.make_optional(&mut lowered, member);
            }
            let is_wanted = member.is_required && !lowered.is_nullable;
            let (schema, form) = lowered.finish(self.dialect);
            properties.schemas.insert(given.clone(), schema);
            if member.is_required || self.dialect.is_strict() {
                properties.required.push(given.clone());
            }
            properties.members.push(Member {
                given,
                name: member.name.to_owned(),
                form,
                is_optional,
                is_wanted,
            });
        }
        properties
    }

    fn member(&mut self, member: &Known<'a>, depth: usize) -> Lowered {
        if let [only] = member.alternatives.as_slice() {
            return self.lower(only, depth);
        }
        let variants = member.alternatives.iter();
        let variants = variants.map(|schemas| self.lower(schemas, depth)).collect();
        self.join("anyOf", variants, &[])
    }

    /// Lets a member be `null` where it may be left out. Where `null` has a meaning of its own, an
    /// object stands for that.
    fn make_optional(&mut self, lowered: &mut Lowered, member: &Known<'a>) {
        let has_clear = lowered
            .schema
            .get("properties")
            .is_some_and(|properties| properties.get(CLEAR).is_some());
        if std::mem::replace(&mut lowered.is_nullable, true) {
            if has_clear {
                for (path, _) in member.alternatives.iter().flatten() {
                    self.lose(path.clone(), LossKind::Narrowed);
                }
                return;
            }
            let clear = json!({
                "type": "object",
                "properties": { CLEAR: { "type": "boolean", "enum": [true] } },
                "required": [CLEAR],
                "additionalProperties": false,
            });
            let inner = std::mem::take(&mut lowered.schema);
            let variants = match inner.get("anyOf") {
                Some(Value::Array(variants)) if inner.len() == 1 => {
                    let mut variants = variants.clone();
                    variants.push(clear);
                    variants
                }
                _ => vec![inner.into(), clear],
            };
            lowered.schema.insert("anyOf".into(), variants.into());
            let form = std::mem::replace(&mut lowered.form, Form::Same);
            lowered.form = Form::Clear(Box::new(form));
            lowered.say("`null` leaves it as it is, and `{\"clear\": true}` clears it.");
        }
    }
}
