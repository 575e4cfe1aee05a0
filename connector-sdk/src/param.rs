//! Parameters: how a type is published as JSON Schema and decoded from JSON.
//!
//! Three traits share the work. [`Param`] is a type of value (`String`, `u32`, an enum);
//! [`Argument`] is what a function may take (a [`Param`], an `Option` or a [`Patch`] of one);
//! [`Params`] is a struct whose fields are parameters. Connector authors derive them and seldom
//! call them.

mod argument_list;
mod constraint;
mod decode;
mod format;
mod kinds;
mod rule;
mod spec;

pub use crate::data::JsonObject;
#[doc(hidden)]
pub use argument_list::ArgumentList;
pub use constraint::{Constraint, Pattern};
pub use decode::{At, Decoder};
pub(crate) use decode::{allow_also, input as decode_input, nested};
pub use format::Format;
pub use rule::Rule;
pub use spec::{Fields, ParamDefinition, ParamEntry, ParamSpec};
pub(crate) use spec::{definitions, object_schema};

use std::any::Any;

use serde_json::Value;

use crate::spelled::spelled;

spelled! {
    /// The JSON type of a parameter.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum Kind {
        /// A text.
        String = "string",
        /// A whole number.
        Integer = "integer",
        /// Any number.
        Number = "number",
        /// `true` or `false`.
        Boolean = "boolean",
        /// A list.
        Array = "array",
        /// An object.
        Object = "object",
        /// Any JSON value.
        Any = "any",
    }
}

/// A type of parameter value.
///
/// The law that every implementation keeps: [`decode`](Param::decode) accepts a value exactly
/// when [`schema`](Param::schema) does. Derive it with `#[derive(Param)]` for enums, newtypes and
/// types parsed from text, with `#[derive(Params)]` for objects.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a parameter",
    label = "no JSON Schema and no decoder are known for this type",
    note = "parameters are `String`, `bool`, integers, `f64`, `Vec<T>`, `BTreeMap<String, T>`, `FileInput`, `serde_json::Value`, or an `Option` or `Patch` of one",
    note = "for a type of your own: `#[derive(Param)]` on an enum, a newtype or a type with `FromStr`; `#[derive(Params)]` on a struct of several fields"
)]
pub trait Param: Sized + Send + Sync + 'static {
    /// The JSON type.
    const KIND: Kind;

    /// What a parameter of the type is that has no doc comment: the first paragraph of the type's
    /// own, which the derives write here.
    const DESCRIPTION: &'static str = "";

    /// Makes the value that holds where a parameter of the type itself is left out.
    const DEFAULT: Option<fn() -> Value> = None;

    /// Makes the value that the provider is known to use where an [`Option`] of the type is left out.
    /// It is published, and not sent.
    const PROVIDER_DEFAULT: Option<fn() -> Value> = None;

    /// Makes an example.
    const EXAMPLE: Option<fn() -> Value> = None;

    /// How many objects a value can be nested in; computing it refuses types that contain
    /// themselves.
    #[doc(hidden)]
    const DEPTH_IF_NOT_RECURSIVE: usize = 1;

    /// Returns the JSON Schema of the type.
    fn schema() -> JsonObject;

    /// Decodes a value, or reports every fault in it to `at` and returns nothing.
    fn decode(value: Value, at: &mut At<'_>) -> Option<Self>;

    /// Returns the JSON value that [`decode`](Param::decode) turns back into `self`.
    fn encode(&self) -> Value;

    /// Decodes a value that must also keep to `constraints`.
    #[doc(hidden)]
    fn decode_within(value: Value, constraints: &[Constraint], at: &mut At<'_>) -> Option<Self> {
        at.constrained(value, constraints)
    }
}

/// A type that an action's function may take: a [`Param`], or an `Option` or [`Patch`] of one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a parameter",
    label = "no JSON Schema and no decoder are known for this type",
    note = "parameters are `String`, `bool`, integers, `f64`, `Vec<T>`, `BTreeMap<String, T>`, `FileInput`, `serde_json::Value`, or an `Option` or `Patch` of one",
    note = "for a type of your own: `#[derive(Param)]` on an enum, a newtype or a type with `FromStr`; `#[derive(Params)]` on a struct of several fields"
)]
pub trait Argument: Sized + Send + Sync + 'static {
    /// The type of the value when there is one.
    type Value: Param;

    /// Whether it may be left out.
    const OPTIONAL: bool;

    /// Whether an explicit `null` means something else than leaving it out.
    const NULLABLE: bool;

    /// Makes the argument from a value that was given.
    fn present(value: Self::Value) -> Self;

    /// Makes the argument when nothing was given; nothing if it is required.
    fn absent() -> Option<Self>;

    /// Makes the argument from an explicit `null`, if [`NULLABLE`](Argument::NULLABLE).
    fn null() -> Option<Self>;

    /// Returns what is sent for it: nothing when it is absent.
    fn to_json(&self) -> Option<Value>;

    // What generated code asks of an argument, by the trait's own path: where a type is none, the
    // errors of all uses are the same, and the compiler shows them once.

    /// Decodes a value that must also keep to `constraints`.
    #[doc(hidden)]
    const TYPE: ArgumentType = ArgumentType {
        kind: <Self::Value as Param>::KIND,
        required: !Self::OPTIONAL,
        nullable: Self::NULLABLE,
        description: <Self::Value as Param>::DESCRIPTION,
        default: match (Self::OPTIONAL, Self::NULLABLE) {
            (false, _) => <Self::Value as Param>::DEFAULT,
            (true, false) => <Self::Value as Param>::PROVIDER_DEFAULT,
            // What is left out of an update stays as it is.
            (true, true) => None,
        },
        example: <Self::Value as Param>::EXAMPLE,
        schema: <Self::Value as Param>::schema,
        take: |decoder, place| put_at(place, Self::take_from(decoder)),
    };

    #[doc(hidden)]
    fn take_from(decoder: &mut Decoder<'_>) -> Option<Self> {
        decoder.take()
    }

    #[doc(hidden)]
    fn json(value: &Self::Value) -> Value {
        value.encode()
    }

    #[doc(hidden)]
    fn put_into(&self, members: &mut JsonObject, name: &str) {
        if let Some(value) = self.to_json() {
            members.insert(name.to_owned(), value);
        }
    }
}

