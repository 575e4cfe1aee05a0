//! The spans of a call.
//!
//! They are of level trace and have a target of their own, so that logs don't ask for them: unless
//! traces are sent somewhere, making one costs one look at a static.

#[cfg(feature = "otlp")]
mod parent;

use http::HeaderMap;
use plugwright_sdk::ErrorCode;
use tracing::{Span, field};
use uuid::Uuid;

/// The target of all spans.
pub const TARGET: &str = "plugwright::trace";

/// Makes the span of a call. It continues the trace that the caller's headers name, if they do
/// (W3C `traceparent`); so it must not have been entered before.
pub fn call(run: Uuid, surface: &'static str, headers: &HeaderMap) -> Span {
    let span = tracing::trace_span!(
        target: TARGET,
        "call",
        otel.kind = "server",
        otel.status_code = field::Empty,
        plugwright.run = %run,
        plugwright.surface = surface,
        plugwright.action = field::Empty,
        plugwright.outcome = field::Empty,
    );
    #[cfg(feature = "otlp")]
    if !span.is_disabled() {
        parent::continue_trace(&span, headers);
    }
    #[cfg(not(feature = "otlp"))]
    let _ = headers;
    span
}

/// Makes the span of the connector's code and its requests, below the present one.
pub fn invoke(connector: &str) -> Span {
    tracing::trace_span!(
        target: TARGET,
        "invoke",
        otel.kind = "client",
        plugwright.connector = connector,
    )
}

/// Notes on a call's span how the call ended.
pub fn end(span: &Span, action: Option<&str>, error: Option<ErrorCode>) {
    if span.is_disabled() {
        return;
    }
    if let Some(action) = action {
        span.record("plugwright.action", action);
    }
    span.record("plugwright.outcome", error.map_or("ok", ErrorCode::as_str));
    span.record(
        "otel.status_code",
        if error.is_some() { "ERROR" } else { "OK" },
    );
}
