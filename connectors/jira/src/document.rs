//! Texts: Atlassian's document format as callers read and write it, which is Markdown.

mod markdown;
mod parse;

use plugwright_sdk::Value;
use plugwright_sdk::serde::{Deserialize, Deserializer};

pub(crate) use markdown::to_markdown;
pub(crate) use parse::from_markdown;

/// What stands before the id of an account in links that are mentions.
const ACCOUNT: &str = "accountid:";

/// Reads a document as Markdown; older fields have plain text.
pub(crate) fn markdown<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        document => Some(to_markdown(&document)),
    })
}
