//! What the answers of the protocol repeat of a request: none of it may be long.

use axum::http::HeaderMap;
use plugwright_sdk::ActionError;
use plugwright_sdk::host::Echo;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The longest text that an answer repeats, in bytes.
const LONGEST: usize = Echo::LONGEST;

const HEADERS: [&str; 3] = ["mcp-protocol-version", "mcp-method", "mcp-name"];

/// The parts of a message that are repeated, or that have some which are.
#[derive(Deserialize)]
struct Message<'a> {
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    method: Option<&'a RawValue>,
    #[serde(borrow)]
    params: Option<&'a RawValue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    #[serde(borrow)]
    protocol_version: Option<&'a RawValue>,
    // What `Mcp-Name` is compared with.
    #[serde(borrow)]
    name: Option<&'a RawValue>,
    #[serde(borrow)]
    uri: Option<&'a RawValue>,
    #[serde(borrow)]
    task_id: Option<&'a RawValue>,
    #[serde(borrow, rename = "_meta")]
    meta: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, rename = "progressToken")]
    progress_token: Option<&'a RawValue>,
    #[serde(borrow, rename = "io.modelcontextprotocol/protocolVersion")]
    protocol_version: Option<&'a RawValue>,
}

/// Refuses headers that are longer than anything they may say.
pub(super) fn check_headers(headers: &HeaderMap) -> Result<(), ActionError> {
    let long = HEADERS.into_iter().find(|name| {
        let mut values = headers.get_all(*name).iter();
        values.any(|value| value.len() > LONGEST)
    });
    long.map_or(Ok(()), |name| Err(too_long(name)))
}

/// Refuses a message with a part that would be repeated and is too long for that. What is no message
/// is for the protocol to say.
pub(super) fn check_message(body: &[u8]) -> Result<(), ActionError> {
    // Nothing in it is long.
    if body.len() <= LONGEST {
        return Ok(());
    }
    let Ok(message) = serde_json::from_slice::<Message<'_>>(body) else {
        return Ok(());
    };
    let params = message.params.and_then(read::<Params<'_>>);
    let meta = params.as_ref().and_then(|params| params.meta);
    let meta = meta.and_then(read::<Meta<'_>>);
    for (name, part) in [
        ("id", message.id),
        ("method", message.method),
        (
            "params.protocolVersion",
            params.as_ref().and_then(|params| params.protocol_version),
        ),
        (
            "params.name",
            params.as_ref().and_then(|params| params.name),
        ),
        ("params.uri", params.as_ref().and_then(|params| params.uri)),
        (
            "params.taskId",
            params.as_ref().and_then(|params| params.task_id),
        ),
        (
            "params._meta.progressToken",
            meta.as_ref().and_then(|meta| meta.progress_token),
        ),
        (
            "params._meta.protocolVersion",
            meta.as_ref().and_then(|meta| meta.protocol_version),
        ),
    ] {
        // With its quotes.
        if part.is_some_and(|part| part.get().len() > LONGEST + 2) {
            return Err(too_long(name));
        }
    }
    Ok(())
}

fn read<'a, T: Deserialize<'a>>(part: &'a RawValue) -> Option<T> {
    serde_json::from_str(part.get()).ok()
}

fn too_long(name: &str) -> ActionError {
    ActionError::invalid_param(name, format!("must have at most {LONGEST} bytes"))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::{Value, json};

    use super::*;

    fn checked(message: &Value) -> Result<(), String> {
        let checked = check_message(message.to_string().as_bytes());
        checked.map_err(|error| error.message().to_owned())
    }

    #[test]
    fn what_an_answer_would_repeat_is_short() {
        let long = "x".repeat(101);
        for (message, param) in [
            (json!({ "id": long, "method": "ping" }), "id"),
            (json!({ "id": 1, "method": long }), "method"),
            (
                json!({ "id": 1, "params": { "protocolVersion": long } }),
                "params.protocolVersion",
            ),
            (
                json!({ "id": 1, "params": { "name": long } }),
                "params.name",
            ),
            (json!({ "id": 1, "params": { "uri": long } }), "params.uri"),
            (
                json!({ "id": 1, "params": { "taskId": long } }),
                "params.taskId",
            ),
            (
                json!({ "id": 1, "params": { "_meta": { "progressToken": long } } }),
                "params._meta.progressToken",
            ),
        ] {
            let refused = checked(&message).unwrap_err();
            assert_eq!(refused, format!("`{param}` must have at most 100 bytes"));
        }
        let longest = &long[1..];
        let input = json!({ "text": "y".repeat(1000) });
        let good = json!({ "id": longest, "method": longest, "params": { "arguments": input } });
        assert_eq!(checked(&good), Ok(()));
        assert_eq!(checked(&json!([{ "id": long }])), Ok(()));
        assert!(check_message(&vec![b'x'; 1000]).is_ok());
    }

    #[test]
    fn headers_are_short_too() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "mcp-protocol-version",
            HeaderValue::from_static("2025-11-25"),
        );
        assert!(check_headers(&headers).is_ok());
        let long = HeaderValue::try_from("9".repeat(101)).unwrap();
        headers.append("mcp-protocol-version", long);
        assert!(check_headers(&headers).is_err());
    }
}
