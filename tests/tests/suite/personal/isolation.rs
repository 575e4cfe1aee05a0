//! A token sees and changes what is of its organizations, and connects what it was granted.

use plugwright_sdk::json;
use plugwright_tests_oauth::Answer;
use reqwest::Method;

use crate::personal::world::{World, text};

#[tokio::test]
async fn another_organizations_accounts_are_as_if_they_were_not_there() {
    let world = World::new().await;
    world.organization("acme").await;
    let ours = world.token(&["signed"], &["acme"]).await;
    let theirs = world.token(&["signed"], &["default"]).await;
    let body = json!({ "connectorSlug": "signed" });
    let pending = world
        .post(&ours, "/api/v1/connections", body.clone())
        .await
        .ok();
    let connected = world.post(
        &ours,
        "/v1/connections/signed/connect",
        json!({ "alias": "b" }),
    );
    let connected = connected.await.ok()["data"].take();
    world
        .walk(&text(&connected["authorizationUrl"]), "ada", Answer::Allow)
        .await;
    let request = format!(
        "/v1/connection-requests/{}",
        text(&connected["stateHandle"])
    );
    let app = text(&world.get(&ours, &request).await.ok()["data"]["appId"]);
    let unknown = "0b8c1f8e-6b1e-4c53-8b4e-0a1d5d1f4b11";

    let ids = [app.as_str(), &text(&pending["connection"]["id"])];
    for id in ids {
        for (method, path) in [
            (Method::GET, format!("/api/v1/connections/{id}")),
            (Method::DELETE, format!("/api/v1/connections/{id}")),
            (Method::GET, format!("/api/v1/connections/{id}/oauth")),
            (Method::POST, format!("/api/v1/connections/{id}/oauth")),
            (
                Method::POST,
                format!("/api/v1/connections/{id}/credentials"),
            ),
            (Method::GET, format!("/v1/connections/by-id/{id}")),
            (Method::DELETE, format!("/v1/connections/by-id/{id}")),
        ] {
            let nobody = path.replace(id, unknown);
            let missing = world.ask(&theirs, method.clone(), &nobody, None).await;
            let hidden = world.ask(&theirs, method, &path, None).await;
            assert_eq!(hidden.status, 404, "{path} {hidden:?}");
            let masked = |reply: &plugwright_tests::gateway::Reply, id: &str| {
                let mut body = reply.body.clone();
                if let Some(meta) = body.get_mut("meta") {
                    meta["requestId"] = json!(null);
                }
                body.to_string().replace(id, "ID")
            };
            assert_eq!(masked(&hidden, id), masked(&missing, unknown), "{path}");
        }
    }
    assert_eq!(
        world.get(&theirs, &request).await.code(),
        Some("connection_request_not_found")
    );
    for list in ["/api/v1/connections", "/v1/connections"] {
        let listed = world.get(&theirs, list).await.ok().to_string();
        assert!(
            ids.iter().all(|id| !listed.contains(*id)),
            "{list}: {listed}"
        );
    }
    let named = world
        .get(&theirs, "/api/v1/connections?organization=acme")
        .await;
    assert_eq!(
        (named.status, &named.body["error"]["code"]),
        (403, &json!("FORBIDDEN"))
    );
    let again = json!({ "appId": app });
    let again = world
        .post(&theirs, "/v1/connections/signed/connect", again)
        .await;
    assert_eq!(again.code(), Some("app_not_found"));
    // It is all still there.
    assert_eq!(
        world
            .get(&ours, "/api/v1/connections")
            .await
            .ok()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn a_token_without_the_grant_reads_and_changes_nothing() {
    let world = World::new().await;
    let granted = world.token(&["signed"], &["default"]).await;
    let reader = world.token(&[], &["default"]).await;
    let body = json!({ "connectorSlug": "signed" });
    let begun = world
        .post(&granted, "/api/v1/connections", body.clone())
        .await
        .ok();
    world
        .walk(&text(&begun["oauthUrl"]), "ada", Answer::Allow)
        .await;
    let id = text(&begun["connection"]["id"]);
    let path = format!("/api/v1/connections/{id}");
    assert_eq!(world.get(&reader, &path).await.ok()["status"], "connected");

    let start = json!({ "connectorSlug": "signed", "label": "mine" });
    let refused = [
        world.post(&reader, "/api/v1/connections", start).await,
        world.ask(&reader, Method::DELETE, &path, None).await,
        world
            .post(&reader, &format!("{path}/oauth"), json!({}))
            .await,
    ];
    for refused in refused {
        assert_eq!(refused.status, 403, "{refused:?}");
        let message = text(&refused.body["error"]["message"]);
        assert!(
            message.contains("adding `signed` to the token's `--connect` list"),
            "{message}"
        );
    }
    let path = format!("/v1/connections/by-id/{id}");
    let refused = [
        world
            .post(&reader, "/v1/connections/signed/connect", json!({}))
            .await,
        world.ask(&reader, Method::DELETE, &path, None).await,
    ];
    for refused in refused {
        assert_eq!(
            (refused.status, refused.code()),
            (403, Some("connection_not_allowed"))
        );
    }
    assert_eq!(world.get(&granted, &path).await.status, 200);
    assert_eq!(world.server.events().await.revocations(), 0);
}
