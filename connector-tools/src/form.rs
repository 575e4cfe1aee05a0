//! The way back: from what a model gives to what the action takes.

use serde_json::{Map, Value};

/// How what a model gives for a place differs from what the action takes there.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// Not at all.
    Same,
    /// It is JSON text.
    Json,
    /// It is an object with these members among others.
    Object(Vec<Member>),
    /// It is a list of such items.
    List(Box<Form>),
    /// It is an object whose other members are such.
    Map(Box<Form>),
    /// It is a list of `key` and `value`, for an object.
    Entries(Box<Form>),
    /// It is what one of these schemas takes.
    Any(Vec<(Value, Form)>),
    /// It is the value, or an object that stands for `null`.
    Clear(Box<Form>),
    /// It is what the definition of this name takes.
    Reference(String),
}

#[derive(Clone, Debug)]
pub(crate) struct Member {
    /// The tool's name of it.
    pub(crate) given: String,
    /// The action's name of it.
    pub(crate) name: String,
    pub(crate) form: Form,
    /// Whether `null` stands for nothing.
    pub(crate) is_optional: bool,
    /// Whether the action wants it and `null` would not do.
    pub(crate) is_wanted: bool,
}

impl Member {
    fn is_same(&self) -> bool {
        self.given == self.name && !self.is_optional && matches!(self.form, Form::Same)
    }
}

/// What stands for `null` where `null` stands for nothing.
pub(crate) const CLEAR: &str = "clear";

impl Form {
    pub(crate) fn object(members: Vec<Member>) -> Self {
        if members.iter().all(Member::is_same) {
            Self::Same
        } else {
            Self::Object(members)
        }
    }

    pub(crate) fn list(items: Self) -> Self {
        match items {
            Self::Same => Self::Same,
            items => Self::List(Box::new(items)),
        }
    }

    pub(crate) fn map(values: Self) -> Self {
        match values {
            Self::Same => Self::Same,
            values => Self::Map(Box::new(values)),
        }
    }

    pub(crate) fn any(variants: Vec<(Value, Self)>) -> Self {
        if variants.iter().all(|(_, form)| matches!(form, Self::Same)) {
            Self::Same
        } else {
            Self::Any(variants)
        }
    }

    /// Returns what the action takes. A value of another form stays as it is.
    pub(crate) fn input(&self, definitions: &[(String, Self)], value: Value) -> Value {
        self.followed(definitions, value, 0)
    }

    /// The same, after so many references to the value.
    fn followed(&self, definitions: &[(String, Self)], value: Value, references: usize) -> Value {
        match (self, value) {
            (Self::Json, Value::String(text)) => {
                serde_json::from_str(&text).unwrap_or(Value::String(text))
            }
            (Self::Object(members), Value::Object(given)) => object(members, definitions, given),
            (Self::List(form), Value::Array(items)) => {
                let items = items.into_iter();
                items.map(|item| form.input(definitions, item)).collect()
            }
            (Self::Map(form), Value::Object(members)) => members
                .into_iter()
                .map(|(name, value)| (name, form.input(definitions, value)))
                .collect::<Map<_, _>>()
                .into(),
            (Self::Entries(form), Value::Array(pairs)) => entries(form, definitions, pairs),
            (Self::Any(variants), value) => {
                let mut variants = variants.iter();
                match variants.find(|(schema, _)| fits(schema, &value)) {
                    Some((_, form)) => form.followed(definitions, value, references),
                    None => value,
                }
            }
            (Self::Clear(_), Value::Object(members)) if stands_for_null(&members) => Value::Null,
            (Self::Clear(form), value) => form.followed(definitions, value, references),
            // More than there are definitions lead nowhere else.
            (Self::Reference(_), value) if references > definitions.len() => value,
            (Self::Reference(name), value) => {
                let mut definitions_of_name = definitions.iter();
                match definitions_of_name.find(|(known, _)| known == name) {
                    Some((_, form)) => form.followed(definitions, value, references + 1),
                    None => value,
                }
            }
            (_, value) => value,
        }
    }
}

fn stands_for_null(members: &Map<String, Value>) -> bool {
    members.len() == 1 && members.get(CLEAR) == Some(&Value::Bool(true))
}

fn object(members: &[Member], definitions: &[(String, Form)], given: Map<String, Value>) -> Value {
    let mut input = Map::new();
    for (name, value) in given {
        let Some(member) = members.iter().find(|member| member.given == name) else {
            input.insert(name, value);
            continue;
        };
        if value.is_null() && member.is_optional {
            continue;
        }
        let value = match (&member.form, value) {
            // It would count as absent, so it can only be meant as a text.
            (Form::Json, Value::String(text)) if member.is_wanted && text.trim() == "null" => {
                Value::String(text)
            }
            (form, value) => form.input(definitions, value),
        };
        input.insert(member.name.clone(), value);
    }
    input.into()
}

fn entries(form: &Form, definitions: &[(String, Form)], pairs: Vec<Value>) -> Value {
    let pair = |pair: &Value| {
        Some((
            pair.get("key")?.as_str()?.to_owned(),
            pair.get("value")?.clone(),
        ))
    };
    let read: Option<Vec<_>> = pairs.iter().map(pair).collect();
    let Some(read) = read else {
        return pairs.into();
    };
    let read = read.into_iter();
    read.map(|(name, value)| (name, form.input(definitions, value)))
        .collect::<Map<_, _>>()
        .into()
}

pub(crate) fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Returns whether a schema may be the one that a value was made by: by its type, its values, and the
/// members of an object.
fn fits(schema: &Value, value: &Value) -> bool {
    let kind = kind_of(value);
    let is_kind = |name: &str| {
        name.eq_ignore_ascii_case(kind)
            || (kind == "integer" && name.eq_ignore_ascii_case("number"))
            || (kind == "number"
                && name.eq_ignore_ascii_case("integer")
                && value.as_f64().is_some_and(|number| number.fract() == 0.0))
    };
    let of_kind = match schema.get("type") {
        Some(Value::String(name)) => is_kind(name),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).any(is_kind),
        _ => true,
    };
    let of_values = |schema: &Value, value: &Value| {
        let values = schema.get("enum").and_then(Value::as_array);
        values.is_none_or(|values| values.contains(value))
    };
    if !of_kind || !of_values(schema, value) {
        return false;
    }
    let (Value::Object(members), Some(Value::Object(known))) = (value, schema.get("properties"))
    else {
        return true;
    };
    let required = schema.get("required").and_then(Value::as_array);
    let mut required = required.into_iter().flatten().filter_map(Value::as_str);
    required.all(|name| members.contains_key(name))
        && members.iter().all(|(name, value)| match known.get(name) {
            Some(schema) => of_values(schema, value),
            None => schema
                .get("additionalProperties")
                .is_some_and(|more| more != false),
        })
}
