//! What Stripe's errors mean.

use plugwright_sdk::{ActionError, ErrorCode, Hint, UpstreamResponse, Value};

/// Codes that say that a thing is not in the state for what was asked.
const STATES: &[&str] = &[
    "charge_already_captured",
    "charge_already_refunded",
    "charge_disputed",
    "charge_expired_for_capture",
    "charge_not_refundable",
    "invoice_not_editable",
    "invoice_no_subscription_line_items",
    "payment_intent_unexpected_state",
    "resource_already_exists",
];

/// Turns what differs from the usual meaning of a status into an error.
///
/// Bodies have `error` with a `type`, a `code`, the `param` at fault, a `message`, and for declined cards
/// a `decline_code`.
pub(crate) fn error(response: &UpstreamResponse) -> Option<ActionError> {
    let usual = response.status_error()?;
    let body = response.json().unwrap_or_default();
    let said = |name: &str| {
        body.pointer(&format!("/error/{name}"))
            .and_then(Value::as_str)
    };
    let (kind, code) = (
        said("type").unwrap_or_default(),
        said("code").unwrap_or_default(),
    );
    let error = match response.status {
        402 => ActionError::new(ErrorCode::UpstreamError, "the payment was declined")
            .with_hint(Hint::Abort),
        400 if kind == "idempotency_error" => ActionError::new(
            ErrorCode::IdempotencyKeyReused,
            "the idempotency key was used for another call",
        ),
        409 if code == "idempotency_key_in_use" => ActionError::new(
            ErrorCode::IdempotencyKeyInUse,
            "a call with this idempotency key is running",
        ),
        400 if STATES.contains(&code) => ActionError::new(
            ErrorCode::Conflict,
            "the current state at Stripe does not allow this",
        ),
        400 => match said("param") {
            Some(param) => ActionError::invalid_param(param, "was rejected by Stripe"),
            None => usual,
        },
        _ => usual,
    };
    // Stripe knows better than the status whether the same request can succeed.
    let error = match response.header("stripe-should-retry") {
        Some("false") if error.hint() == Hint::Retry => error.with_hint(Hint::Abort),
        _ => error,
    };
    let error = match response.retry_after() {
        Some(wait) if error.hint() == Hint::Retry => error.with_retry_after(wait),
        _ => error,
    };
    let codes = [code, said("decline_code").unwrap_or_default()];
    let codes: Vec<_> = codes.into_iter().filter(|code| !code.is_empty()).collect();
    Some(
        match (
            said("message")
                .map(str::to_owned)
                .or_else(|| response.error_text()),
            codes.as_slice(),
        ) {
            (Some(text), []) => error.with_detail(text),
            (Some(text), codes) => error.with_detail(format!("{text} ({})", codes.join(", "))),
            (None, []) => error,
            (None, codes) => error.with_detail(codes.join(", ")),
        },
    )
}
