//! `/v1/connections` and its neighbours.

use plugwright_sdk::{Value, json};
use plugwright_tests_oauth::Answer;
use reqwest::Method;

use crate::personal::world::{World, keyed_api, text};

#[tokio::test]
async fn an_account_is_connected_shown_and_disconnected() {
    let world = World::new().await;
    let token = world.token(&["signed"], &["default"]).await;
    let body = json!({
        "returnUri": "http://127.0.0.1:1/done", "alias": "work", "comment": "My tasks",
        "authorizationOptionIds": ["tasks.read", "tasks.write"],
    });
    let made = world
        .post(&token, "/v1/connections/signed/connect", body)
        .await;
    let begun = made.ok()["data"].take();
    assert_eq!(begun["status"], "initiated");
    assert_eq!(begun["stateHandle"], begun["connectionRequestId"]);
    assert!(text(&begun["expiresAt"]).ends_with('Z'));
    let request = format!("/v1/connection-requests/{}", text(&begun["stateHandle"]));
    let open = world.get(&token, &request).await.ok()["data"].take();
    assert_eq!(open["status"], "initiated");
    assert_eq!(open["appId"], Value::Null);
    assert!(open["createdAt"].is_i64());

    let back = world
        .walk(&text(&begun["authorizationUrl"]), "ada", Answer::Allow)
        .await;
    assert!(
        back.starts_with("http://127.0.0.1:1/done?status=success"),
        "{back}"
    );
    let done = world.get(&token, &request).await.ok()["data"].take();
    assert_eq!(done["status"], "connected");
    let id = text(&done["appId"]);
    let path = format!("/v1/connections/by-id/{id}");
    let account = world.get(&token, &path).await.ok()["data"].take();
    assert_eq!(account["alias"], "work");
    assert_eq!(account["comment"], "My tasks");
    assert_eq!(account["scopes"], json!(["tasks.read", "tasks.write"]));
    assert_eq!(account["organization"], "default");
    let active = world
        .get(&token, "/v1/connections?status=active")
        .await
        .ok();
    assert_eq!(active["data"], json!([account]));
    let others = world
        .get(&token, "/v1/connections?status=reauth_required")
        .await
        .ok();
    assert_eq!(others["data"], json!([]));

    let again = json!({ "alias": "work" });
    let again = world
        .post(&token, "/v1/connections/signed/connect", again)
        .await;
    assert_eq!(again.code(), Some("connection_alias_conflict"));

    let gone = world.ask(&token, Method::DELETE, &path, None).await.ok();
    assert_eq!(gone["data"], json!({ "appId": id, "deleted": true }));
    assert_eq!(world.get(&token, &path).await.code(), Some("app_not_found"));
    assert!(world.server.events().await.revocations() > 0);
    let called = world
        .gateway
        .call(&token, "signed.me.get", &json!({}))
        .await
        .unwrap();
    assert_eq!(called.code(), Some("connection_not_found"));
}

#[tokio::test]
async fn keys_that_are_connected_together_do_not_end_each_other() {
    let (world, api) = (World::new().await, keyed_api().await);
    let token = world.token(&["keyed"], &["default"]).await;
    let extra = json!({ "base_url": format!("http://{}", api.address()) });
    let path = "/v1/connections/keyed/connect/api-key";
    let connect = |number: usize| {
        let alias = format!("office-{number}");
        let body = json!({ "apiKey": "good-key", "extra": extra, "alias": alias });
        world.post(&token, path, body)
    };
    for reply in futures_util::future::join_all((0..8).map(connect)).await {
        reply.ok();
    }
    let connected = world.get(&token, "/v1/connections").await.ok();
    assert_eq!(connected["data"].as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn keys_connect_at_once_and_a_refused_one_leaves_nothing() {
    let (world, api) = (World::new().await, keyed_api().await);
    let token = world.token(&["keyed", "paired"], &["default"]).await;
    let extra = json!({ "base_url": format!("http://{}", api.address()) });
    let path = "/v1/connections/keyed/connect/api-key";
    let refused = json!({ "apiKey": "bad-key", "extra": extra });
    let refused = world.post(&token, path, refused).await;
    assert_eq!(
        (refused.status, refused.code()),
        (403, Some("authorization_failed"))
    );
    assert!(!refused.body.to_string().contains("bad-key"));
    let none = world.get(&token, "/v1/connections").await.ok();
    assert_eq!(none["data"], json!([]));

    let good = json!({ "apiKey": "good-key", "extra": extra, "comment": "Office" });
    let app = world.post(&token, path, good).await.ok()["data"].take();
    assert_eq!(app["accountLabel"], "ada of the tests");
    assert_eq!(app["comment"], "Office");
    let values = json!({ "values": { "site": "a", "key": "b" }, "extra": extra });
    let path = "/v1/connections/paired/connect/custom-credential";
    let app = world.post(&token, path, values).await.ok()["data"].take();
    assert_eq!(app["service"], "paired");
    let wrong = json!({ "apiKey": "x", "extra": extra });
    let wrong = world
        .post(&token, "/v1/connections/paired/connect/api-key", wrong)
        .await;
    assert_eq!(wrong.code(), Some("app_auth_type_mismatch"));
    let path = "/v1/connections/paired/connect/custom-credential";
    let wrong = world
        .post(&token, path, json!({ "values": { "site": "a" } }))
        .await;
    assert_eq!(wrong.code(), Some("invalid_input"));
    let params: Vec<_> = wrong.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| text(&fault["param"]))
        .collect();
    assert_eq!(params, ["values.key", "extra.base_url"]);
}

#[tokio::test]
async fn what_is_wrong_is_named_as_it_was_sent() {
    let world = World::new().await;
    let token = world.token(&["signed"], &["default"]).await;
    let body = json!({
        "alias": "work", "authorizationOptionIds": ["tasks.reed"],
        "returnUri": "https://elsewhere.example.com/", "extra": { "nope": "x" },
    });
    let refused = world
        .post(&token, "/v1/connections/signed/connect", body)
        .await;
    assert_eq!(
        (refused.status, refused.code()),
        (400, Some("invalid_input"))
    );
    let faults = refused.body["data"].as_array().unwrap();
    let params: Vec<_> = faults.iter().map(|fault| text(&fault["param"])).collect();
    assert_eq!(
        params,
        ["returnUri", "authorizationOptionIds", "extra.nope"]
    );
    assert!(text(&faults[1]["message"]).contains("did you mean `tasks.read`?"));
}

#[tokio::test]
async fn the_setup_says_what_it_takes() {
    let world = World::new().await;
    let token = world.token(&["signed"], &["default"]).await;
    let setup = world.get(&token, "/v1/providers/signed/setup").await.ok()["data"].take();
    assert_eq!(setup["configured"], true);
    assert_eq!(setup["allowed"], true);
    assert_eq!(
        setup["authorizationOptions"][0],
        json!({ "id": "tasks.read", "description": "Read your tasks", "isDefault": true })
    );
    let setup = world.get(&token, "/v1/providers/paired/setup").await.ok()["data"].take();
    assert_eq!(setup["allowed"], false);
    let names: Vec<_> = setup["forms"][0]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| text(&field["name"]))
        .collect();
    assert_eq!(
        names,
        ["setting.base_url", "credential.site", "credential.key"]
    );
    let unknown = world.get(&token, "/v1/providers/paird/setup").await;
    assert_eq!(unknown.code(), Some("unknown_service"));
    let count = world.get(&token, "/v1/catalog").await.ok()["data"].take();
    assert_eq!(count, json!({ "providerCount": 7, "actionCount": 11 }));
}
