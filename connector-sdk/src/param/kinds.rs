//! [`Param`] for the types of the standard library and of JSON.

use std::collections::BTreeMap;

use serde_json::{Number, Value, json};

use super::{At, JsonObject, Kind, Param};

fn schema(kind: Kind) -> JsonObject {
    JsonObject::from_iter([("type".to_owned(), kind.as_str().into())])
}

macro_rules! plain {
    ($($type:ident $kind:ident $variant:ident;)*) => {$(
        impl Param for $type {
            const KIND: Kind = Kind::$kind;

            fn schema() -> JsonObject {
                schema(Self::KIND)
            }

            fn decode(value: Value, at: &mut At<'_>) -> Option<Self> {
                match value {
                    Value::$variant(value) => Some(value),
                    other => at.wrong_type(Self::KIND, &other),
                }
            }

            fn encode(&self) -> Value {
                Value::$variant(self.to_owned())
            }
        }
    )*};
}

plain! {
    String String String;
    bool Boolean Bool;
    JsonObject Object Object;
}

impl Param for f64 {
    const KIND: Kind = Kind::Number;

    fn schema() -> JsonObject {
        schema(Self::KIND)
    }

    fn decode(value: Value, at: &mut At<'_>) -> Option<Self> {
        match value.as_f64() {
            Some(number) => Some(number),
            None => at.wrong_type(Self::KIND, &value),
        }
    }

    fn encode(&self) -> Value {
        Number::from_f64(*self).map_or(Value::Null, Value::Number)
    }
}

/// The largest integer that every JSON implementation keeps exactly (RFC 7493, section 2.2):
/// 2^53 - 1. Longer numbers, such as some ids, are taken as text.
const MAX_SAFE: i64 = 9_007_199_254_740_991;

/// Reads an integer, also when it is written as `1.0` or `1e3`.
fn integer(value: &Value) -> Option<i64> {
    if let Some(whole) = value.as_i64() {
        return Some(whole);
    }
    let number = value.as_f64()?;
    #[expect(clippy::cast_possible_truncation, reason = "whole and within 2^53")]
    #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
    (number.fract() == 0.0 && number.abs() <= MAX_SAFE as f64).then_some(number as i64)
}

macro_rules! integers {
    ($($type:ident $min:expr, $max:expr;)*) => {$(
        impl Param for $type {
            const KIND: Kind = Kind::Integer;

            fn schema() -> JsonObject {
                let mut schema = schema(Self::KIND);
                schema.insert("minimum".into(), json!($min));
                schema.insert("maximum".into(), json!($max));
                schema
            }

            fn decode(value: Value, at: &mut At<'_>) -> Option<Self> {
                let (min, max) = ($min, $max);
                let whole = integer(&value).filter(|whole| {
                    i64::try_from(min).is_ok_and(|min| *whole >= min)
                        && i64::try_from(max).is_ok_and(|max| *whole <= max)
                });
                match whole.and_then(|whole| Self::try_from(whole).ok()) {
                    Some(number) => Some(number),
                    None if value.as_f64().is_some_and(|number| number.fract() == 0.0) => {
                        at.out_of_bounds([json!(min), json!(max)], &value)
                    }
                    None => at.wrong_type(Self::KIND, &value),
                }
            }

            fn encode(&self) -> Value {
                (*self).into()
            }
        }
    )*};
}

integers! {
    i8 i8::MIN, i8::MAX;
    i16 i16::MIN, i16::MAX;
    i32 i32::MIN, i32::MAX;
    i64 -MAX_SAFE, MAX_SAFE;
    u8 u8::MIN, u8::MAX;
    u16 u16::MIN, u16::MAX;
    u32 u32::MIN, u32::MAX;
    u64 0_i64, MAX_SAFE;
}

impl<T: Param> Param for Vec<T> {
    const KIND: Kind = Kind::Array;
    const DEPTH_IF_NOT_RECURSIVE: usize = T::DEPTH_IF_NOT_RECURSIVE + 1;

    fn schema() -> JsonObject {
        let mut schema = schema(Self::KIND);
        schema.insert("items".into(), T::schema().into());
        schema
    }

    fn decode(value: Value, at: &mut At<'_>) -> Option<Self> {
        let Value::Array(items) = value else {
            return at.wrong_type(Self::KIND, &value);
        };
        // Every item is looked at, so that all faults are reported at once.
        let mut decoded = Some(Self::with_capacity(items.len()));
        for (index, item) in items.into_iter().enumerate() {
            if decoded.is_none() && at.stops() {
                break;
            }
            match (at.item(index, |at| T::decode(item, at)), &mut decoded) {
                (Some(item), Some(decoded)) => decoded.push(item),
                _ => decoded = None,
            }
        }
        decoded
    }

    fn encode(&self) -> Value {
        self.iter().map(Param::encode).collect()
    }
}

impl<T: Param> Param for BTreeMap<String, T> {
    const KIND: Kind = Kind::Object;
    const DEPTH_IF_NOT_RECURSIVE: usize = T::DEPTH_IF_NOT_RECURSIVE + 1;

    fn schema() -> JsonObject {
        let mut schema = schema(Self::KIND);
        schema.insert("additionalProperties".into(), T::schema().into());
        schema
    }

    fn decode(value: Value, at: &mut At<'_>) -> Option<Self> {
        let Value::Object(members) = value else {
            return at.wrong_type(Self::KIND, &value);
        };
        let mut decoded = Some(Self::new());
        for (name, member) in members {
            if decoded.is_none() && at.stops() {
                break;
            }
            match (at.member(&name, |at| T::decode(member, at)), &mut decoded) {
                (Some(member), Some(decoded)) => drop(decoded.insert(name, member)),
                _ => decoded = None,
            }
        }
        decoded
    }

    fn encode(&self) -> Value {
        self.iter()
            .map(|(name, member)| (name.clone(), member.encode()))
            .collect::<JsonObject>()
            .into()
    }
}

impl Param for Value {
    const KIND: Kind = Kind::Any;

    fn schema() -> JsonObject {
        JsonObject::new()
    }

    fn decode(value: Value, _: &mut At<'_>) -> Option<Self> {
        Some(value)
    }

    fn encode(&self) -> Value {
        self.clone()
    }
}
