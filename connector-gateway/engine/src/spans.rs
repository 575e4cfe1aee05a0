//! The spans of a call.
//!
//! They have level trace and their own target, so that logs ignore them. Without traces, creating a
//! span only costs reading a static.

#[cfg(feature = "otlp")]
mod parent;

use http::HeaderMap;
use plugwright_sdk::ErrorCode;
use tracing::{Span, field};
use uuid::Uuid;

/// The target of all spans.
pub const TARGET: &str = "plugwright::trace";

/// Creates the span of a call, which continues the trace in the caller's headers (W3C
/// `traceparent`). It must not have been entered before.
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

/// Creates the span of the connector's code and its requests, below the current one.
pub fn invoke(connector: &str) -> Span {
    tracing::trace_span!(
        target: TARGET,
        "invoke",
        otel.kind = "client",
        plugwright.connector = connector,
    )
}

/// Records the outcome of a call on its span.
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
