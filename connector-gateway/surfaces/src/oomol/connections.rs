//! `/v1/connections` and `/v1/connection-requests`: a caller connects accounts of its own.

mod accounts;
mod keys;
mod requests;
mod setup;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use plugwright_sdk::{ActionError, ConnectorDefinition, ErrorCode};

use super::Dialect;
use super::envelope::Failure;
pub(super) use accounts::{Account, Deleted};
use plugwright_engine::Principal;
use plugwright_engine::connect::personal::Personal;
pub(super) use requests::{Begun, RequestView};
pub(super) use setup::{Count, Setup};

/// Returns the routes.
pub(super) fn router() -> Router<Arc<Dialect>> {
    Router::new()
        .route("/v1/connections", get(accounts::list))
        .route(
            "/v1/connections/by-id/{appId}",
            get(accounts::show).delete(accounts::delete),
        )
        .route("/v1/connections/{service}/connect", post(requests::connect))
        .route(
            "/v1/connections/{service}/connect/api-key",
            post(keys::api_key),
        )
        .route(
            "/v1/connections/{service}/connect/custom-credential",
            post(keys::custom_credential),
        )
        .route("/v1/connection-requests/{id}", get(requests::show))
        .route("/v1/providers/{service}/setup", get(setup::show))
        .route("/v1/catalog", get(setup::catalog))
}

/// Finds a connector that the caller may call or connect accounts of.
fn connector(
    dialect: &Dialect,
    principal: &Principal,
    personal: Personal<'_>,
    service: &str,
) -> Result<&'static ConnectorDefinition, Failure> {
    personal
        .connector(service)
        .map_err(|_| dialect.unknown_service(principal, service))
}

/// Spells an error where this contract says more than the outcome table can know.
fn spelled(error: ActionError) -> Failure {
    let code = error.code();
    let failure = Failure::from(error);
    match code {
        ErrorCode::ConnectionNotFound => failure.spelled(404, "app_not_found"),
        _ => failure,
    }
}
