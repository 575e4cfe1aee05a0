//! `/admin/runs`: the run log, for the operator. Who may ask is checked before.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::get;
use http::StatusCode;
use plugwright_sdk::{ActionError, ErrorCode};
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use crate::run_log::{RunFilter, RunLog, RunLogError};
use crate::time::Timestamp;

/// Returns the routes `/admin/runs` and `/admin/runs/{id}`.
pub(crate) fn router(runs: Arc<RunLog>) -> Router {
    Router::new()
        .route("/admin/runs", get(list))
        .route("/admin/runs/{id}", get(show))
        .with_state(runs)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ListQuery {
    action: Option<String>,
    connector: Option<String>,
    connection: Option<Uuid>,
    principal: Option<String>,
    outcome: Option<String>,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    limit: Option<u32>,
    cursor: Option<String>,
}

async fn list(
    State(runs): State<Arc<RunLog>>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Response {
    match page(&runs, query).await {
        Ok(page) => Json(page).into_response(),
        Err(error) => refusal(&error),
    }
}

async fn page(
    runs: &RunLog,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<crate::run_log::RunPage, ActionError> {
    let Query(query) =
        query.map_err(|error| ActionError::new(ErrorCode::ValidationError, error.body_text()))?;
    let outcome = query
        .outcome
        .map(|text| text.parse())
        .transpose()
        .map_err(|message: String| ActionError::invalid_param("outcome", message))?;
    if query.limit.is_some_and(|limit| !(1..=200).contains(&limit)) {
        return Err(ActionError::invalid_param("limit", "must be 1 to 200"));
    }
    let filter = RunFilter {
        action: query.action,
        connector: query.connector,
        connection: query.connection,
        principal: query.principal,
        outcome,
        since: query.since,
        until: query.until,
        limit: query.limit,
        cursor: query.cursor,
    };
    runs.find(&filter).await.map_err(failure)
}

async fn show(State(runs): State<Arc<RunLog>>, Path(id): Path<String>) -> Response {
    let missing = || ActionError::new(ErrorCode::NotFound, format!("there is no run `{id}`"));
    let Ok(run) = id.parse() else {
        return refusal(&missing());
    };
    match runs.run(run).await {
        Ok(Some(entry)) => Json(entry).into_response(),
        Ok(None) => refusal(&missing()),
        Err(error) => refusal(&failure(error)),
    }
}

fn failure(error: RunLogError) -> ActionError {
    match error {
        RunLogError::Cursor(_) => {
            ActionError::invalid_param("cursor", "is not one of this log; start without one")
        }
        other => ActionError::new(ErrorCode::Unavailable, "the run log can't be read now")
            .with_source(other),
    }
}

fn refusal(error: &ActionError) -> Response {
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({ "error": error }))).into_response()
}
