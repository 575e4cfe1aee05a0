//! The types of outputs: read from schemas, so that they stay few and flat.

mod learn;
mod meaning;
mod member;
mod naming;
mod sample;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

use plugwright_sdk::Value;

use crate::name;
use crate::report::Report;
use crate::schema::{Definitions, Kind, Member, View, values};
pub(crate) use meaning::{capital, meaning};
use meaning::{described, field_doc};
use member::{id_of, is_for_people, is_link};
use naming::{definition_hints, definition_key, inline_key, one};

/// Objects are in one another so many times; what is further down is left out.
const DEEPEST: usize = 2;

const MOST_MEMBERS: usize = 80;

/// Links of an object that are all kept if there are no more.
const FEW_LINKS: usize = 3;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Any,
    Text,
    Flag,
    Integer,
    Number,
    List(Box<Shape>),
    Map(Box<Shape>),
    /// An object type, by its key.
    Object(String),
    /// One of these, or null.
    Nullable(Box<Shape>),
    /// A text, or the member of an object that stands for it.
    Reference(&'static str),
}

#[derive(Clone, Debug)]
pub(crate) struct Object {
    pub(crate) name: String,
    pub(crate) doc: String,
    pub(crate) fields: Vec<Field>,
}

#[derive(Clone, Debug)]
pub(crate) struct Field {
    /// Name on the wire.
    pub(crate) wire: String,
    /// Name of the field, without `r#`.
    pub(crate) name: String,
    pub(crate) doc: Vec<String>,
    pub(crate) shape: Shape,
    pub(crate) optional: bool,
    /// Whether the type has to be behind a pointer, since it leads back to itself.
    pub(crate) boxed: bool,
    format: Option<&'static str>,
    values: Vec<String>,
}

pub(crate) struct Shapes<'a> {
    definitions: Definitions<'a>,
    objects: BTreeMap<String, Object>,
    /// Keys in the order in which the types were found.
    order: Vec<String>,
    queue: VecDeque<Waiting<'a>>,
    seen: BTreeSet<String>,
    reserved: BTreeSet<String>,
    connector: String,
    /// Beyond the depth: what was met there, by key of the object and member.
    ids: HashMap<String, Option<&'static str>>,
}

struct Waiting<'a> {
    key: String,
    hints: Vec<String>,
    members: Vec<Member<'a>>,
    description: Option<&'a str>,
    level: usize,
}

impl<'a> Shapes<'a> {
    pub(crate) fn new(definitions: Definitions<'a>, connector: &str) -> Self {
        let reserved = include_str!("../words/reserved_types.txt").lines();
        Self {
            definitions,
            objects: BTreeMap::new(),
            order: Vec::new(),
            queue: VecDeque::new(),
            seen: BTreeSet::new(),
            reserved: reserved.map(str::to_owned).collect(),
            connector: name::pascal(connector).unwrap_or_default(),
            ids: HashMap::new(),
        }
    }

    pub(crate) fn root(&mut self, schema: &'a Value, hint: &str) -> Shape {
        let view = self.definitions.view(schema);
        self.shape(&view, &[hint.to_owned()], 0)
    }

    pub(crate) fn reserve(&mut self, name: &str) -> bool {
        self.reserved.insert(name.to_owned())
    }

    /// Reads all types that were met, those that are nearest to the results first.
    pub(crate) fn read(&mut self, report: &mut Report) {
        while let Some(waiting) = self.queue.pop_front() {
            let name = self.named(&waiting);
            let fields = self.fields(&waiting, &name, report);
            let doc = described(waiting.description, &waiting.hints);
            self.order.push(waiting.key.clone());
            self.objects
                .insert(waiting.key, Object { name, doc, fields });
        }
        self.prune(report);
        self.point();
    }

    pub(crate) fn object(&self, key: &str) -> Option<&Object> {
        self.objects.get(key)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Object)> {
        let order = self.order.iter();
        order.filter_map(|key| Some((key.as_str(), self.objects.get(key)?)))
    }

    /// Returns the keys of the types that a shape leads to, itself first.
    pub(crate) fn reach(&self, shape: &Shape, found: &mut BTreeSet<String>) {
        let Some(key) = target(shape) else {
            return;
        };
        if !found.insert(key.to_owned()) {
            return;
        }
        for field in self
            .objects
            .get(key)
            .into_iter()
            .flat_map(|object| &object.fields)
        {
            self.reach(&field.shape, found);
        }
    }

