//! `/admin/runs`: the run log.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::routing::get;
use http::StatusCode;
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use serde::Deserialize;
use uuid::Uuid;

use super::{Answer, Refusal, answer};
use crate::request::reason;
use plugwright_engine::run_log::{RunFilter, RunLog, RunLogError};
use plugwright_store::Timestamp;

/// Returns the routes `/runs` and `/runs/{id}`.
pub(super) fn router(runs: Arc<RunLog>) -> Router {
    Router::new()
        .route("/runs", get(list))
        .route("/runs/{id}", get(show))
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
) -> Answer {
    let page = page(&runs, query).await?;
    Ok(answer(StatusCode::OK, &page))
}

async fn page(
    runs: &RunLog,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<plugwright_engine::run_log::RunPage, ActionError> {
    let Query(query) = query.map_err(|error| {
        ActionError::new(ErrorCode::ValidationError, reason(&error.body_text()))
    })?;
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

async fn show(State(runs): State<Arc<RunLog>>, Path(id): Path<String>) -> Answer {
    let run = match id.parse() {
        Ok(run) => runs.run(run).await.map_err(failure)?,
        Err(_) => None,
    };
    match run {
        Some(entry) => Ok(answer(StatusCode::OK, &entry)),
        None => Err(Refusal::not_found(format!(
            "there is no run `{}`",
            Echo(&id)
        ))),
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

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;
    use serde_json::{Value, json};
    use tower::ServiceExt;

    use super::*;
    use plugwright_engine::Surface;
    use plugwright_engine::run_log::{RunDatabase, RunLogSettings, RunRecord};

    async fn log(folder: &tempfile::TempDir) -> (Router, Vec<Uuid>) {
        let path = folder.path().join("runs.db");
        let database = RunDatabase::file(&path).await.unwrap();
        let runs = RunLog::start(database, RunLogSettings::default());
        let mut ids = Vec::new();
        for index in 0..3 {
            let mut run = RunRecord::begin(Surface::Action, "admin");
            run.action = Some(format!("github.list.{index}").into());
            ids.push(run.id);
            runs.record(run);
        }
        runs.flush().await;
        (router(Arc::new(runs)), ids)
    }

    async fn ask(router: &Router, target: &str) -> (u16, Value) {
        let request = Request::get(target).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = axum::body::to_bytes(response.into_body(), 1 << 20)
            .await
            .unwrap();
        (status, serde_json::from_slice(&body).unwrap())
    }

    #[tokio::test]
    async fn lists_by_filter_and_page_and_shows_one() {
        let folder = tempfile::tempdir().unwrap();
        let (router, ids) = log(&folder).await;
        let (status, first) = ask(&router, "/runs?limit=2&outcome=ok&principal=admin").await;
        assert_eq!(status, 200);
        assert_eq!(first["items"].as_array().unwrap().len(), 2);
        assert_eq!(first["items"][0]["action"], "github.list.2");
        let cursor = first["cursor"].as_str().unwrap();
        let (_, second) = ask(&router, &format!("/runs?limit=2&cursor={cursor}")).await;
        assert_eq!(second["items"][0]["id"], ids[0].to_string());
        assert_eq!(second["cursor"], Value::Null);
        let (_, none) = ask(&router, "/runs?since=2999-01-01T00:00:00Z").await;
        assert_eq!(none, json!({ "items": [], "cursor": null }));
        let (status, one) = ask(&router, &format!("/runs/{}", ids[1])).await;
        assert_eq!((status, &one["action"]), (200, &json!("github.list.1")));
    }

    #[tokio::test]
    async fn says_what_is_wrong_with_a_question() {
        let folder = tempfile::tempdir().unwrap();
        let (router, _) = log(&folder).await;
        for (target, status, words) in [
            (
                "/runs?outcome=bad",
                400,
                "`outcome` must be `ok`, `error` or an error code",
            ),
            ("/runs?limit=201", 400, "`limit` must be 1 to 200"),
            ("/runs?cursor=x", 400, "`cursor` is not one of this log"),
            ("/runs?since=soon", 400, "`soon` must be a time such as"),
            (
                "/runs?who=me",
                400,
                "unknown field `who`, expected one of `action`",
            ),
            ("/runs/7", 404, "there is no run `7`"),
            (
                "/runs/01890a5d-ac96-774b-bcce-b302099a8057",
                404,
                "there is no run",
            ),
        ] {
            let (found, answer) = ask(&router, target).await;
            let message = answer["error"]["message"].as_str().unwrap();
            assert_eq!(found, status, "{target}: {message}");
            assert!(message.contains(words), "{target}: {message}");
        }
    }
}
