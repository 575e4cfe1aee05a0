//! Parts of JSON values; what has another type has none.

use serde_json::Value;

/// Returns the items of a list.
///
/// ```
/// use plugwright_sdk::json;
/// use plugwright_sdk::reading::value::items;
///
/// let body = json!({ "users": ["ada", "bob"] });
/// assert_eq!(items(body.get("users")).count(), 2);
/// assert_eq!(items(body.get("teams")).count(), 0);
/// ```
pub fn items(list: Option<&Value>) -> impl Iterator<Item = &Value> {
    list.and_then(Value::as_array).into_iter().flatten()
}

/// Returns the texts in a list.
pub fn texts(list: Option<&Value>) -> impl Iterator<Item = &str> {
    items(list).filter_map(Value::as_str)
}

/// Returns the members of an object.
pub fn members(object: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    object.and_then(Value::as_object).into_iter().flatten()
}
