//! Rules over several parameters of one object: which of them are given together.

use std::fmt;

use serde_json::{Value, json};

use super::{At, JsonObject, ParamEntry};
use crate::text::capitalized;

/// A rule over several parameters, by their names on the wire.
///
/// A parameter is given if the input has it, and not as a `null` that counts as absent. Like a rule on
/// one parameter, it is written into the schema and checked by the decoder from the same data.
///
/// | Rule | In the schema |
/// | --- | --- |
/// | `ExactlyOne` | `oneOf` with a `required` for each |
/// | `AtMostOne` | `not` with a `required` for each two |
/// | `AllOrNone`, `Requires` | `dependentRequired` |
///
/// The schema's `description` says each of them in words, for readers that drop these keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// One of them is given, and no other.
    ExactlyOne(&'static [&'static str]),
    /// Two of them are never given together.
    AtMostOne(&'static [&'static str]),
    /// Either all of them are given or none is.
    AllOrNone(&'static [&'static str]),
    /// Where the first is given, all others are.
    Requires(&'static [&'static str]),
}

impl Rule {
    pub(crate) fn check_all(
        rules: &[Self],
        entries: &[ParamEntry],
        given: &dyn Fn(&str) -> bool,
        at: &mut At<'_>,
    ) {
        for rule in rules {
            rule.check(given, at);
        }
        for entry in entries {
            if let ParamEntry::Flatten(fields) = entry {
                Self::check_all(fields.rules(), fields.entries(), given, at);
            }
        }
    }

    /// Reports what breaks the rule to the parameter that has to change.
    fn check(self, given: &dyn Fn(&str) -> bool, at: &mut At<'_>) {
        let mut missing = |names: &[&str]| {
            for name in names.iter().filter(|name| !given(name)) {
                at.member(name, |at| {
                    at.fault::<()>(format_args!("is missing: {self}"))
                });
            }
        };
        match self {
            Self::ExactlyOne(names) | Self::AtMostOne(names) => {
                let mut present = names.iter().filter(|name| given(name));
                match (present.next(), present.next()) {
                    (Some(first), Some(second)) => {
                        at.member(second, |at| {
                            at.fault::<()>(format_args!(
                                "can't be given together with `{first}`: {self}"
                            ))
                        });
                    }
                    (None, _) if matches!(self, Self::ExactlyOne(_)) => missing(&names[..1]),
                    _ => {}
                }
            }
            Self::AllOrNone(names) => {
                if names.iter().any(|name| given(name)) {
                    missing(names);
                }
            }
            Self::Requires(names) => {
                if names.first().is_some_and(|name| given(name)) {
                    missing(names);
                }
            }
        }
    }

    pub(crate) fn publish(rules: &[Self], entries: &[ParamEntry], schema: &mut JsonObject) {
        let mut all = Vec::new();
        collect(rules, entries, &mut all);
        if all.is_empty() {
            return;
        }
        let sentences: Vec<_> = all.iter().map(|rule| rule.sentence()).collect();
        schema.insert("description".into(), sentences.join(" ").into());
        let mut dependent = JsonObject::new();
        let mut parts = Vec::new();
        for rule in all {
            rule.add_to(&mut dependent, &mut parts);
        }
        if !dependent.is_empty() {
            schema.insert("dependentRequired".into(), dependent.into());
        }
        if parts.len() > 1 {
            schema.insert("allOf".into(), parts.into());
        } else {
            schema.extend(parts.into_iter().flat_map(|part| match part {
                Value::Object(part) => part,
                _ => JsonObject::new(),
            }));
        }
    }

    fn add_to(self, dependent: &mut JsonObject, parts: &mut Vec<Value>) {
        match self {
            Self::ExactlyOne(names) => {
                let each = names.iter().map(|name| json!({ "required": [name] }));
                parts.push(json!({ "oneOf": each.collect::<Vec<_>>() }));
            }
            Self::AtMostOne(names) => {
                for (index, name) in names.iter().enumerate() {
                    let others = names[index + 1..].iter();
                    parts.extend(
                        others.map(|other| json!({ "not": { "required": [name, other] } })),
                    );
                }
            }
            Self::AllOrNone(names) => {
                for name in names {
                    let others = names.iter().filter(|other| *other != name);
                    depend(dependent, name, others);
                }
            }
            Self::Requires(names) => {
                if let Some((name, others)) = names.split_first() {
                    depend(dependent, name, others.iter());
                }
            }
        }
    }

