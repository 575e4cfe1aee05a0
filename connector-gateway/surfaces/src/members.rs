//! Members of bodies and queries. Each body is defined once, by [`Body::read`], which takes its
//! members one by one. The definition both reads requests, with all faults at once, and describes
//! the body in OpenAPI.
//!
//! The SDK's `Params` reads all of a body or nothing. Here the valid members go on to checks that
//! need the store, so that the caller gets those faults too, and `null` is the same as missing.

use std::collections::BTreeMap;

use plugwright_sdk::host::{Echo, Fault, Faults, nearest};
use plugwright_sdk::{ActionError, Patch};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use smallvec::SmallVec;
use url::form_urlencoded;
use uuid::Uuid;

use super::openapi::operation::in_query_each;
use super::openapi::{Api, or_null};
use plugwright_engine::tokens::is_line;
use plugwright_store::Timestamp;

/// A type that is read from an object or a query.
pub(super) trait Body: Sized {
    /// Takes the members. Invalid ones are recorded as faults, and treated as missing.
    fn read(members: &mut Members<'_>) -> Self;
}

pub(super) struct Kind<T> {
    /// Continues "must be".
    must: &'static str,
    schema: fn(&mut Api) -> Value,
    read: fn(Value) -> Option<T>,
    about: &'static str,
}

impl<T> Clone for Kind<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Kind<T> {}

impl<T> Kind<T> {
    pub(super) const fn new(
        must: &'static str,
        schema: fn(&mut Api) -> Value,
        read: fn(Value) -> Option<T>,
    ) -> Self {
        Self {
            must,
            schema,
            read,
            about: "",
        }
    }

    pub(super) fn described(self, api: &mut Api) -> Value {
        let mut schema = (self.schema)(api);
        if !self.about.is_empty() {
            schema["description"] = self.about.into();
        }
        schema
    }

    /// Sets the description.
    pub(super) const fn about(mut self, text: &'static str) -> Self {
        self.about = text;
        self
    }

    /// Replaces the schema by a stricter one, which the user of the value enforces.
    pub(super) const fn schema(mut self, schema: fn(&mut Api) -> Value) -> Self {
        self.schema = schema;
        self
    }

    pub(super) const fn read(mut self, read: fn(Value) -> Option<T>) -> Self {
        self.read = read;
        self
    }

    /// Replaces what messages say it must be.
    pub(super) const fn must(mut self, be: &'static str) -> Self {
        self.must = be;
        self
    }
}

pub(super) const TEXT: Kind<String> = Kind::of("a string");
/// What people call a connection.
pub(super) const LABEL: Kind<String> = TEXT
    .must("a string of at most 200 characters in one line")
    .read(|value| match value {
        Value::String(text) if is_line(&text, 200) => Some(text),
        _ => None,
    });
pub(super) const FLAG: Kind<bool> = Kind::of("true or false");
pub(super) const TEXTS: Kind<Vec<String>> = Kind::of("a list of strings");
pub(super) const SETTINGS: Kind<BTreeMap<String, String>> =
    Kind::of("an object with string values");
pub(super) const TIME: Kind<Timestamp> = Kind::of("a time such as 2027-01-31T12:00:00Z");
pub(super) const UUID: Kind<Uuid> = Kind::of("a UUID");
pub(super) const OBJECT: Kind<Map<String, Value>> = Kind::new(
    "an object",
    |_| json!({ "type": "object" }),
    |value| match value {
        Value::Object(members) => Some(members),
        _ => None,
    },
);
impl<T: DeserializeOwned + JsonSchema> Kind<T> {
    /// Makes the kind of a type.
    const fn of(must: &'static str) -> Self {
        Self::new(must, Api::of::<T>, |value| {
            serde_json::from_value(value).ok()
        })
    }
}

/// Members that are taken one by one: those left at the end are unknown.
pub(super) struct Members<'a> {
    given: Map<String, Value>,
    known: SmallVec<[&'static str; 12]>,
    /// Prefix of their names in faults: empty, or the parent's name and a dot.
    place: &'static str,
    faults: Faults,
    /// Set when they are described instead of read.
    description: Option<Description<'a>>,
}

struct Description<'a> {
    api: &'a mut Api,
    /// Whether the description allows `null`.
    takes_null: bool,
    properties: Map<String, Value>,
    required: Vec<&'static str>,
}

