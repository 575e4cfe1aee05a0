use std::net::TcpListener;
use std::time::{Duration, Instant};

use plugwright_gateway::{Case, ConnectionSelector, Limits, Surface, answer as answer_of};
use plugwright_sdk::{Credential, ErrorCode, json};
use plugwright_tests::Received;

use crate::pipeline::bench::{Bench, answer, create, list, ok};

#[tokio::test]
async fn a_refused_write_failed_and_is_sent_once() {
    let bench = Bench::new(|_| answer(500, "", &json!({ "message": "down" }))).await;
    let outcome = bench.run(create()).await;
    assert_eq!(outcome.case, Case::FailedWrite);
    let error = outcome.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamError);
    assert_eq!(
        answer_of(error.code(), outcome.case, Surface::Action).status,
        424
    );
    assert_eq!(bench.upstream.received().len(), 1);
}

#[tokio::test]
async fn a_write_without_an_answer_is_in_doubt() {
    for reply in [
        b"".to_vec(),
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{\"id\""
            .to_vec(),
        ok(&json!({})).into_iter().take(40).collect(),
        answer(504, "", &json!({})),
        b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 4\r\n\r\noops".to_vec(),
    ] {
        let bench = Bench::new(move |_| reply.clone()).await;
        let outcome = bench.run(create()).await;
        assert_eq!(outcome.case, Case::DoubtfulWrite);
        assert_eq!(
            outcome.result.unwrap_err().code(),
            ErrorCode::OutcomeUnknown
        );
        assert_eq!(bench.upstream.received().len(), 1);
    }
}

#[tokio::test]
async fn a_write_that_was_never_sent_failed() {
    let bench = Bench::new(|_| ok(&json!({}))).await;
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut call = create();
    call.connection = ConnectionSelector::Credential {
        credential: Credential::token("some-token"),
        settings: [("base_url".to_owned(), format!("http://{closed}"))].into(),
    };
    call.options.retries = Some(0);
    let outcome = bench.run(call).await;
    assert_eq!(outcome.case, Case::FailedWrite);
    assert_eq!(
        outcome.result.unwrap_err().code(),
        ErrorCode::UpstreamUnreachable
    );
}

#[tokio::test]
async fn a_read_is_tried_again_and_a_write_is_not() {
    let bench = Bench::new(|_| answer(503, "", &json!({}))).await;
    let outcome = bench.run(list()).await;
    assert_eq!(outcome.case, Case::Repeatable);
    assert_eq!(bench.upstream.received().len(), 3);
    let mut call = list();
    call.options.retries = Some(0);
    bench.run(call).await.result.unwrap_err();
    assert_eq!(bench.upstream.received().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_deadline_ends_the_upstream_request() {
    let bench = Bench::new(|_| {
        std::thread::sleep(Duration::from_secs(1));
        ok(&json!({}))
    })
    .await;
    for (mut call, code) in [
        (list(), ErrorCode::UpstreamTimeout),
        (create(), ErrorCode::OutcomeUnknown),
    ] {
        call.options.timeout = Some(Duration::from_millis(150));
        let started = Instant::now();
        let error = bench.run(call).await.result.unwrap_err();
        assert_eq!(error.code(), code);
        assert!(
            started.elapsed() < Duration::from_millis(600),
            "{:?}",
            started.elapsed()
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_goes_on_when_its_caller_leaves() {
    let bench = Bench::new(|_| {
        std::thread::sleep(Duration::from_millis(300));
        ok(&json!({ "id": 1 }))
    })
    .await;
    let gateway = bench.gateway.clone();
    let mut keyed = create();
    keyed.options.idempotency_key = Some("k".parse().unwrap());
    let leaving = tokio::time::timeout(Duration::from_millis(50), gateway.execute(keyed.clone()));
    assert!(leaving.await.is_err());
    let outcome = loop {
        let outcome = bench.run(keyed.clone()).await;
        match &outcome.result {
            Err(error) if error.code() == ErrorCode::IdempotencyKeyInUse => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            _ => break outcome,
        }
    };
    assert!(outcome.replayed);
    assert_eq!(outcome.result.unwrap().data, json!({ "id": 1 }));
    assert_eq!(bench.upstream.received().len(), 1);
}

#[tokio::test]
async fn a_write_counts_as_running_until_it_is_done_whoever_waits_for_it() {
    let limits = Limits {
        concurrent_calls: 1,
        ..Limits::default()
    };
    let slow = |_: &Received| {
        std::thread::sleep(Duration::from_millis(300));
        ok(&json!({ "id": 1 }))
    };
    let bench = Bench::with(slow, |settings| settings.limits = limits).await;
    let gateway = bench.gateway.clone();
    let leaving = tokio::time::timeout(Duration::from_millis(50), gateway.execute(create()));
    assert!(leaving.await.is_err());
    let error = bench.run(list()).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Unavailable);
    assert!(error.retry_after().is_some());
    let refused = r#"outcome="UNAVAILABLE""#;
    assert!(gateway.metrics().unwrap().contains(refused));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(bench.run(create()).await.result.is_ok());
    assert_eq!(bench.upstream.received().len(), 2);
}

#[tokio::test]
async fn all_that_is_wrong_is_told_at_once() {
    let bench = Bench::new(|_| ok(&json!({}))).await;
    let mut call = create();
    call.target = plugwright_gateway::Target::Action {
        name: "local.things.create".to_owned(),
        input: json!({ "nam": 1 }).into(),
    };
    call.options.timeout = Some(Duration::from_hours(1));
    call.options.cursor = Some("forged".to_owned());
    let error = bench.run(call).await.result.unwrap_err();
    let params: Vec<_> = error
        .faults()
        .iter()
        .map(|fault| fault.param.as_str())
        .collect();
    let options = ["options.timeoutMs", "options.cursor"];
    assert_eq!(params, [options[0], options[1], "nam", "name"]);
    assert!(bench.upstream.received().is_empty());
}

#[tokio::test]
async fn whoever_calls_a_provider_that_is_left_alone_is_told_to_wait() {
    let bench = Bench::new(|_| answer(500, "", &json!({ "message": "down" }))).await;
    let mut call = list();
    call.options.retries = Some(0);
    for _ in 0..5 {
        bench.run(call.clone()).await.result.unwrap_err();
    }
    let sent = bench.upstream.received().len();
    for call in [list(), create()] {
        let outcome = bench.run(call).await;
        let error = outcome.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::UpstreamSuspended);
        assert!(error.retry_after().is_some());
        let answer = answer_of(error.code(), outcome.case, Surface::Action);
        assert_eq!((answer.status, answer.code), (503, "provider_unavailable"));
    }
    assert_eq!(bench.upstream.received().len(), sent);
    let metrics = bench.gateway.metrics().unwrap();
    assert!(metrics.contains("plugwright_suspended_hosts 1\n"));
}
