//! Whose failures count against a host.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply};

use super::world::{World, answer, json_answer, setup};

/// More than open a breaker.
const MANY: usize = 20;

async fn call(gateway: &GatewayProcess, token: &str, action: &str, input: Value) -> Reply {
    gateway
        .call(token, action, &input)
        .await
        .expect("an answer")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_that_never_left_suspend_nobody() {
    let world = World::new().await;
    let (_, other) = world.gateway.token("other", json!({})).await;
    let long = "x".repeat(70_000);
    for _ in 0..MANY {
        let reply = world.call("odd.texts.find", json!({ "text": long })).await;
        assert!((400..500).contains(&reply.status), "{reply:?}");
        let reply = world
            .call("odd.notes.send", json!({ "note": "a\r\nb: c" }))
            .await;
        assert!((400..500).contains(&reply.status), "{reply:?}");
    }
    call(&world.gateway, &other, "odd.anything.get", json!({}))
        .await
        .ok();
    call(
        &world.gateway,
        &other,
        "local.things.create",
        json!({ "name": "x" }),
    )
    .await
    .ok();
    world.call("odd.anything.get", json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_callers_own_short_time_suspends_no_other_caller() {
    let world = World::with(setup(), |_| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        json_answer("{}")
    })
    .await;
    let (_, other) = world.gateway.token("other", json!({})).await;
    for _ in 0..MANY {
        let body = json!({ "input": {}, "options": { "timeoutMs": 20 } });
        let reply = world.call_with("odd.anything.get", body).await;
        assert!(reply.status >= 400, "{reply:?}");
    }
    call(&world.gateway, &other, "odd.anything.get", json!({}))
        .await
        .ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_credential_is_refused_suspends_no_other() {
    let world = World::with(setup(), |request| {
        let is_bad = request
            .headers
            .iter()
            .any(|(_, value)| value.contains("bad"));
        if is_bad {
            answer(
                "500 Internal Server Error\r\ncontent-type: application/json",
                b"{}",
            )
        } else {
            json_answer("{}")
        }
    })
    .await;
    let url = format!("http://{}", world.provider.address());
    world.gateway.connect("bad", &url).await;
    for _ in 0..MANY {
        let body = json!({ "input": { "id": "1" }, "connectionName": "bad" });
        let reply = world.call_with("local.things.get", body).await;
        assert!(reply.status >= 500, "{reply:?}");
    }
    world
        .call("local.things.get", json!({ "id": "1" }))
        .await
        .ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_tokens_of_one_tenant_suspend_no_other() {
    let world = World::with(setup().env("PLUGWRIGHT_EGRESS_RETRIES", "0"), |request| {
        if request.target.contains("bad") {
            answer("503 Service Unavailable", b"")
        } else {
            json_answer("{}")
        }
    })
    .await;
    let grant = |organization: &str| json!({ "organizations": [organization] });
    for organization in ["acme", "beta"] {
        let body = json!({ "name": organization });
        let made = world
            .gateway
            .admin(reqwest::Method::POST, "/organizations", Some(body))
            .await;
        made.expect("an answer").ok();
        let body = json!({
            "connector": "odd",
            "name": "main",
            "organization": organization,
            "credential": { "token": format!("secret-of-{organization}") },
            "settings": { "base_url": format!("http://{}", world.provider.address()) },
            "test": false,
        });
        let made = world
            .gateway
            .admin(reqwest::Method::POST, "/connections", Some(body))
            .await;
        made.expect("an answer").ok();
    }
    for number in 0..4 {
        let name = format!("acme {number}");
        let (_, token) = world.gateway.token(&name, grant("acme")).await;
        for _ in 0..MANY {
            let input = json!({ "text": "bad" });
            let reply = call(&world.gateway, &token, "odd.texts.find", input).await;
            assert!(reply.status >= 500, "{reply:?}");
        }
    }
    let (_, other) = world.gateway.token("beta", grant("beta")).await;
    let reply = call(&world.gateway, &other, "odd.anything.get", json!({})).await;
    reply.ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_fails_for_all_is_left_alone() {
    let fails = Arc::new(AtomicBool::new(true));
    let of_provider = Arc::clone(&fails);
    let world = World::with(setup().env("PLUGWRIGHT_EGRESS_RETRIES", "0"), move |_| {
        if of_provider.load(Ordering::Relaxed) {
            // No answer at all.
            Vec::new()
        } else {
            json_answer("{}")
        }
    })
    .await;
    let mut tokens = Vec::new();
    for number in 0..5 {
        tokens.push(
            world
                .gateway
                .token(&format!("caller {number}"), json!({}))
                .await
                .1,
        );
    }
    let mut suspended = false;
    for number in 0..50 {
        let token = &tokens[number % tokens.len()];
        let reply = call(&world.gateway, token, "odd.anything.get", json!({})).await;
        suspended |= reply.code() == Some("provider_unavailable");
    }
    assert!(suspended, "the breaker still does what it is for");
    assert!(world.provider.received().len() < 50);
}
