//! JSON with a budget: reading stops at the first value above it, before there is room for more.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicBool, Ordering};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How many values are read between two looks at whether anybody still waits for them.
const STRIDE: usize = 4096;

/// A member of this name makes `serde_json` read the text beside it as JSON, unseen by any budget.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

/// How much JSON there may be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Most values: texts, numbers, booleans, nulls, lists and objects, in one another too.
    pub(crate) values: usize,
    /// Most lists and objects in one another.
    pub(crate) depth: usize,
}

/// Why bytes were not read.
#[derive(Debug)]
pub(crate) enum JsonError {
    /// They are not JSON.
    Syntax(serde_json::Error),
    /// There are too many values.
    Values,
    /// They are nested too deeply, in this member of the outermost object if it is in one.
    Depth(Option<String>),
    /// Nobody waits for them.
    Stopped,
}

/// Reads JSON and returns it with how many values it has. Of members with the same name, the last
/// counts.
pub(crate) fn read(
    bytes: &[u8],
    budget: Budget,
    stop: Option<&AtomicBool>,
) -> Result<(Value, usize), JsonError> {
    run::<Tree>(bytes, budget, stop)
}

/// Counts the values of JSON that another parser will read, and keeps none of them.
pub(crate) fn count(
    bytes: &[u8],
    budget: Budget,
    stop: Option<&AtomicBool>,
) -> Result<usize, JsonError> {
    run::<Nothing>(bytes, budget, stop).map(|((), values)| values)
}

fn run<M: Make>(
    bytes: &[u8],
    budget: Budget,
    stop: Option<&AtomicBool>,
) -> Result<(M::Value, usize), JsonError> {
    let meter = Meter {
        budget,
        spent: Cell::new(0),
        stop,
        end: RefCell::new(None),
    };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let made = One::<M>::at(&meter, 0)
        .deserialize(&mut reader)
        .and_then(|value| reader.end().map(|()| value));
    match (made, meter.end.into_inner()) {
        (Ok(value), _) => Ok((value, meter.spent.get())),
        (Err(_), Some(end)) => Err(end),
        (Err(error), None) => Err(JsonError::Syntax(error)),
    }
}

/// Counts what is read.
struct Meter<'a> {
    budget: Budget,
    spent: Cell<usize>,
    stop: Option<&'a AtomicBool>,
    /// Why reading ends, if it is for none of the parser's reasons.
    end: RefCell<Option<JsonError>>,
}

impl Meter<'_> {
    fn spend<E: Error>(&self) -> Result<(), E> {
        let spent = self.spent.get();
        if spent >= self.budget.values {
            return self.end_with(JsonError::Values);
        }
        self.spent.set(spent + 1);
        let is_stopped = |stop: &AtomicBool| stop.load(Ordering::Relaxed);
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

    /// Notes in which member of the outermost object the nesting is too deep.
    fn ended_in(&self, name: &str) {
        if let Some(JsonError::Depth(place @ None)) = &mut *self.end.borrow_mut() {
            // Where nothing is made, names are not kept.
            *place = Some(name.to_owned()).filter(|name| !name.is_empty());
        }
    }
}

/// What is made of what is read.
trait Make {
    type Value;
    type List: Default;
    type Object: Default;
    type Name: AsRef<str>;

    fn scalar(value: Value) -> Self::Value;
    fn text(text: &str) -> Self::Value;
    fn name(text: &str) -> Option<Self::Name>;
    fn push(list: &mut Self::List, item: Self::Value);
    fn insert(object: &mut Self::Object, name: Self::Name, member: Self::Value);
    fn list(list: Self::List) -> Self::Value;
    fn object(object: Self::Object) -> Self::Value;
}

/// Makes values.
struct Tree;

impl Make for Tree {
    type Value = Value;
    type List = Vec<Value>;
    type Object = Map<String, Value>;
    type Name = String;

    fn scalar(value: Value) -> Value {
        value
    }

    fn text(text: &str) -> Value {
        text.into()
    }

    fn name(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn push(list: &mut Vec<Value>, item: Value) {
        list.push(item);
    }

    fn insert(object: &mut Map<String, Value>, name: String, member: Value) {
        object.insert(name, member);
    }

    fn list(list: Vec<Value>) -> Value {
        list.into()
    }

    fn object(object: Map<String, Value>) -> Value {
        object.into()
    }
}

/// Makes nothing.
struct Nothing;

impl Make for Nothing {
    type Value = ();
    type List = ();
    type Object = ();
    type Name = &'static str;

    fn scalar(_: Value) {}

    fn text(_: &str) {}

    fn name(text: &str) -> Option<&'static str> {
        (text != RAW_VALUE).then_some("")
    }

    fn push((): &mut (), (): ()) {}

    fn insert((): &mut (), _: &'static str, (): ()) {}

    fn list((): ()) {}

    fn object((): ()) {}
}

/// Reads one value.
struct One<'m, M> {
    meter: &'m Meter<'m>,
    /// How many lists and objects it is in.
    depth: usize,
    make: PhantomData<M>,
}

impl<'m, M> One<'m, M> {
    fn at(meter: &'m Meter<'m>, depth: usize) -> Self {
        Self {
            meter,
            depth,
            make: PhantomData,
        }
    }
}

impl<'de, M: Make> DeserializeSeed<'de> for One<'_, M> {
    type Value = M::Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<M::Value, D::Error> {
        self.meter.spend()?;
        reader.deserialize_any(self)
    }
}

impl<'de, M: Make> Visitor<'de> for One<'_, M> {
    type Value = M::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<M::Value, E> {
        Ok(M::scalar(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<M::Value, E> {
        Ok(M::scalar(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<M::Value, E> {
        Ok(M::scalar(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<M::Value, E> {
        Ok(M::scalar(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<M::Value, E> {
        let number = Number::from_f64(value).map_or(Value::Null, Value::Number);
        Ok(M::scalar(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<M::Value, E> {
        Ok(M::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<M::Value, A::Error> {
        let depth = self.depth + 1;
        self.meter.enter(depth)?;
        let mut list = M::List::default();
        while let Some(item) = items.next_element_seed(One::<M>::at(self.meter, depth))? {
            M::push(&mut list, item);
        }
        Ok(M::list(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<M::Value, A::Error> {
        let depth = self.depth + 1;
        self.meter.enter(depth)?;
        let mut object = M::Object::default();
        while let Some(name) = members.next_key_seed(Name::<M>(PhantomData))? {
            let member = members
                .next_value_seed(One::<M>::at(self.meter, depth))
                .inspect_err(|_| {
                    if self.depth == 0 {
                        self.meter.ended_in(name.as_ref());
                    }
                })?;
            M::insert(&mut object, name, member);
        }
        Ok(M::object(object))
    }
}

/// Reads the name of a member.
struct Name<M>(PhantomData<M>);

impl<'de, M: Make> DeserializeSeed<'de> for Name<M> {
    type Value = M::Name;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<M::Name, D::Error> {
        reader.deserialize_str(self)
    }
}

impl<M: Make> Visitor<'_> for Name<M> {
    type Value = M::Name;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<M::Name, E> {
        M::name(text).ok_or_else(|| E::custom("a member has a name that is reserved"))
    }
}

#[cfg(test)]
mod tests;