    fn shape(&mut self, view: &View<'a>, hints: &[String], level: usize) -> Shape {
        match &view.kind {
            Kind::Any | Kind::Scalar => Shape::Any,
            Kind::Text => Shape::Text,
            Kind::Flag => Shape::Flag,
            Kind::Integer => Shape::Integer,
            Kind::Number => Shape::Number,
            Kind::List(None) => Shape::List(Box::new(Shape::Any)),
            Kind::Map(None) => Shape::Map(Box::new(Shape::Any)),
            Kind::List(Some(items)) => {
                let view = self.definitions.view(items);
                let hints: Vec<_> = hints.iter().map(|hint| one(hint)).collect();
                let inner = self.shape(&view, &hints, level);
                Shape::List(Box::new(inner))
            }
            Kind::Map(Some(items)) => {
                let view = self.definitions.view(items);
                let hints: Vec<_> = hints.iter().map(|hint| one(hint)).collect();
                Shape::Map(Box::new(self.shape(&view, &hints, level)))
            }
            Kind::TextOrObject(members) => match id_of(self.definitions, members) {
                Some(id) => Shape::Reference(id),
                None => Shape::Any,
            },
            Kind::Object(members) => {
                let key = match view.definition {
                    Some(name) => definition_key(name),
                    None => inline_key(view, hints),
                };
                let hints = match view.definition.map(definition_hints) {
                    Some(stated) if !stated.is_empty() => stated,
                    _ => hints.to_vec(),
                };
                self.ids
                    .entry(key.clone())
                    .or_insert_with(|| id_of(self.definitions, members));
                if level <= DEEPEST && self.seen.insert(key.clone()) {
                    self.queue.push_back(Waiting {
                        key: key.clone(),
                        hints,
                        members: members.clone(),
                        description: view.description,
                        level,
                    });
                }
                Shape::Object(key)
            }
        }
    }

    /// Gives a type the shortest name that is free.
    fn named(&mut self, waiting: &Waiting<'_>) -> String {
        let mut candidates: Vec<String> = waiting
            .hints
            .iter()
            .filter_map(|hint| name::pascal(hint))
            .collect();
        let longest = candidates
            .last()
            .cloned()
            .unwrap_or_else(|| "Answer".to_owned());
        candidates.push(format!("{}{longest}", self.connector));
        for candidate in &candidates {
            if self.reserved.insert(candidate.clone()) {
                return candidate.clone();
            }
        }
        // Fewer types than this fit into memory.
        for number in 2..u32::MAX {
            let candidate = format!("{longest}{number}");
            if self.reserved.insert(candidate.clone()) {
                return candidate;
            }
        }
        longest
    }

    fn fields(&mut self, waiting: &Waiting<'a>, owner: &str, report: &mut Report) -> Vec<Field> {
        let links = waiting.members.iter().filter(|member| is_link(member));
        let too_many_links = links.count() > FEW_LINKS;
        let mut fields: Vec<Field> = Vec::new();
        let mut dropped_links = 0;
        for member in &waiting.members {
            let view = self.definitions.view(member.schema);
            let flag = |name: &str| member.schema.get(name) == Some(&Value::Bool(true));
            if flag("deprecated")
                || flag("writeOnly")
                || matches!(member.name, "_links" | "node_id")
            {
                report.left_out_of(
                    owner,
                    format!(
                        "`{}`: deprecated, write-only or a link of the protocol",
                        member.name
                    ),
                );
                continue;
            }
            if too_many_links && is_link(member) && !is_for_people(member.name) {
                dropped_links += 1;
                continue;
            }
            let Some(field) = name::snake(member.name) else {
                report.left_out_of(owner, format!("`{}`: its name has no letters", member.name));
                continue;
            };
            if fields.iter().any(|known| known.name == field) {
                report.left_out_of(
                    owner,
                    format!(
                        "`{}`: another member has the same name in Rust",
                        member.name
                    ),
                );
                continue;
            }
            if fields.len() == MOST_MEMBERS {
                report.left_out_of(owner, format!("members after the first {MOST_MEMBERS}"));
                break;
            }
            let hints = [member.name.to_owned(), format!("{owner} {}", member.name)];
            let shape = self.shape(&view, &hints, waiting.level + 1);
            let allowed: Vec<String> = match shape {
                Shape::Text => values(view.rules).into_iter().map(str::to_owned).collect(),
                _ => Vec::new(),
            };
            let format = view
                .rules
                .get("format")
                .and_then(Value::as_str)
                .and_then(known_format);
            // What a type is of itself is not what it is here.
            let own = member.schema.get("description").and_then(Value::as_str);
            let said = own.or(view.description.filter(|_| target(&shape).is_none()));
            fields.push(Field {
                wire: member.name.to_owned(),
                doc: field_doc(&field, said, &allowed, format),
                name: field,
                shape,
                optional: !member.required || view.nullable,
                boxed: false,
                format,
                values: allowed,
            });
        }
        if dropped_links > 0 {
            report.left_out_of(
                owner,
                format!("{dropped_links} links that only programs follow"),
            );
        }
        fields
    }

