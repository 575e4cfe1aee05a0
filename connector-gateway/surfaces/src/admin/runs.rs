//! `/admin/runs`: the run log.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::json;

use super::state::{Refusal, Reply, ok};
use crate::members::{Body, Kind, Members, TEXT, TIME, UUID, read_query};
use crate::openapi::operation::{Operation, operations, routes};
use plugwright_engine::run_log::{
    LARGEST_PAGE, PAGE, RunEntry, RunFilter, RunLog, RunLogError, RunPage,
};

pub(super) fn operations() -> Vec<Operation<Arc<RunLog>>> {
    operations! {
        get "/runs" "listRuns" "List runs, the newest first" => list, asks RunFilter,
            answers 200 RunPage, fails [ValidationError];
        get "/runs/{id}" "showRun" "Show a run" => show, at_id "The run's id.",
            answers 200 RunEntry, fails [NotFound];
    }
}

pub(super) fn router(runs: Arc<RunLog>) -> Router {
    routes(operations()).with_state(runs)
}

impl Body for RunFilter {
    fn read(members: &mut Members<'_>) -> Self {
        let outcome = Kind::new(
            "`ok`, `error` or an error code",
            |_| {
                let codes = ErrorCode::ALL.iter().map(|code| code.as_str());
                let outcomes: Vec<_> = ["ok", "error"].into_iter().chain(codes).collect();
                json!({ "enum": outcomes })
            },
            |value| value.as_str()?.parse().ok(),
        );
        let limit = Kind::new(
            "1 to 200",
            |_| json!({ "type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE }),
            |value| {
                let limit: u32 = value.as_str()?.parse().ok()?;
                (1..=LARGEST_PAGE).contains(&limit).then_some(limit)
            },
        );
        Self {
            action: members.optional("action", TEXT.about("Only of this action.")),
            connector: members.optional("connector", TEXT.about("Only of this connector.")),
            connection: members.optional("connection", UUID.about("Only with this connection.")),
            principal: members.optional("principal", TEXT.about("Only of this caller.")),
            outcome: members.optional("outcome", outcome.about("Only with this outcome.")),
            since: members.optional("since", TIME.about("Only started at this time or later.")),
            until: members.optional("until", TIME.about("Only started before this time.")),
            limit: members.optional("limit", limit.about("The maximum number of runs.")),
            cursor: members.optional("cursor", TEXT.about("`cursor` of the previous page.")),
        }
    }
}

async fn list(State(runs): State<Arc<RunLog>>, RawQuery(query): RawQuery) -> Reply {
    let filter = read_query(query.as_deref())?;
    let page = runs.find(&filter).await.map_err(failure)?;
    Ok(ok(&page))
}

async fn show(State(runs): State<Arc<RunLog>>, Path(id): Path<String>) -> Reply {
    let run = match id.parse() {
        Ok(run) => runs.run(run).await.map_err(failure)?,
        Err(_) => None,
    };
    match run {
        Some(entry) => Ok(ok(&entry)),
        None => Err(Refusal::not_found(format!(
            "there is no run `{}`",
            Echo(&id)
        ))),
    }
}

fn failure(error: RunLogError) -> ActionError {
    match error {
        RunLogError::Cursor(_) => ActionError::invalid_param(
            "cursor",
            "is not a cursor of this run log; start without one",
        ),
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

    use uuid::Uuid;

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
            (
                "/runs?cursor=x",
                400,
                "`cursor` is not a cursor of this run log",
            ),
            ("/runs?since=soon", 400, "`since` must be a time such as"),
            (
                "/runs?who=me",
                400,
                "`who` is not a parameter; allowed: action, connector",
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
