//! How deeply values may be nested.

use serde_json::Value;

/// Values nested more deeply are refused: what wraps them must still be readable.
pub(super) const DEEPEST: usize = 100;

/// Returns how many lists and objects are in one another. The JSON parser bounds it.
pub(super) fn depth(value: &Value) -> usize {
    let deepest = match value {
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(members) => members.values().map(depth).max(),
        _ => return 0,
    };
    deepest.unwrap_or(0) + 1
}
