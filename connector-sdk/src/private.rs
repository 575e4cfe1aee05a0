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
pub use crate::result::{Outcome, Output};

use crate::error;
use crate::result::ActionResult;
use crate::text::fail;

/// The output type of an action's result type.
pub type OutputOf<R> = <R as Outcome>::Output;

/// Turns what an action's function returned into the untyped result.
///
/// # Errors
///
/// The action's own.
pub fn finish<R>(result: R) -> error::Result<ActionResult>
where
    R: Outcome,
    R::Output: Output,
{
    result.into_sdk()?.into_result()
}

/// Wraps the future of an action's function; the bound is what a non-`Send` future fails.
pub fn boxed<'a, F>(future: F) -> BoxFuture<'a, error::Result<ActionResult>>
where
    F: Future<Output = error::Result<ActionResult>> + Send + 'a,
{
    Box::pin(future)
}

/// Names the schema of an argument's type.
pub fn schema_of<T: Argument>() -> JsonObject {
    <T::Value as Param>::schema()
}

/// The JSON value of a default or an example.
pub fn json_of<T: Argument>(argument: &T) -> Value {
    argument.to_json().unwrap_or(Value::Null)
}

/// The JSON type of an argument.
pub const fn kind_of<T: Argument>() -> Kind {
    <T::Value as Param>::KIND
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

/// Stops the build if `range` stands on something that is not a number.
pub const fn require_number(kind: Kind) {
    if !matches!(kind, Kind::Integer | Kind::Number) {
        fail(&[
            "`range` bounds numbers, and this parameter is of type ",
            kind.as_str(),
            "; for texts and lists use `length`",
        ]);
    }
}

/// Stops the build if `length` stands on something that has none.
pub const fn require_length(kind: Kind) {
    if !matches!(kind, Kind::String | Kind::Array | Kind::Object) {
        fail(&[
            "`length` bounds texts and lists, and this parameter is of type ",
            kind.as_str(),
            "; for numbers use `range`",
        ]);
    }
}

/// Stops the build if a rule for texts stands on something else.
pub const fn require_text(attribute: &str, kind: Kind) {
    if !matches!(kind, Kind::String) {
        fail(&[
            "`",
            attribute,
            "` is a rule for texts, and this parameter is of type ",
            kind.as_str(),
        ]);
    }
}
