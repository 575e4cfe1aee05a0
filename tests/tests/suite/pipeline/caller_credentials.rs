use http::header::AUTHORIZATION;
use plugwright_gateway::{Call, ConnectionSelector, Mode};
use plugwright_sdk::{ErrorCode, json};
use plugwright_tests::{Loopback, Received};

use crate::pipeline::bench::{Bench, SECRET, answer, create, list, ok};

const OWN: &str = "Bearer 0wn-t0ken-of-the-caller";

fn with(mut call: Call, authorization: &str) -> Call {
    let value = authorization.parse().unwrap();
    call.options.headers.insert(AUTHORIZATION, value);
    call
}

/// Returns the values of a header that a request had.
fn sent<'r>(request: &'r Received, name: &str) -> Vec<&'r str> {
    let values = request.headers.iter().filter(|(other, _)| other == name);
    values.map(|(_, value)| value.as_str()).collect()
}

/// Repeats what authorized a request.
fn parrot(request: &Received) -> Vec<u8> {
    let next = (!request.target.contains("cursor=two")).then_some("two");
    let body = json!({ "things": [{ "said": sent(request, "authorization") }], "next": next });
    ok(&body)
}

#[tokio::test]
async fn a_callers_header_takes_the_place_of_the_credential() {
    let bench = Bench::new(parrot).await;
    let second = bench.connect("second").await;
    let mut by_id = with(list(), OWN);
    by_id.connection = ConnectionSelector::Id(second.id);
    let mut traced = with(list(), OWN);
    traced
        .options
        .headers
        .insert("x-trace", "7".parse().unwrap());
    for call in [with(list(), OWN), by_id, traced] {
        let result = bench.run(call).await.result.unwrap();
        assert_eq!(result.data, json!([{ "said": ["[redacted]"] }]));
    }
    let received = bench.upstream.received();
    for request in &received {
        assert_eq!(sent(request, "authorization"), [OWN]);
    }
    assert_eq!(sent(&received[2], "x-trace"), ["7"]);
    // A call without it has the connection's again.
    bench.run(list()).await.result.unwrap();
    let last = bench.upstream.received().pop().unwrap();
    assert_eq!(
        sent(&last, "authorization"),
        [format!("Bearer {SECRET}-work")]
    );
}

#[tokio::test]
async fn a_connection_is_still_one_that_the_caller_may_use() {
    let bench = Bench::new(parrot).await;
    let mut unknown = with(list(), OWN);
    unknown.connection = ConnectionSelector::Named("nobody".to_owned());
    let error = bench.run(unknown).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectionNotFound);
    let mut foreign = with(list(), OWN);
    let grant = serde_json::from_value(json!({ "connections": [] })).unwrap();
    foreign.principal = crate::pipeline::bench::principal(grant);
    let error = bench.run(foreign).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConnectionNotAllowed);
    assert!(bench.upstream.received().is_empty());
}

#[tokio::test]
async fn a_refused_header_of_a_caller_says_nothing_about_the_connection() {
    let bench = Bench::new(|request| {
        let own = sent(request, "authorization") == [OWN];
        if own {
            answer(401, "", &json!({}))
        } else {
            parrot(request)
        }
    })
    .await;
    let error = bench.run(with(list(), OWN)).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AuthInvalid);
    bench.gateway.engine().tasks().close();
    bench.gateway.engine().tasks().wait().await;
    let filter = plugwright_gateway::ConnectionFilter::default();
    let connections = bench.store.connections(&filter).await.unwrap();
    let active = plugwright_gateway::ConnectionStatus::Active;
    assert!(
        connections
            .iter()
            .all(|connection| connection.status == active)
    );
}

#[tokio::test]
async fn a_key_and_a_cursor_are_bound_to_the_callers_header() {
    let bench = Bench::new(parrot).await;
    let keyed = |authorization: &str| {
        let mut call = with(create(), authorization);
        call.options.idempotency_key = Some("once".parse().unwrap());
        call
    };
    let first = bench.run(keyed(OWN)).await;
    let again = bench.run(keyed(OWN)).await;
    assert!(!first.replayed && again.replayed);
    let error = bench.run(keyed("Bearer another")).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::IdempotencyKeyReused);
    let mut without = create();
    without.options.idempotency_key = Some("once".parse().unwrap());
    let error = bench.run(without).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::IdempotencyKeyReused);
    assert_eq!(bench.upstream.received().len(), 1);

    let cursor = bench
        .run(with(list(), OWN))
        .await
        .result
        .unwrap()
        .meta
        .cursor;
    let next = |mut call: Call| {
        call.options.cursor.clone_from(&cursor);
        bench.run(call)
    };
    next(with(list(), OWN)).await.result.unwrap();
    for call in [with(list(), "Bearer another"), list()] {
        let error = next(call).await.result.unwrap_err();
        assert!(error.message().contains("another connection"), "{error}");
    }
}

#[tokio::test]
async fn a_lost_write_is_looked_for_with_the_callers_header() {
    let bench = Bench::new(|request| {
        if request.method == "POST" {
            // The connection is closed without an answer.
            return Vec::new();
        }
        ok(&json!([{ "id": "o-1" }]))
    })
    .await;
    let mut call = with(create(), OWN);
    call.target = plugwright_gateway::Target::Action {
        name: "orders.orders.create_with_key".to_owned(),
        input: std::sync::Arc::new(json!({ "name": "lamp" })),
    };
    let outcome = bench.run(call).await;
    assert!(outcome.reconciled, "{outcome:?}");
    let received = bench.upstream.received();
    assert!(received.iter().any(|request| request.method == "GET"));
    for request in &received {
        assert_eq!(sent(request, "authorization"), [OWN]);
    }
}

#[tokio::test]
async fn the_operator_can_forbid_credentials_of_callers() {
    let forbid = |settings: &mut plugwright_gateway::EngineSettings| {
        settings.policy.caller_credentials = false;
    };
    let bench = Bench::with(parrot, forbid).await;
    let error = bench.run(with(list(), OWN)).await.result.unwrap_err();
    assert_eq!(error.code(), ErrorCode::PolicyDenied);
    assert!(bench.upstream.received().is_empty());
    let mut traced = list();
    traced
        .options
        .headers
        .insert("x-trace", "7".parse().unwrap());
    bench.run(traced).await.result.unwrap();
}

#[tokio::test]
async fn a_callers_header_does_not_follow_a_redirect_to_another_host() {
    let stranger = Loopback::start(parrot).await.unwrap();
    let target = format!("location: http://{}/things\r\n", stranger.address());
    let bench = Bench::new(move |_| answer(307, &target, &json!({}))).await;
    // What becomes of the call is not the question.
    drop(bench.run(with(list(), OWN)).await);
    assert_eq!(sent(&bench.upstream.received()[0], "authorization"), [OWN]);
    for request in stranger.received() {
        assert!(sent(&request, "authorization").is_empty(), "{request:?}");
    }
}

#[tokio::test]
async fn a_dry_run_shows_where_the_callers_header_goes() {
    let bench = Bench::new(parrot).await;
    let mut call = with(create(), OWN);
    call.options.mode = Mode::DryRun;
    let plan = bench.run(call).await.result.unwrap().data.into_value();
    let headers = plan["requests"][0]["headers"].to_string();
    assert!(
        headers.contains(r#"["authorization","{{authorization}}"]"#),
        "{headers}"
    );
    assert!(!plan.to_string().contains("0wn-t0ken"));
}
