//! A message of a client, parsed once and within its budgets.
//!
//! The library buffers a message and tries to parse it as each type in turn. So it gets a short one:
//! the arguments of a tool's call, the only long part, bypass it. The parts that its responses repeat
//! are even shorter.

use std::io;

use axum::http::HeaderMap;
use bytes::Bytes;
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, Value};
use rmcp::model::{ErrorData, RequestId};
use serde::Serialize;
use serde_json::Map;

use crate::body::{Bodies, BodyError, BufferedBody};
use plugwright_engine::Limit;

/// The longest text that a response repeats, in bytes.
const LONGEST: usize = Echo::LONGEST;

/// How long a message may be without its arguments.
const LONGEST_ENVELOPE: usize = 64 << 10;

/// Around the input of a call are its arguments, the parameters of the request, and the request.
const AROUND_INPUT: usize = 3;

/// The library would read the text beside this name as JSON.
const RAW_VALUE: &str = "$serde_json::private::RawValue";

const HEADERS: [&str; 3] = ["mcp-protocol-version", "mcp-method", "mcp-name"];

/// The parts of a message that responses repeat, each with its JSON pointer.
const REPEATED: [(&str, &str); 8] = [
    ("id", "/id"),
    ("method", "/method"),
    ("params.protocolVersion", "/params/protocolVersion"),
    // What `Mcp-Name` is compared with.
    ("params.name", "/params/name"),
    ("params.uri", "/params/uri"),
    ("params.taskId", "/params/taskId"),
    ("params._meta.progressToken", "/params/_meta/progressToken"),
    (
        "params._meta.protocolVersion",
        "/params/_meta/io.modelcontextprotocol~1protocolVersion",
    ),
];

#[derive(Debug)]
pub(super) struct Message {
    /// The part for the library.
    pub(super) envelope: Bytes,
    /// The arguments of a tool's call.
    pub(super) arguments: Option<Map<String, Value>>,
    pub(super) cancelled: Option<RequestId>,
    pub(super) is_json: bool,
    /// The id, if it is one that a request may have.
    pub(super) id: Option<RequestId>,
    /// Whether it has an id that no request may have.
    pub(super) has_bad_id: bool,
}

impl Message {
    /// Parses a message. The library refuses what is not a JSON object.
    pub(super) fn read(bodies: &Bodies, body: &mut BufferedBody) -> Result<Self, ActionError> {
        match bodies.json(body, AROUND_INPUT) {
            Ok(message @ Value::Object(_)) => {
                Self::of(message).inspect_err(|_| bodies.hit(Limit::Name))
            }
            read @ (Ok(_) | Err(BodyError::NotJson(_))) => Ok(Self {
                envelope: body.bytes().clone(),
                arguments: None,
                cancelled: None,
                is_json: read.is_ok(),
                id: None,
                has_bad_id: false,
            }),
            // The member would always be `params`.
            Err(BodyError::TooDeep { most, .. }) => {
                Err(BodyError::TooDeep { member: None, most }.into_error())
            }
            Err(error) => Err(error.into_error()),
        }
    }

    fn of(mut message: Value) -> Result<Self, ActionError> {
        for (name, pointer) in REPEATED {
            // Two bytes for the quotes.
            if let Some(part) = message.pointer(pointer)
                && write(part, LONGEST + 2).is_none()
            {
                return Err(too_long(name));
            }
        }
        let mut arguments = None;
        if message["method"] == "tools/call" {
            arguments = message.pointer_mut("/params/arguments").and_then(take);
        }
        let mut cancelled = None;
        if message["method"] == "notifications/cancelled" {
            cancelled = serde_json::from_value(message["params"]["requestId"].clone()).ok();
        }
        // The library needs the method before the parameters, to know their type.
        if let Value::Object(members) = &mut message
            && let Some(params) = members.shift_remove("params")
        {
            members.insert("params".to_owned(), params);
        }
        let has_bad_id = match message.get("id") {
            None | Some(Value::String(_)) => false,
            Some(id) => !id.is_i64(),
        };
        let id = message.get("id").filter(|_| !has_bad_id).cloned();
        let refuse = |problem: &str| ActionError::invalid_param("body", problem);
        let Some(envelope) = write(&message, LONGEST_ENVELOPE) else {
            let problem =
                format!("must have at most {LONGEST_ENVELOPE} bytes without `params.arguments`");
            return Err(refuse(&problem).with_status(413));
        };
        let is_raw = |place: &[u8]| place == RAW_VALUE.as_bytes();
        if envelope.windows(RAW_VALUE.len()).any(is_raw) {
            return Err(refuse("has a member whose name is reserved"));
        }
        Ok(Self {
            envelope: envelope.into(),
            arguments,
            cancelled,
            is_json: true,
            id: id.and_then(|id| serde_json::from_value(id).ok()),
            has_bad_id,
        })
    }
}

