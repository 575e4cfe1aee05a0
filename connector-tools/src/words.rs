//! Keywords in words, for schemas that can't have them.

use serde_json::{Map, Value, json};

/// A part of a schema is quoted up to this length.
const LONGEST: usize = 300;

const MOST_VALUES: usize = 60;

/// Returns what a keyword says; `None` if it is too long to be said. `beside` returns the keywords beside
/// it.
pub(crate) fn of<'a>(
    keyword: &str,
    value: &Value,
    beside: impl Fn(&str) -> Option<&'a Value>,
) -> Option<String> {
    let counted = |unit: &str| match value.as_u64() {
        Some(1) => format!("1 {unit}"),
        _ => format!("{value} {unit}s"),
    };
    let text = value.as_str();
    Some(match keyword {
        "minLength" => format!("At least {}.", counted("character")),
        "maxLength" => format!("At most {}.", counted("character")),
        "minItems" => format!("At least {}.", counted("item")),
        "maxItems" => format!("At most {}.", counted("item")),
        "minProperties" => format!("At least {}.", counted("member")),
        "maxProperties" => format!("At most {}.", counted("member")),
        "minimum" => format!("At least {value}."),
        "maximum" => format!("At most {value}."),
        "exclusiveMinimum" => format!("More than {value}."),
        "exclusiveMaximum" => format!("Less than {value}."),
        "multipleOf" => format!("A multiple of {value}."),
        "uniqueItems" => "No item twice.".to_owned(),
        "pattern" => format!("Matches the regular expression {}.", code(text?)?),
        "format" => format!("Format: {}.", text?),
        "enum" => {
            let values = value.as_array()?;
            one_of(values)?
        }
        "const" => format!("Always {}.", code(&value.to_string())?),
        "default" => format!("Default: {}.", code(&value.to_string())?),
        "examples" => format!(
            "Example: {}.",
            code(&value.as_array()?.first()?.to_string())?
        ),
        "dependentRequired" => {
            let rules = value.as_object()?.iter();
            let rules = rules.filter_map(|(name, others)| {
                let others = strings(others);
                let says = || Some(format!("`{name}` requires {}.", listed(&others, "and")));
                (!others.is_empty()).then(says)?
            });
            rules.collect::<Vec<_>>().join(" ")
        }
        "oneOf" if choices(value).is_some() => choice("Exactly", &choices(value)?),
        "anyOf" if choices(value).is_some() => choice("At least", &choices(value)?),
        "not" if excluded(value).is_some() => {
            format!(
                "At most one of {} is allowed.",
                listed(&excluded(value)?, "and")
            )
        }
        "if" => {
            let parts = ["if", "then", "else"];
            let parts = parts
                .iter()
                .filter_map(|name| Some(((*name).to_owned(), beside(name)?.clone())));
            satisfies(&parts.collect::<Map<_, _>>().into())?
        }
        _ => satisfies(&json!({ keyword: value }))?,
    })
}

/// Says that a value has to satisfy a schema; `None` if that is too long to be quoted, or has
/// references.
pub(crate) fn satisfies(schema: &Value) -> Option<String> {
    let text = schema.to_string();
    let quoted = (!text.contains("\"$ref\"")).then(|| code(&text))??;
    Some(format!("Satisfies the JSON Schema {quoted}."))
}

fn one_of(values: &[Value]) -> Option<String> {
    let shown: Option<Vec<_>> = values
        .iter()
        .take(MOST_VALUES)
        .map(|value| code(&value.to_string()))
        .collect();
    let more = values.len().saturating_sub(MOST_VALUES);
    Some(match more {
        0 => format!("One of {}.", shown?.join(", ")),
        _ => format!("One of {} or {more} others.", shown?.join(", ")),
    })
}

fn code(text: &str) -> Option<String> {
    if text.len() > LONGEST {
        return None;
    }
    let mark = if text.contains('`') { "``" } else { "`" };
    Some(format!("{mark}{text}{mark}"))
}

fn strings(list: &Value) -> Vec<&str> {
    let items = list.as_array().into_iter().flatten();
    items.filter_map(Value::as_str).collect()
}

pub(crate) fn listed(names: &[&str], last: &str) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

fn choice(how_many: &str, choices: &[Vec<&str>]) -> String {
    if choices.iter().all(|names| names.len() == 1) {
        let names: Vec<_> = choices.iter().flatten().copied().collect();
        return format!("{how_many} one of {} is required.", listed(&names, "and"));
    }
    let sets: Vec<_> = choices.iter().map(|names| listed(names, "with")).collect();
    format!("{how_many} one of these is required: {}.", sets.join("; "))
}

/// Returns which members each alternative requires, if alternatives say nothing else.
pub(crate) fn choices(alternatives: &Value) -> Option<Vec<Vec<&str>>> {
    let names = |alternative| {
        let names = required_only(alternative)?;
        (!names.is_empty()).then_some(names)
    };
    alternatives.as_array()?.iter().map(names).collect()
}

/// Returns the members that are not given together, if a schema says nothing else.
fn excluded(not: &Value) -> Option<Vec<&str>> {
    required_only(not).filter(|names| names.len() == 2)
}

fn required_only(schema: &Value) -> Option<Vec<&str>> {
    let object = schema.as_object()?;
    let says_more =
        |keyword: &String| !matches!(keyword.as_str(), "required" | "description" | "title");
    (!object.keys().any(says_more)).then(|| object.get("required").map(strings))?
}

/// Returns whether a text already says what a rule over members does: it has all of their names.
pub(crate) fn names_all(text: &str, keyword: &str, rule: &Value) -> bool {
    let mut names = Vec::new();
    match keyword {
        "not" => names.extend(excluded(rule).into_iter().flatten()),
        "oneOf" | "anyOf" => names.extend(choices(rule).into_iter().flatten().flatten()),
        "dependentRequired" => {
            for (name, others) in rule.as_object().into_iter().flatten() {
                names.push(name.as_str());
                names.extend(strings(others));
            }
        }
        _ => {}
    }
    !names.is_empty() && names.iter().all(|name| text.contains(&format!("`{name}`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_sentences() {
        for (schema, expected) in [
            (json!({ "minLength": 1 }), "At least 1 character."),
            (json!({ "maxItems": 3 }), "At most 3 items."),
            (
                json!({ "pattern": "^`" }),
                "Matches the regular expression ``^```.",
            ),
            (json!({ "enum": [1, 2] }), "One of `1`, `2`."),
            (
                json!({ "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] }),
                "Exactly one of `a` and `b` is required.",
            ),
            (
                json!({ "anyOf": [{ "required": ["a", "b"] }, { "required": ["c"] }] }),
                "At least one of these is required: `a` with `b`; `c`.",
            ),
            (
                json!({ "not": { "required": ["a", "b"] } }),
                "At most one of `a` and `b` is allowed.",
            ),
            (
                json!({ "dependentRequired": { "a": ["b", "c"] } }),
                "`a` requires `b` and `c`.",
            ),
            (
                json!({ "not": { "type": "string" } }),
                "Satisfies the JSON Schema `{\"not\":{\"type\":\"string\"}}`.",
            ),
        ] {
            let object = schema.as_object().unwrap();
            let (keyword, value) = object.iter().next().unwrap();
            let found = of(keyword, value, |name| object.get(name));
            assert_eq!(found.as_deref(), Some(expected));
        }
        let long = json!({ "pattern": "x".repeat(400) });
        assert_eq!(of("pattern", &long["pattern"], |_| None), None);
    }
}
