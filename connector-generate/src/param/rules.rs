//! Rules on parameters: limits, formats, patterns and the provider's defaults.

use plugwright_sdk::Value;
use plugwright_sdk::host::word_list;
use plugwright_sdk::schema::example;
use serde_json::Map;

use super::{ParamType, View};
use crate::schema::values;

/// Formats that the SDK checks.
const FORMATS: &[&str] = &["date", "date-time", "email", "uri", "uuid", "ipv4", "ipv6"];

/// The largest whole number that all implementations of JSON agree on.
const LARGEST: i64 = (1 << 53) - 1;

const LIMITS: &[&str] = &word_list::<12>(include_str!("../../words/limit_keywords.txt"));

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Rules {
    /// As `#[param(..)]` has them.
    pub(crate) keys: Vec<String>,
    pub(crate) default: Option<Value>,
    /// The same as a schema.
    limits: Map<String, Value>,
}

impl Rules {
    pub(crate) fn of(view: &View<'_>, ty: &ParamType, may_have_default: bool) -> Self {
        let rules = view.rules;
        let mut keys = Vec::new();
        match ty {
            ParamType::Integer(name) => keys.extend(range(rules, name)),
            ParamType::Number => keys.extend(number_range(rules)),
            ParamType::Text => {
                keys.extend(length(rules, "minLength", "maxLength"));
                let format = rules.get("format").and_then(Value::as_str);
                if let Some(format) = format.filter(|format| FORMATS.contains(format)) {
                    keys.push(format!("format = {format:?}"));
                } else if let Some(pattern) = pattern(rules) {
                    keys.push(format!("pattern = {}", crate::rust::text(pattern)));
                }
            }
            ParamType::List(_) => keys.extend(length(rules, "minItems", "maxItems")),
            ParamType::Map(_) => keys.extend(length(rules, "minProperties", "maxProperties")),
            _ => {}
        }
        let default = rules.get("default").filter(|_| may_have_default);
        let default = default.filter(|value| fits(rules, ty, value));
        let limits = LIMITS
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), rules.get(*name)?.clone())));
        Self {
            keys,
            default: default.cloned(),
            limits: limits.collect(),
        }
    }

    pub(crate) fn allow(&self, value: &Value) -> bool {
        let schema = Value::Object(self.limits.clone());
        jsonschema::options()
            .should_validate_formats(true)
            .build(&schema)
            .is_ok_and(|schema| schema.is_valid(value))
    }

    /// Makes a value of a type of JSON Schema that keeps the rules.
    pub(crate) fn sample(&self, kind: &str) -> Value {
        let mut schema = self.limits.clone();
        schema.insert("type".to_owned(), kind.into());
        example::of(&schema.into())
    }
}

/// Returns the type of whole numbers between the limits.
pub(super) fn integer(rules: &Value) -> &'static str {
    match bounds(rules) {
        (Some(least), Some(most)) if least >= 0 && most <= i64::from(u32::MAX) => "u32",
        (Some(least), _) if least >= 0 => "u64",
        _ => "i64",
    }
}

fn bounds(rules: &Value) -> (Option<i64>, Option<i64>) {
    let whole = |name: &str| {
        let value = rules.get(name)?;
        value.as_i64().or_else(|| {
            let float = value.as_f64().filter(|float| float.fract() == 0.0)?;
            #[expect(clippy::cast_possible_truncation, reason = "it saturates")]
            let whole = float as i64;
            Some(whole)
        })
    };
    let least = whole("minimum").or_else(|| Some(whole("exclusiveMinimum")?.saturating_add(1)));
    let most = whole("maximum").or_else(|| Some(whole("exclusiveMaximum")?.saturating_sub(1)));
    (
        least.filter(|least| *least > -LARGEST),
        most.filter(|most| *most < LARGEST),
    )
}

fn range(rules: &Value, name: &str) -> Option<String> {
    let (least, most) = bounds(rules);
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        return None;
    }
    let natural = match name {
        "u32" => (Some(0), Some(i64::from(u32::MAX))),
        "u64" => (Some(0), None),
        _ => (None, None),
    };
    let least = least.filter(|_| least != natural.0);
    let most = most.filter(|_| most != natural.1);
    written(least.map(grouped), most.map(grouped)).map(|bounds| format!("range({bounds})"))
}

pub(crate) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    if digits.len() < 6 {
        return number.to_string();
    }
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push('_');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

fn number_range(rules: &Value) -> Option<String> {
    let bound = |name: &str| {
        let float = rules
            .get(name)?
            .as_f64()
            .filter(|float| float.abs() < 1e12)?;
        Some(format!("{float:?}"))
    };
    written(bound("minimum"), bound("maximum")).map(|bounds| format!("range({bounds})"))
}

