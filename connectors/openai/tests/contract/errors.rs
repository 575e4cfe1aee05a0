//! What OpenAI's errors become.

use std::sync::Arc;
use std::time::Duration;

use plugwright_openai::CONNECTOR;
use plugwright_sdk::http::HeaderMap;
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{ActionContext, ActionError, Credential, ErrorCode, Hint, Value, json, run};

fn answered(status: u16, headers: &[(&str, &str)], error: &Value) -> ActionError {
    let headers = headers.iter();
    let headers: HeaderMap = headers
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    let body = json!({ "error": error }).to_string();
    let answer = move |_: &_| Ok(Response::new(status, headers.clone(), body.clone()));
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(Canned::new(answer)))
        .credential(Credential::token("sk-123"))
        .build();
    block_on(run(
        CONNECTOR.actions()[0],
        &cx,
        json!({ "prompt": "Hello" }),
    ))
    .unwrap_err()
}

#[test]
fn types_and_codes_tell_what_went_wrong() {
    for (status, error, code, hint) in [
        (
            400,
            json!({ "type": "invalid_request_error" }),
            ErrorCode::ValidationError,
            Hint::Abort,
        ),
        (
            401,
            json!({ "code": "invalid_api_key" }),
            ErrorCode::AuthInvalid,
            Hint::Auth,
        ),
        (
            403,
            json!({ "code": "unsupported_country_region_territory" }),
            ErrorCode::Forbidden,
            Hint::Auth,
        ),
        (
            404,
            json!({ "code": "model_not_found" }),
            ErrorCode::NotFound,
            Hint::Abort,
        ),
        (
            429,
            json!({ "code": "rate_limit_exceeded" }),
            ErrorCode::RateLimited,
            Hint::Retry,
        ),
        (
            429,
            json!({ "code": "insufficient_quota" }),
            ErrorCode::Forbidden,
            Hint::Abort,
        ),
        (
            429,
            json!({ "type": "insufficient_quota" }),
            ErrorCode::Forbidden,
            Hint::Abort,
        ),
        (
            500,
            json!({ "type": "server_error" }),
            ErrorCode::UpstreamError,
            Hint::Retry,
        ),
    ] {
        let found = answered(status, &[], &error);
        assert_eq!(
            (found.code(), found.hint()),
            (code, hint),
            "{status} {error}"
        );
    }
}

#[test]
fn the_parameter_at_fault_is_named() {
    let said =
        json!({ "message": "Too long.", "param": "messages", "code": "context_length_exceeded" });
    let error = answered(400, &[], &said);
    assert_eq!(error.param(), Some("messages"));
    assert_eq!(error.detail(), Some("Too long. (context_length_exceeded)"));
}

#[test]
fn the_limit_that_is_used_up_says_how_long_to_wait() {
    let wait = |headers: &[(&str, &str)]| answered(429, headers, &json!({})).retry_after();
    assert_eq!(
        wait(&[("retry-after-ms", "250")]),
        Some(Duration::from_millis(250))
    );
    let headers = [
        ("x-ratelimit-remaining-requests", "9"),
        ("x-ratelimit-reset-requests", "1h0m0s"),
        ("x-ratelimit-remaining-tokens", "0"),
        ("x-ratelimit-reset-tokens", "6m1s"),
    ];
    assert_eq!(wait(&headers), Some(Duration::from_secs(361)));
    assert_eq!(wait(&[]), None);
}

#[test]
fn times_have_several_units() {
    for (text, milliseconds) in [
        ("20ms", Some(20)),
        ("8.64s", Some(8640)),
        ("6m0s", Some(360_000)),
        ("1h2m3s", Some(3_723_000)),
        ("5", None),
        ("5d", None),
        ("-1s", None),
        ("1e300h", None),
    ] {
        let headers = [
            ("x-ratelimit-remaining-requests", "0"),
            ("x-ratelimit-reset-requests", text),
        ];
        let wait = answered(429, &headers, &json!({})).retry_after();
        assert_eq!(wait.map(|wait| wait.as_millis()), milliseconds, "{text}");
    }
}

#[test]
fn openai_says_whether_to_try_again() {
    let hint = answered(500, &[("x-should-retry", "false")], &json!({})).hint();
    assert_eq!(hint, Hint::Abort);
}
