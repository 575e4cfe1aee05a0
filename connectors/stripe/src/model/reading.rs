//! Fields that come in several forms.

use plugwright_sdk::Value;
use plugwright_sdk::serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use plugwright_sdk::serde_json;

use super::EventRequest;

/// Reads an id, which may be the whole object instead if it was expanded.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Option::<Value>::deserialize(deserializer)? {
        Some(Value::String(id)) => Some(id),
        Some(Value::Object(members)) => {
            members.get("id").and_then(Value::as_str).map(str::to_owned)
        }
        _ => None,
    })
}

/// Reads the items of a list inside of an object.
pub(super) fn items<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let mut list = Option::<Value>::deserialize(deserializer)?.unwrap_or_default();
    match list.get_mut("data").map(Value::take) {
        Some(items) => serde_json::from_value(items).map_err(D::Error::custom),
        None => Ok(Vec::new()),
    }
}

/// Reads the request of an event, which old events have as its id alone.
pub(super) fn request<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<EventRequest>, D::Error> {
    match Option::<Value>::deserialize(deserializer)? {
        None => Ok(None),
        Some(Value::String(id)) => Ok(Some(EventRequest {
            id: Some(id),
            idempotency_key: None,
        })),
        Some(request) => serde_json::from_value(request).map_err(D::Error::custom),
    }
}