fn length(rules: &Value, least: &str, most: &str) -> Option<String> {
    let bound = |name: &str| {
        let bound = rules.get(name)?.as_u64()?;
        // Beyond this it says nothing.
        i64::try_from(bound)
            .ok()
            .filter(|bound| *bound < 1_000_000_000)
    };
    let least = bound(least).filter(|least| *least > 0);
    let most = bound(most);
    if let (Some(least), Some(most)) = (least, most)
        && least > most
    {
        return None;
    }
    written(least.map(grouped), most.map(grouped)).map(|bounds| format!("length({bounds})"))
}

fn written(least: Option<String>, most: Option<String>) -> Option<String> {
    match (least, most) {
        (None, None) => None,
        (Some(least), None) => Some(format!("{least}..")),
        (None, Some(most)) => Some(format!("..={most}")),
        (Some(least), Some(most)) if least == most => Some(least),
        (Some(least), Some(most)) => Some(format!("{least}..={most}")),
    }
}

fn pattern(rules: &Value) -> Option<&str> {
    let pattern = rules.get("pattern")?.as_str()?;
    let compiled = regex::Regex::new(pattern).ok()?;
    let made = example::of(rules);
    let matches = made.as_str().is_some_and(|text| compiled.is_match(text));
    (is_common(pattern) && matches).then_some(pattern)
}

/// Returns whether ECMA-262 and Rust read a pattern alike; some that they do are refused as well.
fn is_common(pattern: &str) -> bool {
    let mut letters = pattern.chars().peekable();
    let mut in_class = false;
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(escaped)
                    if escaped.is_ascii_alphanumeric() || matches!(escaped, '<' | '>') =>
                {
                    return false;
                }
                None => return false,
                _ => {}
            },
            '[' if in_class => return false,
            '[' => in_class = true,
            ']' => in_class = false,
            '.' if !in_class => return false,
            '(' if !in_class && letters.peek() == Some(&'?') => return false,
            '&' | '~' if in_class && letters.peek() == Some(&letter) => return false,
            '-' if in_class && letters.peek() == Some(&'-') => return false,
            _ => {}
        }
    }
    !in_class
}

fn fits(rules: &Value, ty: &ParamType, value: &Value) -> bool {
    let right_type = match ty {
        ParamType::Text => value.as_str().is_some_and(|text| !text.is_empty()),
        ParamType::Enum(_) => value
            .as_str()
            .is_some_and(|text| !text.is_empty() && values(rules).contains(&text)),
        ParamType::Flag => value.is_boolean(),
        ParamType::Integer(name) => value
            .as_i64()
            .is_some_and(|number| !name.starts_with('u') || number >= 0),
        ParamType::Number => value.is_number(),
        _ => false,
    };
    right_type && jsonschema::validator_for(rules).is_ok_and(|rules| rules.is_valid(value))
}

pub(crate) fn is_portable(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::json;

    use super::*;

    #[test]
    fn limits_are_written_as_ranges() {
        for (rules, ty, expected) in [
            (
                json!({ "minimum": 1, "maximum": 100 }),
                "u32",
                Some("range(1..=100)"),
            ),
            (json!({ "minimum": 0, "maximum": u32::MAX }), "u32", None),
            (json!({ "minimum": 0 }), "u64", None),
            (
                json!({ "minimum": 0, "maximum": 5_000_000_000_i64 }),
                "u64",
                Some("range(..=5_000_000_000)"),
            ),
            (json!({ "minimum": 0, "maximum": i64::MAX }), "u64", None),
            (json!({ "exclusiveMinimum": 0 }), "u64", Some("range(1..)")),
            (
                json!({ "minimum": -1_500_000 }),
                "i64",
                Some("range(-1_500_000..)"),
            ),
            (json!({}), "i64", None),
        ] {
            assert_eq!(integer(&rules), ty, "{rules}");
            assert_eq!(range(&rules, ty).as_deref(), expected, "{rules}");
        }
        assert_eq!(
            length(&json!({ "maxItems": 3 }), "minItems", "maxItems").as_deref(),
            Some("length(..=3)")
        );
    }

    #[test]
    fn only_patterns_that_all_read_alike_are_kept() {
        for (pattern, kept) in [
            ("^[a-z]{2,3}$", true),
            (r"^a\.b$", true),
            (r"^\d+$", false),
            ("^.+$", false),
            ("(?i)a", false),
        ] {
            assert_eq!(is_common(pattern), kept, "{pattern}");
        }
    }
}
