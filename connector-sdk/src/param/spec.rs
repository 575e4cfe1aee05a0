//! The definition of a parameter, as the macros generate it.

use serde::Serialize;
use serde_json::{Value, json};

use super::{ArgumentType, Constraint, Decoder, JsonObject, Params, Rule, Take, put_at};

/// One parameter, as the macros describe it.
#[derive(Clone, Copy, Debug)]
pub struct ParamSpec {
    /// Its type, `<T as Argument>::TYPE`.
    pub of: ArgumentType,
    /// Name on the wire.
    pub name: &'static str,
    /// Description.
    pub description: &'static str,
    /// Rules beyond the type.
    pub constraints: &'static [Constraint],
    /// Makes the value that holds when it is left out, if not that of the type.
    pub default: Option<fn() -> Value>,
    /// Makes an example, if not that of the type.
    pub example: Option<fn() -> Value>,
    /// Why it should no longer be used, and what to use instead.
    pub deprecated: Option<&'static str>,
}

impl ParamSpec {
    const fn required(&self) -> bool {
        self.of.required && self.default().is_none()
    }

    pub(crate) const fn default(&self) -> Option<fn() -> Value> {
        match self.default {
            None => self.of.default,
            own => own,
        }
    }

    fn property(&self) -> JsonObject {
        let mut schema = (self.of.schema)();
        for constraint in self.constraints {
            constraint.publish(&mut schema);
        }
        let description = match schema.get("description").and_then(Value::as_str) {
            Some(of_type) => format!("{}\n\n{of_type}", self.description),
            None => self.description.to_owned(),
        };
        schema.insert("description".into(), description.into());
        if self.of.nullable {
            crate::schema::allow_null(&mut schema);
        }
        if let Some(default) = self.default() {
            schema.insert("default".into(), default());
        }
        if let Some(example) = self.example.or(self.of.example) {
            schema.insert("examples".into(), json!([example()]));
        }
        if self.deprecated.is_some() {
            schema.insert("deprecated".into(), true.into());
        }
        schema
    }
}

/// A parameter, or the parameters of a flattened struct.
#[derive(Clone, Copy, Debug)]
pub enum ParamEntry {
    /// One parameter.
    One(ParamSpec),
    /// Those of a struct.
    Flatten(Fields),
}

/// The parameters of a flattened struct.
#[derive(Clone, Copy, Debug)]
pub struct Fields {
    entries: &'static [ParamEntry],
    rules: &'static [Rule],
    take: Take,
}

impl Fields {
    pub(crate) const fn of<T: Params>() -> Self {
        Self {
            entries: T::ENTRIES,
            rules: T::RULES,
            take: |decoder, place| put_at(place, T::take(decoder)),
        }
    }

    pub(crate) const fn entries(&self) -> &'static [ParamEntry] {
        self.entries
    }

    pub(crate) const fn rules(&self) -> &'static [Rule] {
        self.rules
    }
}

