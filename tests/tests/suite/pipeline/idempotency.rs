use std::sync::Arc;

use plugwright_gateway::{Call, Case, Principal, SqliteStore, Store, Vault};
use plugwright_sdk::{ErrorCode, Hint, json};

use crate::pipeline::bench::{Bench, answer, create, gateway, list, ok, swap_things};

fn keyed(mut call: Call, key: &str) -> Call {
    call.options.idempotency_key = Some(key.parse().unwrap());
    call
}

#[tokio::test]
async fn a_repeated_key_brings_back_the_first_outcome() {
    let bench = Bench::new(|_| ok(&json!({ "id": 7 }))).await;
    let first = bench.run(keyed(create(), "a")).await;
    let second = bench.run(keyed(create(), "a")).await;
    assert!(!first.replayed && second.replayed);
    assert_eq!(first.execution_id, second.execution_id);
    assert_eq!(first.result.unwrap(), second.result.unwrap());
    assert_eq!(bench.upstream.received().len(), 1);
    bench.run(keyed(create(), "b")).await.result.unwrap();
    assert_eq!(bench.upstream.received().len(), 2);
}

#[tokio::test]
async fn a_key_is_for_one_call_of_one_principal() {
    let bench = Bench::new(|_| ok(&json!({ "id": 7 }))).await;
    bench.run(keyed(create(), "a")).await.result.unwrap();
    let error = bench.run(keyed(list(), "a")).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::IdempotencyKeyReused);
    let mut other = keyed(create(), "a");
    other.principal = Arc::new(Principal {
        id: "token:other".to_owned(),
        ..Principal::local()
    });
    assert!(!bench.run(other).await.replayed);
    assert_eq!(bench.upstream.received().len(), 2);
}

#[tokio::test]
async fn a_principal_has_a_limited_number_of_keys_and_refusals_are_counted() {
    let bench = Bench::with(
        |_| ok(&json!({ "id": 7 })),
        |settings| settings.limits.idempotency_keys_per_principal = 2,
    )
    .await;
    for key in ["a", "b"] {
        bench.run(keyed(create(), key)).await.result.unwrap();
    }
    let refused = bench.run(keyed(create(), "c")).await.result.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::RateLimited);
    assert!(refused.retry_after().is_some());
    assert_eq!(bench.upstream.received().len(), 2);
    // Keys that are stored and calls without a key are not affected, nor are other principals.
    assert!(bench.run(keyed(create(), "a")).await.replayed);
    bench.run(create()).await.result.unwrap();
    let mut other = keyed(create(), "c");
    other.principal = Arc::new(Principal {
        id: "token:other".to_owned(),
        ..Principal::local()
    });
    bench.run(other).await.result.unwrap();
    let metrics = bench.gateway.engine().metrics().render().unwrap();
    let refusals = r#"plugwright_limit_hits_total{limit="idempotency_keys_per_principal"} 1"#;
    assert!(metrics.contains(refusals), "{metrics}");
}

#[tokio::test]
async fn a_failure_that_may_pass_gives_the_key_back_and_a_final_one_does_not() {
    let bench = Bench::new(|_| answer(429, "retry-after: 30\r\n", &json!({}))).await;
    for _ in 0..2 {
        let outcome = bench.run(keyed(create(), "a")).await;
        assert!(!outcome.replayed);
        assert_eq!(outcome.result.unwrap_err().code(), ErrorCode::RateLimited);
    }
    let bench = Bench::new(|_| answer(500, "", &json!({}))).await;
    for replayed in [false, true] {
        let outcome = bench.run(keyed(create(), "a")).await;
        assert_eq!(
            (outcome.replayed, outcome.case),
            (replayed, Case::FailedWrite)
        );
    }
    assert_eq!(bench.upstream.received().len(), 1);
}

