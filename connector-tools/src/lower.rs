//! Lowering: a schema in what a dialect can say.

mod object;
mod open;
mod root;
mod typed;
mod union;
mod values;

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use self::union::union_of;
use crate::form::Form;
use crate::part::{Document, End, Part, Place, within};
use crate::{Dialect, InvalidTool, Loss, LossKind, words};

/// A recursive definition is written so many times into itself, where there can be no reference.
const REPEATED: usize = 2;

/// A schema has at most so many parts, and about so many bytes; what comes after that is any value.
const MOST_NODES: usize = 20_000;
const MOST_BYTES: usize = 4 << 20;

/// References may lead so deep; what is below is any value.
const MOST_ENTERED: usize = 100;

/// OpenAI's limits of a strict schema: properties, values of all enums, values of an enum that may be
/// long, and the characters of one with more.
const MOST_PROPERTIES: usize = 5_000;
const MOST_VALUES: usize = 1_000;
const MOST_LONG_VALUES: usize = 250;
const MOST_VALUE_CHARACTERS: usize = 15_000;
/// And the characters of all names and values.
const MOST_CHARACTERS: usize = 120_000;

pub(crate) struct Tool {
    pub(crate) schema: Value,
    pub(crate) form: Form,
    pub(crate) definitions: Vec<(String, Form)>,
    pub(crate) losses: Vec<Loss>,
}

pub(crate) fn lower(dialect: Dialect, schema: &Value) -> Result<Tool, InvalidTool> {
    let mut too_deep = dialect.deepest();
    let tool = lower_to(too_deep, dialect, schema)?;
    if !dialect.is_strict() || is_within_limits(&tool.schema) {
        return Ok(tool);
    }
    // What is too large in depth may do with less of it: the rest is JSON text. Halving finds the most that
    // fits without writing many that don't.
    let (mut fitting, mut known) = (0_usize, None);
    while too_deep - fitting > 1 {
        let deepest = fitting.midpoint(too_deep);
        let tool = lower_to(deepest, dialect, schema)?;
        if is_within_limits(&tool.schema) {
            (fitting, known) = (deepest, Some(tool));
        } else {
            too_deep = deepest;
        }
    }
    known.ok_or(InvalidTool::TooLarge(dialect))
}

/// Lowers a schema in which at most so many objects and lists are within each other.
fn lower_to(deepest: usize, dialect: Dialect, schema: &Value) -> Result<Tool, InvalidTool> {
    let mut lowering = Lowering {
        dialect,
        document: Document::new(schema),
        stack: Vec::new(),
        definitions: Vec::new(),
        losses: Vec::new(),
        lost: HashSet::new(),
        nodes: 0,
        bytes: 0,
        values: 0,
        deepest,
    };
    lowering.root(schema)
}

fn is_within_limits(schema: &Value) -> bool {
    let (mut properties, mut characters) = (0, 0);
    let mut waiting = vec![schema];
    while let Some(schema) = waiting.pop() {
        for keyword in ["properties", "$defs"] {
            for (name, member) in schema
                .get(keyword)
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                properties += usize::from(keyword == "properties");
                characters += name.chars().count();
                waiting.push(member);
            }
        }
        let values = schema.get("enum").and_then(Value::as_array);
        let values = values.into_iter().flatten().filter_map(Value::as_str);
        characters += values.map(|value| value.chars().count()).sum::<usize>();
        waiting.extend(schema.get("items"));
        waiting.extend(
            schema
                .get("anyOf")
                .and_then(Value::as_array)
                .into_iter()
                .flatten(),
        );
    }
    properties <= MOST_PROPERTIES && characters <= MOST_CHARACTERS
}

struct Lowering<'a> {
    dialect: Dialect,
    document: Document<'a>,
    /// The references that lead to the place that is looked at.
    stack: Vec<&'a str>,
    definitions: Vec<Definition<'a>>,
    losses: Vec<Loss>,
    /// The same, to find them by.
    lost: HashSet<Loss>,
    nodes: usize,
    bytes: usize,
    /// Values of enums so far.
    values: usize,
    deepest: usize,
}

/// A recursive definition that something refers to.
struct Definition<'a> {
    reference: &'a str,
    name: String,
    lowered: Option<(Value, Form)>,
}

/// A schema in the dialect. Its description is made at the end, of the words that belong to it.
struct Lowered {
    schema: Map<String, Value>,
    description: Option<String>,
    words: Vec<String>,
    is_nullable: bool,
    form: Form,
}

