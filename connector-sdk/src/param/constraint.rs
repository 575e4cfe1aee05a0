//! Rules that one attribute states: written into the schema and checked from the same data.

use std::fmt;
use std::sync::OnceLock;

use regex::Regex;
use serde_json::{Number, Value, json};

use super::decode::Shown;
use super::{Format, JsonObject, Kind};
use crate::nearest;
use crate::text::fail;

/// A rule on a value beyond its type.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Constraint {
    /// A number within bounds; `exclusive` leaves the maximum itself out.
    Range {
        /// The smallest value allowed.
        min: Option<f64>,
        /// The largest value allowed, or the first one that is not.
        max: Option<f64>,
        /// Whether `max` itself is refused.
        exclusive: bool,
    },
    /// The number of code points of a text, of items of a list, or of members of a map.
    Length {
        /// The shortest allowed.
        min: Option<u32>,
        /// The longest allowed.
        max: Option<u32>,
    },
    /// A text that matches somewhere.
    Pattern(fn() -> &'static Pattern),
    /// A text of a standard form.
    Format(Format),
    /// One of these texts.
    OneOf(&'static [&'static str]),
}

impl Constraint {
    /// Fails to compile if a rule does not apply to the type.
    ///
    /// # Panics
    ///
    /// At compile time only, with the rule and the type.
    #[track_caller]
    pub const fn assert_fit(constraints: &[Self], kind: Kind) {
        let mut index = 0;
        while index < constraints.len() {
            constraints[index].assert_fits(kind);
            index += 1;
        }
    }

    #[track_caller]
    const fn assert_fits(&self, kind: Kind) {
        let is_text = matches!(kind, Kind::String);
        let (rule, fits, instead) = match self {
            Self::Range { .. } => (
                "`range` applies to numbers",
                matches!(kind, Kind::Integer | Kind::Number),
                "; for strings and lists use `length`",
            ),
            Self::Length { .. } => (
                "`length` applies to strings and lists",
                matches!(kind, Kind::String | Kind::Array | Kind::Object),
                "; for numbers use `range`",
            ),
            Self::Pattern(_) => ("`pattern` applies to strings", is_text, ""),
            Self::Format(_) => ("`format` applies to strings", is_text, ""),
            Self::OneOf(_) => ("`options` applies to strings", is_text, ""),
        };
        if !fits {
            fail(&[
                rule,
                ", but this parameter is of type ",
                kind.as_str(),
                instead,
            ]);
        }
    }

    /// Returns the smallest and the largest value that rules on a number allow.
    pub(crate) fn bounds(constraints: &[Self]) -> [Option<f64>; 2] {
        let range = constraints.iter().find_map(|constraint| match constraint {
            Self::Range {
                min,
                max,
                exclusive,
            } => Some([*min, max.filter(|_| !exclusive)]),
            _ => None,
        });
        range.unwrap_or_default()
    }

    /// Returns what is wrong with `value`. A value of another type is not this rule's business.
    pub(crate) fn fault(&self, value: &Value) -> Option<String> {
        match self {
            Self::Range {
                min,
                max,
                exclusive,
            } => {
                let number = value.as_f64()?;
                let low = min.is_some_and(|min| number < min);
                let high = max.is_some_and(|max| {
                    if *exclusive {
                        number >= max
                    } else {
                        number > max
                    }
                });
                (low || high).then(|| format!("must be {self}, not {value}"))
            }
            Self::Length { min, max } => {
                let length = match value {
                    Value::String(text) => text.chars().count(),
                    Value::Array(items) => items.len(),
                    Value::Object(members) => members.len(),
                    _ => return None,
                };
                let length = u64::try_from(length).unwrap_or(u64::MAX);
                let short = min.is_some_and(|min| length < u64::from(min));
                let long = max.is_some_and(|max| length > u64::from(max));
                let unit = match value {
                    Value::String(_) => "characters",
                    Value::Array(_) => "items",
                    _ => "members",
                };
                (short || long).then(|| format!("must have {self} {unit}, not {length}"))
            }
            Self::Pattern(pattern) => {
                let text = value.as_str()?;
                (!pattern().matches(text))
                    .then(|| format!("must match {self}, not {}", Shown(value)))
            }
            Self::Format(format) => {
                let text = value.as_str()?;
                (!format.accepts(text)).then(|| format!("must be {self}, not {}", Shown(value)))
            }
            Self::OneOf(options) => {
                let text = value.as_str()?;
                (!options.contains(&text)).then(|| format!("must be {self}, not {}", Shown(value)))
            }
        }
    }

