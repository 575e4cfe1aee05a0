//! The pages on which a person connects an account: rendered here, without scripts, and without
//! resources of other hosts.
//!
//! The pages are functions of plain structs. [`csrf`] proves that a form was made for this browser;
//! [`fields`] reads what a person entered.

pub(crate) mod assets;
mod cookie;
pub(crate) mod csrf;
pub(crate) mod end;
pub(crate) mod fields;
pub(crate) mod headers;
pub(crate) mod pages;
pub(crate) mod paths;
pub(crate) mod routes;
#[cfg(test)]
mod tests;
