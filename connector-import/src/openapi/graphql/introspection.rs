//! Schemas from the answer to an introspection query.

use std::collections::BTreeMap;

use plugwright_sdk::Value;
use plugwright_sdk::reading::value::items;

use super::schema::{Argument, Field, Kind, Notes, Schema, Type, TypeRef, is_name};
use super::sdl;
use crate::text::quoted;

const DEEPEST: usize = 12;

pub(super) fn schema_of(document: &Value) -> Option<&Value> {
    let schema = document
        .get("__schema")
        .or_else(|| document.get("data")?.get("__schema"))?;
    schema.is_object().then_some(schema)
}

pub(super) fn read(json: &Value) -> Schema {
    let root = |key: &str| {
        let name = json.get(key)?.get("name")?.as_str()?;
        is_name(name).then(|| name.to_owned())
    };
    let mut reader = Reader::default();
    let types: BTreeMap<_, _> = items(json.get("types"))
        .filter_map(|own| reader.named(own))
        .collect();
    let mut schema = Schema {
        description: text(json, "description").to_owned(),
        query: root("queryType"),
        mutation: root("mutationType"),
        subscription: root("subscriptionType"),
        types,
        notes: reader.notes,
        ..Schema::default()
    };
    schema.complete();
    schema
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is_set(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

#[derive(Default)]
struct Reader {
    notes: Notes,
}

impl Reader {
    fn name(&mut self, part: &Value) -> Option<String> {
        let name = text(part, "name");
        if is_name(name) {
            return Some(name.to_owned());
        }
        if !name.starts_with("__") {
            self.notes.add(|| format!("{} is not a name", quoted(name)));
        }
        None
    }

    fn named(&mut self, own: &Value) -> Option<(String, Type)> {
        let name = self.name(own)?;
        let kind = match text(own, "kind") {
            "SCALAR" => Kind::Scalar,
            "ENUM" => Kind::Enum(
                items(own.get("enumValues"))
                    .filter_map(|value| self.name(value))
                    .collect(),
            ),
            "OBJECT" => Kind::Object(self.fields(own)),
            "INTERFACE" => Kind::Interface {
                fields: self.fields(own),
                possible: self.names(own),
            },
            "UNION" => Kind::Union(self.names(own)),
            "INPUT_OBJECT" => Kind::Input {
                fields: self.arguments(items(own.get("inputFields"))),
                one_of: is_set(own, "isOneOf"),
            },
            other => {
                self.notes
                    .add(|| format!("{} is not a kind of type", quoted(other)));
                return None;
            }
        };
        let description = text(own, "description").to_owned();
        Some((name, Type { description, kind }))
    }

    fn names(&mut self, own: &Value) -> Vec<String> {
        items(own.get("possibleTypes"))
            .filter_map(|part| self.name(part))
            .collect()
    }

    fn fields(&mut self, own: &Value) -> Vec<Field> {
        let mut fields = Vec::new();
        for field in items(own.get("fields")) {
            let (Some(name), Some(of)) = (self.name(field), self.reference(field, DEEPEST)) else {
                continue;
            };
            let deprecated = is_set(field, "isDeprecated");
            fields.push(Field {
                name,
                description: text(field, "description").to_owned(),
                arguments: self.arguments(items(field.get("args"))),
                of,
                deprecated: deprecated.then(|| text(field, "deprecationReason").to_owned()),
            });
        }
        fields
    }

    fn arguments<'v>(&mut self, parts: impl Iterator<Item = &'v Value>) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for part in parts {
            let (Some(name), Some(of)) = (self.name(part), self.reference(part, DEEPEST)) else {
                continue;
            };
            let default = part.get("defaultValue").and_then(Value::as_str);
            arguments.push(Argument {
                name,
                description: text(part, "description").to_owned(),
                of,
                default: default.map(|text| sdl::value(text).unwrap_or_default()),
                is_deprecated: is_set(part, "isDeprecated"),
            });
        }
        arguments
    }

    fn reference(&mut self, part: &Value, room: usize) -> Option<TypeRef> {
        let of = part.get("type").or_else(|| part.get("ofType"))?;
        if room == 0 {
            self.notes
                .add(|| "a type nests lists too deeply".to_owned());
            return None;
        }
        match text(of, "kind") {
            "NON_NULL" => match self.reference(of, room - 1)? {
                inner @ TypeRef::NonNull(_) => Some(inner),
                inner => Some(TypeRef::NonNull(Box::new(inner))),
            },
            "LIST" => Some(TypeRef::List(Box::new(self.reference(of, room - 1)?))),
            _ => Some(TypeRef::Named(self.name(of)?)),
        }
    }
}
