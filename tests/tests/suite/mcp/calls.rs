//! Calls of actions: what they give, how they fail, and how they are called off.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, OPERATOR, Setup, send};
use plugwright_tests::{Loopback, Received};
use reqwest::Method;

use crate::fixture;
use crate::mcp::speaker::{NEWEST, Speaker, VERSIONS, data, error};

/// How many things were created.
static CREATED: AtomicUsize = AtomicUsize::new(0);

/// How long the provider takes for a slow thing.
const SLOW: Duration = Duration::from_secs(8);

/// How long the provider takes to create a slow thing.
const LATE: Duration = Duration::from_secs(2);

/// The provider: things of which there are two pages, and one that never comes.
fn provider(request: &Received) -> Vec<u8> {
    let path = request.target.split('?').next().unwrap_or_default();
    match (request.method.as_str(), path) {
        ("GET", "/things") if request.target.contains("cursor=two") => {
            reply(200, &json!({ "things": [{ "id": "2" }] }))
        }
        ("GET", "/things") => reply(200, &json!({ "things": [{ "id": "1" }], "next": "two" })),
        ("GET", "/things/1") => reply(200, &json!({ "id": "1", "name": "ball", "size": 3 })),
        ("GET", "/things/slow") => {
            std::thread::sleep(SLOW);
            Vec::new()
        }
        ("POST", "/things") => {
            let body: Value = serde_json::from_slice(&request.body).unwrap_or_default();
            if body["name"] == "lost" {
                return Vec::new();
            }
            if body["name"] == "slow" {
                std::thread::sleep(LATE);
            }
            let id = CREATED.fetch_add(1, Ordering::Relaxed);
            reply(201, &json!({ "id": id, "name": body["name"] }))
        }
        _ => reply(404, &json!({ "message": "no such thing" })),
    }
}

