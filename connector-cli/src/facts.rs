//! Facts about an action, for every output format.

use plugwright_sdk::host::{Effect, ReconcileBy};
use serde_json::Value;

use crate::info::ActionInfo;
use crate::{output, schema};

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    /// Its type in words.
    pub(crate) kind: String,
    pub(crate) required: bool,
    /// The default as JSON.
    pub(crate) default: Option<String>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) deprecated: bool,
    /// Paragraphs, one per line.
    pub(crate) description: String,
}

/// A constraint on the values of a parameter.
#[derive(Debug, PartialEq)]
pub(crate) enum Limit {
    OneOf(Vec<String>),
    Words(String),
    Keyword(&'static str, String),
}

#[derive(Debug)]
pub(crate) struct Field {
    /// The path to use with `--fields`.
    pub(crate) path: String,
    /// Its type in words.
    pub(crate) kind: String,
    /// Paragraphs, one per line.
    pub(crate) description: String,
}

/// Returns the rules over several parameters, in words.
pub(crate) fn rules(info: &ActionInfo) -> Option<&str> {
    info.input_schema.get("description").and_then(Value::as_str)
}

/// Lists the scopes that an action needs, each written by `name`.
pub(crate) fn scopes(info: &ActionInfo, name: impl Fn(&str) -> String) -> String {
    let any_of = |names: &Vec<String>| {
        let names: Vec<_> = names.iter().map(|scope| name(scope)).collect();
        names.join(" or ")
    };
    let scopes: Vec<_> = info.scopes.iter().map(any_of).collect();
    scopes.join(", ")
}

pub(crate) fn effect(info: &ActionInfo) -> String {
    let reconciled = info.reconciles_by.map_or("", |by| match by {
        ReconcileBy::Key => ", reconciled by key",
        ReconcileBy::Natural => ", reconciled by natural key",
    });
    match (info.effect, info.idempotent) {
        (Effect::Read, _) => "read".to_owned(),
        (effect, true) => format!("{effect}, idempotent"),
        (effect, false) => format!("{effect}, not idempotent{reconciled}"),
    }
}

pub(crate) fn parameters(info: &ActionInfo) -> Vec<Parameter> {
    let input = &info.input_schema;
    let describe = |(name, property): (&String, &Value)| {
        let description = property.get("description").and_then(Value::as_str);
        Parameter {
            kind: schema::type_name(input, property),
            required: schema::requires(input, name),
            default: property.get("default").map(output::json::compact),
            limits: limits(input, property),
            deprecated: property.get("deprecated") == Some(&Value::Bool(true)),
            description: paragraphs(description.unwrap_or_default()),
            name: name.clone(),
        }
    };
    let properties = input.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(describe).collect()
}

fn paragraphs(text: &str) -> String {
    let lines: Vec<_> = text.lines().filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn limits(root: &Value, property: &Value) -> Vec<Limit> {
    let allowed: Vec<_> = schema::allowed(root, property)
        .iter()
        .map(|value| {
            value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned)
        })
        .collect();
    let mut limits = Vec::new();
    if !allowed.is_empty() {
        limits.push(Limit::OneOf(allowed));
    }
    let number = |keyword: &str| property.get(keyword).and_then(Value::as_f64);
    // The bounds of the integer types themselves are not worth mentioning.
    let telling = |bound: f64| bound.abs() < f64::from(i32::MAX);
    for (low, high, unit) in [
        ("minimum", "maximum", ""),
        ("minLength", "maxLength", " characters"),
        ("minItems", "maxItems", " items"),
    ] {
        match (number(low), number(high).filter(|bound| telling(*bound))) {
            (Some(low), Some(high)) => limits.push(Limit::Words(format!("{low} to {high}{unit}"))),
            (Some(low), None) if low != 0.0 && telling(low) => {
                let unit = if low < 2.0 {
                    unit.trim_end_matches('s')
                } else {
                    unit
                };
                limits.push(Limit::Words(format!("at least {low}{unit}")));
            }
            (None, Some(high)) => limits.push(Limit::Words(format!("at most {high}{unit}"))),
            _ => {}
        }
    }
    if let Some(below) = number("exclusiveMaximum") {
        limits.push(Limit::Words(format!("below {below}")));
    }
    if schema::is_file(property) {
        // All files share the same pattern, which is only for machines.
        return limits;
    }
    for keyword in ["format", "pattern"] {
        if let Some(rule) = property.get(keyword).and_then(Value::as_str) {
            limits.push(Limit::Keyword(keyword, rule.to_owned()));
        }
    }
    limits
}

/// How deep nested fields are listed.
const DEEPEST: usize = 3;

pub(crate) fn fields(info: &ActionInfo) -> Vec<Field> {
    let output = &info.output_schema;
    let mut fields = Vec::new();
    collect(output, output, "", 0, &mut fields);
    fields
}

fn collect(root: &Value, place: &Value, above: &str, depth: usize, fields: &mut Vec<Field>) {
    for (name, member) in
        plugwright_sdk::schema::properties(root, plugwright_sdk::schema::element(root, place))
    {
        let path = if above.is_empty() {
            name.to_owned()
        } else {
            format!("{above}.{name}")
        };
        let description = member
            .get("description")
            .or_else(|| plugwright_sdk::schema::resolve(root, member).get("description"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        fields.push(Field {
            path: path.clone(),
            kind: schema::type_name(root, member),
            description: paragraphs(description),
        });
        if depth + 1 < DEEPEST {
            collect(root, member, &path, depth + 1, fields);
        }
    }
}