#[tokio::test]
async fn a_write_that_is_half_done_is_no_call_to_make_again() {
    let bench = Bench::new(|request| match request.method.as_str() {
        "DELETE" => answer(429, "retry-after: 30\r\n", &json!({})),
        _ => ok(&json!({ "id": 8 })),
    })
    .await;
    for replayed in [false, true] {
        let outcome = bench.run(keyed(swap_things(), "a")).await;
        assert_eq!(
            (outcome.replayed, outcome.case),
            (replayed, Case::FailedWrite)
        );
        let error = outcome.result.unwrap_err();
        assert_eq!(error.code(), ErrorCode::UpstreamError);
        assert_eq!(error.hint(), Hint::Abort);
        assert!(error.message().starts_with("a part of the call"), "{error}");
    }
    let posts = bench.upstream.received();
    let posts = posts.iter().filter(|request| request.method == "POST");
    assert_eq!(posts.count(), 1);
}

#[tokio::test]
async fn a_write_that_only_read_before_it_was_refused_gives_the_key_back() {
    let bench = Bench::new(|request| match request.method.as_str() {
        "GET" => ok(&json!({ "id": 7 })),
        _ => answer(429, "retry-after: 30\r\n", &json!({})),
    })
    .await;
    for _ in 0..2 {
        let outcome = bench.run(keyed(swap_things(), "a")).await;
        assert!(!outcome.replayed);
        assert_eq!(outcome.result.unwrap_err().code(), ErrorCode::RateLimited);
    }
}

#[tokio::test]
async fn a_bad_input_takes_no_key() {
    let bench = Bench::new(|_| ok(&json!({ "id": 7 }))).await;
    let bad = Call::action(
        Arc::new(Principal::local()),
        "local.things.create",
        json!({}),
    );
    bench.run(keyed(bad, "a")).await.result.unwrap_err();
    assert!(!bench.run(keyed(create(), "a")).await.replayed);
}

#[tokio::test]
async fn a_call_that_a_dead_process_left_is_in_doubt_and_never_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plugwright.db");
    let vault = Vault::ephemeral();
    let bench = Bench::new(|_| ok(&json!({ "id": 7 }))).await;
    // The claim of a process that died while its call was running.
    {
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path).await.unwrap());
        let dying = gateway(&store, &vault, |_| {});
        let unanswered = plugwright_tests::Loopback::start(|_| {
            std::thread::sleep(std::time::Duration::from_millis(400));
            Vec::new()
        })
        .await
        .unwrap();
        let mut call = keyed(create(), "a");
        call.connection = given(unanswered.address());
        let running = tokio::spawn(async move { dying.execute(call).await });
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&path).await.unwrap());
        let next = gateway(&store, &vault, |_| {});
        let mut call = keyed(create(), "a");
        call.connection = given(bench.upstream.address());
        let outcome = next.execute(call).await;
        assert_eq!(outcome.case, Case::DoubtfulWrite);
        assert_eq!(
            outcome.result.unwrap_err().code(),
            ErrorCode::OutcomeUnknown
        );
        running.abort();
    }
    assert!(bench.upstream.received().is_empty());
}

fn given(address: std::net::SocketAddr) -> plugwright_gateway::ConnectionSelector {
    plugwright_gateway::ConnectionSelector::Credential {
        credential: plugwright_sdk::Credential::token("some-token"),
        settings: [("base_url".to_owned(), format!("http://{address}"))].into(),
    }
}

#[tokio::test]
async fn a_large_outcome_is_kept_for_a_write_and_not_for_a_read() {
    let name = "x".repeat(100_000);
    let bench = Bench::new(move |request| match request.method.as_str() {
        "GET" => ok(&json!({ "things": [{ "id": 7, "name": name }] })),
        _ => ok(&json!({ "id": 7, "name": name })),
    })
    .await;
    for (call, replayed) in [
        (list as fn() -> Call, false),
        (create as fn() -> Call, true),
    ] {
        bench.run(keyed(call(), "a")).await.result.unwrap();
        let again = bench.run(keyed(call(), "a")).await;
        assert_eq!(again.replayed, replayed);
        again.result.unwrap();
    }
    assert_eq!(bench.upstream.received().len(), 3);
}