/// Reads a body. The caller reports the faults with its own.
pub(super) fn read<T: Body>(given: Map<String, Value>) -> (T, Faults) {
    read_at("", given)
}

/// As [`read`]. If there are members that the body does not have, `place` takes those that belong
/// elsewhere, with a fault for each.
pub(super) fn read_placing<T: Body>(
    given: Map<String, Value>,
    place: impl FnOnce(&mut T, &mut Map<String, Value>) -> Faults,
) -> (T, Faults) {
    let mut members = Members::new("", given, None);
    let mut read = T::read(&mut members);
    let misplaced = if members.given.is_empty() {
        Faults::new()
    } else {
        place(&mut read, &mut members.given)
    };
    (read, members.end(misplaced))
}

/// Returns the names of a body's members.
pub(super) fn names<T: Body>() -> SmallVec<[&'static str; 12]> {
    let mut members = Members::new("", Map::new(), None);
    T::read(&mut members);
    members.known
}

/// The message about a name that stands in a query or among headers twice.
pub(super) const GIVEN_TWICE: &str = "is given twice";

/// Reads a query, which has each name once, or returns all its faults.
pub(super) fn read_query<T: Body>(query: Option<&str>) -> Result<T, ActionError> {
    let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    let mut given = Map::new();
    for (name, value) in pairs {
        if given.contains_key(&*name) {
            return Err(ActionError::invalid_param(
                Echo::cut(name.into_owned()),
                GIVEN_TWICE,
            ));
        }
        given.insert(name.into_owned(), value.into_owned().into());
    }
    checked(read(given))
}

/// Returns what was read, or all its faults.
pub(super) fn checked<T>((read, faults): (T, Faults)) -> Result<T, ActionError> {
    if faults.is_empty() {
        Ok(read)
    } else {
        Err(ActionError::invalid(faults))
    }
}

fn read_at<T: Body>(place: &'static str, given: Map<String, Value>) -> (T, Faults) {
    let mut members = Members::new(place, given, None);
    let read = T::read(&mut members);
    (read, members.end(Faults::new()))
}

pub(super) fn schema<T: Body>(api: &mut Api) -> Value {
    object(describe::<T>(api, true)).into()
}

/// Returns the schema of a tool's arguments. It omits `null`, which is accepted all the same: agents
/// pay for every word.
pub(super) fn arguments<T: Body>() -> Map<String, Value> {
    object(describe::<T>(&mut Api::new(false), false))
}

