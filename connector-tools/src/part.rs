//! What a schema says of one place: its own keywords, and those that `$ref` and `allOf` bring.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

/// References and `allOf` are followed this deep before something is an object of its own.
const DEEPEST: usize = 32;

/// So many parts hold for one place, before it is an object of its own.
pub(crate) const MOST_PARTS: usize = 1000;

/// To find out which definitions are recursive, so many references are followed in all; what is not
/// known then counts as one.
const MOST_FOLLOWED: usize = 1_000_000;

/// Keywords that hold for a place together with those of the other parts.
#[derive(Clone)]
pub(crate) struct Part<'a> {
    /// Where they are written, through references.
    pub(crate) path: String,
    object: &'a Map<String, Value>,
    without: Vec<&'static str>,
}

impl<'a> Part<'a> {
    pub(crate) fn get(&self, keyword: &str) -> Option<&'a Value> {
        if self.without.contains(&keyword) {
            return None;
        }
        self.object.get(keyword)
    }

    pub(crate) fn keywords(&self) -> impl Iterator<Item = (&'a String, &'a Value)> + use<'a> {
        let without = self.without.clone();
        let all = self.object.iter();
        all.filter(move |(keyword, _)| !without.contains(&keyword.as_str()))
    }

    pub(crate) fn at(&self, keyword: &str) -> String {
        within(&self.path, keyword)
    }

    pub(crate) fn without(&self, keyword: &'static str) -> Self {
        let mut part = self.clone();
        part.without.push(keyword);
        part
    }

    pub(crate) fn text(&self, keyword: &str) -> Option<&'a str> {
        self.get(keyword)?.as_str()
    }

    /// Returns about how many bytes it may add to what is written, without the schemas within it.
    pub(crate) fn weight(&self) -> usize {
        let all = self.object.iter();
        let keywords = all.map(|(keyword, value)| match (keyword.as_str(), value) {
            ("properties", Value::Object(members)) => {
                members.keys().map(String::len).sum::<usize>()
            }
            (
                "$defs"
                | "additionalProperties"
                | "allOf"
                | "anyOf"
                | "items"
                | "oneOf"
                | "prefixItems"
                | "properties",
                _,
            ) => 0,
            (_, value) => keyword.len() + length(value),
        });
        self.path.len() + keywords.sum::<usize>()
    }
}

/// Returns about how many bytes a value has.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(|item| 1 + length(item)).sum(),
        Value::Object(members) => {
            let members = members.iter();
            members
                .map(|(name, member)| name.len() + length(member))
                .sum()
        }
        _ => 4,
    }
}

pub(crate) fn within(path: &str, member: &str) -> String {
    let mut inner = String::with_capacity(path.len() + 1 + member.len());
    inner.push_str(path);
    inner.push('/');
    if member.contains(['~', '/']) {
        inner.push_str(&member.replace('~', "~0").replace('/', "~1"));
    } else {
        inner.push_str(member);
    }
    inner
}

/// Why a place is not looked at further.
#[derive(Clone, Debug)]
pub(crate) enum End<'a> {
    /// It is a definition that leads back to itself.
    Recursive(&'a str),
    /// It refers to something that is not there, or that is within itself too often.
    Unknown,
}

#[derive(Clone, Default)]
pub(crate) struct Place<'a> {
    pub(crate) parts: Vec<Part<'a>>,
    /// References that were followed to it.
    pub(crate) entered: Vec<&'a str>,
    pub(crate) end: Option<End<'a>>,
    /// No value may be there.
    pub(crate) is_never: bool,
}

pub(crate) struct Document<'a> {
    root: &'a Value,
    recursive: RefCell<HashMap<&'a str, bool>>,
    followed: Cell<usize>,
}

impl<'a> Document<'a> {
    pub(crate) fn new(root: &'a Value) -> Self {
        Self {
            root,
            recursive: RefCell::default(),
            followed: Cell::default(),
        }
    }

    pub(crate) fn target(&self, reference: &str) -> Option<&'a Value> {
        self.root.pointer(reference.strip_prefix('#')?)
    }

    /// Returns whether a definition leads back to itself.
    pub(crate) fn is_recursive(&self, reference: &'a str) -> bool {
        if let Some(known) = self.recursive.borrow().get(reference) {
            return *known;
        }
        let mut seen = HashSet::new();
        let mut waiting = Vec::new();
        self.target(reference)
            .into_iter()
            .for_each(|target| references(target, &mut waiting));
        let mut is_recursive = false;
        while let Some(next) = waiting.pop() {
            self.followed.set(self.followed.get() + 1);
            if next == reference || self.followed.get() > MOST_FOLLOWED {
                is_recursive = true;
                break;
            }
            if seen.insert(next)
                && let Some(target) = self.target(next)
            {
                references(target, &mut waiting);
            }
        }
        self.recursive.borrow_mut().insert(reference, is_recursive);
        is_recursive
    }

    /// Collects what holds for a place. `enter` tells what to do at a reference.
    pub(crate) fn place(
        &self,
        schemas: &[(String, &'a Value)],
        enter: &dyn Fn(&'a str) -> Option<End<'a>>,
    ) -> Place<'a> {
        let mut place = Place::default();
        for (path, schema) in schemas {
            self.collect(path.clone(), schema, enter, DEEPEST, &mut place);
        }
        place
    }

    fn collect(
        &self,
        path: String,
        schema: &'a Value,
        enter: &dyn Fn(&'a str) -> Option<End<'a>>,
        deepest: usize,
        place: &mut Place<'a>,
    ) {
        if place.parts.len() >= MOST_PARTS {
            place.end = Some(End::Unknown);
            return;
        }
        let object = match schema {
            Value::Object(object) => object,
            Value::Bool(false) => {
                place.is_never = true;
                return;
            }
            _ => return,
        };
        let part = Part {
            path,
            object,
            without: vec!["$ref", "allOf"],
        };
        let reference = object.get("$ref").and_then(Value::as_str);
        let reference_path = reference.map(|_| part.at("$ref"));
        let all = object.get("allOf").and_then(Value::as_array);
        let all = all.map(|all| (part.at("allOf"), all));
        place.parts.push(part);
        if let (Some(reference), Some(path)) = (reference, reference_path) {
            let end = enter(reference);
            match self.target(reference) {
                Some(target) if end.is_none() && deepest > 0 => {
                    place.entered.push(reference);
                    self.collect(path, target, enter, deepest - 1, place);
                }
                _ => place.end = Some(end.unwrap_or(End::Unknown)),
            }
        }
        let Some((all_path, all)) = all else { return };
        for (index, part) in all.iter().enumerate() {
            if deepest == 0 || place.parts.len() >= MOST_PARTS {
                place.end = Some(End::Unknown);
                break;
            }
            let path = format!("{all_path}/{index}");
            self.collect(path, part, enter, deepest - 1, place);
        }
    }
}

fn references<'a>(schema: &'a Value, found: &mut Vec<&'a str>) {
    match schema {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(reference) if name == "$ref" => found.push(reference),
                    _ if matches!(name.as_str(), "enum" | "const" | "default" | "examples") => {}
                    _ => references(member, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}
