//! What is repeated, how often, and after which waits.

use std::time::Duration;

use plugwright_client::{CallOptions, Error, ErrorCode};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::server::{Reply, Server, failure, json as reply, success};

async fn call(server: &Server, options: CallOptions) -> Result<Value, Error> {
    server
        .client()
        .using(options)
        .execute("a.b", &json!({}))
        .await
}

fn retries(retries: u32) -> CallOptions {
    CallOptions::new().retries(retries)
}

#[tokio::test]
async fn repeats_what_may_succeed_later_and_nothing_else() {
    for (status, code, attempts) in [
        (429, "rate_limited", 3),
        (429, "quota_exceeded", 3),
        (500, "internal_error", 3),
        (501, "proxy_not_supported", 3),
        (502, "provider_error", 3),
        (503, "unavailable", 3),
        (599, "strange", 3),
        (200, "rate_limited", 3),
        (409, "request_in_progress", 3),
        (400, "proxy_upstream_timeout", 3),
        (400, "invalid_input", 1),
        (401, "unauthorized", 1),
        (403, "forbidden", 1),
        (404, "not_found", 1),
        (408, "strange", 1),
        (409, "outcome_unknown", 1),
        (422, "strange", 1),
        (424, "provider_error", 1),
        (302, "strange", 1),
    ] {
        let server = Server::start(vec![failure(
            status,
            code,
            "retry-after: 0\r\nlocation: /\r\n",
        )])
        .await;
        let error = call(&server, CallOptions::new()).await.unwrap_err();
        assert_eq!(*error.code(), code);
        assert_eq!(error.status(), Some(status), "{code}");
        assert_eq!(
            (error.attempts(), server.received().len()),
            (attempts, attempts as usize),
            "{status} {code}"
        );
        assert_eq!(error.is_retryable(), attempts > 1, "{status} {code}");
    }
}

#[tokio::test]
async fn a_call_ends_with_the_first_success() {
    let replies = vec![
        failure(503, "unavailable", ""),
        failure(429, "rate_limited", ""),
        success("7"),
    ];
    let server = Server::start(replies).await;
    assert_eq!(call(&server, CallOptions::new()).await.unwrap(), 7);
    let sent = server.received();
    assert_eq!(sent.len(), 3);
    // At most 200 and 400 ms, and whatever the machine takes.
    assert!(sent[2].at - sent[0].at < Duration::from_secs(2));
    let key = sent[0].header("idempotency-key");
    assert!(
        key.is_some()
            && sent
                .iter()
                .all(|request| request.header("idempotency-key") == key)
    );
    call(&server, CallOptions::new()).await.unwrap();
    assert_ne!(
        server.received()[3].header("idempotency-key"),
        key,
        "two calls have one key"
    );
}

#[tokio::test]
async fn waits_as_long_as_it_is_told() {
    let server = Server::start(vec![
        failure(503, "unavailable", "retry-after: 1\r\n"),
        success("1"),
    ])
    .await;
    call(&server, CallOptions::new()).await.unwrap();
    let sent = server.received();
    assert!(sent[1].at - sent[0].at >= Duration::from_secs(1));
    let server = Server::start(vec![failure(429, "rate_limited", "retry-after: 7200\r\n")]).await;
    let error = call(&server, retries(0)).await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
}

#[tokio::test]
async fn the_timeout_is_that_of_each_attempt() {
    let server = Server::start(vec![Reply::Silence]).await;
    let options = retries(1).timeout(Duration::from_millis(150));
    let error = call(&server, options).await.unwrap_err();
    assert_eq!(
        (error.code(), error.attempts()),
        (&ErrorCode::ClientTimeout, 2)
    );
    assert!(error.is_retryable());
    let server = Server::start(vec![Reply::Silence, success("1")]).await;
    let options = retries(1).timeout(Duration::from_millis(150));
    assert_eq!(call(&server, options).await.unwrap(), 1);
}

#[tokio::test]
async fn the_deadline_is_that_of_all_attempts_and_waits() {
    let deadline = |millis| {
        CallOptions::new()
            .retries(9)
            .deadline(Duration::from_millis(millis))
    };
    let started = Instant::now();
    let server = Server::start(vec![Reply::Silence]).await;
    let error = call(&server, deadline(300)).await.unwrap_err();
    assert_eq!(
        (error.code(), error.attempts()),
        (&ErrorCode::ClientTimeout, 1)
    );
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
    // A wait that would end after the deadline is not begun.
    let server = Server::start(vec![failure(503, "unavailable", "retry-after: 30\r\n")]).await;
    let started = Instant::now();
    let error = call(&server, deadline(5_000)).await.unwrap_err();
    assert_eq!(
        (error.code(), error.attempts()),
        (&ErrorCode::Unavailable, 1)
    );
    assert!(
        started.elapsed() < Duration::from_secs(2),
        "{:?}",
        started.elapsed()
    );
}

