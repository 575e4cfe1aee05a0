//! JSON whose objects have each member once: others that read the text may take another one of two.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use crate::echo::Echo;

/// What watches a text being read, and may end that by an error.
pub trait Watch {
    /// A value begins, of any type.
    ///
    /// # Errors
    ///
    /// If nothing more shall be read.
    fn value<E: Error>(&self) -> Result<(), E> {
        Ok(())
    }

    /// A list or object begins, whose parts are so deep.
    ///
    /// # Errors
    ///
    /// If that is too deep.
    fn enter<E: Error>(&self, _depth: usize) -> Result<(), E> {
        Ok(())
    }

    /// The member of an object could not be read; `depth` is how many lists and objects surround the object.
    fn failed_in(&self, _name: &str, _depth: usize) {}

    /// Returns the error for a member that its object has already.
    fn repeated<E: Error>(&self, name: &str) -> E {
        E::custom(format_args!(
            "`{}` is given twice in one object",
            Echo(name)
        ))
    }
}

impl Watch for () {}

/// Reads a value while it is watched.
#[derive(Debug)]
pub struct Strict<'w, W> {
    watch: &'w W,
    /// How many lists and objects surround it.
    depth: usize,
}

impl<'w, W> Strict<'w, W> {
    /// Reads a whole text.
    pub fn new(watch: &'w W) -> Self {
        Self { watch, depth: 0 }
    }
}

/// Reads a text.
///
/// ```
/// use plugwright_sdk::host::strict;
///
/// assert_eq!(strict::from_str(r#"{"a": [1]}"#)?, serde_json::json!({"a": [1]}));
/// assert!(strict::from_str(r#"{"a": 1, "a": 2}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
///
/// If it is no JSON, or has an object with a member twice.
pub fn from_str(text: &str) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict::new(&()).deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

impl<'de, W: Watch> DeserializeSeed<'de> for Strict<'_, W> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.watch.value()?;
        reader.deserialize_any(self)
    }
}

impl<'de, W: Watch> Visitor<'de> for Strict<'_, W> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let Self { watch, depth } = self;
        let depth = depth + 1;
        watch.enter(depth)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict { watch, depth })? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let Self { watch, depth } = self;
        let within = depth + 1;
        watch.enter(within)?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let seed = Strict {
                watch,
                depth: within,
            };
            let member = members
                .next_value_seed(seed)
                .inspect_err(|_| watch.failed_in(&name, depth))?;
            match object.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(member);
                }
                Entry::Occupied(place) => return Err(watch.repeated(place.key())),
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_member_that_is_given_twice_is_refused() {
        for text in [r#"{"x":1,"x":1}"#, r#"[{"a":{"x":1,"\u0078":2}}]"#] {
            let error = from_str(text).unwrap_err().to_string();
            assert!(
                error.starts_with("`x` is given twice in one object"),
                "{error}"
            );
        }
        assert!(from_str(r#"{"x":{"x":1}}"#).is_ok());
        for text in ["", "1 2", "[1", &"[".repeat(1000)] {
            assert!(from_str(text).is_err());
        }
    }

    proptest! {
        #[test]
        fn all_else_is_read_as_ever(text in r#"[\[\]{}:,"0-9.eE+a-]{0,12}"#) {
            if let Ok(read) = from_str(&text) {
                let expected: Value = serde_json::from_str(&text).unwrap();
                prop_assert_eq!(read, expected);
            }
        }
    }
}
