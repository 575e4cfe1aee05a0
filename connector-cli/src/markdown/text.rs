//! Texts as Markdown that shows them as they are.

pub(super) use plugwright_engine::markdown::{code, head, line, lines, prose, row, shell};
