//! The surfaces: each parses its dialect and renders its envelope.

pub(crate) mod admin;