    /// Replaces what leads to types that are too far down.
    fn prune(&mut self, report: &mut Report) {
        let known: BTreeSet<String> = self.objects.keys().cloned().collect();
        let ids = std::mem::take(&mut self.ids);
        for object in self.objects.values_mut() {
            let names: Vec<String> = object
                .fields
                .iter()
                .map(|field| field.name.clone())
                .collect();
            let owner = object.name.clone();
            object.fields.retain_mut(|field| {
                let Some(key) = target(&field.shape).filter(|key| !known.contains(*key)) else {
                    return true;
                };
                let id = ids.get(key).copied().flatten();
                let flat = matches!(field.shape, Shape::Object(_));
                if let (Some(id), true) = (id, flat) {
                    let name = format!("{}_{id}", field.name.trim_end_matches('_'));
                    if !names.contains(&name) {
                        field.shape = Shape::Reference(id);
                        field.doc = vec![format!(
                            "{} of the {}.",
                            capital(id),
                            field.name.replace('_', " ")
                        )];
                        field.name = name;
                        field.optional = true;
                        return true;
                    }
                }
                report.left_out_of(
                    &owner,
                    format!("`{}`: an object too deep in others", field.wire),
                );
                false
            });
        }
        // A type without members says nothing.
        let empty: BTreeSet<String> = self
            .objects
            .iter()
            .filter(|(_, object)| object.fields.is_empty())
            .map(|(key, _)| key.clone())
            .collect();
        for object in self.objects.values_mut() {
            for field in &mut object.fields {
                replace(&mut field.shape, &empty);
            }
        }
        self.objects.retain(|key, _| !empty.contains(key));
    }

    /// Marks members by which a type leads back to itself.
    fn point(&mut self) {
        let direct: HashMap<String, Vec<String>> = self
            .objects
            .iter()
            .map(|(key, object)| {
                let targets = object.fields.iter().filter_map(|field| match &field.shape {
                    Shape::Object(key) => Some(key.clone()),
                    _ => None,
                });
                (key.clone(), targets.collect())
            })
            .collect();
        for (key, object) in &mut self.objects {
            for field in &mut object.fields {
                if let Shape::Object(to) = &field.shape {
                    field.boxed = leads(&direct, to, key);
                }
            }
        }
    }

    /// Returns a shape, or a map for a type that has no members.
    pub(crate) fn settled(&self, shape: Shape) -> Shape {
        match shape {
            Shape::Object(key) if !self.objects.contains_key(&key) => {
                Shape::Map(Box::new(Shape::Any))
            }
            Shape::List(inner) => Shape::List(Box::new(self.settled(*inner))),
            Shape::Map(inner) => Shape::Map(Box::new(self.settled(*inner))),
            Shape::Nullable(inner) => Shape::Nullable(Box::new(self.settled(*inner))),
            other => other,
        }
    }
}

fn leads(direct: &HashMap<String, Vec<String>>, from: &str, to: &str) -> bool {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![from];
    while let Some(key) = waiting.pop() {
        if key == to {
            return true;
        }
        if seen.insert(key) {
            waiting.extend(direct.get(key).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

fn replace(shape: &mut Shape, empty: &BTreeSet<String>) {
    match shape {
        Shape::Object(key) if empty.contains(key) => *shape = Shape::Map(Box::new(Shape::Any)),
        Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => replace(inner, empty),
        _ => {}
    }
}

pub(crate) fn target(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Object(key) => Some(key),
        Shape::List(inner) | Shape::Map(inner) | Shape::Nullable(inner) => target(inner),
        _ => None,
    }
}

fn known_format(name: &str) -> Option<&'static str> {
    ["date", "date-time", "email", "uri", "uuid"]
        .into_iter()
        .find(|known| *known == name)
}
