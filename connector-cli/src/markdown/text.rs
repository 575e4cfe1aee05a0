//! Escapes text for Markdown.

pub(super) use plugwright_gateway::markdown::{code, head, line, lines, prose, row, shell};