    fn sentence(self) -> String {
        format!("{}.", capitalized(&self.to_string()))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ExactlyOne(names) => write!(f, "exactly one of {} is required", Names(names)),
            Self::AtMostOne(names) => write!(f, "at most one of {} is allowed", Names(names)),
            Self::AllOrNone(names) => {
                write!(f, "{} are given together or not at all", Names(names))
            }
            Self::Requires([name, others @ ..]) => write!(f, "`{name}` requires {}", Names(others)),
            Self::Requires([]) => Ok(()),
        }
    }
}

struct Names<'a>(&'a [&'a str]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, name) in self.0.iter().enumerate() {
            let separator = match self.0.len() - index {
                _ if index == 0 => "",
                1 => " and ",
                _ => ", ",
            };
            write!(f, "{separator}`{name}`")?;
        }
        Ok(())
    }
}

fn collect(rules: &[Rule], entries: &[ParamEntry], all: &mut Vec<Rule>) {
    all.extend(rules);
    for entry in entries {
        if let ParamEntry::Flatten(fields) = entry {
            collect(fields.rules(), fields.entries(), all);
        }
    }
}

fn depend<'a>(dependent: &mut JsonObject, name: &str, others: impl Iterator<Item = &'a &'a str>) {
    let entry = dependent.entry(name).or_insert_with(|| json!([]));
    if let Value::Array(names) = entry {
        for other in others {
            if !names.iter().any(|name| name == other) {
                names.push((*other).into());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn published(rules: &[Rule]) -> Value {
        let mut schema = JsonObject::new();
        Rule::publish(rules, &[], &mut schema);
        schema.into()
    }

    #[test]
    fn each_rule_has_its_keyword_and_its_words() {
        assert_eq!(
            published(&[Rule::ExactlyOne(&["a", "b"])]),
            json!({
                "description": "Exactly one of `a` and `b` is required.",
                "oneOf": [{ "required": ["a"] }, { "required": ["b"] }],
            })
        );
        assert_eq!(
            published(&[Rule::AtMostOne(&["a", "b"])]),
            json!({
                "description": "At most one of `a` and `b` is allowed.",
                "not": { "required": ["a", "b"] },
            })
        );
        assert_eq!(
            published(&[Rule::AllOrNone(&["a", "b", "c"])]),
            json!({
                "description": "`a`, `b` and `c` are given together or not at all.",
                "dependentRequired": { "a": ["b", "c"], "b": ["a", "c"], "c": ["a", "b"] },
            })
        );
        assert_eq!(
            published(&[Rule::Requires(&["a", "b"])]),
            json!({
                "description": "`a` requires `b`.",
                "dependentRequired": { "a": ["b"] },
            })
        );
        assert_eq!(published(&[]), json!({}));
    }

    #[test]
    fn rules_that_meet_in_one_keyword_hold_all() {
        assert_eq!(
            published(&[
                Rule::AtMostOne(&["a", "b", "c"]),
                Rule::ExactlyOne(&["d", "e"]),
                Rule::Requires(&["a", "d"]),
                Rule::AllOrNone(&["a", "d"]),
            ]),
            json!({
                "description": "At most one of `a`, `b` and `c` is allowed. Exactly one of `d` and \
                    `e` is required. `a` requires `d`. `a` and `d` are given together or not at all.",
                "dependentRequired": { "a": ["d"], "d": ["a"] },
                "allOf": [
                    { "not": { "required": ["a", "b"] } },
                    { "not": { "required": ["a", "c"] } },
                    { "not": { "required": ["b", "c"] } },
                    { "oneOf": [{ "required": ["d"] }, { "required": ["e"] }] },
                ],
            })
        );
    }
}
