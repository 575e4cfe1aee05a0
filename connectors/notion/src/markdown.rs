//! Markdown of Notion's rich text and blocks, and back.

mod block;
mod languages;
mod parse;
mod text;

pub(crate) use block::{file_url, of_block};
pub(crate) use parse::{blocks, single_block, spans};
pub(crate) use text::{of_spans, plain};
