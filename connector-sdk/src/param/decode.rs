//! Taking an input object apart, with every fault reported at once.

use std::fmt::{self, Write as _};

use serde_json::Value;

use super::constraint::number;
use super::{Argument, Constraint, JsonObject, Kind, Param, ParamEntry, ParamSpec, Params, Rule};
use crate::echo::Echo;
use crate::error::{ActionError, Faults};
use crate::nearest;

const UNKNOWN: &str = "is not a parameter";
const NONE: &str = "; this takes none";
const ALLOWED: &str = "; allowed: ";

/// Adds to the message about an unknown parameter what else is allowed beside parameters.
pub(crate) fn allow_also(message: &str, names: &[&str]) -> Option<String> {
    let rest = message.strip_prefix(UNKNOWN)?;
    let names = names.join(", ");
    if rest == NONE {
        return Some(format!("{UNKNOWN}{ALLOWED}{names}"));
    }
    rest.starts_with(ALLOWED)
        .then(|| format!("{message}, {names}"))
}

/// The current place in the input, and the faults found so far.
pub struct At<'a> {
    path: String,
    faults: &'a mut Faults,
    /// The smallest and the largest value that a rule allows here.
    bounds: [Option<f64>; 2],
}

impl<'a> At<'a> {
    pub(crate) fn root(faults: &'a mut Faults) -> Self {
        Self {
            path: String::new(),
            faults,
            bounds: [None; 2],
        }
    }

    /// Reports a fault here; `message` continues the parameter's name, and is not written out if
    /// there are enough of them. Always `None`.
    pub fn fault<T>(&mut self, message: impl fmt::Display) -> Option<T> {
        let path = match self.path.as_str() {
            "" => "input",
            path => path,
        };
        self.faults.note(path, message);
        None
    }

    /// Returns whether what else is wrong would not be told, so that a list need not be read to its
    /// end; then notes that it was not.
    pub(crate) fn stops(&mut self) -> bool {
        let is_full = self.faults.is_full();
        if is_full {
            self.faults.stop();
        }
        is_full
    }

    /// Reports that a value of another JSON type was expected here. Always `None`.
    pub fn wrong_type<T>(&mut self, expected: Kind, got: &Value) -> Option<T> {
        self.fault(format_args!(
            "must be {}, not {}",
            with_article(expected),
            Shown(got)
        ))
    }

    /// Reports a number beyond the bounds of its type, with those of the parameter if they are narrower.
    /// Always `None`.
    pub(crate) fn out_of_bounds<T>(&mut self, [min, max]: [Value; 2], got: &Value) -> Option<T> {
        let [low, high] = self.bounds;
        let min = low
            .filter(|low| min.as_f64() < Some(*low))
            .map_or(min, number);
        let max = high
            .filter(|high| Some(*high) < max.as_f64())
            .map_or(max, number);
        self.fault(format_args!("must be between {min} and {max}, not {got}"))
    }

    /// Reports an unknown member; the first time with the list of known ones.
    fn unknown(&mut self, name: &str, entries: &[ParamEntry]) {
        let known = || ParamEntry::specs(entries).map(|spec| spec.name);
        if known().next().is_none() {
            self.fault::<()>(format_args!("{UNKNOWN}{NONE}"));
        } else if let Some(question) = nearest::did_you_mean(name, known()) {
            self.fault::<()>(format_args!("{UNKNOWN}{question}"));
        } else if let Some(list) = self.faults.list(known()) {
            self.fault::<()>(format_args!("{UNKNOWN}{ALLOWED}{list}"));
        } else {
            self.fault::<()>(UNKNOWN);
        }
    }

    pub(crate) fn item<T>(&mut self, index: usize, decode: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        // Writing to a string cannot fail.
        let _ = write!(self.path, "[{index}]");
        let result = decode(self);
        self.path.truncate(length);
        result
    }

    pub(crate) fn member<T>(&mut self, name: &str, decode: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        if name.len() <= Echo::LONGEST {
            self.path.push_str(name);
        } else {
            // A path this long is never shown in full.
            let _ = write!(self.path, "{}", Echo(name));
        }
        let result = decode(self);
        self.path.truncate(length);
        result
    }

