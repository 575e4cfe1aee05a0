//! How callers come in: each module parses its dialect and renders its envelope.

pub(crate) mod runs;
