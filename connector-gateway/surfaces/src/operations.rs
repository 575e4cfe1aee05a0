//! Endpoints for operators and their tools: liveness, readiness and metrics.

use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::openapi::operation::{Operation, operations, routes};
use super::openapi::{Access, in_text};
use crate::caller::Caller;
use crate::gateway::Gateway;
use crate::own;
use plugwright_engine::Metrics;
use plugwright_sdk::{ActionError, ErrorCode};

const PLAIN: &str = "text/plain; charset=utf-8";

/// Returns `/healthz`, `/readyz` and `/metrics`.
pub(super) fn operations() -> Vec<Operation<Gateway>> {
    operations! {
        get "/healthz" "checkLiveness" "Check that the process is alive" => alive,
            answers_with 200 in_text("It is alive.", PLAIN), sets access = Some(Access::Everybody);
        get "/readyz" "checkReadiness" "Check that the gateway takes calls" => ready,
            answers_with 200 in_text("It takes calls.", PLAIN), answers_with 503 not_ready(),
            sets access = Some(Access::Everybody);
        get "/metrics" "readMetrics" "Read metrics" => metrics,
            answers_with 200 in_text("The metrics.", Metrics::CONTENT_TYPE), fails [PolicyDenied];
    }
}

fn not_ready() -> Value {
    let mut waiting = in_text("It takes no calls, and why.", PLAIN);
    waiting["headers"] = json!({ "Retry-After": { "schema": { "type": "integer" } } });
    waiting
}

pub(super) fn router(gateway: Gateway) -> Router {
    routes(operations()).with_state(gateway)
}

async fn alive() -> &'static str {
    "ok\n"
}

async fn ready(State(gateway): State<Gateway>) -> Response {
    match gateway.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => (
            StatusCode::SERVICE_UNAVAILABLE,
            [(RETRY_AFTER, "1")],
            format!("{}\n", error.message()),
        )
            .into_response(),
    }
}

/// The numbers are of all tenants, so not every token will do.
async fn metrics(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    let text = async {
        let caller = Caller::of(&gateway, &headers).await?;
        if !caller.principal.sees_all_tenants() {
            return Err(ActionError::new(
                ErrorCode::PolicyDenied,
                "metrics are of all tenants: they need the operator's token, or one for all actions in \
                 every organization",
            ));
        }
        gateway.metrics()
    };
    match text.await {
        Ok(text) => ([(CONTENT_TYPE, Metrics::CONTENT_TYPE)], text).into_response(),
        Err(error) => own::error(&error),
    }
}
