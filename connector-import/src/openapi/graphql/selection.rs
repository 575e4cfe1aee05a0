//! What an operation selects of its result: enough to go on with, and no more than a budget.
//!
//! All plain fields of the object that an operation is about, a few fields of the objects in it, and the
//! first items of the lists in it. What needs arguments or is deprecated is left out.

use std::collections::{BTreeMap, BTreeSet};

use plugwright_sdk::host::word_list;
use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::connection::{Connection, connection, takes_first};
use super::input::PLACE;
use super::scalar;
use super::schema::{Argument, Field, Kind, Schema, TypeRef, near};

const MOST_FIELDS: usize = 150;

/// Of one object so many fields without parts are selected.
const MOST_LEAVES: usize = 60;

/// Of one object so many fields with parts are selected.
const MOST_OBJECTS: usize = 25;

const MOST_LISTS: usize = 6;

const DEEPEST: usize = 6;

/// Of a list in an object so many items are asked for.
const FIRST: usize = 10;

/// Of an object in another so many fields are selected.
const BRIEF: usize = 5;

/// Of a union or interface so many types are told apart.
const MOST_TYPES: usize = 12;

const MOST_OF_TYPE: usize = 20;

/// Of one of several types of an object in another so many fields are selected.
const BRIEF_OF_TYPE: usize = 3;

/// Of one of several types so many fields with parts are selected.
const OBJECTS_OF_TYPE: usize = 3;

/// What says most about an object, the best first.
const TELLING: [&str; 14] = word_list(include_str!("../../../words/telling_fields.txt"));

/// A selection in braces, or nothing for a value without parts, and the schema of what comes back.
#[derive(Debug)]
pub(super) struct Selected {
    pub(super) text: String,
    pub(super) schema: Value,
}

#[derive(Clone, Copy)]
struct Extent {
    /// On so many levels all plain fields are selected.
    full: usize,
    /// Whether there may be many of it, so that lists in it would multiply.
    in_list: bool,
    room: usize,
}

impl Extent {
    fn of(of: &TypeRef, full: usize) -> Self {
        Self {
            full,
            in_list: of.is_list(),
            room: DEEPEST,
        }
    }

    fn within(self, of: &TypeRef) -> Self {
        Self {
            full: self.full.saturating_sub(1),
            in_list: self.in_list || of.is_list(),
            room: self.room.saturating_sub(1),
        }
    }
}

pub(super) struct Selector<'s> {
    schema: &'s Schema,
    left: usize,
    /// Whether some types of a union or interface are left out.
    pub(super) is_cut: bool,
}

impl<'s> Selector<'s> {
    pub(super) fn new(schema: &'s Schema) -> Self {
        Self {
            schema,
            left: MOST_FIELDS,
            is_cut: false,
        }
    }

    /// Selects the result of an operation; on `full` levels all plain fields.
    ///
    /// # Errors
    ///
    /// If it is of no known type.
    pub(super) fn result(&mut self, of: &TypeRef, full: usize) -> Result<Selected, String> {
        let Selected { text, schema } = self.value(of, Extent::of(of, full))?;
        Ok(Selected {
            text,
            schema: wrapped(of, schema),
        })
    }

    /// Selects a page of the result of an operation; the schema is that of the list of its items.
    ///
    /// # Errors
    ///
    /// If the items are of no known type.
    pub(super) fn page(&mut self, page: &Connection<'_>) -> Result<Selected, String> {
        let item = self.value(page.item, Extent::of(&page.items.of, 1))?;
        let total = if page.has_total { "totalCount " } else { "" };
        let text = format!(
            " {{ {total}{} pageInfo {{ hasNextPage endCursor }} }}",
            items(page, &item.text)
        );
        let list = json!({ "type": "array", "items": wrapped_item(page.item, item.schema) });
        Ok(Selected { text, schema: list })
    }

