//! Taking an input object apart, with every fault reported at once.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Argument, Constraint, JsonObject, Kind, Param, ParamEntry, ParamSpec, Params};
use crate::error::{ActionError, Fault};
use crate::nearest;

/// Where decoding stands in the input, and what it found wrong so far.
pub struct At<'a> {
    path: String,
    faults: &'a mut Vec<Fault>,
}

impl<'a> At<'a> {
    pub(crate) fn root(faults: &'a mut Vec<Fault>) -> Self {
        Self {
            path: String::new(),
            faults,
        }
    }

    /// Reports a fault here; `message` continues the parameter's name. Always `None`.
    pub fn fault<T>(&mut self, message: impl Into<String>) -> Option<T> {
        self.faults.push(Fault {
            param: if self.path.is_empty() {
                "input".to_owned()
            } else {
                self.path.clone()
            },
            message: message.into(),
        });
        None
    }

    /// Reports that a value of another JSON type was expected here. Always `None`.
    pub fn wrong_type<T>(&mut self, expected: Kind, got: &Value) -> Option<T> {
        self.fault(format!(
            "must be {}, not {}",
            with_article(expected),
            shown(got)
        ))
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
        self.path.push_str(name);
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
        let decoded = T::decode(value, self);
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
    /// Starts with an object: members that `entries` do not name are faults.
    pub(crate) fn new(members: JsonObject, entries: &'a [ParamEntry], mut at: At<'a>) -> Self {
        for name in members.keys() {
            if ParamEntry::find(entries, name).is_none() {
                let known: Vec<_> = ParamEntry::specs(entries).map(|spec| spec.name).collect();
                at.member(name, |at| at.fault::<()>(unknown(name, &known)));
            }
        }
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
            None | Some(Value::Null) => match (T::absent(), spec.default) {
                (Some(absent), _) => Some(absent),
                (None, Some(default)) => T::Value::decode(default(), at).map(T::present),
                (None, None) => at.fault(format!("is required: {}", spec.description)),
            },
            Some(value) => at.constrained(value, spec.constraints).map(T::present),
        })
    }

    /// Takes the parameters of a flattened struct.
    pub fn flatten<T: Params>(&mut self) -> Option<T> {
        T::take(self)
    }
}

/// Decodes a struct from an object of its own.
pub(crate) fn nested<T: Params>(value: Value, at: &mut At<'_>) -> Option<T> {
    let Value::Object(members) = value else {
        return at.wrong_type(Kind::Object, &value);
    };
    let before = at.faults.len();
    let inner = At {
        path: at.path.clone(),
        faults: &mut *at.faults,
    };
    let taken = T::take(&mut Decoder::new(members, T::ENTRIES, inner));
    taken.filter(|_| at.faults.len() == before)
}

/// Decodes the input of an action.
pub(crate) fn input<T>(
    input: Value,
    entries: &[ParamEntry],
    take: impl FnOnce(&mut Decoder<'_>) -> Option<T>,
) -> Result<T, ActionError> {
    let members = match input {
        Value::Object(members) => members,
        Value::Null => JsonObject::new(),
        other => {
            return Err(ActionError::invalid_param(
                "input",
                format!("must be an object of parameters, not {}", shown(&other)),
            ));
        }
    };
    let mut faults = Vec::new();
    let taken = take(&mut Decoder::new(members, entries, At::root(&mut faults)));
    match taken {
        Some(taken) if faults.is_empty() => Ok(taken),
        _ => Err(ActionError::invalid(faults)),
    }
}

fn unknown(name: &str, known: &[&'static str]) -> String {
    if known.is_empty() {
        return "is not a parameter; this takes none".to_owned();
    }
    match nearest::names(name, known.iter().copied(), 1).first() {
        Some(near) => format!("is not a parameter; did you mean `{near}`?"),
        None => format!("is not a parameter; allowed: {}", known.join(", ")),
    }
}

fn with_article(kind: Kind) -> String {
    let article = match kind {
        Kind::Integer | Kind::Array | Kind::Object | Kind::Any => "an",
        Kind::String | Kind::Number | Kind::Boolean => "a",
    };
    format!("{article} {}", kind.as_str())
}

/// Returns a short account of a value for messages: its type, and the value itself if it is small.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) if text.chars().count() <= 40 => format!("the string {value}"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