impl Lowered {
    fn new(schema: Value, parts: &[Part<'_>]) -> Self {
        let text = |keyword: &'static str| parts.iter().find_map(move |part| part.text(keyword));
        let description = text("description").or_else(|| text("title"));
        Self {
            schema: match schema {
                Value::Object(schema) => schema,
                _ => Map::new(),
            },
            description: description.map(|text| text.trim().to_owned()),
            words: Vec::new(),
            is_nullable: false,
            form: Form::Same,
        }
    }

    fn say(&mut self, words: impl Into<String>) {
        let words = words.into();
        if !self.words.contains(&words) {
            self.words.push(words);
        }
    }

    fn is_kind(&self, kind: &str) -> bool {
        let name = self.schema.get("type").and_then(Value::as_str);
        name.is_some_and(|name| name.eq_ignore_ascii_case(kind))
    }

    fn text(&self) -> Option<String> {
        let before = self.description.as_deref().filter(|text| !text.is_empty());
        let mut text = before.unwrap_or_default().to_owned();
        for words in &self.words {
            if text.contains(words.as_str()) {
                continue;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(words);
        }
        (!text.is_empty()).then_some(text)
    }

    fn finish(self, dialect: Dialect) -> (Value, Form) {
        let description = self.text();
        let mut schema = self.schema;
        if self.is_nullable {
            allow_null(dialect, &mut schema);
        }
        if let Some(description) = description {
            schema.insert("description".into(), description.into());
        }
        (schema.into(), self.form)
    }
}

fn allow_null(dialect: Dialect, schema: &mut Map<String, Value>) {
    if dialect.is_gemini() {
        schema.insert("nullable".into(), true.into());
        return;
    }
    match schema.get_mut("type") {
        Some(Value::String(name)) if name == "null" => return,
        Some(Value::String(name)) => {
            let name = std::mem::take(name);
            schema.insert("type".into(), json!([name, "null"]));
        }
        Some(Value::Array(names)) => names.push("null".into()),
        _ => {}
    }
    if let Some(Value::Array(values)) = schema.get_mut("enum") {
        values.push(Value::Null);
    }
    for keyword in ["anyOf", "oneOf"] {
        if let Some(Value::Array(variants)) = schema.get_mut(keyword) {
            variants.push(json!({ "type": "null" }));
            return;
        }
    }
    if let Some(reference) = schema.remove("$ref") {
        let variants = json!([{ "$ref": reference }, { "type": "null" }]);
        schema.insert("anyOf".into(), variants);
    }
}

impl<'a> Lowering<'a> {
    fn lose(&mut self, path: String, kind: LossKind) {
        let loss = Loss { path, kind };
        if self.lost.insert(loss.clone()) {
            self.losses.push(loss);
        }
    }

    fn describe(&mut self, lowered: &mut Lowered, part: &Part<'a>, keyword: &str, value: &Value) {
        let said = lowered.description.as_deref().unwrap_or_default();
        if words::names_all(said, keyword, value) {
            self.lose(part.at(keyword), LossKind::Described);
            return;
        }
        match words::of(keyword, value, |name| part.get(name)) {
            Some(words) => {
                lowered.say(words);
                self.lose(part.at(keyword), LossKind::Described);
            }
            None => self.lose(part.at(keyword), LossKind::Dropped),
        }
    }

    /// Collects what holds for a place, as one of the schemas that are given for it.
    fn place(&self, schemas: &[(String, &'a Value)]) -> Place<'a> {
        let may_refer = self.dialect.is_openai();
        self.document.place(schemas, &|reference| {
            if !self.document.is_recursive(reference) {
                return None;
            }
            if may_refer {
                return Some(End::Recursive(reference));
            }
            let entered = self.stack.iter().filter(|known| **known == reference);
            (entered.count() >= REPEATED).then_some(End::Unknown)
        })
    }

    fn lower(&mut self, schemas: &[(String, &'a Value)], depth: usize) -> Lowered {
        let place = self.place(schemas);
        self.lower_place(&place, depth)
    }

    fn lower_place(&mut self, place: &Place<'a>, depth: usize) -> Lowered {
        let parts = &place.parts;
        self.nodes += parts.len().max(1);
        self.bytes += parts.iter().map(Part::weight).sum::<usize>();
        match &place.end {
            Some(End::Recursive(reference)) => return self.refer(reference, parts),
            Some(End::Unknown) => {
                for part in parts {
                    self.lose(part.path.clone(), LossKind::Dropped);
                }
                return self.anything(parts);
            }
            None => {}
        }
        if self.nodes > MOST_NODES || self.bytes > MOST_BYTES || self.stack.len() > MOST_ENTERED {
            if let Some(first) = parts.first() {
                self.lose(first.path.clone(), LossKind::Dropped);
            }
            return self.anything(&[]);
        }
        let before = self.stack.len();
        self.stack.extend(&place.entered);
        let lowered = self.whole(parts, depth);
        self.stack.truncate(before);
        lowered
    }

    fn whole(&mut self, parts: &[Part<'a>], depth: usize) -> Lowered {
        match union_of(parts) {
            Some((index, keyword)) => self.union(parts, index, keyword, depth),
            None if self.dialect.is_open() => self.open(parts, depth),
            None => self.typed(parts, depth),
        }
    }

    fn refer(&mut self, reference: &'a str, parts: &[Part<'a>]) -> Lowered {
        for part in parts {
            for (keyword, _) in part.keywords() {
                if !matches!(
                    keyword.as_str(),
                    "description" | "title" | "$defs" | "default" | "examples"
                ) {
                    self.lose(part.at(keyword), LossKind::Dropped);
                }
            }
        }
        let name = self.definition(reference);
        let mut lowered = Lowered::new(json!({ "$ref": format!("#/$defs/{name}") }), parts);
        if lowered.description.is_some() {
            // A reference stands alone.
            let reference = std::mem::take(&mut lowered.schema);
            lowered.schema.insert("anyOf".into(), json!([reference]));
        }
        lowered.form = Form::Reference(name);
        lowered
    }

    fn definition(&mut self, reference: &'a str) -> String {
        let mut known = self.definitions.iter();
        if let Some(known) = known.find(|known| known.reference == reference) {
            return known.name.clone();
        }
        let last = reference.rsplit('/').next().unwrap_or_default();
        let mut used: HashSet<_> = self
            .definitions
            .iter()
            .map(|known| known.name.clone())
            .collect();
        let name = crate::name::property(last.trim_start_matches('#'), &mut used);
        self.definitions.push(Definition {
            reference,
            name: name.clone(),
            lowered: None,
        });
        name
    }

    fn lower_definitions(&mut self) {
        while let Some(index) = self
            .definitions
            .iter()
            .position(|known| known.lowered.is_none())
        {
            let reference = self.definitions[index].reference;
            let schema = self.document.target(reference).unwrap_or(&Value::Null);
            let path = reference.trim_start_matches('#').to_owned();
            let lowered = self.lower(&[(path, schema)], 1).finish(self.dialect);
            self.definitions[index].lowered = Some(lowered);
        }
    }

    fn anything(&mut self, parts: &[Part<'a>]) -> Lowered {
        if self.dialect.is_open() {
            return Lowered::new(json!({}), parts);
        }
        self.text_of("Any JSON value, as JSON text.", parts)
    }

    /// A value that can only be given as JSON text.
    fn text_of(&mut self, what: &str, parts: &[Part<'a>]) -> Lowered {
        let kind = self.kind("string");
        let mut lowered = Lowered::new(json!({ "type": kind }), parts);
        lowered.form = Form::Json;
        lowered.say(what);
        for part in parts {
            for keyword in ["default", "examples"] {
                if let Some(value) = part.get(keyword) {
                    self.describe(&mut lowered, part, keyword, value);
                }
            }
        }
        lowered
    }

    fn kind(&self, name: &str) -> String {
        if self.dialect.is_gemini() {
            name.to_uppercase()
        } else {
            name.to_owned()
        }
    }

    /// Adds what is no rule: defaults, examples, and that something is deprecated.
    fn annotate(&mut self, lowered: &mut Lowered, parts: &[Part<'a>]) {
        for part in parts {
            for keyword in ["default", "examples"] {
                let value = part.get(keyword).filter(|value| !value.is_null());
                let Some(value) = value else { continue };
                if self.dialect.is_open() {
                    let before = lowered.schema.get(keyword);
                    if before.is_none() {
                        lowered.schema.insert(keyword.into(), value.clone());
                    }
                } else {
                    self.describe(lowered, part, keyword, value);
                }
            }
            if part.get("deprecated") == Some(&Value::Bool(true)) {
                if self.dialect.is_open() {
                    lowered.schema.insert("deprecated".into(), true.into());
                } else {
                    lowered.say("Deprecated.");
                }
            }
        }
    }

    fn child(part: &Part<'a>, keyword: &str, name: &str) -> String {
        within(&part.at(keyword), name)
    }
}
