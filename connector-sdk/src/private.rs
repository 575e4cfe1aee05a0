//! What generated code refers to. Not part of the API.

pub use std::convert::From;
pub use std::option::Option::{self, None, Some};
pub use std::string::{String, ToString};

pub use schemars;
pub use serde;
pub use serde_json::Value;

pub use crate::action::{ActionDefinition, ActionFunction, BoxFuture, Effect, Invocation};
pub use crate::context::ActionContext;
pub use crate::error::ActionError;
pub use crate::http::path::Piece;
pub use crate::http::{Path, RequestBuilder};
pub use crate::param::{
    Argument, At, Constraint, Decoder, Format, JsonObject, Kind, Param, ParamEntry, ParamSpec,
    Params, Pattern,
};

use crate::error;
use crate::result::{ActionResult, Outcome as OutcomeOf, Output};

/// Runs an action's function to its end and makes the untyped result; the bound is what a future
/// that is not `Send` fails.
pub fn boxed<'a, R>(future: impl Future<Output = R> + Send + 'a) -> BoxFuture<'a, Outcome>
where
    R: OutcomeOf<Output: Output>,
{
    Box::pin(async move { future.await.into_sdk()?.into_result() })
}

/// The JSON value of a default or an example of an argument of type `T`.
pub fn json_of<T: Argument>(value: T::Value) -> Value {
    value.encode()
}

/// Decodes a `#[derive(Params)]` struct as an object of its own.
pub fn decode_object<T: Params>(value: Value, at: &mut At<'_>) -> Option<T> {
    crate::param::nested(value, at)
}

/// The schema of a `#[derive(Params)]` struct as an object of its own.
pub fn object_schema<T: Params>() -> JsonObject {
    crate::param::object_schema(T::ENTRIES)
}

/// The value of a `#[derive(Params)]` struct as an object of its own.
pub fn encode_object<T: Params>(params: &T) -> Value {
    let mut members = JsonObject::new();
    params.put(&mut members);
    members.into()
}

/// The largest of these numbers.
pub const fn deepest(depths: &[usize]) -> usize {
    let (mut deepest, mut index) = (0, 0);
    while index < depths.len() {
        if depths[index] > deepest {
            deepest = depths[index];
        }
        index += 1;
    }
    deepest
}

/// Adds a field to an object, unless it is absent.
pub fn put<T: Argument>(members: &mut JsonObject, name: &str, argument: &T) {
    if let Some(value) = argument.to_json() {
        members.insert(name.to_owned(), value);
    }
}

/// The schema of an enum of texts.
pub fn enum_schema(values: &[(&str, &str)]) -> JsonObject {
    let mut schema = JsonObject::new();
    schema.insert("type".into(), "string".into());
    let names: Vec<Value> = values.iter().map(|(name, _)| Value::from(*name)).collect();
    schema.insert("enum".into(), names.into());
    crate::schema::describe_values(&mut schema, values.iter().copied());
    schema
}

/// Reports a text that is none of an enum's.
pub fn unknown_variant<T>(value: &Value, values: &[(&str, &str)], at: &mut At<'_>) -> Option<T> {
    if !value.is_string() {
        return at.wrong_type(Kind::String, value);
    }
    let names: Vec<_> = values.iter().map(|(name, _)| *name).collect();
    at.fault(format!("must be one of {}, not {value}", names.join(", ")))
}

/// The schema of a type with rules of its own.
pub fn constrained_schema(mut schema: JsonObject, constraints: &[Constraint]) -> JsonObject {
    for constraint in constraints {
        constraint.publish(&mut schema);
    }
    schema
}

/// Decodes a type from text by its `FromStr`.
pub fn decode_text<T>(value: Value, constraints: &[Constraint], at: &mut At<'_>) -> Option<T>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text: String = at.constrained(value, constraints)?;
    match text.parse() {
        Ok(parsed) => Some(parsed),
        Err(error) => at.fault(error.to_string()),
    }
}

/// The arguments of an action's function after the context, one inside the other:
/// `(A, (B, ()))`. Decoding is written once here, and not in each action.
pub trait ArgumentList: Sized + Send + 'static {
    /// Takes all of them; reports every fault and returns nothing if there is one.
    fn take(decoder: &mut Decoder<'_>) -> Option<Self>;
}

impl ArgumentList for () {
    fn take(_: &mut Decoder<'_>) -> Option<Self> {
        Some(())
    }
}

impl<A: Argument, Rest: ArgumentList> ArgumentList for (A, Rest) {
    fn take(decoder: &mut Decoder<'_>) -> Option<Self> {
        let first = decoder.take();
        let rest = Rest::take(decoder);
        Some((first?, rest?))
    }
}

/// An argument whose fields are spread among the parameters.
pub struct Flat<T>(pub T);

impl<T: Params, Rest: ArgumentList> ArgumentList for (Flat<T>, Rest) {
    fn take(decoder: &mut Decoder<'_>) -> Option<Self> {
        let first = decoder.flatten();
        let rest = Rest::take(decoder);
        Some((Flat(first?), rest?))
    }
}

/// What an action's future gives in the end.
pub type Outcome = error::Result<ActionResult>;
