//! `/api/v1`, as Alumia documents it.

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::OPERATOR;
use plugwright_tests_oauth::Answer;

use crate::world::{World, text};

#[tokio::test]
async fn a_pending_connection_is_connected_once_the_person_has_agreed() {
    let world = World::new().await;
    let token = world.token(&["signed"], &["default"]).await;
    let body = json!({ "connectorSlug": "signed", "label": "My tasks" });
    let begun = world
        .post(&token, "/api/v1/connections", body.clone())
        .await;
    assert_eq!(begun.status, 201, "{begun:?}");
    let begun = begun.body;
    let connection = &begun["connection"];
    assert_eq!(connection["status"], "pending");
    assert_eq!(connection["label"], "My tasks");
    assert_eq!(begun["credentialSubmitUrl"], Value::Null);
    let path = format!("/api/v1/connections/{}", text(&connection["id"]));
    assert_eq!(world.get(&token, &path).await.ok()["status"], "pending");

    let page = text(&begun["oauthUrl"]);
    let last = world.walk(&page, "ada", Answer::Allow).await;
    assert!(last.contains("ada of the tests"), "{last}");

    let connected = world.get(&token, &path).await.ok();
    assert_eq!(connected["id"], connection["id"]);
    assert_eq!(connected["status"], "connected");
    assert_eq!(connected["accountLabel"], "ada of the tests");
    assert_eq!(connected["label"], "My tasks");
    assert_eq!(connected["scopes"], json!(["tasks.read"]));
    let listed = world.get(&token, "/api/v1/connections").await.ok();
    assert_eq!(listed, json!([connected]));
    let called = world
        .gateway
        .call(&token, "signed.me.get", &json!({}))
        .await;
    assert_eq!(called.unwrap().ok()["data"]["account"], "ada");

    let again = world.post(&token, "/api/v1/connections", body).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.body["connection"], connected);
    assert_eq!(again.body["oauthUrl"], Value::Null);

    let deleted = world
        .ask(OPERATOR, reqwest::Method::DELETE, &path, None)
        .await
        .ok();
    assert_eq!(deleted, json!({ "deleted": true }));
    assert_eq!(world.get(&token, &path).await.status, 404);
    assert!(world.server.events().await.revocations() > 0);
}