    /// Decodes a value that must also keep to `constraints`.
    pub fn constrained<T: Param>(&mut self, value: Value, constraints: &[Constraint]) -> Option<T> {
        let before = self.faults.len();
        for constraint in constraints {
            if let Some(message) = constraint.fault(&value) {
                self.fault::<()>(message);
            }
        }
        let kept = self.faults.len() == before;
        if !kept && value.is_number() {
            // What the type says of its own bounds would contradict the narrower ones.
            return None;
        }
        let bounds = Constraint::bounds(constraints);
        let outer = std::mem::replace(&mut self.bounds, bounds);
        let decoded = T::decode(value, self);
        self.bounds = outer;
        decoded.filter(|_| kept)
    }
}

/// Takes the members of one object, parameter by parameter, in the order of the entries.
pub struct Decoder<'a> {
    members: JsonObject,
    specs: Box<dyn Iterator<Item = &'a ParamSpec> + 'a>,
    at: At<'a>,
}

impl<'a> Decoder<'a> {
    /// Starts with an object: members that `entries` do not name are faults, and so is what breaks
    /// `rules`.
    pub(crate) fn new(
        members: JsonObject,
        entries: &'a [ParamEntry],
        rules: &[Rule],
        mut at: At<'a>,
    ) -> Self {
        let known = ParamEntry::specs(entries)
            .filter(|spec| members.contains_key(spec.name))
            .count();
        let mut unknown = members.len().saturating_sub(known);
        if unknown > 0 {
            for name in members.keys() {
                if at.faults.is_full() || unknown == 0 {
                    break;
                }
                if ParamEntry::find(entries, name).is_none() {
                    unknown -= 1;
                    at.member(name, |at| at.unknown(name, entries));
                }
            }
            at.faults.count(unknown);
        }
        let given = |name: &str| match members.get(name) {
            None => false,
            Some(Value::Null) => {
                ParamEntry::find(entries, name).is_some_and(|spec| spec.of.is_nullable())
            }
            Some(_) => true,
        };
        Rule::check_all(rules, entries, &given, &mut at);
        Self {
            members,
            specs: ParamEntry::specs(entries),
            at,
        }
    }

    /// Takes the next parameter, or its default. An optional one that is not given stays absent:
    /// its default is what the provider does by itself.
    pub fn take<T: Argument>(&mut self) -> Option<T> {
        let Some(spec) = self.specs.next() else {
            return self
                .at
                .fault("has fewer parameters than its function takes");
        };
        let given = self.members.swap_remove(spec.name);
        self.at.member(spec.name, |at| match given {
            Some(Value::Null) if T::NULLABLE => T::null(),
            None | Some(Value::Null) => match (T::absent(), spec.default()) {
                (Some(absent), _) => Some(absent),
                (None, Some(default)) => T::Value::decode(default(), at).map(T::present),
                (None, None) => at.fault(format_args!("is required: {}", spec.description)),
            },
            Some(value) => at.constrained(value, spec.constraints).map(T::present),
        })
    }

    /// Takes the parameters of a flattened struct.
    pub fn flatten<T: Params>(&mut self) -> Option<T> {
        T::take(self)
    }
}

pub(crate) fn nested<T: Params>(value: Value, at: &mut At<'_>) -> Option<T> {
    let Value::Object(members) = value else {
        return at.wrong_type(Kind::Object, &value);
    };
    let before = at.faults.len();
    let inner = At {
        path: at.path.clone(),
        faults: &mut *at.faults,
        bounds: [None; 2],
    };
    let taken = T::take(&mut Decoder::new(members, T::ENTRIES, T::RULES, inner));
    taken.filter(|_| at.faults.len() == before)
}

