//! Errors and limits that GraphQL APIs report in the body of an answer with status 200.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use plugwright_gateway::{Call, Case, Grant};
use plugwright_sdk::graphql::Operation;
use plugwright_sdk::{
    ActionContext, Auth, ConnectorDefinition, ErrorCode, Result, Value, action, actions, json,
};

use crate::pipeline::bench::{Bench, answer, ok, principal};

const GET: Operation = Operation::new("query Task($id: ID!) { task(id: $id) { title } }");
const CLOSE: Operation = Operation::new("mutation Close($id: ID!) { close(id: $id) { title } }");

/// Gets a task.
#[action("tasks.get", read)]
async fn get(
    cx: &ActionContext,
    /// Id of the task.
    id: String,
) -> Result<Value> {
    let request = cx.graphql(GET).variable("id", id).at("/task");
    request.accept_partial().fetch().await
}

/// Closes a task that is there.
#[action("tasks.close", write)]
async fn close(
    cx: &ActionContext,
    /// Id of the task.
    id: String,
) -> Result<Value> {
    get(cx, id.clone()).await?;
    cx.graphql(CLOSE)
        .variable("id", id)
        .at("/close")
        .fetch()
        .await
}

/// A connector of a GraphQL API.
pub(super) static GRAPH: ConnectorDefinition = ConnectorDefinition::new("todo", "To do", "1.0.0")
    .description("Tasks of a GraphQL API")
    .base_url("{base_url}")
    .auth(&[Auth::bearer_token("Token")])
    .actions(actions![get, close]);

fn call(action: &str) -> Call {
    Call::action(
        principal(Grant::default()),
        format!("todo.tasks.{action}"),
        json!({ "id": "7" }),
    )
}

/// A bench whose server finds the task, and answers the mutation so.
async fn closing(mutated: Value) -> Bench {
    Bench::new(move |request| {
        if String::from_utf8_lossy(&request.body).contains("mutation") {
            ok(&mutated)
        } else {
            ok(&json!({ "data": { "task": { "title": "Buy milk" } } }))
        }
    })
    .await
}

fn error(kind: &str) -> Value {
    json!([{ "type": kind, "message": "no" }])
}

#[tokio::test]
async fn a_limit_that_a_body_reports_is_not_run_into_again() {
    let limited = json!({ "errors": error("RATE_LIMITED") });
    let bench = Bench::new(move |_| answer(200, "x-ratelimit-reset: 60\r\n", &limited)).await;
    for _ in 0..2 {
        let error = bench.run(call("get")).await.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::RateLimited);
        let wait = error.retry_after().unwrap().as_secs();
        assert!((50..=60).contains(&wait), "{wait}");
    }
    assert_eq!(bench.upstream.received().len(), 1);
}

#[tokio::test]
async fn a_limit_that_is_used_up_by_an_answer_is_kept() {
    let data = json!({
        "data": { "task": { "title": "Buy milk" } },
        "extensions": { "cost": {
            "requestedQueryCost": 100,
            "throttleStatus": { "maximumAvailable": 1000, "currentlyAvailable": 0, "restoreRate": 2 },
        } },
    });
    let bench = Bench::new(move |_| ok(&data)).await;
    assert_eq!(
        bench.run(call("get")).await.result.unwrap().data,
        json!({ "title": "Buy milk" })
    );
    let error = bench.run(call("get")).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::RateLimited);
    assert_eq!(bench.upstream.received().len(), 1);
}

#[tokio::test]
async fn a_query_is_sent_again_as_a_read_is() {
    let count = Arc::new(AtomicUsize::new(0));
    let bench = Bench::new(move |_| match count.fetch_add(1, Ordering::SeqCst) {
        0 | 1 => ok(&json!({ "data": null, "errors": error("INTERNAL") })),
        _ => ok(&json!({ "data": { "task": { "title": "Buy milk" } } })),
    })
    .await;
    let outcome = bench.run(call("get")).await;
    assert_eq!(outcome.result.unwrap().data, json!({ "title": "Buy milk" }));
    assert_eq!(bench.upstream.received().len(), 3);
}

#[tokio::test]
async fn a_mutation_is_sent_again_only_if_nothing_was_done() {
    for (answer, case, code, requests) in [
        // Refused: twice more, as with status 429.
        (
            json!({ "errors": error("RATE_LIMITED") }),
            Case::FailedWrite,
            ErrorCode::RateLimited,
            4,
        ),
        (
            json!({ "data": { "close": null }, "errors": error("FORBIDDEN") }),
            Case::FailedWrite,
            ErrorCode::Forbidden,
            2,
        ),
        // Begun, and broken off.
        (
            json!({ "data": { "close": null }, "errors": error("INTERNAL") }),
            Case::DoubtfulWrite,
            ErrorCode::OutcomeUnknown,
            2,
        ),
        // Done, and a part of the answer is missing.
        (
            json!({ "data": { "close": { "title": null } }, "errors": error("FORBIDDEN") }),
            Case::DoubtfulWrite,
            ErrorCode::OutcomeUnknown,
            2,
        ),
    ] {
        let bench = closing(answer.clone()).await;
        let outcome = bench.run(call("close")).await;
        assert_eq!(outcome.case, case, "{answer}");
        assert_eq!(outcome.result.unwrap_err().code(), code, "{answer}");
        assert_eq!(bench.upstream.received().len(), requests, "{answer}");
    }
}

#[tokio::test]
async fn partial_data_says_what_is_missing() {
    let bench = Bench::new(|_| {
        ok(&json!({
            "data": { "task": { "title": null } },
            "errors": [{ "type": "FORBIDDEN", "path": ["task", "title"], "message": "hidden" }],
        }))
    })
    .await;
    let result = bench.run(call("get")).await.result.unwrap();
    assert_eq!(result.data, json!({ "title": null }));
    let missing = &result.meta.missing;
    assert_eq!(missing.len(), 1);
    assert_eq!(
        (missing[0].path.as_str(), missing[0].message.as_str()),
        ("task.title", "hidden")
    );
}
