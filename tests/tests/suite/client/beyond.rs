//! What only the Rust client has, against a gateway as people run it.

use std::time::Duration;

use plugwright_client::{CallOptions, Connector, ErrorCode, Hint, ProxyRequest};
use plugwright_sdk::{Value, json};
use plugwright_tests::Loopback;
use plugwright_tests::gateway::{GatewayProcess, Setup};
use serde::Deserialize;

use super::gateway_of_own;
use super::recorder::{Recorder, Reply};
use crate::fixture;

#[derive(Debug, PartialEq, Deserialize)]
struct Thing {
    id: String,
    name: String,
}

/// How often the provider was asked to make a thing, since this was asked before.
async fn made(upstream: &Loopback) -> u64 {
    let url = format!("http://{}/asked", upstream.address());
    let asked = plugwright_tests::gateway::client().get(url).send().await;
    let text = asked.expect("an answer").text().await.expect("a text");
    let asked: Value = text.parse().expect("JSON");
    asked["POST /things"].as_u64().unwrap_or(0)
}

async fn stage() -> (GatewayProcess, Loopback, Recorder, Connector) {
    let (gateway, upstream, tokens) = gateway_of_own().await;
    let recorder = Recorder::start(gateway.url()).await;
    let client = Connector::builder()
        .api_key(tokens["full"].as_str().expect("a text"))
        .base_url(format!("{}/v1", recorder.url()))
        .build();
    (gateway, upstream, recorder, client.expect("a client"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_whose_response_is_lost_happens_once() {
    let (_gateway, upstream, mut recorder, client) = stage().await;
    made(&upstream).await;
    recorder.lose(2);
    let create = client
        .action("local.things.create")
        .input(json!({ "name": "once" }));
    let created = create.execute_raw::<Thing>().await.expect("a thing");
    assert_eq!(created.data.name, "once");
    assert!(created.replayed);
    assert_eq!((recorder.take().len(), made(&upstream).await), (3, 1));

    // The same for the provider's API itself.
    recorder.lose(1);
    let request = ProxyRequest::post("/things").json(json!({ "name": "once" }));
    let answer = client
        .proxy::<Thing>("local", &request)
        .await
        .expect("an exchange");
    assert_eq!(
        (answer.status, recorder.take().len(), made(&upstream).await),
        (201, 2, 1)
    );

    // A key of the caller's own.
    for replayed in [false, true] {
        let create = client
            .action("local.things.create")
            .input(json!({ "name": "order" }));
        let created = create
            .idempotency_key("order-17")
            .execute_raw::<Thing>()
            .await;
        assert_eq!(created.expect("a thing").replayed, replayed);
    }
    let other = client
        .action("local.things.create")
        .input(json!({ "name": "other" }));
    let error = other
        .idempotency_key("order-17")
        .execute::<Thing>()
        .await
        .unwrap_err();
    assert_eq!(*error.code(), ErrorCode::IdempotencyKeyConflict);
    assert_eq!(made(&upstream).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_is_still_running_is_waited_for() {
    let (_gateway, upstream, _recorder, client) = stage().await;
    made(&upstream).await;
    // The provider takes longer than an attempt.
    let options = CallOptions::new()
        .timeout(Duration::from_millis(600))
        .retries(3);
    let created = client
        .using(options)
        .action("local.things.create")
        .input(json!({ "name": "slow" }))
        .execute::<Thing>()
        .await;
    created.expect("a thing");
    assert_eq!(made(&upstream).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dry_runs_and_mocks_ask_no_provider() {
    let (_gateway, upstream, _recorder, client) = stage().await;
    made(&upstream).await;
    let create = || {
        client
            .action("local.things.create")
            .input(json!({ "name": "lamp" }))
    };
    let plan = create().dry_run().await.expect("a plan");
    let [request] = plan.requests.as_slice() else {
        panic!("{plan:?}")
    };
    assert_eq!(request.method, "POST");
    assert!(request.url.ends_with("/things"), "{}", request.url);
    assert_eq!(request.body, Some(json!({ "json": { "name": "lamp" } })));
    let credential = request
        .headers
        .iter()
        .find(|(name, _)| name == "authorization");
    assert_eq!(
        credential.map(|(_, value)| value.as_str()),
        Some("Bearer {{token}}")
    );
    create()
        .mock()
        .execute::<Value>()
        .await
        .expect("sample data");
    assert_eq!(made(&upstream).await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn errors_have_what_the_gateway_says() {
    let (_gateway, _upstream, _recorder, client) = stage().await;
    let error = client
        .execute::<Value>("local.things.list", &json!({ "limit": 0 }))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.status(), error.hint()),
        (&ErrorCode::InvalidInput, Some(400), Some(Hint::Abort))
    );
    assert_eq!(error.data().expect("faults")[0]["param"], "limit");
    assert!(error.request_id().is_some() && error.execution_id().is_some());
    assert_eq!(
        (error.action_id(), error.attempts()),
        (Some("local.things.list"), 1)
    );
    assert!(
        error
            .to_string()
            .starts_with("`local.things.list` failed: `limit` must"),
        "{error}"
    );
    let kept = client
        .action("local.things.create")
        .input(json!({ "name": "x" }))
        .fields(["name"]);
    assert_eq!(
        kept.execute::<Value>().await.expect("a thing"),
        json!({ "name": "x" })
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_output_is_streamed_and_the_same() {
    let (_gateway, _upstream, recorder, client) = stage().await;
    let name = "Grüße 🎈".repeat(3_000);
    let create = || {
        client
            .action("local.things.create")
            .input(json!({ "name": name }))
    };
    let whole = create().execute::<Value>().await.expect("a thing");
    let mut output = create().execute_stream().await.expect("a stream");
    let mut text = Vec::new();
    while let Some(piece) = output.next().await {
        text.extend_from_slice(&piece.expect("a piece"));
    }
    assert_eq!(serde_json::from_slice::<Value>(&text).expect("JSON"), whole);
    let error = client
        .action("local.things.lost")
        .execute_stream()
        .await
        .err()
        .expect("an error");
    assert_eq!(*error.code(), ErrorCode::UnknownAction);
    // Repeated until the output begins.
    recorder.answer(&[Reply::Whole(503, "retry-after: 0\r\n", "")]);
    create().execute_stream().await.expect("a stream");
}

/// A provider with three pages of things.
fn pages(request: &plugwright_tests::Received) -> Vec<u8> {
    let page = match request.target.split_once("cursor=") {
        None => json!({ "things": [1, 2], "next": "b" }),
        Some((_, "b")) => json!({ "things": [3], "next": "c" }),
        Some(_) => json!({ "things": [4, 5] }),
    };
    let body = page.to_string();
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_walked_to_its_end() {
    let upstream = Loopback::start(pages).await.expect("a port");
    let gateway = Setup::new(fixture::LOCAL).start().await;
    gateway
        .connect("main", &format!("http://{}", upstream.address()))
        .await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let builder = Connector::builder()
        .api_key(token)
        .base_url(format!("{}/v1", gateway.url()));
    let client = builder.build().expect("a client");
    let list = || {
        client
            .action("local.things.list")
            .input(json!({ "limit": 2 }))
    };
    let mut items = list().items::<u64>();
    let mut found = Vec::new();
    while let Some(item) = items.next().await {
        found.push(item.expect("an item"));
    }
    assert_eq!(found, [1, 2, 3, 4, 5]);
    let mut pages = list().pages::<u64>();
    let mut lengths = Vec::new();
    while let Some(page) = pages.next().await {
        lengths.push(page.expect("a page").items.len());
    }
    assert_eq!(lengths, [2, 1, 2]);
    assert_eq!(upstream.received().len(), 6);
}
