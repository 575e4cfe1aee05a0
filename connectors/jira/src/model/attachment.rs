//! Files of issues.

use plugwright_sdk::serde::{Deserialize, Deserializer};
use plugwright_sdk::{Value, model};

use super::person::name;

/// A file of an issue.
#[model]
pub struct Attachment {
    /// Id.
    #[serde(deserialize_with = "text")]
    pub id: String,
    /// Name of the file.
    pub filename: String,
    /// Name of who attached it.
    #[serde(default, deserialize_with = "name")]
    pub author: Option<String>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Media type.
    #[serde(rename(deserialize = "mimeType"))]
    pub mime_type: Option<String>,
    /// When it was attached (ISO 8601).
    pub created: Option<String>,
}

/// Reads an id, which some answers write as a number.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        other => other.to_string(),
    })
}