/// The part of a [`ParamSpec`] that comes from the argument's type.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct ArgumentType {
    kind: Kind,
    required: bool,
    nullable: bool,
    description: &'static str,
    default: Option<fn() -> Value>,
    example: Option<fn() -> Value>,
    schema: fn() -> JsonObject,
    take: Take,
}

impl ArgumentType {
    pub(crate) const fn kind(self) -> Kind {
        self.kind
    }

    /// Whether a `null` is given, and not absent.
    pub(crate) const fn is_nullable(self) -> bool {
        self.nullable
    }

    /// Whether a value is needed, be it a default.
    pub(crate) const fn is_required(self) -> bool {
        self.required
    }

    /// Returns the name of a parameter of this type if it may be left out, and else refuses to
    /// compile.
    #[track_caller]
    pub(crate) const fn assert_optional(self, name: &'static str) -> &'static str {
        if self.required {
            crate::text::fail(&[
                "a rule over several parameters is about those that may be left out: take `",
                name,
                "` as an `Option` or a `Patch`",
            ]);
        }
        name
    }

    #[doc(hidden)]
    pub const fn description(self) -> &'static str {
        self.description
    }
}

/// Takes the next argument out of a decoder and puts it at a place, an `Option` of its type.
/// Erased, so that the type of an argument is asked for its traits once.
#[doc(hidden)]
pub type Take = fn(&mut Decoder<'_>, &mut dyn Any);

pub(crate) fn put_at<T: 'static>(place: &mut dyn Any, argument: Option<T>) {
    if let Some(place) = place.downcast_mut::<Option<T>>() {
        *place = argument;
    }
}

impl<T: Param> Argument for T {
    type Value = T;
    const OPTIONAL: bool = false;
    const NULLABLE: bool = false;

    fn present(value: T) -> Self {
        value
    }

    fn absent() -> Option<Self> {
        None
    }

    fn null() -> Option<Self> {
        None
    }

    fn to_json(&self) -> Option<Value> {
        Some(self.encode())
    }
}

impl<T: Param> Argument for Option<T> {
    type Value = T;
    const OPTIONAL: bool = true;
    const NULLABLE: bool = false;

    fn present(value: T) -> Self {
        Some(value)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn null() -> Option<Self> {
        None
    }

    fn to_json(&self) -> Option<Value> {
        self.as_ref().map(Param::encode)
    }
}

/// A field of an update: leave it as it is, clear it, or set it.
///
/// Its schema is the only one that publishes `null`.
///
/// ```
/// use plugwright_sdk::Patch;
///
/// let due: Patch<String> = Patch::Set("2030-01-01".to_owned());
/// assert_ne!(due, Patch::Keep);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Patch<T> {
    /// Not given: leave the field as it is.
    #[default]
    Keep,
    /// `null`: clear the field.
    Clear,
    /// A value: set the field.
    Set(T),
}

impl<T: Param> Argument for Patch<T> {
    type Value = T;
    const OPTIONAL: bool = true;
    const NULLABLE: bool = true;

    fn present(value: T) -> Self {
        Self::Set(value)
    }

    fn absent() -> Option<Self> {
        Some(Self::Keep)
    }

    fn null() -> Option<Self> {
        Some(Self::Clear)
    }

    fn to_json(&self) -> Option<Value> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(Value::Null),
            Self::Set(value) => Some(value.encode()),
        }
    }
}

/// A struct whose fields are parameters; derive it with `#[derive(Params)]`.
///
/// Take it with `#[param(flatten)]` to spread its fields among an action's parameters, or as a
/// parameter of its own to nest them in an object.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be flattened into parameters",
    label = "this type has no parameters of its own",
    note = "put `#[derive(Params)]` on the struct, or take it without `flatten`"
)]
pub trait Params: Param {
    /// The parameters, in order.
    const ENTRIES: &'static [ParamEntry];

    /// The rules over several of them; those of flattened structs are their own.
    const RULES: &'static [Rule] = &[];

    /// Takes the fields out of `decoder`; reports every fault and returns nothing if there is one.
    fn take(decoder: &mut Decoder<'_>) -> Option<Self>;

    /// Adds the fields that are present to `members`.
    fn put(&self, members: &mut JsonObject);
}
