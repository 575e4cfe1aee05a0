//! What the tests of this dialect share.

use axum::body::to_bytes;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use serde_json::{Value, json};

/// Makes headers; a name may stand there twice.
pub(super) fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(
            HeaderName::try_from(*name).unwrap(),
            HeaderValue::from_bytes(value.as_bytes()).unwrap(),
        );
    }
    headers
}

/// Returns status, headers and body of an answer, with the ids of requests left out once they are
/// known to be the same in header and body.
pub(super) fn shown(answer: impl IntoResponse) -> Value {
    let response: Response = answer.into_response();
    let status = response.status().as_u16();
    let mut headers: Value = response
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), Value::from(value.to_str().unwrap())))
        .collect::<serde_json::Map<_, _>>()
        .into();
    let body = to_bytes(response.into_body(), usize::MAX)
        .now_or_never()
        .unwrap()
        .unwrap();
    let mut body: Value = if body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&body).unwrap()
    };
    if let Some(id) = body.pointer_mut("/meta/requestId") {
        assert_eq!(*id, headers["x-request-id"]);
        *id = "[id]".into();
        headers["x-request-id"] = "[id]".into();
    }
    json!({ "status": status, "headers": headers, "body": body })
}