impl ParamEntry {
    pub(crate) fn take<T: 'static>(&self, decoder: &mut Decoder<'_>) -> Option<T> {
        let take = match self {
            Self::One(spec) => spec.of.take,
            Self::Flatten(fields) => fields.take,
        };
        let mut place: Option<T> = None;
        take(decoder, &mut place);
        place
    }

    /// Walks over all parameters, flattened ones in their place.
    pub fn specs(entries: &[Self]) -> Box<dyn Iterator<Item = &ParamSpec> + '_> {
        Box::new(entries.iter().flat_map(|entry| match entry {
            Self::One(spec) => Box::new(std::iter::once(spec)) as Box<dyn Iterator<Item = _>>,
            Self::Flatten(fields) => Self::specs(fields.entries),
        }))
    }

    pub(crate) fn find<'a>(entries: &'a [Self], name: &str) -> Option<&'a ParamSpec> {
        entries.iter().find_map(|entry| match entry {
            Self::One(spec) => (spec.name == name).then_some(spec),
            Self::Flatten(fields) => Self::find(fields.entries, name),
        })
    }

    /// Returns the name if it is that of a parameter that may be left out, and else refuses to
    /// compile.
    #[track_caller]
    pub(crate) const fn assert_optional(entries: &[Self], name: &'static str) -> &'static str {
        match find_const(entries, name) {
            Some(spec) => spec.of.assert_optional(name),
            None => crate::text::fail(&[
                "`",
                name,
                "` is neither a parameter nor a field of a flattened struct",
            ]),
        }
    }

    /// Refuses to compile if two parameters have the same name.
    ///
    /// # Panics
    ///
    /// At compile time only, with the name that is used twice.
    #[track_caller]
    pub const fn assert_distinct(entries: &[Self]) {
        let mut index = 0;
        while index < entries.len() {
            let mut other = index + 1;
            while other < entries.len() {
                assert_apart(&entries[index], &entries[other]);
                other += 1;
            }
            index += 1;
        }
    }
}

const fn find_const<'a>(entries: &'a [ParamEntry], name: &str) -> Option<&'a ParamSpec> {
    let mut index = 0;
    while index < entries.len() {
        match &entries[index] {
            ParamEntry::One(spec) => {
                if crate::text::equal(spec.name, name) {
                    return Some(spec);
                }
            }
            ParamEntry::Flatten(fields) => {
                if let Some(spec) = find_const(fields.entries, name) {
                    return Some(spec);
                }
            }
        }
        index += 1;
    }
    None
}

#[track_caller]
const fn assert_apart(left: &ParamEntry, right: &ParamEntry) {
    match (left, right) {
        (ParamEntry::One(left), ParamEntry::One(right)) => {
            if crate::text::equal(left.name, right.name) {
                crate::text::fail(&[
                    "parameter `",
                    left.name,
                    "` is defined twice; rename one of them",
                ]);
            }
        }
        (ParamEntry::Flatten(fields), other) | (other, ParamEntry::Flatten(fields)) => {
            let entries = fields.entries;
            let mut index = 0;
            while index < entries.len() {
                assert_apart(&entries[index], other);
                index += 1;
            }
        }
    }
}

/// The flat view of a parameter that short listings show; the JSON Schema is the full truth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ParamDefinition {
    /// Name on the wire.
    pub name: String,
    /// JSON type: `string`, `integer`, `number`, `boolean`, `array`, `object` or `any`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether a call without it is refused.
    pub required: bool,
    /// What it is.
    pub description: String,
    /// The value that holds when it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
}

pub(crate) fn definitions(entries: &[ParamEntry]) -> Vec<ParamDefinition> {
    ParamEntry::specs(entries)
        .map(|spec| ParamDefinition {
            name: spec.name.to_owned(),
            kind: spec.of.kind.as_str().to_owned(),
            required: spec.required(),
            description: spec.description.to_owned(),
            default: spec.default().map(|default| default()),
        })
        .collect()
}

/// Returns the schema of an object that has these parameters and no others, by these rules.
pub(crate) fn object_schema(entries: &[ParamEntry], rules: &[Rule]) -> JsonObject {
    let mut properties = JsonObject::new();
    let mut definitions = JsonObject::new();
    let mut required = Vec::new();
    for spec in ParamEntry::specs(entries) {
        let mut property = spec.property();
        // A type with a schema written by hand brings them along; references look at the root.
        if let Some(Value::Object(own)) = property.remove("$defs") {
            definitions.extend(own);
        }
        properties.insert(spec.name.to_owned(), property.into());
        if spec.required() {
            required.push(Value::from(spec.name));
        }
    }
    let mut schema = JsonObject::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.insert("additionalProperties".into(), false.into());
    if !definitions.is_empty() {
        schema.insert("$defs".into(), definitions.into());
    }
    Rule::publish(rules, entries, &mut schema);
    schema
}
