//! `/status` and `/health`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use plugwright_sdk::{Value, json};
use plugwright_tests::Loopback;
use plugwright_tests::gateway::{Setup, client, send};
use reqwest::Method;

use super::{House, reply};
use crate::fixture;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_needs_no_key_and_status_does() {
    let house = House::open().await;
    let health = send(house.asking(Method::GET, "/health")).await.unwrap();
    let body = health.ok();
    assert_eq!(body["ok"], true);
    assert!(body["version"].is_string());
    let status = send(house.asking(Method::GET, "/status")).await.unwrap();
    assert_eq!(super::failed(&status, 401, "auth"), "AUTH_REQUIRED");
    let status = house.get("/status").await.ok();
    assert_eq!(status["meta"]["action"], "status");
    assert_eq!(status["data"]["gateway"]["status"], "healthy");
    let connectors = &status["data"]["connectors"];
    let connected = json!({ "status": "healthy", "auth_state": "connected" });
    assert_eq!(connectors["local"], connected);
    assert_eq!(connectors["free"], connected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deep_look_asks_the_provider_whose_the_credential_is() {
    let says = Arc::new(AtomicU16::new(200));
    let told = Arc::clone(&says);
    let upstream = Loopback::start(move |_| match told.load(Ordering::Relaxed) {
        200 => reply(200, &json!({ "login": "octocat", "id": 1 })),
        status => reply(status, &json!({ "message": "no" })),
    });
    let upstream = upstream.await.expect("a port");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let settings = format!(
        "[connectors.github]\nbase_url = \"http://{}\"\n",
        upstream.address()
    );
    std::fs::write(&file, settings).unwrap();
    let gateway = Setup::new(fixture::GITHUB)
        .argument("--config")
        .argument(file)
        .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
        .start()
        .await;
    let key = gateway.token("full", json!({})).await.1;
    let github = async |deep: bool| -> Value {
        let url = format!("{}/status?deep={deep}", gateway.url());
        let request = client().get(url).header("X-Feelr-Key", &key);
        let body = send(request).await.unwrap().ok();
        body["data"]["connectors"]["github"].clone()
    };
    let missing = json!({ "status": "unhealthy", "auth_state": "not_configured" });
    assert_eq!(github(true).await, missing);
    assert_eq!(upstream.received().len(), 0);

    let connection = json!({
        "connector": "github",
        "credential": { "token": "secret-of-github" },
        "test": false,
    });
    let made = gateway.admin(Method::POST, "/connections", Some(connection));
    made.await.unwrap().ok();
    let known = json!({ "status": "healthy", "auth_state": "connected" });
    assert_eq!(github(false).await, known);
    assert_eq!(upstream.received().len(), 0);
    let found = github(true).await;
    assert_eq!(found["status"], "healthy");
    assert_eq!(found["authenticated_as"], "octocat");
    assert_eq!(upstream.received()[0].target, "/user");

    says.store(401, Ordering::Relaxed);
    let found = github(true).await;
    assert_eq!(found["status"], "unhealthy");
    assert_eq!(found["auth_state"], "expired");
    assert!(found["error"].is_string(), "{found}");
    says.store(500, Ordering::Relaxed);
    let found = github(true).await;
    assert_eq!(found["status"], "degraded");
    assert_eq!(found["auth_state"], "connected");

    // The request and each provider that it asks are calls.
    let limit = json!({ "rateLimit": { "calls": 1, "perSeconds": 60 } });
    let limited = gateway.token("limited", limit).await.1;
    let asked = upstream.received().len();
    let url = format!("{}/status?deep=true", gateway.url());
    let request = client().get(url).header("X-Feelr-Key", limited);
    let body = send(request).await.unwrap().ok();
    let error = body["data"]["connectors"]["github"]["error"].as_str();
    assert!(
        error.is_some_and(|error| error.starts_with("rate limit exceeded")),
        "{body}"
    );
    assert_eq!(upstream.received().len(), asked);
}
