//! Connectors whose names get in the way of generated code.

pub mod names;
pub mod no_prelude;