fn object((properties, required): (Map<String, Value>, Vec<&'static str>)) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), "object".into());
    schema.insert("properties".to_owned(), properties.into());
    if !required.is_empty() {
        schema.insert("required".to_owned(), required.into());
    }
    schema.insert("additionalProperties".to_owned(), false.into());
    schema
}

pub(super) fn parameters<T: Body>(api: &mut Api) -> Vec<Value> {
    let (properties, required) = describe::<T>(api, false);
    in_query_each(properties, &required)
}

fn describe<T: Body>(api: &mut Api, takes_null: bool) -> (Map<String, Value>, Vec<&'static str>) {
    let description = Description {
        api,
        takes_null,
        properties: Map::new(),
        required: Vec::new(),
    };
    let mut members = Members::new("", Map::new(), Some(description));
    T::read(&mut members);
    let description = members.description;
    description.map_or_else(Default::default, |it| (it.properties, it.required))
}

impl<'a> Members<'a> {
    fn new(
        place: &'static str,
        given: Map<String, Value>,
        description: Option<Description<'a>>,
    ) -> Self {
        Self {
            given,
            known: SmallVec::new(),
            place,
            faults: Faults::new(),
            description,
        }
    }

    /// Takes an optional member; null is the same as missing.
    pub(super) fn optional<T>(&mut self, name: &'static str, kind: Kind<T>) -> Option<T> {
        match self.nullable(name, kind) {
            Patch::Set(value) => Some(value),
            Patch::Keep | Patch::Clear => None,
        }
    }

    /// Takes an optional member for which null has its own meaning.
    pub(super) fn nullable<T>(&mut self, name: &'static str, kind: Kind<T>) -> Patch<T> {
        match self.take(name, kind, false) {
            None => Patch::Keep,
            Some(Value::Null) => Patch::Clear,
            Some(value) => match (kind.read)(value) {
                Some(value) => Patch::Set(value),
                None => {
                    self.fault(name, format_args!("must be {}", kind.must));
                    Patch::Keep
                }
            },
        }
    }

    /// Takes a required member.
    pub(super) fn required<T>(&mut self, name: &'static str, kind: Kind<T>) -> Option<T> {
        let Some(value) = self.take(name, kind, true).filter(|value| !value.is_null()) else {
            self.fault(name, format_args!("is missing; it must be {}", kind.must));
            return None;
        };
        let read = (kind.read)(value);
        if read.is_none() {
            self.fault(name, format_args!("must be {}", kind.must));
        }
        read
    }

    /// Takes a required text that must not be empty.
    pub(super) fn filled(&mut self, name: &'static str, kind: Kind<String>) -> Option<String> {
        let text = self.required(name, kind)?;
        if text.is_empty() {
            self.fault(name, format_args!("is missing; it must be {}", kind.must));
            return None;
        }
        Some(text)
    }

    /// Takes an optional text; null and an empty one are the same as missing.
    pub(super) fn text(&mut self, name: &'static str, kind: Kind<String>) -> Option<String> {
        self.optional(name, kind).filter(|text| !text.is_empty())
    }

    /// Takes an optional member of any value, null included.
    pub(super) fn value(&mut self, name: &'static str, kind: Kind<Value>) -> Option<Value> {
        self.take(name, kind, false)
    }

    /// Takes an optional member; `read` records its faults.
    pub(super) fn part<T>(
        &mut self,
        name: &'static str,
        kind: Kind<Value>,
        read: impl FnOnce(Value, &mut Faults) -> Option<T>,
    ) -> Option<T> {
        let value = self
            .take(name, kind, false)
            .filter(|value| !value.is_null())?;
        read(value, &mut self.faults)
    }

    /// Takes an optional object with members of its own; `place` prefixes their names in faults.
    pub(super) fn object<T: Body>(
        &mut self,
        name: &'static str,
        place: &'static str,
        kind: Kind<Value>,
    ) -> Option<T> {
        self.part(name, kind, |value, faults| {
            let Value::Object(given) = value else {
                faults.note(name, format_args!("must be {}", kind.must));
                return None;
            };
            let (read, found) = read_at(place, given);
            faults.append(found);
            Some(read)
        })
    }

    /// Takes a member under another name, which is not described.
    pub(super) fn alias(&mut self, name: &'static str) -> Option<Value> {
        self.known.push(name);
        self.given.shift_remove(name)
    }

    pub(super) fn fault(&mut self, name: &str, message: impl std::fmt::Display) {
        self.faults
            .note(format_args!("{}{name}", self.place), message);
    }

    pub(super) fn is_wrong(&self, name: &str) -> bool {
        self.faults.iter().any(|fault| fault.param == name)
    }

    fn take<T>(&mut self, name: &'static str, kind: Kind<T>, required: bool) -> Option<Value> {
        self.known.push(name);
        let Some(description) = &mut self.description else {
            return self.given.shift_remove(name);
        };
        let mut schema = kind.described(description.api);
        if required {
            description.required.push(name);
        } else if description.takes_null {
            schema = or_null(schema);
        }
        description.properties.insert(name.to_owned(), schema);
        None
    }

    /// Adds to the faults of misplaced members those of unknown ones, then all others.
    fn end(self, mut faults: Faults) -> Faults {
        for name in self.given.keys() {
            if faults.is_full() {
                faults.stop();
                break;
            }
            unknown(
                &mut faults,
                format_args!("{}{name}", self.place),
                name,
                &self.known,
            );
        }
        faults.append(self.faults);
        faults
    }
}

/// Records an unknown name, with the nearest known one and, once, all known ones.
pub(super) fn unknown(
    faults: &mut Faults,
    place: impl std::fmt::Display,
    name: &str,
    allowed: &[&str],
) {
    if allowed.is_empty() {
        faults.note(place, "is not a parameter; this takes none");
        return;
    }
    let near = nearest::did_you_mean(name, allowed.iter().copied()).unwrap_or_default();
    let list = match faults.list(allowed.iter().copied()) {
        Some(list) if near.is_empty() => format!("; allowed: {list}"),
        Some(list) => format!(" allowed: {list}"),
        None => String::new(),
    };
    faults.note(place, format_args!("is not a parameter{near}{list}"));
}

/// Makes a fault; the message continues the parameter's name.
pub(super) fn fault(param: impl Into<String>, message: impl Into<String>) -> Fault {
    Fault {
        param: param.into(),
        message: message.into(),
    }
}

#[cfg(test)]
mod tests;