    /// Selects a value of a type; the schema is without its wrappers.
    fn value(&mut self, of: &TypeRef, extent: Extent) -> Result<Selected, String> {
        let name = of.name();
        let own = self.schema.of(of);
        let own = own.ok_or_else(|| format!("type {name} is not defined"))?;
        Ok(match &own.kind {
            Kind::Scalar => Selected {
                text: String::new(),
                schema: scalar::schema(name, own),
            },
            Kind::Enum(_) => Selected {
                text: String::new(),
                schema: json!({ "$ref": format!("{PLACE}{name}") }),
            },
            Kind::Input { .. } => return Err(format!("{name} is not an output type")),
            Kind::Object(fields) => {
                let mut parts = Parts::default();
                self.object(name, near(fields), extent, &mut parts);
                parts.finish()
            }
            Kind::Interface { fields, possible } => {
                let mut parts = Parts::default();
                parts.typename();
                let fields = near(fields);
                self.object(name, fields, extent, &mut parts);
                let known: BTreeSet<&str> = fields.iter().map(|own| own.name.as_str()).collect();
                // The fields of all are enough where there are many types.
                if extent.full > 0 && possible.len() <= MOST_TYPES {
                    self.types(possible, &known, extent, &mut parts);
                }
                parts.finish()
            }
            Kind::Union(possible) => {
                let mut parts = Parts::default();
                parts.typename();
                self.types(possible, &BTreeSet::new(), extent, &mut parts);
                parts.finish()
            }
        })
    }

    fn object(&mut self, name: &str, fields: &'s [Field], extent: Extent, parts: &mut Parts) {
        if extent.room == 0 {
            return;
        }
        if let Some(page) = connection(self.schema, name) {
            self.list(&page, extent, parts);
            return;
        }
        let plain = fields.iter().filter(|own| own.is_plain());
        let (leaves, objects): (Vec<_>, Vec<_>) =
            plain.partition(|own| self.schema.is_leaf(&own.of));
        let leaves = match extent.full {
            0 => brief(&leaves, BRIEF),
            _ => leaves.into_iter().take(MOST_LEAVES).collect(),
        };
        for own in leaves {
            self.field(own, extent, parts);
        }
        if extent.full == 0 {
            return;
        }
        let (pages, mut objects): (Vec<_>, Vec<_>) = objects
            .into_iter()
            .partition(|own| connection(self.schema, own.of.name()).is_some());
        // What went wrong must not be lost where there is much else.
        objects.sort_by_key(|own| !own.name.to_ascii_lowercase().ends_with("errors"));
        for own in objects.into_iter().take(MOST_OBJECTS) {
            self.field(own, extent, parts);
        }
        if extent.in_list {
            return;
        }
        // `first` may be required, which is given.
        let asked = fields.iter().filter(|own| {
            let is_given = |own: &Argument| !own.is_required() || own.name == "first";
            own.deprecated.is_none()
                && !own.is_plain()
                && takes_first(own)
                && own.arguments.iter().all(is_given)
                && connection(self.schema, own.of.name()).is_some()
        });
        let asked: Vec<_> = asked.collect();
        for own in pages.into_iter().chain(asked).take(MOST_LISTS) {
            self.field(own, extent, parts);
        }
    }

    /// Selects the fields of a page within another object.
    fn list(&mut self, page: &Connection<'s>, extent: Extent, parts: &mut Parts) {
        let Ok(item) = self.value(page.item, extent.within(&page.items.of)) else {
            return;
        };
        let schema = if page.has_edges {
            let node = wrapped(page.item, item.schema);
            let edge = json!({ "type": "object", "properties": { "node": node } });
            wrapped(&page.items.of, edge)
        } else {
            wrapped(&page.items.of, item.schema)
        };
        parts.text.push(items(page, &item.text));
        parts.add(&page.items.name, schema, page.items.of.is_non_null());
        parts.text.push("pageInfo { hasNextPage }".to_owned());
        let info = json!({
            "type": "object",
            "properties": { "hasNextPage": { "type": "boolean" } },
        });
        parts.add("pageInfo", info, false);
    }