fn reply(status: u16, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!("HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

async fn start() -> (GatewayProcess, Loopback) {
    let upstream = Loopback::start(provider).await.expect("a port");
    let gateway = Setup::new(fixture::LOCAL).start().await;
    let base_url = format!("http://{}", upstream.address());
    gateway.connect("first", &base_url).await;
    (gateway, upstream)
}

async fn speaker<'a>(gateway: &'a GatewayProcess, version: &'static str) -> Speaker<'a> {
    let mut speaker = Speaker::new(gateway, OPERATOR, version).await;
    "/mcp?tools=*".clone_into(&mut speaker.path);
    speaker
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_goes_on_with_its_cursor_and_an_object_is_as_it_is() {
    let (gateway, _upstream) = start().await;
    for version in VERSIONS {
        let speaker = speaker(&gateway, version).await;
        let one = speaker.call("local_things_list", json!({})).await;
        let one = data(&one);
        assert_eq!(one["items"], json!([{ "id": "1" }]));
        assert_eq!(one["hasMore"], true);
        let two = json!({ "cursor": one["cursor"], "connection": "first" });
        let two = speaker.call("local_things_list", two).await;
        assert_eq!(data(&two)["items"], json!([{ "id": "2" }]), "{version}");
        let thing = speaker.call("local_things_get", json!({ "id": "1" })).await;
        assert_eq!(data(&thing)["result"]["name"], "ball");
        let run = thing["_meta"]["plugwright/runId"].as_str().expect("an id");
        assert_eq!(recorded(&gateway, run).await["action"], "local.things.get");
    }
}

/// Returns the record of a run, which is written after the call is answered.
async fn recorded(gateway: &GatewayProcess, run: &str) -> Value {
    let path = format!("/runs/{run}");
    for _ in 0..200 {
        let reply = gateway.admin(Method::GET, &path, None).await;
        match reply.expect("an answer") {
            missing if missing.status == 404 => tokio::time::sleep(Duration::from_millis(50)).await,
            found => return found.ok(),
        }
    }
    panic!("{run} is not recorded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn run_action_takes_any_spelling_and_keeps_the_fields_that_are_named() {
    let (gateway, _upstream) = start().await;
    let speaker = speaker(&gateway, NEWEST).await;
    for action in ["local.things.get", "local_things_get", "local.things_get"] {
        let arguments = json!({ "action": action, "input": { "id": "1" }, "fields": ["name"] });
        let result = speaker.call("run_action", arguments).await;
        assert_eq!(
            data(&result)["result"],
            json!({ "name": "ball" }),
            "{action}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_name_of_a_connection_stands_for_its_connector() {
    let (gateway, _upstream) = start().await;
    let (_, token) = gateway.token("caller", json!({})).await;
    let speaker = Speaker::new(&gateway, &token, NEWEST).await;
    let described =
        |action: &'static str| speaker.call("describe_action", json!({ "action": action }));
    let result = described("first.things_get").await;
    let first = data(&result);
    assert_eq!(first["action"], "first.things.get");
    assert!(first["input"]["properties"]["id"].is_object(), "{first}");
    assert!(first.get("connections").is_none(), "{first}");
    // The limit is a text, which is read as the number that the schema asks for.
    let arguments = json!({ "action": "first.things.list", "input": { "limit": "1" } });
    let listed = speaker.call("run_action", arguments).await;
    assert_eq!(data(&listed)["items"], json!([{ "id": "1" }]));
    let result = described("second.things.get").await;
    assert!(error(&result).contains("second"), "{result}");

    let lookup = async |token: &str, path: &str| {
        let request = gateway.request(Method::GET, &format!("/v1/actions/{path}"), token);
        send(request).await.expect("an answer")
    };
    let found = lookup(&token, "first.things.get").await.ok();
    assert_eq!(found["data"]["id"], "local.things.get");
    assert_eq!(lookup(&token, "second.things.get").await.status, 404);
    let grant = json!({ "actions": ["free.*"] });
    let (_, other) = gateway.token("other", grant).await;
    assert_eq!(lookup(&other, "first.things.get").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_error_names_the_field_and_the_remedy() {
    let (gateway, _upstream) = start().await;
    let speaker = speaker(&gateway, NEWEST).await;
    let wrong = json!({ "limit": "many", "limmit": 3 });
    let result = speaker.call("local_things_list", wrong).await;
    let said = error(&result);
    assert!(said.starts_with("invalid_input:\n- `"), "{said}");
    for part in [
        "`limit` must be",
        "`limmit` is not a parameter; did you mean `limit`?",
    ] {
        assert!(said.contains(part), "{said}");
    }
    assert!(
        said.ends_with("correct the input and call again."),
        "{said}"
    );
    let unknown = json!({ "size": 3 });
    let unknown = speaker.call("local_things_list", unknown).await;
    assert!(
        error(&unknown).contains("`size` is not a parameter; allowed: limit, cursor, connection"),
        "{unknown}"
    );
    let faults = &result["_meta"]["plugwright/error"]["faults"];
    assert_eq!(faults.as_array().map(Vec::len), Some(2), "{result}");

    let missing = speaker.call("local_things_get", json!({ "id": "9" })).await;
    assert!(error(&missing).starts_with("not_found: "), "{missing}");
    let arguments = json!({ "action": "local.things.gett" });
    let unknown = speaker.call("run_action", arguments).await;
    assert!(error(&unknown).contains("local.things.get"), "{unknown}");
    let arguments = json!({ "id": "1", "connection": "second" });
    let elsewhere = speaker.call("local_things_get", arguments).await;
    assert!(
        error(&elsewhere).contains("`list_connections`"),
        "{elsewhere}"
    );
    let lost = speaker
        .call("local_things_create", json!({ "name": "lost" }))
        .await;
    assert!(error(&lost).starts_with("outcome_unknown: "), "{lost}");
    assert!(error(&lost).ends_with("do not simply repeat it."), "{lost}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_with_an_idempotency_key_happens_once() {
    let (gateway, upstream) = start().await;
    let speaker = speaker(&gateway, NEWEST).await;
    let key = json!({ "plugwright/idempotencyKey": "one" });
    let ball = json!({ "name": "ball" });
    let first = speaker
        .call_with("local_things_create", ball.clone(), key.clone())
        .await;
    let again = speaker
        .call_with("local_things_create", ball, key.clone())
        .await;
    assert_eq!(data(&again), data(&first));
    assert_eq!(again["_meta"]["plugwright/replayed"], true);
    assert_eq!(upstream.received().len(), 1);
    let other = speaker
        .call_with("local_things_create", json!({ "name": "bat" }), key)
        .await;
    assert!(
        error(&other).starts_with("idempotency_key_conflict: "),
        "{other}"
    );
    for bad in [json!(""), json!(1), json!("x".repeat(256))] {
        let key = json!({ "plugwright/idempotencyKey": bad });
        let result = speaker.call_with("local_things_create", json!({ "name": "ball" }), key);
        let result = result.await;
        let said = error(&result);
        assert!(said.contains("`_meta.plugwright/idempotencyKey`"), "{said}");
    }
    assert_eq!(upstream.received().len(), 1);
}

/// Calls a tool, and cancels the call once the provider has it. Returns what the call gives.
async fn called_off(
    speaker: &Speaker<'_>,
    upstream: &Loopback,
    tool: &str,
    arguments: Value,
) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    let call = send(speaker.request(7, "tools/call", params));
    let call_off = async {
        while upstream.received().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let params = json!({ "requestId": 7, "reason": "no longer needed" });
        speaker.notify("notifications/cancelled", params).await
    };
    let (answer, heard) = tokio::join!(call, call_off);
    assert_eq!(heard.status, 202);
    answer.expect("an answer").ok()["result"].take()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_calls_a_call_off() {
    let (gateway, upstream) = start().await;
    let speaker = speaker(&gateway, "2025-11-25").await;
    let begun = Instant::now();
    let slow = json!({ "id": "slow" });
    let result = called_off(&speaker, &upstream, "local_things_get", slow).await;
    let said = error(&result);
    assert!(said.starts_with("execution_cancelled: "), "{said}");
    assert!(begun.elapsed() < SLOW, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_write_that_is_called_off_runs_to_its_end() {
    let (gateway, upstream) = start().await;
    let speaker = speaker(&gateway, "2025-11-25").await;
    let begun = Instant::now();
    let slow = json!({ "name": "slow" });
    let result = called_off(&speaker, &upstream, "local_things_create", slow).await;
    assert_eq!(data(&result)["result"]["name"], "slow", "{result}");
    assert!(begun.elapsed() >= LATE, "{:?}", begun.elapsed());
    assert_eq!(upstream.received().len(), 1);
    let run = result["_meta"]["plugwright/runId"].as_str().expect("an id");
    assert_eq!(recorded(&gateway, run).await["outcome"], "ok");
}
