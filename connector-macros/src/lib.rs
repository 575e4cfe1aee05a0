#![doc = include_str!("../README.md")]

mod action;
mod actions;
mod cassettes;
mod derive_param;
mod derive_params;
mod docs;
mod errors;
mod keys;
mod model;
mod param;
mod path;
mod pattern;
mod sdk;

use proc_macro::TokenStream;

/// Turns an async function into an action.
///
/// See `plugwright_sdk::action` for the guide.
#[proc_macro_attribute]
pub fn action(attribute: TokenStream, item: TokenStream) -> TokenStream {
    action::expand(attribute.into(), &item.into(), &sdk::path()).into()
}

/// Makes a type that actions return: serde and JSON Schema derives with the right paths.
///
/// `Option` fields that are `None` are left out of the output.
#[proc_macro_attribute]
pub fn model(attribute: TokenStream, item: TokenStream) -> TokenStream {
    model::expand(&attribute.into(), &item.into(), &sdk::path()).into()
}

/// Lists actions by the paths of their functions: `actions![issues::list, issues::create]`.
#[proc_macro]
pub fn actions(input: TokenStream) -> TokenStream {
    actions::expand(input.into(), &sdk::path()).into()
}

/// Takes the cassettes of a folder, relative to the crate's root, into the crate:
/// `cassettes!("tests/cassettes")`.
#[proc_macro]
pub fn cassettes(input: TokenStream) -> TokenStream {
    cassettes::expand(input.into()).into()
}

/// Makes a request path; values are percent-encoded, and empty ones, `.` and `..` are refused.
///
/// `{name}` takes one segment or a part of one, `{+name}` several segments with slashes between.
/// A value is given as `name = expression`, or is the variable of that name.
#[proc_macro]
pub fn path(input: TokenStream) -> TokenStream {
    path::expand(input.into(), &sdk::path()).into()
}

/// Makes an enum, a newtype, or (with `#[param(text)]`) a type with `FromStr` and `Display` a
/// parameter type.
#[proc_macro_derive(Param, attributes(param))]
pub fn derive_param(item: TokenStream) -> TokenStream {
    derive_param::expand(item.into(), &sdk::path()).into()
}

/// Makes a struct of parameters, to be flattened or nested.
#[proc_macro_derive(Params, attributes(param))]
pub fn derive_params(item: TokenStream) -> TokenStream {
    derive_params::expand(item.into(), &sdk::path()).into()
}