    fn field(&mut self, own: &'s Field, extent: Extent, parts: &mut Parts) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let Ok(selected) = self.value(&own.of, extent.within(&own.of)) else {
            return;
        };
        let is_page = connection(self.schema, own.of.name()).is_some();
        let first = if is_page && takes_first(own) {
            format!("(first: {FIRST})")
        } else {
            String::new()
        };
        parts
            .text
            .push(format!("{}{first}{}", own.name, selected.text));
        let schema = wrapped(&own.of, selected.schema);
        parts.add(&own.name, schema, own.of.is_non_null());
    }

    /// Selects fields of each of several types, but for those that are selected of all.
    fn types(
        &mut self,
        names: &'s [String],
        known: &BTreeSet<&str>,
        extent: Extent,
        parts: &mut Parts,
    ) {
        self.is_cut |= names.len() > MOST_TYPES;
        // Fields of different types that have the same name must have the same type.
        let mut types: BTreeMap<String, String> = BTreeMap::new();
        for name in names.iter().take(MOST_TYPES) {
            let Some(Kind::Object(fields)) = self.schema.types.get(name).map(|own| &own.kind)
            else {
                continue;
            };
            let plain = near(fields)
                .iter()
                .filter(|own| own.is_plain() && !known.contains(own.name.as_str()));
            let (leaves, objects): (Vec<_>, Vec<_>) =
                plain.partition(|own| self.schema.is_leaf(&own.of));
            let mut chosen: Vec<&Field> = match extent.full {
                0 => brief(&leaves, BRIEF_OF_TYPE),
                _ => leaves.into_iter().take(MOST_OF_TYPE).collect(),
            };
            if extent.full > 0 {
                let single = objects
                    .into_iter()
                    .filter(|own| connection(self.schema, own.of.name()).is_none());
                chosen.extend(single.take(OBJECTS_OF_TYPE));
            }
            let within = Extent { full: 0, ..extent };
            let mut texts = Vec::new();
            for own in chosen {
                if self.left == 0 {
                    break;
                }
                let Some(response) = response_name(own, name, &types) else {
                    continue;
                };
                self.left -= 1;
                let Ok(selected) = self.value(&own.of, within.within(&own.of)) else {
                    continue;
                };
                let alias = if response == own.name {
                    String::new()
                } else {
                    format!("{response}: ")
                };
                texts.push(format!("{alias}{}{}", own.name, selected.text));
                parts.add(&response, wrapped(&own.of, selected.schema), false);
                types.insert(response, own.of.to_string());
            }
            if !texts.is_empty() {
                let fragment = format!("... on {name} {{ {} }}", texts.join(" "));
                parts.text.push(fragment);
            }
        }
    }
}

/// Returns the name that a field has in an answer that has those of other types, too; none if there is
/// no free one.
fn response_name(field: &Field, of: &str, types: &BTreeMap<String, String>) -> Option<String> {
    let of_field = field.of.to_string();
    let fits = |name: &str| types.get(name).is_none_or(|known| *known == of_field);
    if fits(&field.name) {
        return Some(field.name.clone());
    }
    let alias = format!("{}On{of}", field.name);
    (!types.contains_key(&alias)).then_some(alias)
}

fn items(page: &Connection<'_>, item: &str) -> String {
    if page.has_edges {
        format!("edges {{ node{item} }}")
    } else {
        format!("nodes{item}")
    }
}

fn brief<'f>(fields: &[&'f Field], most: usize) -> Vec<&'f Field> {
    let rank = |field: &Field| {
        let telling = TELLING.iter().position(|name| *name == field.name);
        telling.unwrap_or(TELLING.len())
    };
    let mut chosen: Vec<&Field> = fields.to_vec();
    chosen.sort_by_key(|field| rank(field));
    let telling = chosen.iter().filter(|field| rank(field) < TELLING.len());
    let most = match telling.count() {
        0 => most,
        count => count.min(most),
    };
    chosen.truncate(most);
    chosen
}

#[derive(Default)]
struct Parts {
    text: Vec<String>,
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl Parts {
    fn typename(&mut self) {
        self.text.push("__typename".to_owned());
        let schema = json!({ "type": "string", "description": "Name of the type" });
        self.add("__typename", schema, true);
    }

    fn add(&mut self, name: &str, schema: Value, is_required: bool) {
        if is_required {
            self.required.push(name.into());
        }
        self.properties.insert(name.to_owned(), schema);
    }

    fn finish(mut self) -> Selected {
        if self.text.is_empty() {
            self.typename();
        }
        let mut schema = json!({ "type": "object", "properties": self.properties });
        if !self.required.is_empty() {
            schema["required"] = self.required.into();
        }
        Selected {
            text: format!(" {{ {} }}", self.text.join(" ")),
            schema,
        }
    }
}

fn wrapped(of: &TypeRef, inner: Value) -> Value {
    match of {
        TypeRef::NonNull(of) => wrapped_item(of, inner),
        other => {
            let mut schema = wrapped_item(other, inner);
            schema["nullable"] = true.into();
            schema
        }
    }
}

/// Adds the lists of a type, whose value is not null.
fn wrapped_item(of: &TypeRef, inner: Value) -> Value {
    match of {
        TypeRef::Named(_) => inner,
        TypeRef::NonNull(of) => wrapped_item(of, inner),
        TypeRef::List(item) => json!({ "type": "array", "items": wrapped(item, inner) }),
    }
}
