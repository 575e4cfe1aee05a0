//! Arguments and input types as schemas of the form that documents of OpenAPI 3.1 have.

use std::collections::{BTreeMap, BTreeSet};

use plugwright_sdk::{Value, json};
use serde_json::Map;

use super::scalar;
use super::schema::{Argument, Field, Kind, Schema, TypeRef};

const MOST_ARGUMENTS: usize = 150;

const LONGEST_NAME: usize = 64;

pub(super) const PLACE: &str = "#/components/schemas/";

pub(super) struct Arguments<'s> {
    pub(super) kept: Vec<&'s Argument>,
    pub(super) schema: Value,
    pub(super) notes: Vec<String>,
}

/// Reads the arguments of a field, but for those that `skips` names. Null and nothing differ: null replaces a
/// default, clears what a mutation changes, and is what some queries filter by.
///
/// # Errors
///
/// If one that is required can't be sent.
pub(super) fn arguments<'s>(
    schema: &'s Schema,
    field: &'s Field,
    skips: &[&str],
) -> Result<Arguments<'s>, String> {
    let mut arguments = Arguments {
        kept: Vec::new(),
        schema: Value::Null,
        notes: Vec::new(),
    };
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for own in &field.arguments {
        let name = own.name.as_str();
        if skips.contains(&name) || (own.is_deprecated && !own.is_required()) {
            continue;
        }
        let problem = if arguments.kept.len() >= MOST_ARGUMENTS {
            Some(format!("there are more than {MOST_ARGUMENTS} arguments"))
        } else if name.len() > LONGEST_NAME {
            Some(format!(
                "argument {name} has a name of more than {LONGEST_NAME} bytes"
            ))
        } else {
            let problem = problem(schema, &own.of);
            problem.map(|problem| format!("argument {name}: {problem}"))
        };
        match problem {
            Some(problem) if own.is_required() => return Err(problem),
            Some(problem) => {
                arguments.notes.push(problem);
                continue;
            }
            None => {}
        }
        if own.is_required() {
            required.push(Value::from(name));
        }
        let mut described = described(schema, own);
        if !own.of.is_non_null() {
            described["nullable"] = true.into();
        }
        properties.insert(name.to_owned(), described);
        arguments.kept.push(own);
    }
    arguments.schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        arguments.schema["required"] = required.into();
    }
    Ok(arguments)
}

fn problem(schema: &Schema, of: &TypeRef) -> Option<String> {
    let name = of.name();
    match schema.of(of).map(|own| &own.kind) {
        None => Some(format!("type {name} is not defined")),
        Some(Kind::Scalar) if name == scalar::UPLOAD => Some("files can't be uploaded".to_owned()),
        Some(Kind::Input { .. }) if schema.unusable.contains(name) => {
            Some(format!("{name} requires an unsupported type"))
        }
        Some(Kind::Scalar | Kind::Enum(_) | Kind::Input { .. }) => None,
        Some(Kind::Object(_) | Kind::Interface { .. } | Kind::Union(_)) => {
            Some(format!("{name} is not an input type"))
        }
    }
}

/// Returns the input types that need what can't be sent, such as a file, or that need one that does.
pub(super) fn unusable(schema: &Schema) -> BTreeSet<String> {
    let (mut found, mut waiting) = (BTreeSet::new(), Vec::new());
    // The types that need each type.
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, own) in &schema.types {
        let Kind::Input { fields, .. } = &own.kind else {
            continue;
        };
        for field in fields.iter().filter(|field| field.is_required()) {
            users.entry(field.of.name()).or_default().push(name);
            if problem(schema, &field.of).is_some() {
                waiting.push(name.as_str());
            }
        }
    }
    while let Some(name) = waiting.pop() {
        if found.insert(name.to_owned()) {
            waiting.extend(users.get(name).into_iter().flatten());
        }
    }
    found
}

fn described(schema: &Schema, own: &Argument) -> Value {
    let mut described = value(schema, &own.of);
    if !own.description.is_empty() {
        described["description"] = own.description.as_str().into();
    }
    if let Some(default) = own.default.as_ref().filter(|default| !default.is_null()) {
        described["default"] = default.clone();
    }
    described
}

fn value(schema: &Schema, of: &TypeRef) -> Value {
    match of {
        TypeRef::NonNull(of) => value(schema, of),
        TypeRef::List(item) => json!({ "type": "array", "items": value(schema, item) }),
        TypeRef::Named(name) => match schema.types.get(name) {
            Some(own) if matches!(own.kind, Kind::Scalar) => {
                let mut schema = scalar::schema(name, own);
                if let Some(text) = scalar::description(name, own) {
                    schema["description"] = text.into();
                }
                schema
            }
            Some(_) => json!({ "$ref": format!("{PLACE}{name}") }),
            None => json!({}),
        },
    }
}

pub(super) fn components(schema: &Schema) -> Map<String, Value> {
    let named = schema.types.iter().filter_map(|(name, own)| {
        let mut component = match &own.kind {
            Kind::Enum(values) => json!({ "type": "string", "enum": values }),
            Kind::Input { fields, one_of } => object(schema, fields, *one_of),
            _ => return None,
        };
        if !own.description.is_empty() {
            component["description"] = own.description.as_str().into();
        }
        Some((name.clone(), component))
    });
    named.collect()
}

fn object(schema: &Schema, fields: &[Argument], one_of: bool) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for own in fields {
        if problem(schema, &own.of).is_some() || (own.is_deprecated && !own.is_required()) {
            continue;
        }
        let mut described = described(schema, own);
        if own.is_required() {
            required.push(Value::from(own.name.as_str()));
        } else if !one_of && !own.of.is_non_null() {
            described["nullable"] = true.into();
        }
        properties.insert(own.name.clone(), described);
    }
    let mut object = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if !required.is_empty() {
        object["required"] = required.into();
    }
    if one_of {
        let names = fields.iter().map(|own| own.name.as_str());
        let ways = names.filter(|name| object["properties"].get(name).is_some());
        let ways: Vec<Value> = ways.map(|name| json!({ "required": [name] })).collect();
        object["oneOf"] = ways.into();
    }
    object
}
