//! How long the URL of a request may be.

use serde_json::Value;
use url::Url;

use crate::context::ActionContext;
use crate::error::{ActionError, Result};

/// Longest URL that is sent, in bytes. HTTP libraries refuse those of 64 KiB; the credential may come
/// on top.
pub const LONGEST_URL: usize = 64_000;

pub(super) fn check(url: &Url, cx: &ActionContext, query: &[(String, String)]) -> Result<()> {
    if url.as_str().len() > LONGEST_URL {
        return Err(too_long(cx, query));
    }
    Ok(())
}

/// Says which value makes a URL too long: the longest of the input, or else of the query.
fn too_long(cx: &ActionContext, query: &[(String, String)]) -> ActionError {
    let length = |value: &Value| match value {
        Value::String(text) => text.len(),
        other => other.to_string().len(),
    };
    let of_input = cx.params().iter().max_by_key(|(_, value)| length(value));
    let of_query = query.iter().max_by_key(|(_, text)| text.len());
    let name = of_input
        .map(|(name, _)| name.as_str())
        .or_else(|| of_query.map(|(name, _)| name.as_str()))
        .unwrap_or("url");
    ActionError::invalid_param(
        name,
        format!("makes the URL of the request longer than {LONGEST_URL} bytes"),
    )
}
