//! `/v1/saas`: accounts of a project's end users, for the client `ProjectConnector`.

pub(super) mod accounts;
pub(super) mod body;
mod connect;
mod execute;
pub(super) mod failure;
mod proxy;
mod requests;
pub(super) mod view;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::Dialect;

/// Returns the routes.
pub(super) fn router() -> Router<Arc<Dialect>> {
    Router::new()
        .route("/v1/saas/connected-accounts", get(accounts::list))
        .route("/v1/saas/connected-accounts/link", post(connect::link))
        .route(
            "/v1/saas/connected-accounts/api-key",
            post(connect::api_key),
        )
        .route(
            "/v1/saas/connected-accounts/custom-credential",
            post(connect::custom_credential),
        )
        .route(
            "/v1/saas/connected-accounts/{id}",
            get(accounts::show).delete(accounts::delete),
        )
        .route(
            "/v1/saas/connected-accounts/{id}/profile",
            get(accounts::profile),
        )
        .route("/v1/saas/connection-requests/{id}", get(requests::show))
        .route("/v1/saas/actions/{actionId}", post(execute::execute))
        .route("/v1/saas/proxy/{service}", post(proxy::call))
}
