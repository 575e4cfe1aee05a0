//! Requests of the caller to a provider's API, with the connection's credential.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use http::header::CONTENT_DISPOSITION;
use plugwright_sdk::host::{Echo, Redactor};
use plugwright_sdk::http::{Path, UpstreamResponse};
use plugwright_sdk::reading::{charset, disposition};
use plugwright_sdk::{ActionContext, ActionError, ActionResult, Value, json};
use serde_json::Map;

use crate::call::ProxyRequest;

/// Response headers that are useless to the caller or internal to the gateway.
const KEPT_BACK: [&str; 6] = [
    "connection",
    "content-length",
    "keep-alive",
    "set-cookie",
    "transfer-encoding",
    "upgrade",
];

pub(super) async fn send(
    cx: &ActionContext,
    request: &ProxyRequest,
) -> Result<ActionResult, ActionError> {
    let method = request.method.clone();
    let endpoint = Endpoint::parse(&request.endpoint)?;
    let mut sending = match endpoint {
        Endpoint::Url(url) => cx.request_to(method, url),
        Endpoint::Path { path, .. } => cx.request(method, Path::from(path)),
    };
    if let Endpoint::Path { query, .. } = endpoint {
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            sending = sending.query(&name, value.into_owned());
        }
    }
    for (name, value) in &request.query {
        let mut texts = Vec::new();
        add_texts(name, value, &mut texts)?;
        for text in texts {
            sending = sending.query(name, text);
        }
    }
    for (name, value) in &request.headers {
        let value = value.to_str().map_err(|_| {
            ActionError::invalid_param(format!("headers.{name}"), "must be visible ASCII")
        })?;
        sending = sending.header(name.as_str(), value);
    }
    sending = match &request.body {
        None | Some(Value::Null) => sending,
        Some(Value::String(text)) => sending.body("text/plain; charset=utf-8", text.clone()),
        Some(value) => sending.json(value),
    };
    let response = sending.answer().await?;
    Ok(ActionResult::new(render(&response, cx.redactor())?))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint<'a> {
    Url(&'a str),
    Path { path: &'a str, query: &'a str },
}

impl<'a> Endpoint<'a> {
    fn parse(text: &'a str) -> Result<Self, ActionError> {
        let refused = |message: &str| Err(ActionError::invalid_param("endpoint", message));
        if text.contains('\\')
            || text
                .bytes()
                .any(|byte| byte.is_ascii_control() || byte == b' ')
        {
            return refused("must not have backslashes, spaces or control characters");
        }
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        if path.contains('#') || query.contains('#') {
            return refused("must not have a fragment");
        }
        if path.split('/').any(is_dots) {
            return refused("must not have `.` or `..` between slashes");
        }
        if text.starts_with("https://") || text.starts_with("http://") {
            return Ok(Self::Url(text));
        }
        if !path.starts_with('/') || path.starts_with("//") {
            return refused(
                "must be a path such as `/user`, or an https URL on a host of the connector",
            );
        }
        Ok(Self::Path { path, query })
    }
}

/// Returns whether servers may interpret a segment as `.` or `..`.
fn is_dots(segment: &str) -> bool {
    let decoded = segment.to_ascii_lowercase().replace("%2e", ".");
    matches!(decoded.as_str(), "." | "..")
}

/// Adds a value as strings; nested lists are flattened, however deep they are.
fn add_texts(name: &str, value: &Value, texts: &mut Vec<String>) -> Result<(), ActionError> {
    match value {
        Value::Null => {}
        Value::String(text) => texts.push(text.clone()),
        Value::Bool(_) | Value::Number(_) => texts.push(value.to_string()),
        Value::Array(items) => {
            for item in items {
                add_texts(name, item, texts)?;
            }
        }
        Value::Object(_) => {
            return Err(ActionError::invalid_param(
                format!("query.{}", Echo(name)),
                "must be a string, number, boolean or a list of these",
            ));
        }
    }
    Ok(())
}

