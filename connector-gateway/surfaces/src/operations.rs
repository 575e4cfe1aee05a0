//! What operators and their tools ask: is it alive, is it ready, what did it do.

use axum::Router;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::own;
use super::request::bearer_token;
use crate::gateway::Gateway;
use plugwright_engine::Metrics;

/// Returns `/healthz`, `/readyz` and `/metrics`.
pub(super) fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(gateway)
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

/// Any token will do: numbers are no secret, but whoever has none learns nothing.
async fn metrics(State(gateway): State<Gateway>, headers: HeaderMap) -> Response {
    let text = async {
        gateway.authenticate(bearer_token(&headers)?).await?;
        gateway.metrics()
    };
    match text.await {
        Ok(text) => ([(CONTENT_TYPE, Metrics::CONTENT_TYPE)], text).into_response(),
        Err(error) => own::error(&error),
    }
}
