//! What reads the answers of providers.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{Action as _, ActionContext, ActionResult, Result, UpstreamResponse, run};

use crate::LONGEST;
use crate::connector::CONNECTOR;

/// Runs an action of the connector, whose provider answers like this.
fn call(
    action: &str,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
    cursor: Option<&str>,
) -> Result<ActionResult> {
    let (headers, body) = (headers.clone(), body.to_vec());
    let transport = Canned::new(move |_| Ok(Response::new(status, headers.clone(), body.clone())));
    let context = ActionContext::builder(&CONNECTOR, Arc::new(transport))
        .cursor(cursor.map(str::to_owned))
        .build();
    let mut actions = CONNECTOR.actions().iter();
    let action = actions.find(|known| known.name() == action);
    let action = *action.expect("the action is listed");
    let outcome = block_on(run(action, &context, plugwright_sdk::json!({})));
    if let Err(error) = &outcome {
        let detail = error.detail().unwrap_or_default();
        let said = error.message().len() + detail.len();
        assert!(said <= LONGEST, "an error of {said} bytes");
        assert_ne!(
            error.code(),
            plugwright_sdk::ErrorCode::InternalError,
            "{error}"
        );
    }
    outcome
}

fn one(name: &'static str, value: &[u8]) -> Option<HeaderMap> {
    let value = HeaderValue::from_bytes(value).ok()?;
    Some(HeaderMap::from_iter([(
        HeaderName::from_static(name),
        value,
    )]))
}

/// The first line is the Content-Type, the rest the body.
pub(crate) fn with_type(bytes: &[u8]) -> (HeaderMap, &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n');
    let (kind, body) = match end {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (&b"application/json"[..], bytes),
    };
    (one("content-type", kind).unwrap_or_default(), body)
}

/// A body of JSON, after a line with its Content-Type.
pub fn json(bytes: &[u8]) {
    let (headers, body) = with_type(bytes);
    // Whether it can be read is not the question.
    let _ = call("amounts.get", 200, &headers, body, None);
    let _ = call("anything.get", 200, &headers, body, None);
    let _ = call("things.list", 200, &headers, body, None);
}

/// The body of an error, after a line with its Content-Type.
pub fn errors(bytes: &[u8]) {
    let (headers, body) = with_type(bytes);
    for status in [400, 401, 404, 422, 429, 500, 503] {
        let outcome = call("anything.get", status, &headers, body, None);
        assert!(outcome.is_err(), "{status} is no error");
    }
}

/// The answer of a GraphQL server, after a line with its Content-Type.
pub fn graphql(bytes: &[u8]) {
    let (headers, body) = with_type(bytes);
    for status in [200, 400, 500] {
        for action in ["graph.get", "graph.list", "graph.set"] {
            // Whether it can be read is not the question.
            let _ = call(action, status, &headers, body, None);
        }
    }
}

/// The value of a `Link` header.
pub fn links(bytes: &[u8]) {
    if let Some(headers) = one("link", bytes) {
        let page = call("pages.list", 200, &headers, b"[1]", None);
        // A byte that is no text becomes three, and each of these is written as three letters.
        if let Ok(page) = page
            && let Some(cursor) = page.meta.cursor
        {
            assert!(cursor.len() <= bytes.len() * 9 + 100, "{cursor}");
        }
    }
}

/// The value of a `Content-Disposition` header.
pub fn dispositions(bytes: &[u8]) {
    let Some(headers) = one("content-disposition", bytes) else {
        return;
    };
    let file = call("files.get", 200, &headers, b"x", None).expect("a file, whatever it is called");
    if let Some(name) = file.data.value()["name"].as_str() {
        assert!(!name.contains(['/', '\\', '\0']), "{name}");
        assert!(!name.is_empty() && name != "." && name != "..", "{name}");
    }
}

/// `Retry-After` and the headers that tell of rate limits, one a line.
pub fn waits(bytes: &[u8]) {
    const NAMES: [&str; 7] = [
        "retry-after",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "x-ratelimit-limit",
        "ratelimit",
        "ratelimit-policy",
        "ratelimit-reset",
    ];
    let mut headers = HeaderMap::new();
    for (name, line) in NAMES.into_iter().zip(bytes.split(|byte| *byte == b'\n')) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    let response = UpstreamResponse {
        status: 429,
        headers: headers.clone(),
        body: Vec::new().into(),
    };
    let _ = response.retry_after();
    for status in [403, 429, 503] {
        let _ = call("anything.get", status, &headers, b"", None);
    }
}

/// A cursor of a caller, where no vault seals it.
pub fn cursors(bytes: &[u8]) {
    let Ok(cursor) = std::str::from_utf8(bytes) else {
        return;
    };
    for action in ["pages.list", "things.list"] {
        let _ = call(
            action,
            200,
            &HeaderMap::new(),
            br#"{"things":[]}"#,
            Some(cursor),
        );
    }
}