/// Returns what is wrong with a message that the library can't read (JSON-RPC 2.0, section 5.1).
pub(super) fn fault(is_json: bool) -> ErrorData {
    if is_json {
        ErrorData::invalid_request("Invalid request", None)
    } else {
        ErrorData::parse_error("Parse error", None)
    }
}

fn take(arguments: &mut Value) -> Option<Map<String, Value>> {
    match arguments {
        Value::Object(members) => return Some(std::mem::take(members)),
        Value::Array(items) => items.clear(),
        Value::String(text) => text.clear(),
        _ => {}
    }
    None
}

/// Refuses headers that are too long to be valid.
pub(super) fn check_headers(headers: &HeaderMap) -> Result<(), ActionError> {
    let long = HEADERS.into_iter().find(|name| {
        let mut values = headers.get_all(*name).iter();
        values.any(|value| value.len() > LONGEST)
    });
    long.map_or(Ok(()), |name| Err(too_long(name)))
}

fn too_long(name: &str) -> ActionError {
    ActionError::invalid_param(name, format!("must have at most {LONGEST} bytes"))
}

fn write(value: &impl Serialize, most: usize) -> Option<Vec<u8>> {
    let mut written = Bounded {
        bytes: Vec::new(),
        most,
    };
    serde_json::to_writer(&mut written, value).ok()?;
    Some(written.bytes)
}

struct Bounded {
    bytes: Vec<u8>,
    most: usize,
}

impl io::Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if piece.len() > self.most - self.bytes.len() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Message, String> {
        let mut body = BufferedBody::from(Bytes::copy_from_slice(text.as_bytes()));
        let read = Message::read(&Bodies::default(), &mut body);
        read.map_err(|error| error.message().to_owned())
    }

    fn checked(message: &Value) -> Result<(), String> {
        read(&message.to_string()).map(drop)
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
        assert!(read(&"x".repeat(1000)).is_ok());
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

    #[test]
    fn the_arguments_of_a_call_go_past_the_library() {
        let long = "y".repeat(1 << 20);
        let text = format!(
            r#"{{"params":{{"name":"a","arguments":{{"b":"{long}"}},"_meta":{{"c":1}}}},"jsonrpc":"2.0","id":1,"method":"tools/call"}}"#
        );
        let message = read(&text).unwrap();
        assert_eq!(
            message.envelope,
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","arguments":{},"_meta":{"c":1}}}"#
        );
        assert_eq!(message.arguments.unwrap()["b"], long);

        for (arguments, left) in [("[1,2]", "[]"), (r#""text""#, r#""""#), ("5", "5")] {
            let text = format!(r#"{{"method":"tools/call","params":{{"arguments":{arguments}}}}}"#);
            let message = read(&text).unwrap();
            let expected = format!(r#"{{"method":"tools/call","params":{{"arguments":{left}}}}}"#);
            assert_eq!(message.envelope, expected);
            assert_eq!(message.arguments, None);
        }
    }

    #[test]
    fn what_the_library_reads_is_short() {
        let long = "y".repeat(LONGEST_ENVELOPE);
        for message in [
            json!({ "method": "ping", "params": { "a": long } }),
            json!({ "method": "ping", "params": { "arguments": { "a": long } } }),
            json!({ "method": "tools/call", "params": { "_meta": { "a": long } } }),
            json!({ "a": long, "method": "tools/call" }),
        ] {
            let refused = checked(&message).unwrap_err();
            assert!(refused.contains("at most 65536 bytes without"), "{refused}");
        }
        let raw = json!({ "method": "ping", "params": { RAW_VALUE: "[[1]]" } });
        assert!(checked(&raw).unwrap_err().contains("reserved"));
        let input = json!({ RAW_VALUE: "[[1]]" });
        let raw = json!({ "method": "tools/call", "params": { "arguments": input } });
        let message = read(&raw.to_string()).unwrap();
        assert_eq!(message.arguments.unwrap()[RAW_VALUE], "[[1]]");
    }

    #[test]
    fn a_client_that_gives_a_request_up_is_heard() {
        let given_up = |method: &str, id: Value| {
            let message = json!({ "method": method, "params": { "requestId": id } });
            read(&message.to_string()).unwrap().cancelled
        };
        let id = given_up("notifications/cancelled", json!(7));
        assert_eq!(id, Some(RequestId::Number(7)));
        assert_eq!(given_up("notifications/cancelled", json!([])), None);
        assert_eq!(given_up("notifications/progress", json!(7)), None);
    }
}