fn render(response: &UpstreamResponse, redactor: &Redactor) -> Result<Value, ActionError> {
    let mut headers = Map::new();
    for name in response.headers.keys() {
        if KEPT_BACK.contains(&name.as_str()) {
            continue;
        }
        let values = response.headers.get_all(name).iter();
        let text = |value: &HeaderValue| match *name {
            CONTENT_DISPOSITION => disposition::without_secrets(value.as_bytes(), redactor),
            _ => charset::header(value.as_bytes()).into_owned(),
        };
        let values: Vec<_> = values.map(text).collect();
        headers.insert(name.to_string(), values.join(", ").into());
    }
    let content_type = response
        .headers
        .get("content-type")
        .map(HeaderValue::as_bytes);
    let media_type = content_type.map(charset::header).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let media_type = media_type.to_ascii_lowercase();
    let is_json = media_type.ends_with("json");
    let is_text = is_json || media_type.starts_with("text/") || media_type.ends_with("xml");
    let mut rendered = json!({ "status": response.status, "headers": headers });
    let text = || {
        if is_text {
            charset::exact_text(&response.body, content_type)
        } else {
            std::str::from_utf8(&response.body).ok().map(Cow::Borrowed)
        }
    };
    let (data, encoding) = match is_json.then(|| response.json()).flatten() {
        Some(data) => (data, None),
        None if response.body.is_empty() => (Value::Null, None),
        None => match text().map(Cow::into_owned) {
            Some(text) => (text.into(), None),
            // Secrets can't be taken out of base64.
            None => match redactor.redact_bytes(&response.body, content_type)? {
                Some(text) => (text.into(), None),
                None => (STANDARD.encode(&response.body).into(), Some("base64")),
            },
        },
    };
    rendered["data"] = data;
    if let Some(encoding) = encoding {
        rendered["bodyEncoding"] = encoding.into();
    }
    Ok(rendered)
}

#[cfg(test)]
mod tests {
    use plugwright_sdk::{ErrorCode, Secret};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_endpoint_is_a_path_or_a_url() {
        assert_eq!(
            Endpoint::parse("/user/repos?per_page=1").unwrap(),
            Endpoint::Path {
                path: "/user/repos",
                query: "per_page=1"
            }
        );
        assert!(matches!(
            Endpoint::parse("https://api.example.com/x"),
            Ok(Endpoint::Url(_))
        ));
        for bad in [
            "user",
            "//evil.test/x",
            "/a/../b",
            "/a/%2E%2e/b",
            "/a\\b",
            "/a b",
            "/a#b",
            "file:///x",
            "",
            "ftp://x",
            "https://api.example.com/a/../b",
            "/a\r\nhost: x",
        ] {
            let error = Endpoint::parse(bad).unwrap_err();
            assert_eq!(error.param(), Some("endpoint"), "{bad}");
        }
    }

    #[test]
    fn an_answer_keeps_status_headers_and_any_body() {
        let answer = |kind: &'static str, body: &'static [u8]| {
            let mut headers = http::HeaderMap::new();
            headers.insert("content-type", kind.parse().unwrap());
            headers.insert("set-cookie", "s=1".parse().unwrap());
            let response = UpstreamResponse {
                status: 404,
                headers,
                body: body.into(),
            };
            render(&response, &Redactor::default()).unwrap()
        };
        assert_eq!(
            answer("application/vnd.x+json; charset=utf-8", br#"{"a":1}"#),
            json!({ "status": 404, "headers": { "content-type": "application/vnd.x+json; charset=utf-8" }, "data": { "a": 1 } })
        );
        assert_eq!(answer("text/plain", b"hi")["data"], "hi");
        let binary = answer("image/png", &[0xff, 0]);
        assert_eq!(
            (&binary["data"], &binary["bodyEncoding"]),
            (&json!("/wA="), &json!("base64"))
        );
        assert_eq!(answer("application/json", b"{")["data"], "{");
        assert_eq!(
            answer("application/json; charset=utf-16", b"\xff\xfe[\x001\0]\0")["data"],
            json!([1])
        );
        assert_eq!(
            answer("text/plain; charset=latin1", b"caf\xe9")["data"],
            "café"
        );
        assert_eq!(answer("text/plain", b"caf\xe9")["bodyEncoding"], "base64");
        assert_eq!(answer("text/plain", b"")["data"], Value::Null);
    }

    #[test]
    fn a_body_in_base64_has_no_secret() {
        let redactor = Redactor::new([&Secret::new("t0ken-of-me")]);
        let answer = |body: &[u8]| {
            let mut headers = http::HeaderMap::new();
            headers.insert("content-type", "application/vnd.ms-excel".parse().unwrap());
            let name = "inline; filename==?utf-8?q?t0ken=2Dof-me?=";
            headers.insert("content-disposition", name.parse().unwrap());
            let response = UpstreamResponse {
                status: 200,
                headers,
                body: body.to_vec().into(),
            };
            render(&response, &redactor)
        };
        let text = "\u{feff}it is t0ken-of-me.".encode_utf16();
        let text: Vec<u8> = text.flat_map(u16::to_le_bytes).collect();
        let clean = answer(&text).unwrap();
        assert_eq!(
            (&clean["data"], &clean["bodyEncoding"]),
            (&json!("it is [redacted]."), &Value::Null)
        );
        assert_eq!(
            clean["headers"]["content-disposition"],
            "attachment; filename=\"[redacted]\""
        );
        let error = answer(b"\xd0\xcf t0ken-of-me \xff").unwrap_err();
        assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
    }

    proptest! {
        #[test]
        fn no_endpoint_is_too_odd(text in ".{0,40}") {
            drop(Endpoint::parse(&text));
        }
    }
}
