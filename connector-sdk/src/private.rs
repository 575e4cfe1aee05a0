//! Items that generated code refers to. Not part of the API.

#[path = "private/one_call.rs"]
mod one_call;
#[path = "private/result_form.rs"]
mod result_form;

use std::marker::PhantomData;

pub use one_call::{Answer, Digit, File, assert_in_path};
pub use result_form::{Form, OtherForm, ResultForm, assert_result};
pub use std::convert::{From, Into};
pub use std::option::Option::{self, None, Some};
pub use std::string::String;

pub use schemars;
pub use serde;
pub use serde_json::Value;

pub use crate::action::{ActionFunction, ActionInfo, BoxFuture, Effect};
pub use crate::context::ActionContext;
pub use crate::error::ActionError;
pub use crate::http::path::Piece;
pub use crate::http::{Path, RequestBuilder, WireField, WireFields, WireValue};
pub use crate::param::{
    Argument, ArgumentList, ArgumentType, At, Constraint, Decoder, Fields, Format, JsonObject,
    Kind, Param, ParamEntry, ParamSpec, Params, Pattern, Rule,
};
pub use crate::reconcile::{Lost, Reconcile, ReconcileBy};
pub use crate::result::ActionReturn;

use crate::action::OutputOf;
use crate::echo::Echo;
use crate::error;
use crate::nearest;
use crate::reconcile::Outcome;
use crate::result::{ActionResult, Output};
use crate::text;

/// Lets requests authenticate by the auth schemes at these places, or not at all if there are none.
pub fn by_schemes(cx: &ActionContext, places: &'static [usize]) -> ActionContext {
    cx.by_schemes(places)
}

/// Runs an action's function to its end and makes the untyped result; the bound is what a future
/// that is not `Send` fails.
pub fn boxed<'a, F: ActionFunction>(
    future: impl Future<Output = F::Result> + Send + 'a,
) -> BoxFuture<'a, UntypedResult> {
    Box::pin(async move { future.await.into_sdk()?.into_result() })
}

/// What the function returns that finds a lost write of an action.
pub type TypedOutcome<F> = error::Result<Outcome<OutputOf<F>>>;

/// Takes what that function returned; the bound is what one of another type fails.
pub fn outcome<F: ActionFunction>(outcome: TypedOutcome<F>) -> TypedOutcome<F> {
    outcome
}

/// Runs that function to its end and makes the untyped outcome.
pub fn boxed_outcome<'a, F: ActionFunction>(
    future: impl Future<Output = TypedOutcome<F>> + Send + 'a,
) -> BoxFuture<'a, UntypedOutcome> {
    Box::pin(async move { future.await?.try_map(Output::into_result) })
}

