use std::collections::HashMap;

use plugwright_sdk::Secret;

use super::projects::{config, id, project};
use super::*;
use plugwright_engine::oauth::OAuthConfig;

#[tokio::test]
async fn a_provider_config_is_made_changed_and_deleted() {
    let api = Api::start().await;
    let project = project(&api).await;
    let path = format!("/projects/{project}/provider-configs");
    let made = api
        .post(&path, json!({ "connector": "shop" }))
        .await
        .ok(201);
    let expected = json!({
        "id": made["id"],
        "project": project,
        "connector": "shop",
        "name": "Shop",
        "active": true,
        "scopes": null,
        "oauthClient": null,
        "createdAt": made["createdAt"],
    });
    assert_eq!(made, expected);
    let one = format!("/provider-configs/{}", id(&made));
    let change = json!({ "name": "Shop (EU)", "active": false, "scopes": ["items", "items"] });
    let changed = api.patch(&one, change).await.ok(200);
    assert_eq!(changed["name"], "Shop (EU)");
    assert_eq!(changed["active"], false);
    assert_eq!(changed["scopes"], json!(["items"]));
    assert_eq!(api.get(&one).await.ok(200), changed);
    assert_eq!(api.get(&path).await.ok(200)["items"], json!([changed]));
    let changed = api.patch(&one, json!({ "scopes": null })).await.ok(200);
    assert_eq!(changed["scopes"], Value::Null);
    assert_eq!(changed["active"], false);
    api.delete(&one).await.ok(204);
    for reply in [
        api.get(&one).await,
        api.delete(&one).await,
        api.patch(&one, json!({})).await,
        api.put(&format!("{one}/oauth-client"), json!({ "clientId": "a" }))
            .await,
    ] {
        let message = reply.message(404, "NOT_FOUND");
        assert!(
            message.starts_with("there is no provider config"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_provider_config_is_for_a_connector_that_people_connect_by() {
    let api = Api::start().await;
    let project = project(&api).await;
    let path = format!("/projects/{project}/provider-configs");
    for (body, params, message) in [
        (json!({}), &["connector"][..], "`connector` is missing"),
        (
            json!({ "connector": "shp", "name": "", "active": 1 }),
            &["active", "name", "connector"],
            "did you mean `shop`?",
        ),
        (
            json!({ "connector": "news" }),
            &["connector"],
            "nothing to connect",
        ),
        (
            json!({ "connector": "own-news" }),
            &["connector"],
            "nothing to connect",
        ),
        (
            json!({ "connector": "desk", "scopes": ["items"] }),
            &["scopes"],
            "`desk` has no OAuth",
        ),
        (
            json!({ "connector": "shop", "scopes": ["itms", "items"] }),
            &["scopes[0]"],
            "did you mean `items`?",
        ),
        (
            json!({ "connector": "mail", "scopes": ["mail"] }),
            &["scopes[0]"],
            "it declares none",
        ),
        (
            json!({ "connector": "shop", "scopes": [] }),
            &["scopes"],
            "must not be empty",
        ),
    ] {
        let reply = api.post(&path, body).await;
        assert_eq!(reply.params(), params);
        let found = reply.message(400, "VALIDATION_ERROR");
        assert!(found.contains(message), "{found}");
    }
    for good in ["shop", "desk", "mail"] {
        config(&api, project, good).await;
    }
}

#[tokio::test]
async fn a_provider_configs_own_client_stands_before_the_operators_and_that_before_the_files() {
    let mut state = Api::start().await.state;
    let configured = |client_id: Option<&str>| OAuthConfig {
        client_id: client_id.map(str::to_owned),
        client_secret: client_id.map(|_| Secret::new("hunter2")),
        ..OAuthConfig::default()
    };
    let oauth = HashMap::from([
        ("shop".to_owned(), configured(Some("of-file"))),
        ("mail".to_owned(), configured(None)),
        // Switched off: the gateway has no such connector.
        ("forum".to_owned(), configured(Some("of-another"))),
    ]);
    state.oauth = Arc::new(oauth);
    let api = Api::serve(state, Arc::default()).await;
    let project = project(&api).await;
    let one = format!("/provider-configs/{}", config(&api, project, "shop").await);
    let used = async || {
        let client = &api.get(&one).await.ok(200)["oauthClient"];
        (client["clientId"].clone(), client["source"].clone())
    };
    let list = async || {
        let reply = api.get("/oauth-clients").await;
        assert!(!reply.text.contains("hunter2"), "{}", reply.text);
        let items = reply.ok(200)["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|it| format!("{} {}", it["clientId"].as_str().unwrap(), it["inUse"]))
            .collect::<Vec<_>>()
    };
    assert_eq!(used().await, (json!("of-file"), json!("configuration")));
    assert_eq!(list().await, ["of-file true"]);

    api.put("/oauth-clients/shop", json!({ "clientId": "of-store" }))
        .await
        .ok(200);
    assert_eq!(used().await, (json!("of-store"), json!("store")));
    assert_eq!(list().await, ["of-store true", "of-file false"]);

    let own = format!("{one}/oauth-client");
    let set = api
        .put(
            &own,
            json!({ "clientId": "own", "clientSecret": "hunter2" }),
        )
        .await;
    assert!(!set.text.contains("hunter2"));
    assert_eq!(
        set.ok(200)["providerConfigId"],
        one["/provider-configs/".len()..]
    );
    assert_eq!(used().await, (json!("own"), json!("store")));
    assert_eq!(list().await, ["of-store true", "of-file false", "own true"]);

    api.delete("/oauth-clients/shop").await.ok(204);
    assert_eq!(used().await.0, "own");
    api.delete(&own).await.ok(204);
    assert_eq!(used().await.0, "of-file");
    let reply = api.delete(&own).await;
    assert!(
        reply
            .message(404, "NOT_FOUND")
            .contains("no OAuth client of its own")
    );
}
