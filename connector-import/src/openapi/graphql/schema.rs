//! A GraphQL schema, as far as operations are made of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use plugwright_sdk::Value;

use super::input;
use super::scalar::BUILT_IN;
use crate::text::{self, clean};

#[derive(Debug, Default)]
pub(super) struct Schema {
    pub(super) description: String,
    pub(super) query: Option<String>,
    pub(super) mutation: Option<String>,
    pub(super) subscription: Option<String>,
    pub(super) types: BTreeMap<String, Type>,
    /// Input types of which no value can be sent.
    pub(super) unusable: BTreeSet<String>,
    pub(super) notes: Notes,
}

#[derive(Debug, Default)]
pub(super) struct Notes(Vec<String>);

impl Notes {
    pub(super) fn add(&mut self, note: impl FnOnce() -> String) {
        const MOST: usize = 20;
        if self.0.len() < MOST {
            self.0.push(note());
        }
    }

    pub(super) fn into_list(self) -> Vec<String> {
        self.0
    }
}

#[derive(Debug)]
pub(super) struct Type {
    pub(super) description: String,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Scalar,
    Enum(Vec<String>),
    Object(Vec<Field>),
    Interface {
        fields: Vec<Field>,
        possible: Vec<String>,
    },
    Union(Vec<String>),
    Input {
        fields: Vec<Argument>,
        /// Whether exactly one of the fields must be there.
        one_of: bool,
    },
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) arguments: Vec<Argument>,
    pub(super) of: TypeRef,
    /// Why it should no longer be used.
    pub(super) deprecated: Option<String>,
}

/// An argument of a field, or a field of an input object.
#[derive(Debug)]
pub(super) struct Argument {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) of: TypeRef,
    /// The value without it; null if it has a default that can't be read.
    pub(super) default: Option<Value>,
    pub(super) is_deprecated: bool,
}

/// A type with its wrappers; its text is that of the schema definition language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypeRef {
    Named(String),
    List(Box<TypeRef>),
    NonNull(Box<TypeRef>),
}

impl fmt::Display for TypeRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::List(item) => write!(f, "[{item}]"),
            Self::NonNull(of) => write!(f, "{of}!"),
        }
    }
}

impl TypeRef {
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Named(name) => name,
            Self::List(of) | Self::NonNull(of) => of.name(),
        }
    }

    /// Returns the type without the wrapper that excludes null.
    pub(super) fn nullable(&self) -> &Self {
        match self {
            Self::NonNull(of) => of,
            other => other,
        }
    }

    pub(super) fn is_non_null(&self) -> bool {
        matches!(self, Self::NonNull(_))
    }

    pub(super) fn is_list(&self) -> bool {
        matches!(self.nullable(), Self::List(_))
    }
}

impl Argument {
    pub(super) fn is_required(&self) -> bool {
        self.of.is_non_null() && self.default.is_none()
    }
}

impl Field {
    pub(super) fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|own| own.name == name)
    }

    /// Returns whether it can be selected without arguments.
    pub(super) fn is_plain(&self) -> bool {
        self.deprecated.is_none() && !self.arguments.iter().any(Argument::is_required)
    }
}

impl Schema {
    pub(super) fn of(&self, of: &TypeRef) -> Option<&Type> {
        self.types.get(of.name())
    }

    pub(super) fn fields(&self, name: &str) -> &[Field] {
        match self.types.get(name).map(|own| &own.kind) {
            Some(Kind::Object(fields) | Kind::Interface { fields, .. }) => fields,
            _ => &[],
        }
    }

    pub(super) fn field(&self, name: &str, field: &str) -> Option<&Field> {
        near(self.fields(name)).iter().find(|own| own.name == field)
    }

    pub(super) fn is_leaf(&self, of: &TypeRef) -> bool {
        let kind = self.of(of).map(|own| &own.kind);
        matches!(kind, Some(Kind::Scalar | Kind::Enum(_)))
    }

    /// Adds the types that the language has by itself, and shortens descriptions of types, which may be
    /// repeated often.
    pub(super) fn complete(&mut self) {
        for own in self.types.values_mut() {
            own.description = clean(&own.description, text::PARAMETER);
        }
        for name in BUILT_IN {
            self.types.entry(name.to_owned()).or_insert(Type {
                description: String::new(),
                kind: Kind::Scalar,
            });
        }
        self.unusable = input::unusable(self);
    }
}

/// Returns the fields that are looked at where an operation returns an object.
pub(super) fn near(fields: &[Field]) -> &[Field] {
    const MOST: usize = 400;
    &fields[..fields.len().min(MOST)]
}

pub(super) fn is_name(text: &str) -> bool {
    const LONGEST: usize = 128;
    text.len() <= LONGEST
        && !text.starts_with("__")
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