pub(crate) fn input<T>(
    input: Value,
    entries: &[ParamEntry],
    rules: &[Rule],
    take: impl FnOnce(&mut Decoder<'_>) -> Option<T>,
) -> Result<T, ActionError> {
    let members = match input {
        Value::Object(members) => members,
        Value::Null => JsonObject::new(),
        other => {
            return Err(ActionError::invalid_param(
                "input",
                format!("must be an object of parameters, not {}", Shown(&other)),
            ));
        }
    };
    let mut faults = Faults::new();
    let taken = take(&mut Decoder::new(
        members,
        entries,
        rules,
        At::root(&mut faults),
    ));
    match taken {
        Some(taken) if faults.is_empty() => Ok(taken),
        _ => Err(ActionError::invalid(faults)),
    }
}

fn with_article(kind: Kind) -> String {
    let article = match kind {
        Kind::Integer | Kind::Array | Kind::Object | Kind::Any => "an",
        Kind::String | Kind::Number | Kind::Boolean => "a",
    };
    format!("{article} {}", kind.as_str())
}

/// Shows a value in a message: its type, and the value itself if it is small.
pub(crate) struct Shown<'a>(pub(crate) &'a Value);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("null"),
            Value::Bool(_) | Value::Number(_) => write!(f, "{}", Echo(&self.0.to_string())),
            Value::String(text) if text.chars().nth(40).is_none() => {
                write!(f, "the string {}", Echo(&self.0.to_string()))
            }
            Value::String(_) => f.write_str("a string"),
            Value::Array(_) => f.write_str("an array"),
            Value::Object(_) => f.write_str("an object"),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate as plugwright_sdk;

    /// What a boat is asked for.
    #[derive(Debug, plugwright_sdk::Params)]
    struct Boat {
        /// Its name.
        name: String,
        /// Its flags.
        flags: Option<Vec<u8>>,
        /// Notes on it.
        notes: Option<std::collections::BTreeMap<String, String>>,
    }

    fn decoded(value: Value) -> Result<Boat, ActionError> {
        input(value, Boat::ENTRIES, Boat::RULES, Boat::take)
    }

    /// A page of a book.
    #[derive(Debug, plugwright_sdk::Params)]
    struct Page {
        /// Its number.
        #[param(range(1..))]
        number: u32,
    }

    #[test]
    fn a_number_is_told_the_narrower_bounds_once() {
        let fault = |number: Value| {
            let page = json!({ "number": number });
            let decoded = input(page, Page::ENTRIES, Page::RULES, Page::take);
            decoded.unwrap_err().message().to_owned()
        };
        assert_eq!(fault(json!(-1)), "`number` must be at least 1, not -1");
        assert_eq!(
            fault(json!(4_294_967_296_u64)),
            "`number` must be between 1 and 4294967295, not 4294967296"
        );
    }

    #[test]
    fn unknown_members_are_counted_and_what_is_allowed_is_told_once() {
        let members: JsonObject = (0..100_000)
            .map(|index| (format!("{}{index}", "x".repeat(500)), Value::Null))
            .chain([("name".to_owned(), json!("Vasa"))])
            .collect();
        let error = decoded(members.into()).unwrap_err();
        assert!(error.message().starts_with("100000 problems: "), "{error}");
        assert!(error.message().ends_with(" more"), "{error}");
        assert_eq!(error.message().matches("allowed: ").count(), 1, "{error}");
        assert_eq!(error.faults().len(), Faults::MOST);
        assert!(serde_json::to_string(&error).unwrap().len() < 16 << 10);
    }

    #[test]
    fn faults_of_members_that_are_known_are_told_with_unknown_ones() {
        let error = decoded(json!({ "nam": "Vasa", "flags": [1, "a"] })).unwrap_err();
        assert_eq!(
            error.message(),
            "3 problems: `nam` is not a parameter; did you mean `name`?; \
             `name` is required: Its name.; `flags[1]` must be an integer, not the string \"a\""
        );
    }

    #[test]
    fn lists_and_maps_are_read_no_further_than_faults_are_told() {
        let flags = vec![json!("\u{1}\u{1}"); 100_000];
        let error = decoded(json!({ "name": "Vasa", "flags": flags })).unwrap_err();
        assert!(
            error.message().starts_with("more than 32 problems: "),
            "{error}"
        );
        let notes: JsonObject = (0..100_000)
            .map(|index| (format!("{index}.{}", "n".repeat(300)), json!(1)))
            .collect();
        let error = decoded(json!({ "name": "Vasa", "notes": notes })).unwrap_err();
        assert!(
            error.message().starts_with("more than 32 problems: "),
            "{error}"
        );
        let longest = error
            .faults()
            .iter()
            .map(|fault| fault.param.chars().count())
            .max();
        assert_eq!(longest, Some(100));
    }
}
