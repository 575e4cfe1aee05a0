//! Answers that nobody reads.

use std::time::Duration;

use plugwright_sdk::json;
use plugwright_tests::raw::http2::{
    END_HEADERS, END_STREAM, PREFACE, data, headers, settings, settings_acknowledged,
};
use tokio::time::{Instant, sleep};

use super::connections::{Slow, raise_open_files};
use super::count;
use super::world::{World, json_answer, setup};

/// Texts of an answer, of a thousand bytes each.
const TEXTS: usize = 1000;
/// Most that answers of one token may take, of 32 MiB for all, with room for what the process has
/// besides and for what its allocator keeps.
const MOST: u64 = 160 << 20;

const CALL: &str = r#"{"endpoint":"/x","method":"GET"}"#;

async fn world() -> World {
    raise_open_files();
    let setup = setup().env("PLUGWRIGHT_LIMITS_RESPONSE_MEMORY", "32MiB");
    let text = format!("\"{}\"", "y".repeat(1000));
    let wide = json_answer(&format!("[{}]", vec![text.as_str(); TEXTS].join(",")));
    World::with(setup, move |_| wide.clone()).await
}

/// Lets clients of one token ask and read nothing, and asserts that the gateway keeps little for them
/// and serves everybody else.
async fn holds_little(what: &str, asked: impl Fn(&World) -> Vec<u8>, clients: usize) {
    let world = world().await;
    let grant = json!({ "proxies": ["*"] });
    let (_, honest) = world.gateway.token("honest", grant).await;
    let before = world.gateway.memory();
    let slow = Slow::silent(asked(&world));
    let mut running = Vec::new();
    for number in 0..clients {
        running.push(slow.start(world.address().to_owned()));
        if number.is_multiple_of(10) {
            sleep(Duration::from_millis(100)).await;
        }
    }
    sleep(Duration::from_secs(3)).await;
    let hits = world.gateway.limit_hits(&["response_memory"]).await;
    assert!(hits > 0, "{what}: no answer hits the limit");
    for _ in 0..5 {
        let began = Instant::now();
        let body = json!({ "endpoint": "/x", "method": "GET" });
        let reply = world.proxy(&honest, "odd", body).await;
        assert_eq!(reply.status, 200, "{what}: {}", reply.body);
        let texts = reply.body["data"]["data"].as_array().map(Vec::len);
        assert_eq!(texts, Some(TEXTS), "{what}");
        let took = began.elapsed();
        assert!(
            took < Duration::from_secs(5),
            "{what}: a call takes {took:?}"
        );
    }
    let grown = world.gateway.most_memory().saturating_sub(before);
    assert!(grown < MOST, "{what}: {} MiB", grown >> 20);
    for client in running {
        client.abort();
    }
    // Answers of connections that have ended are no longer counted.
    sleep(Duration::from_secs(2)).await;
    let reply = world.proxy(
        &world.token,
        "odd",
        json!({ "endpoint": "/x", "method": "GET" }),
    );
    let reply = reply.await;
    assert_eq!(reply.status, 200, "{what}: {}", reply.body);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_to_calls_that_nobody_reads_take_little_memory() {
    let asked = |world: &World| world.post("/v1/proxy/odd", CALL.as_bytes());
    holds_little("HTTP/1.1", asked, count("HOSTILE_UNREAD", 200)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_on_streams_without_room_take_little_memory() {
    let asked = |world: &World| {
        let authorization = format!("Bearer {}", world.token);
        let length = CALL.len().to_string();
        let fields = [
            (":method", "POST"),
            (":scheme", "http"),
            (":path", "/v1/proxy/odd"),
            (":authority", "127.0.0.1"),
            ("authorization", authorization.as_str()),
            ("content-type", "application/json"),
            ("content-length", length.as_str()),
        ];
        // The window of each stream: nothing.
        let mut bytes = [PREFACE, &settings(&[(4, 0)]), &settings_acknowledged()].concat();
        for stream in (1..100).step_by(2) {
            bytes.extend(headers(stream, END_HEADERS, &fields));
            bytes.extend(data(stream, END_STREAM, CALL.as_bytes()));
        }
        bytes
    };
    holds_little("HTTP/2", asked, count("HOSTILE_UNREAD_HTTP2", 4)).await;
}
