//! `/admin`: the operator's API. Mount it behind the operator's authentication.

mod connections;
mod grant;
mod oauth_clients;
mod operations;
mod organizations;
mod projects;
mod provider_configs;
mod request;
mod runs;
mod state;
mod tokens;
mod vault;

use std::sync::Arc;

use axum::Router;
use plugwright_sdk::{ActionError, ErrorCode};

use crate::erased::erase;
use crate::openapi::operation::routes;
pub(super) use operations::describe;
use plugwright_engine::run_log::RunLog;
pub(crate) use state::AdminState;
use state::Refusal;

/// Returns the routes, to be nested under `/admin`: without a state, only those of the run log.
pub(crate) fn router(state: Option<AdminState>, runs: Arc<RunLog>) -> Router {
    state
        .map_or_else(Router::new, |state| {
            routes(operations::operations()).with_state(state)
        })
        .merge(runs::router(runs))
        .fallback(erase(async || {
            Refusal::not_found("there is nothing at this path")
        }))
        .method_not_allowed_fallback(async || {
            Refusal(
                ActionError::new(
                    ErrorCode::NotFound,
                    "this path does not support this method",
                )
                .with_status(405),
            )
        })
}

#[cfg(test)]
mod tests;