/// Makes the value of a default or an example from a string literal.
#[diagnostic::on_unimplemented(
    message = "a string can't be used as a `{Self}`",
    label = "write a value of type `{Self}`"
)]
pub trait FromLiteral {
    fn from_literal(text: &'static str) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: From<&'static str>> FromLiteral for T {
    fn from_literal(text: &'static str) -> Self {
        Self::from(text)
    }
}

/// Decodes a `#[derive(Params)]` struct as an object of its own.
pub fn decode_object<T: Params>(value: Value, at: &mut At<'_>) -> Option<T> {
    crate::param::nested(value, at)
}

/// The schema of a `#[derive(Params)]` struct as an object of its own.
pub fn object_schema<T: Params>() -> JsonObject {
    crate::param::object_schema(T::ENTRIES, T::RULES)
}

/// The value of a `#[derive(Params)]` struct as an object of its own.
pub fn encode_object<T: Params>(params: &T) -> Value {
    let mut members = JsonObject::new();
    params.put(&mut members);
    members.into()
}

/// Fails to compile if a rule does not apply to the type.
#[track_caller]
pub const fn fitting(
    constraints: &'static [Constraint],
    of: ArgumentType,
) -> &'static [Constraint] {
    Constraint::assert_fit(constraints, of.kind());
    constraints
}

/// Fails to compile if the type says nothing of a parameter that has no doc comment.
#[track_caller]
pub const fn assert_described(name: &str, of: ArgumentType) {
    if of.description().is_empty() {
        text::fail(&[
            "parameter `",
            name,
            "` needs a doc comment (`///` before it), because its type has none",
        ]);
    }
}

/// Takes a default that is sent. Fails to compile for an argument whose absence sends nothing.
#[track_caller]
pub const fn sent(of: ArgumentType, default: fn() -> Value) -> Option<fn() -> Value> {
    if !of.is_required() {
        text::fail(&[
            "`default` is sent for a parameter that is left out, but this one then sends nothing: take it without `Option`, or document what the provider does with `provider_default`",
        ]);
    }
    Some(default)
}

/// Takes a default that is documented. Fails to compile for an argument that is always sent.
#[track_caller]
pub const fn provided(of: ArgumentType, default: fn() -> Value) -> Option<fn() -> Value> {
    if of.is_required() {
        text::fail(&[
            "`provider_default` says what the provider does if nothing is sent, but this parameter is always sent: take an `Option`, or send it with `default`",
        ]);
    }
    Some(default)
}

/// Returns the name of a parameter in a rule; fails to compile unless it may be left out.
#[track_caller]
pub const fn optional(name: &'static str, of: ArgumentType) -> &'static str {
    of.assert_optional(name)
}

/// Returns the name of a field of a flattened struct in a rule; fails to compile unless there is one
/// that may be left out.
#[track_caller]
pub const fn optional_among(name: &'static str, entries: &[ParamEntry]) -> &'static str {
    ParamEntry::assert_optional(entries, name)
}

/// Returns the name of an action: the last module of `path`, which is `crate::module.function`, and
/// the function. Fails to compile if it is not allowed.
#[track_caller]
pub const fn action_name(path: &'static str) -> &'static str {
    let Some(name) = text::after_last_colon(path) else {
        text::fail(&[
            "an action at the root of a crate needs a name: `#[action(\"resource.verb\", ..)]`; in a module, `issues::list` is `issues.list`",
        ]);
    };
    if !text::is_action_name(name) {
        text::fail(&[
            "action name `",
            name,
            "`, made from module and function, is not allowed: name it, as in `#[action(\"resource.verb\", ..)]`",
        ]);
    }
    name
}

/// The larger of two depths.
pub const fn deeper(left: usize, right: usize) -> usize {
    if left > right { left } else { right }
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

/// Reports a string that is not a variant of an enum.
pub fn unknown_variant<T>(value: &Value, values: &[(&str, &str)], at: &mut At<'_>) -> Option<T> {
    if !value.is_string() {
        return at.wrong_type(Kind::String, value);
    }
    let names = nearest::list(values.iter().map(|(name, _)| *name));
    let given = value.to_string();
    at.fault(format_args!("must be one of {names}, not {}", Echo(&given)))
}

/// The schema of a type with rules of its own.
pub fn constrained_schema(mut schema: JsonObject, constraints: &[Constraint]) -> JsonObject {
    for constraint in constraints {
        constraint.publish(&mut schema);
    }
    schema
}

/// A type that is decoded from text.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be parsed from a string",
    label = "`#[param(text)]` needs `FromStr` and `Display`",
    note = "implement `FromStr`, with an `Err` that is `Display`, and `Display` for the type"
)]
pub trait Text: Sized {
    fn decode_text(value: Value, constraints: &[Constraint], at: &mut At<'_>) -> Option<Self>;
    fn encode_text(&self) -> Value;
}

#[diagnostic::do_not_recommend]
impl<T> Text for T
where
    T: std::str::FromStr<Err: std::fmt::Display> + std::fmt::Display,
{
    fn decode_text(value: Value, constraints: &[Constraint], at: &mut At<'_>) -> Option<Self> {
        let text: String = at.constrained(value, constraints)?;
        match text.parse() {
            Ok(parsed) => Some(parsed),
            Err(error) => at.fault(error),
        }
    }

    fn encode_text(&self) -> Value {
        self.to_string().into()
    }
}

/// A struct whose fields are spread among the parameters.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be flattened into parameters",
    label = "this type has no parameters of its own",
    note = "put `#[derive(Params)]` on the struct, or take it without `flatten`"
)]
pub trait Flatten: Sized {
    const FIELDS: Fields;
    const NESTING: usize;
    fn take(decoder: &mut Decoder<'_>) -> Option<Self>;
    fn put(&self, members: &mut JsonObject);
}

#[diagnostic::do_not_recommend]
impl<T: Params> Flatten for T {
    const FIELDS: Fields = Fields::of::<Self>();
    const NESTING: usize = <Self as Param>::DEPTH_IF_NOT_RECURSIVE;

    fn take(decoder: &mut Decoder<'_>) -> Option<Self> {
        decoder.flatten()
    }

    fn put(&self, members: &mut JsonObject) {
        Params::put(self, members);
    }
}

/// Whether a field of this type of a `#[model]` can be absent: it can if the type is an [`Option`],
/// by whatever name. Functions of the type itself come before those of [`Present`].
pub struct Presence<T>(PhantomData<T>);

impl<T> Presence<Option<T>> {
    /// Returns whether a value is left out of outputs.
    pub const fn is_absent(value: &Option<T>) -> bool {
        value.is_none()
    }

    /// Publishes that the field may be left out.
    pub fn publish(schema: &mut schemars::Schema) {
        schema.insert(crate::schema::MAY_BE_ABSENT.into(), true.into());
    }
}

/// A type that is no [`Option`], so that a field of it is always there.
pub trait Present {
    /// The type of the field.
    type Field: ?Sized;

    /// Tells that no value is left out.
    fn is_absent(_: &Self::Field) -> bool {
        false
    }

    /// Leaves the field required.
    fn publish(_: &mut schemars::Schema) {}
}

impl<T> Present for Presence<T> {
    type Field = T;
}

/// The result of an action, its output untyped.
pub type UntypedResult = error::Result<ActionResult>;

/// What was found out about a lost write, its output untyped.
pub type UntypedOutcome = error::Result<Outcome<ActionResult>>;