#[tokio::test]
async fn a_call_that_still_runs_is_waited_for() {
    let running = || failure(409, "idempotency_request_in_progress", "retry-after: 0\r\n");
    let replies = vec![
        Reply::Bytes(Vec::new()),
        running(),
        running(),
        running(),
        running(),
        success("1"),
    ];
    let server = Server::start(replies).await;
    assert_eq!(call(&server, retries(1)).await.unwrap(), 1);
    assert_eq!(server.received().len(), 6);
    // As long as all attempts may take.
    let running = failure(
        409,
        "idempotency_request_in_progress",
        "retry-after: 0.05\r\n",
    );
    let server = Server::start(vec![running.clone()]).await;
    let error = call(&server, retries(1).timeout(Duration::from_millis(300)))
        .await
        .unwrap_err();
    assert_eq!(*error.code(), ErrorCode::IdempotencyRequestInProgress);
    assert!((3..=16).contains(&error.attempts()), "{}", error.attempts());
    let server = Server::start(vec![running]).await;
    let error = call(&server, retries(0)).await.unwrap_err();
    assert_eq!(error.attempts(), 1);
}

#[tokio::test]
async fn an_output_of_another_type_is_an_error_and_not_repeated() {
    let body = r#"{"success":true,"data":{"number":"seven"},"meta":{"executionId":"run-1"}}"#;
    let server = Server::start(vec![reply(200, "", body)]).await;
    let error = server
        .client()
        .execute::<Vec<u64>>("a.b", &json!({}))
        .await
        .unwrap_err();
    assert_eq!(*error.code(), ErrorCode::ClientInvalidResponse);
    assert_eq!(
        (error.execution_id(), error.action_id()),
        (Some("run-1"), Some("a.b"))
    );
    assert_eq!(server.received().len(), 1);
}

/// A failure of a run, as a gateway keeps it for a key.
fn kept(status: u16, code: &str, run: &str) -> Reply {
    let body = format!(
        r#"{{"success":false,"message":"no","data":null,"errorCode":"{code}","meta":{{"executionId":"{run}"}}}}"#
    );
    reply(status, "retry-after: 0\r\n", &body)
}

fn keys(server: &Server) -> Vec<String> {
    let sent = server.received();
    let keys = sent
        .iter()
        .map(|request| request.header("idempotency-key").unwrap_or_default());
    keys.map(str::to_owned).collect()
}

#[tokio::test]
async fn an_outcome_that_the_gateway_keeps_is_not_asked_for_again() {
    let failed = |run| kept(500, "provider_error", run);
    let server = Server::start(vec![failed("run-1")]).await;
    let error = call(&server, retries(9)).await.unwrap_err();
    assert_eq!((error.attempts(), error.execution_id()), (2, Some("run-1")));
    assert!(error.is_retryable());
    let keys_sent = keys(&server);
    assert!(!keys_sent[0].is_empty() && keys_sent[0] == keys_sent[1]);
    // A run each time is another matter.
    let runs = vec![
        failed("run-1"),
        failed("run-2"),
        failed("run-3"),
        success("7"),
    ];
    let server = Server::start(runs).await;
    assert_eq!(call(&server, retries(3)).await.unwrap(), 7);
}

#[tokio::test]
async fn a_key_of_a_call_that_was_refused_is_replaced_but_not_the_caller_s() {
    let refused = |run| kept(429, "rate_limited", run);
    let server = Server::start(vec![refused("run-1"), refused("run-2"), success("7")]).await;
    assert_eq!(call(&server, retries(2)).await.unwrap(), 7);
    let sent = keys(&server);
    assert!(sent[0] != sent[1] && sent[1] != sent[2], "{sent:?}");

    // The first attempt may still run, so the key stays until the gateway says twice how it ended.
    let cut = Reply::Bytes(Vec::new());
    let server = Server::start(vec![
        cut.clone(),
        refused("run-1"),
        refused("run-1"),
        success("7"),
    ])
    .await;
    assert_eq!(call(&server, retries(3)).await.unwrap(), 7);
    let sent = keys(&server);
    assert!(
        sent[0] == sent[1] && sent[1] == sent[2] && sent[2] != sent[3],
        "{sent:?}"
    );

    let server = Server::start(vec![refused("run-1")]).await;
    let client = server.client();
    let action = client.action("a.b").retries(5).idempotency_key("mine");
    let error = action.execute::<Value>().await.unwrap_err();
    assert_eq!(
        (error.attempts(), error.code()),
        (2, &ErrorCode::RateLimited)
    );
    assert_eq!(keys(&server), ["mine", "mine"]);
}

#[tokio::test]
async fn a_call_that_is_cancelled_because_the_client_gave_up_is_a_timeout() {
    let cancelled = kept(400, "execution_cancelled", "run-1");
    let server = Server::start(vec![Reply::Silence, cancelled.clone()]).await;
    let options = retries(2).timeout(Duration::from_millis(150));
    let error = call(&server, options).await.unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.attempts()),
        (&ErrorCode::ClientTimeout, None, 2)
    );
    assert_eq!(error.execution_id(), Some("run-1"));
    // Somebody else cancelled this one.
    let server = Server::start(vec![cancelled]).await;
    let error = call(&server, retries(2)).await.unwrap_err();
    assert_eq!(
        (error.code(), error.attempts()),
        (&ErrorCode::ExecutionCancelled, 1)
    );
}
