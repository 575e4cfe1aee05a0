//! JSON with a budget: parsing stops at the first value that exceeds it.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::map::Entry;
use serde_json::{Map, Number, Value};
use tokio_util::sync::CancellationToken;

/// How many values are parsed between two checks for a disconnected client.
const STRIDE: usize = 4096;

/// How much JSON is allowed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Most values of any type, nested ones included.
    pub(crate) values: usize,
    /// Most levels of lists and objects.
    pub(crate) depth: usize,
}

/// Why JSON was not parsed.
#[derive(Debug)]
pub(crate) enum JsonError {
    /// It is not JSON.
    Syntax(serde_json::Error),
    /// There are too many values.
    Values,
    /// It is nested too deeply, in this member of the outermost object if in any.
    Depth(Option<String>),
    /// An object has a member of this name twice.
    Repeated(String),
    /// The client has disconnected.
    Stopped,
}

/// Parses JSON, and returns it with its number of values. Members that are repeated are refused: others
/// that read the text may take another of them.
pub(crate) fn read(
    bytes: &[u8],
    budget: Budget,
    stop: Option<&CancellationToken>,
) -> Result<(Value, usize), JsonError> {
    let meter = Meter {
        budget,
        spent: Cell::new(0),
        stop,
        end: RefCell::new(None),
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let made = ValueSeed::at(&meter, 0)
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match (made, meter.end.into_inner()) {
        (Ok(value), _) => Ok((value, meter.spent.get())),
        (Err(_), Some(end)) => Err(end),
        (Err(error), None) => Err(JsonError::Syntax(error)),
    }
}

/// Counts values.
struct Meter<'a> {
    budget: Budget,
    spent: Cell<usize>,
    stop: Option<&'a CancellationToken>,
    /// Why parsing stopped, unless it was a syntax error.
    end: RefCell<Option<JsonError>>,
}

impl Meter<'_> {
    fn spend<E: Error>(&self) -> Result<(), E> {
        let spent = self.spent.get();
        if spent >= self.budget.values {
            return self.end_with(JsonError::Values);
        }
        self.spent.set(spent + 1);
        let is_stopped = CancellationToken::is_cancelled;
        if spent % STRIDE == STRIDE - 1 && self.stop.is_some_and(is_stopped) {
            return self.end_with(JsonError::Stopped);
        }
        Ok(())
    }

    fn enter<E: Error>(&self, depth: usize) -> Result<(), E> {
        if depth > self.budget.depth {
            return self.end_with(JsonError::Depth(None));
        }
        Ok(())
    }

    fn end_with<E: Error>(&self, end: JsonError) -> Result<(), E> {
        *self.end.borrow_mut() = Some(end);
        Err(E::custom("over budget"))
    }

    /// Records the member of the outermost object that is nested too deeply.
    fn ended_in(&self, name: &str) {
        if let Some(JsonError::Depth(place @ None)) = &mut *self.end.borrow_mut() {
            // An empty name would not help.
            *place = Some(name.to_owned()).filter(|name| !name.is_empty());
        }
    }
}

/// Parses one value.
struct ValueSeed<'m> {
    meter: &'m Meter<'m>,
    /// How many lists and objects surround it.
    depth: usize,
}

impl<'m> ValueSeed<'m> {
    fn at(meter: &'m Meter<'m>, depth: usize) -> Self {
        Self { meter, depth }
    }
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        self.meter.spend()?;
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
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
        let number = Number::from_f64(value).map_or(Value::Null, Value::Number);
        Ok(number)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let depth = self.depth + 1;
        self.meter.enter(depth)?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(ValueSeed::at(self.meter, depth))? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let depth = self.depth + 1;
        self.meter.enter(depth)?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let member = members
                .next_value_seed(ValueSeed::at(self.meter, depth))
                .inspect_err(|_| {
                    if self.depth == 0 {
                        self.meter.ended_in(&name);
                    }
                })?;
            match object.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(member);
                }
                Entry::Occupied(place) => {
                    let name = place.key().clone();
                    self.meter.end_with(JsonError::Repeated(name))?;
                }
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests;