    pub(crate) fn publish(&self, schema: &mut JsonObject) {
        match self {
            Self::Range {
                min,
                max,
                exclusive,
            } => {
                tighten(schema, "minimum", *min, f64::max);
                if *exclusive {
                    tighten(schema, "exclusiveMaximum", *max, f64::min);
                } else {
                    tighten(schema, "maximum", *max, f64::min);
                }
            }
            Self::Length { min, max } => {
                let (least, most) = match schema.get("type").and_then(Value::as_str) {
                    Some("array") => ("minItems", "maxItems"),
                    Some("object") => ("minProperties", "maxProperties"),
                    _ => ("minLength", "maxLength"),
                };
                tighten(schema, least, min.map(f64::from), f64::max);
                tighten(schema, most, max.map(f64::from), f64::min);
            }
            Self::Pattern(pattern) => {
                // A type may have a pattern of its own; both hold.
                let own = json!(pattern().as_str());
                match schema.get("pattern") {
                    Some(_) => all_of(schema, json!({ "pattern": own })),
                    None => drop(schema.insert("pattern".into(), own)),
                }
            }
            Self::Format(format) => {
                let own = json!(format.as_str());
                match schema.get("format") {
                    Some(_) => all_of(schema, json!({ "format": own })),
                    None => drop(schema.insert("format".into(), own)),
                }
                if let Some(pattern) = format.pattern() {
                    all_of(schema, json!({ "pattern": pattern }));
                }
            }
            Self::OneOf(options) => {
                let kept: Vec<_> = match schema.get("enum").and_then(Value::as_array) {
                    Some(before) => options
                        .iter()
                        .copied()
                        .filter(|option| before.iter().any(|value| value == option))
                        .collect(),
                    None => options.to_vec(),
                };
                schema.insert("enum".into(), json!(kept));
            }
        }
    }
}

fn all_of(schema: &mut JsonObject, rule: Value) {
    let rules = schema.entry("allOf").or_insert_with(|| json!([]));
    if let Some(rules) = rules.as_array_mut() {
        rules.push(rule);
    }
}

/// Writes a bound unless the schema has a tighter one already.
fn tighten(
    schema: &mut JsonObject,
    keyword: &str,
    bound: Option<f64>,
    choose: fn(f64, f64) -> f64,
) {
    let Some(bound) = bound else { return };
    let bound = match schema.get(keyword).and_then(Value::as_f64) {
        Some(before) => choose(before, bound),
        None => bound,
    };
    schema.insert(keyword.into(), number(bound));
}

/// Returns a JSON number, written as a whole one where it is.
pub(crate) fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
    if value.fract() == 0.0 && value.abs() < 9.0e15 {
        Value::from(value as i64)
    } else {
        Number::from_f64(value).map_or(Value::Null, Value::Number)
    }
}

impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range {
                min,
                max,
                exclusive,
            } => match (min, max) {
                (Some(min), Some(max)) if *exclusive => write!(f, "at least {min} and below {max}"),
                (Some(min), Some(max)) => write!(f, "between {min} and {max}"),
                (Some(min), None) => write!(f, "at least {min}"),
                (None, Some(max)) if *exclusive => write!(f, "below {max}"),
                (None, Some(max)) => write!(f, "at most {max}"),
                (None, None) => f.write_str("a number"),
            },
            Self::Length { min, max } => match (min, max) {
                (Some(min), Some(max)) if min == max => write!(f, "{min}"),
                (Some(min), Some(max)) => write!(f, "{min} to {max}"),
                (Some(min), None) => write!(f, "at least {min}"),
                (None, Some(max)) => write!(f, "at most {max}"),
                (None, None) => f.write_str("any number of"),
            },
            Self::Pattern(pattern) => write!(f, "the pattern `{}`", pattern().as_str()),
            Self::Format(format) => f.write_str(format.meaning()),
            Self::OneOf(options) => {
                write!(f, "one of {}", nearest::list(options.iter().copied()))
            }
        }
    }
}

/// A regular expression in the subset that ECMA-262 and Rust read alike.
///
/// Literals, groups, alternation, the anchors `^` and `$`, quantifiers, and classes of listed
/// characters (`[^/\n]`). Not `.`, `\d`, `\w`, `\s`, `\b`, look-around or back-references, whose
/// meanings differ. The macros refuse anything else.
#[derive(Debug)]
pub struct Pattern {
    text: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Makes a pattern; the macros have checked that it is in the subset.
    pub const fn new(text: &'static str) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
        }
    }

    /// Returns the expression as published.
    pub const fn as_str(&self) -> &'static str {
        self.text
    }

    /// Returns whether the pattern matches somewhere in `text`. A pattern that does not compile
    /// matches nothing.
    pub fn matches(&self, text: &str) -> bool {
        self.compiled
            .get_or_init(|| Regex::new(self.text).ok())
            .as_ref()
            .is_some_and(|regex| regex.is_match(text))
    }
}
