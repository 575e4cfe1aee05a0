//! What a client did: what went over the wire, and what came back.

use plugwright_client::Error;
use plugwright_sdk::{Value, json};
use plugwright_tests::Received;

/// Headers that differ by HTTP client, and say nothing to a gateway.
const OF_THE_CLIENT: [&str; 9] = [
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "priority",
    "sec-fetch-mode",
    "user-agent",
];

/// Members whose values are others each time.
const MOMENTARY: [&str; 5] = [
    "createdAt",
    "updatedAt",
    "expiresAt",
    "date",
    "authorizationUrl",
];

/// What a client did. Ids, times and the user are left out, since they are others each time.
#[derive(Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) requests: Vec<Sent>,
    /// `{"data": ..}` or `{"error": ..}`.
    pub(super) outcome: Value,
    /// How many requests had an idempotency key, and how many keys there were.
    pub(super) keys: (usize, usize),
}

/// A request.
#[derive(Debug, PartialEq)]
pub(super) struct Sent {
    pub(super) line: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

impl Seen {
    pub(super) fn of(received: Vec<Received>, outcome: Value, user: &str) -> Self {
        let mut keys: Vec<_> = received
            .iter()
            .flat_map(|request| &request.headers)
            .filter(|(name, _)| name == "idempotency-key")
            .map(|(_, value)| value.clone())
            .collect();
        let keyed = keys.len();
        keys.dedup();
        Self {
            requests: received
                .into_iter()
                .map(|request| Sent::of(request, user))
                .collect(),
            outcome: lasting(outcome, user),
            keys: (keyed, keys.len()),
        }
    }

    /// Returns the error.
    #[track_caller]
    pub(super) fn error(&self) -> &Value {
        let error = &self.outcome["error"];
        assert!(error.is_object(), "no error, but {}", self.outcome);
        error
    }

    /// Returns the code of the error.
    #[track_caller]
    pub(super) fn code(&self) -> &str {
        self.error()["code"].as_str().unwrap_or_default()
    }
}

impl Sent {
    /// Returns whether our client may send an idempotency key with it.
    pub(super) fn takes_key(&self) -> bool {
        let proxied = self.line.starts_with("POST /v1/proxy/") && self.body["method"] != "GET";
        proxied
            || self.line.starts_with("POST /v1/actions/")
            || self.line.starts_with("POST /v1/saas/actions/")
    }

    fn of(request: Received, user: &str) -> Self {
        let mut headers: Vec<_> = request.headers;
        headers.retain(|(name, _)| {
            !OF_THE_CLIENT.contains(&name.as_str()) && name != "idempotency-key"
        });
        headers.sort();
        let body = String::from_utf8_lossy(&request.body);
        let body = match body.as_ref() {
            "" => Value::Null,
            text => text.parse().expect("clients send JSON"),
        };
        Self {
            line: without_ids(&format!("{} {}", request.method, request.target)),
            headers,
            body: lasting(body, user),
        }
    }
}

/// Returns an error as the npm client's are told.
pub(super) fn shown(error: &Error) -> Value {
    json!({
        "code": error.code().as_str(),
        "status": error.status().unwrap_or(0),
        "message": error.message(),
        "actionId": error.action_id(),
        "executionId": error.execution_id(),
        "requestId": error.request_id(),
        "data": error.data(),
        "retryable": error.is_retryable(),
    })
}

/// Leaves out what is another each time, what is null, and what only one of the clients says in its own
/// words.
fn lasting(value: Value, user: &str) -> Value {
    match value {
        Value::String(text) => Value::String(without_ids(&text.replace(user, "USER"))),
        Value::Array(items) => items.into_iter().map(|item| lasting(item, user)).collect(),
        Value::Object(mut members) => {
            let is_error = members.contains_key("retryable");
            let of_the_client = is_error
                && (members["status"] == 0
                    || members["message"].as_str().is_some_and(|message| {
                        message.starts_with("Request failed with status ")
                            || message.starts_with("the gateway responded with status ")
                    }));
            if of_the_client {
                members.remove("message");
            }
            if is_error {
                members.remove("name");
            }
            members.retain(|name, value| {
                let not_replayed = name == "replayed" && *value == json!(false);
                !(value.is_null() || MOMENTARY.contains(&name.as_str()) || not_replayed)
            });
            members
                .into_iter()
                .map(|(name, value)| (name, lasting(value, user)))
                .collect()
        }
        other => other,
    }
}

/// Replaces UUIDs.
fn without_ids(text: &str) -> String {
    let mut rest = text;
    let mut found = String::with_capacity(text.len());
    while let Some(letter) = rest.chars().next() {
        let id = rest
            .get(..36)
            .filter(|id| uuid::Uuid::try_parse(id).is_ok());
        match id {
            Some(id) => {
                found.push_str("ID");
                rest = &rest[id.len()..];
            }
            None => {
                found.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    found
}
