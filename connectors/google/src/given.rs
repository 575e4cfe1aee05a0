//! Objects within bodies.

use plugwright_sdk::Value;

/// Leaves out what is null in an object, as requests do with what was not given.
///
/// ```
/// use plugwright_sdk::json;
///
/// let name: Option<&str> = None;
/// assert_eq!(plugwright_google::given(json!({ "name": name, "size": 1 })), json!({ "size": 1 }));
/// ```
pub fn given(mut object: Value) -> Value {
    if let Value::Object(members) = &mut object {
        members.retain(|_, value| !value.is_null());
    }
    object
}
