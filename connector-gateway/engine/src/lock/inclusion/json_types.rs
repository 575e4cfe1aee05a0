//! The types and listed values of a schema, and which schemas have no value in common.

use serde_json::Value;

use super::Part;

/// References and members that are looked into to tell schemas apart.
const DEEPEST: usize = 8;

/// A set of JSON types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    const NULL: Self = Self(1);
    const BOOLEAN: Self = Self(2);
    const INTEGER: Self = Self(4);
    const FRACTION: Self = Self(8);
    pub(super) const NUMBER: Self = Self(Self::INTEGER.0 | Self::FRACTION.0);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);
    const ALL: Self = Self(127);

    /// Returns the types that the values of a schema can have; `None` if `type` is not one.
    pub(super) fn of(part: Part<'_>) -> Option<Self> {
        let named = match part.get("type") {
            None => Self::ALL,
            Some(Value::Array(names)) => names.iter().try_fold(Self(0), |types, name| {
                Some(Self(types.0 | Self::named(name)?.0))
            })?,
            Some(name) => Self::named(name)?,
        };
        let listed = values(part).map(|values| {
            let types = values.iter().map(|value| Self::of_value(value).0);
            Self(types.fold(0, |all, one| all | one))
        });
        Some(Self(named.0 & listed.unwrap_or(Self::ALL).0))
    }

    fn named(name: &Value) -> Option<Self> {
        Some(match name.as_str()? {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if number.is_f64() => {
                let whole = number.as_f64().is_some_and(|number| number.fract() == 0.0);
                if whole { Self::INTEGER } else { Self::FRACTION }
            }
            Value::Number(_) => Self::INTEGER,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(super) fn include(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Returns whether any of `other` is among these.
    pub(super) fn have(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Returns the only values that a schema can have, if it lists them.
pub(super) fn values(part: Part<'_>) -> Option<&[Value]> {
    match (part.get("const"), part.get("enum")) {
        (Some(only), _) => Some(std::slice::from_ref(only)),
        (None, listed) => listed?.as_array().map(Vec::as_slice),
    }
}

/// Returns whether two schemas plainly have no value in common: by type, by listed values, or by a
/// member that both require.
pub(super) fn apart(one: Part<'_>, other: Part<'_>) -> bool {
    apart_within(one, other, DEEPEST)
}

fn apart_within(one: Part<'_>, other: Part<'_>, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    if let Some(one) = one.target() {
        return apart_within(one, other, depth);
    }
    if let Some(other) = other.target() {
        return apart_within(one, other, depth);
    }
    if let (Some(one), Some(other)) = (Types::of(one), Types::of(other))
        && !one.have(other)
    {
        return true;
    }
    if let (Some(one), Some(other)) = (values(one), values(other)) {
        return texts_are_apart(one, other);
    }
    let only_objects = |part| Types::of(part).is_some_and(|types| Types::OBJECT.include(types));
    only_objects(one)
        && only_objects(other)
        && one.properties().any(|name| {
            let both = one.property(name).zip(other.property(name));
            one.requires(name)
                && other.requires(name)
                && both.is_some_and(|(one, other)| apart_within(one, other, depth))
        })
}

/// Numbers are left out: 1 and 1.0 are one value in two spellings.
fn texts_are_apart(one: &[Value], other: &[Value]) -> bool {
    let texts = |values: &[Value]| values.iter().all(Value::is_string);
    texts(one) && texts(other) && !one.iter().any(|value| other.contains(value))
}
