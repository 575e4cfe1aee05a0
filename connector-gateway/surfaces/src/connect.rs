//! The pages on which a person connects an account: rendered here, without script, and asking
//! nothing of other hosts.
//!
//! The pages are functions of plain structs. That a form is from this browser is proven by [`csrf`];
//! what a person types is read by [`fields`].

pub(crate) mod assets;
mod cookie;
pub(crate) mod csrf;
pub(crate) mod end;
pub(crate) mod fields;
#[cfg(test)]
mod flows;
pub(crate) mod headers;
pub(crate) mod pages;
pub(crate) mod paths;
pub(crate) mod routes;
#[cfg(test)]
mod tests;
