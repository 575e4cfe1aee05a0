//! What Stripe's errors become.

use std::sync::Arc;

use plugwright_sdk::http::{HeaderMap, HeaderName};
use plugwright_sdk::testing::{Canned, block_on};
use plugwright_sdk::transport::Response;
use plugwright_sdk::{ActionContext, ActionError, Credential, ErrorCode, Hint, Value, json, run};
use plugwright_stripe::CONNECTOR;

fn answered(status: u16, header: Option<(&'static str, &str)>, error: &Value) -> ActionError {
    let headers: HeaderMap = header
        .into_iter()
        .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()))
        .collect();
    let body = json!({ "error": error }).to_string();
    let answer = move |_: &_| Ok(Response::new(status, headers.clone(), body.clone()));
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(Canned::new(answer)))
        .credential(Credential::token("sk_test_123"))
        .build();
    block_on(run(CONNECTOR.actions()[0], &cx, json!({}))).unwrap_err()
}

#[test]
fn codes_and_types_tell_what_went_wrong() {
    for (status, error, code, hint) in [
        (
            400,
            json!({ "type": "invalid_request_error" }),
            ErrorCode::ValidationError,
            Hint::Abort,
        ),
        (
            400,
            json!({ "type": "idempotency_error" }),
            ErrorCode::IdempotencyKeyReused,
            Hint::Abort,
        ),
        (
            400,
            json!({ "type": "invalid_request_error", "code": "charge_already_refunded" }),
            ErrorCode::Conflict,
            Hint::Abort,
        ),
        (
            401,
            json!({ "type": "invalid_request_error" }),
            ErrorCode::AuthInvalid,
            Hint::Auth,
        ),
        (
            402,
            json!({ "type": "card_error", "code": "card_declined" }),
            ErrorCode::UpstreamError,
            Hint::Abort,
        ),
        (
            403,
            json!({ "type": "invalid_request_error" }),
            ErrorCode::Forbidden,
            Hint::Auth,
        ),
        (
            404,
            json!({ "code": "resource_missing" }),
            ErrorCode::NotFound,
            Hint::Abort,
        ),
        (
            409,
            json!({ "code": "idempotency_key_in_use" }),
            ErrorCode::IdempotencyKeyInUse,
            Hint::Retry,
        ),
        (
            409,
            json!({ "code": "lock_timeout" }),
            ErrorCode::Conflict,
            Hint::Abort,
        ),
        (
            429,
            json!({ "code": "rate_limit" }),
            ErrorCode::RateLimited,
            Hint::Retry,
        ),
        (
            500,
            json!({ "type": "api_error" }),
            ErrorCode::UpstreamError,
            Hint::Retry,
        ),
    ] {
        let found = answered(status, None, &error);
        assert_eq!(
            (found.code(), found.hint()),
            (code, hint),
            "{status} {error}"
        );
    }
}

#[test]
fn the_parameter_at_fault_is_named() {
    let error = answered(
        400,
        None,
        &json!({
            "type": "invalid_request_error",
            "code": "parameter_invalid_integer",
            "param": "line_items[0][quantity]",
            "message": "Invalid integer: x",
        }),
    );
    assert_eq!(error.code(), ErrorCode::ValidationError);
    assert_eq!(error.param(), Some("line_items[0][quantity]"));
    assert_eq!(
        error.detail(),
        Some("Invalid integer: x (parameter_invalid_integer)")
    );
}

#[test]
fn a_declined_card_says_why() {
    let error = answered(
        402,
        None,
        &json!({
            "type": "card_error",
            "code": "card_declined",
            "decline_code": "insufficient_funds",
            "message": "Your card has insufficient funds.",
        }),
    );
    assert_eq!(error.message(), "the payment was declined");
    let detail = "Your card has insufficient funds. (card_declined, insufficient_funds)";
    assert_eq!(error.detail(), Some(detail));
}

#[test]
fn stripe_says_whether_to_try_again() {
    let should = |value| answered(500, Some(("stripe-should-retry", value)), &json!({})).hint();
    assert_eq!(should("false"), Hint::Abort);
    assert_eq!(should("true"), Hint::Retry);
}
