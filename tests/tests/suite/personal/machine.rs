//! Accounts that the gateway connects by itself: the client's own, without a person (client
//! credentials).

use std::time::Duration;

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{OPERATOR, Reply};
use plugwright_tests_oauth::Fault;
use reqwest::Method;
use tokio::time::sleep;

use crate::personal::world::{SECRET, World, text};

/// How long a token lives; it is refreshed when a call comes after that.
const LIFETIME: Duration = Duration::from_secs(5);

async fn call(world: &World, token: &str) -> Reply {
    let called = world
        .gateway
        .call(token, "machine.status.get", &json!({}))
        .await;
    called.unwrap()
}

async fn set_secret(world: &World, secret: &str) {
    let body = json!({ "clientId": "plugwright", "clientSecret": secret });
    let put = world
        .gateway
        .admin(Method::PUT, "/oauth-clients/machine", Some(body))
        .await;
    put.unwrap().ok();
}

/// Returns how many tokens the server gave for the client itself.
async fn granted(world: &World) -> u64 {
    let events = world.server.events().await;
    events.token_requests("client_credentials", "success")
}

#[tokio::test]
async fn it_is_connected_at_once_called_and_renewed_by_another_grant() {
    let world = World::lasting(LIFETIME, SECRET, |setup| {
        setup.env("PLUGWRIGHT_EGRESS_RETRIES", "0")
    })
    .await;
    let token = world.token(&["machine"], &["default"]).await;
    let body = json!({ "alias": "robot" });
    let begun = world.post(&token, "/v1/connections/machine/connect", body);
    let begun = begun.await.ok()["data"].take();
    assert_eq!(begun["status"], "connected", "{begun}");
    let listed = world.get(&token, "/v1/connections").await.ok()["data"].take();
    assert_eq!(listed.as_array().map(Vec::len), Some(1), "{listed}");
    assert_eq!(listed[0]["alias"], "robot");
    let first = call(&world, &token).await.ok()["data"].take();
    assert_eq!(first["client"], "plugwright");
    assert_eq!(first["account"], Value::Null);
    assert_eq!(first["scopes"], json!(["tasks.read"]));
    assert_eq!(granted(&world).await, 1);

    sleep(LIFETIME).await;
    call(&world, &token).await.ok();
    assert_eq!(granted(&world).await, 2);

    // What fails for a while is tried again by a later call.
    sleep(LIFETIME).await;
    world.server.fault(Fault::Status(503), 1).await;
    let refused = call(&world, &token).await;
    assert!(refused.status >= 400, "{refused:?}");
    sleep(Duration::from_millis(1_200)).await;
    call(&world, &token).await.ok();
    assert_eq!(granted(&world).await, 3);

    // A secret that is wrong is the operator's to mend, and mended is enough.
    set_secret(&world, "not-the-secret").await;
    sleep(LIFETIME).await;
    let refused = call(&world, &token).await;
    assert_eq!(refused.code(), Some("provider_not_configured"));
    assert!(!refused.body.to_string().contains("not-the-secret"));
    set_secret(&world, SECRET).await;
    sleep(Duration::from_millis(1_200)).await;
    call(&world, &token).await.ok();

    let metrics = world.get(OPERATOR, "/metrics").await.ok();
    let metrics = text(&metrics);
    for (outcome, count) in [("refreshed", 3), ("later", 1), ("not_configured", 1)] {
        let line = format!(
            "plugwright_refreshes_total{{connector=\"machine\",outcome=\"{outcome}\"}} {count}"
        );
        assert!(
            metrics.lines().any(|found| found == line),
            "{line}\n{metrics}"
        );
    }
}

#[tokio::test]
async fn in_alumias_dialect_nothing_is_left_to_do() {
    let world = World::new().await;
    let token = world.token(&["machine"], &["default"]).await;
    let body = json!({ "connectorSlug": "machine", "label": "Robot" });
    let begun = world.post(&token, "/api/v1/connections", body).await;
    assert_eq!(begun.status, 201, "{begun:?}");
    assert_eq!(begun.body["connection"]["status"], "connected");
    assert_eq!(begun.body["oauthUrl"], Value::Null);
    assert_eq!(begun.body["credentialSubmitUrl"], Value::Null);
    let id = text(&begun.body["connection"]["id"]);
    let shown = world
        .get(&token, &format!("/api/v1/connections/{id}"))
        .await;
    let shown = shown.ok();
    assert_eq!(shown, begun.body["connection"]);
    assert_eq!(shown["label"], "Robot");
    assert_eq!(shown["name"], "default");
    call(&world, &token).await.ok();
}

#[tokio::test]
async fn a_wrong_secret_of_the_client_connects_nothing() {
    let world = World::with("not-the-secret", |setup| setup).await;
    let token = world.token(&["machine"], &["default"]).await;
    let path = "/v1/connections/machine/connect";
    let begun = world.post(&token, path, json!({})).await.ok()["data"].take();
    let request = format!(
        "/v1/connection-requests/{}",
        text(&begun["connectionRequestId"])
    );
    let request = world.get(&token, &request).await.ok()["data"].take();
    assert_eq!(request["status"], "failed");
    assert_eq!(request["errorCode"], "provider_not_configured");
    assert!(!request.to_string().contains("not-the-secret"));
    let listed = world.get(&token, "/v1/connections").await.ok();
    assert_eq!(listed["data"], json!([]));
}
