//! Escapes text for Markdown.

pub(super) use plugwright_engine::markdown::{code, head, line, lines, prose, row, shell};
