use std::collections::HashMap;

use plugwright_sdk::Secret;
use uuid::Uuid;

use super::*;
use crate::config::OAuthConfig;
use crate::connect::ConnectSettings;
use crate::store::{Connection, Owner};
use crate::tokens::hash;

pub(super) fn id(value: &Value) -> Uuid {
    value["id"].as_str().unwrap().parse().unwrap()
}

pub(super) async fn project(api: &Api) -> Uuid {
    let body = json!({ "name": "acme", "returnUris": ["https://app.example.com/done"] });
    id(&api.post("/projects", body).await.ok(201))
}

pub(super) async fn config(api: &Api, project: Uuid, connector: &str) -> Uuid {
    let path = format!("/projects/{project}/provider-configs");
    let body = json!({ "connector": connector });
    id(&api.post(&path, body).await.ok(201))
}

/// Stores an end user's connection, as connecting an account does.
pub(super) async fn connect(api: &Api, project: Uuid, config: Uuid, user: &str) -> Connection {
    let connection = Connection {
        owner: Owner::User {
            project,
            user: user.to_owned(),
        },
        provider_config: Some(config),
        connector: "shop".to_owned(),
        ..crate::store::suite::connection("work")
    };
    let connection = Connection {
        id: Uuid::now_v7(),
        ..connection
    };
    api.state
        .store
        .create_connection(&connection)
        .await
        .unwrap()
}

#[tokio::test]
async fn a_project_is_made_shown_changed_and_deleted() {
    let api = Api::start().await;
    let body = json!({
        "name": "acme",
        "displayName": "Acme & Söhne",
        "returnUris": ["https://App.example.com:443", "myapp:", "https://app.example.com/"],
    });
    let made = api.post("/projects", body).await.ok(201);
    let expected = json!({
        "id": made["id"],
        "name": "acme",
        "displayName": "Acme & Söhne",
        "returnUris": ["https://app.example.com/", "myapp:"],
        "createdAt": made["createdAt"],
    });
    assert_eq!(made, expected);
    assert_eq!(id(&made).get_version_num(), 4);
    assert_eq!(api.changes(), 1);
    let path = format!("/projects/{}", id(&made));
    assert_eq!(api.get(&path).await.ok(200), made);
    let list = api.get("/projects").await.ok(200);
    assert_eq!(list["items"], json!([made]));

    let plain = api.post("/projects", json!({ "name": "plain" })).await;
    let plain = plain.ok(201);
    assert_eq!(plain["displayName"], "plain");
    assert_eq!(plain["returnUris"], json!([]));
    let reply = api.patch(&path, json!({ "name": "plain" })).await;
    assert_eq!(
        reply.message(409, "CONFLICT"),
        "`plain` is in use: another project has this name"
    );
    let reply = api.post("/projects", json!({ "name": "acme" })).await;
    reply.message(409, "CONFLICT");
    let changed = api.patch(&path, json!({ "returnUris": [] })).await.ok(200);
    assert_eq!(changed["returnUris"], json!([]));
    assert_eq!(changed["displayName"], "Acme & Söhne");
    let changed = api.patch(&path, json!({ "name": "b" })).await.ok(200);
    assert_eq!(changed["name"], "b");
    api.delete(&path).await.ok(204);
    for reply in [
        api.get(&path).await,
        api.delete(&path).await,
        api.patch(&path, json!({ "name": "c" })).await,
        api.get(&format!("{path}/keys")).await,
        api.get(&format!("{path}/provider-configs")).await,
        api.post(&format!("{path}/keys"), json!({ "name": "k" }))
            .await,
    ] {
        assert!(
            reply
                .message(404, "NOT_FOUND")
                .starts_with("there is no project")
        );
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_project_is_said_at_once() {
    let api = Api::start().await;
    let body = json!({
        "nam": 1,
        "name": "a b",
        "displayName": "a\nb",
        "returnUris": ["https://a.example", "javascript:alert(1)", "https://me@a.example/", "/done"],
    });
    let reply = api.post("/projects", body).await;
    assert_eq!(
        reply.params(),
        [
            "nam",
            "name",
            "displayName",
            "returnUris[1]",
            "returnUris[2]",
            "returnUris[3]"
        ]
    );
    reply.message(400, "VALIDATION_ERROR");
    let many: Vec<_> = (0..21).map(|n| format!("https://a.example/{n}")).collect();
    let body = json!({ "name": "a", "returnUris": many });
    assert_eq!(api.post("/projects", body).await.params(), ["returnUris"]);
    let body = json!({ "name": "a", "displayName": "ä".repeat(100) });
    api.post("/projects", body).await.ok(201);
    let body = json!({ "name": "b", "displayName": "ä".repeat(101) });
    assert_eq!(api.post("/projects", body).await.params(), ["displayName"]);
}

#[tokio::test]
async fn a_key_belongs_to_its_project_and_is_revoked_as_a_token() {
    let api = Api::start().await;
    let project = project(&api).await;
    let path = format!("/projects/{project}/keys");
    let made = api.post(&path, json!({ "name": "backend" })).await.ok(201);
    let text = made["token"].as_str().unwrap();
    assert!(text.starts_with("pw_proj_"));
    assert_eq!(text.len(), "pw_proj_".len() + 43);
    assert_eq!(made["preview"], text[..13]);
    assert_eq!(made["project"], json!(project));
    assert_eq!(made["grant"]["connect"], json!(["*"]));
    assert_eq!(made["grant"]["organizations"], json!([]));
    let stored = api.state.store.token_by_hash(&hash(text)).await.unwrap();
    assert_eq!(stored.unwrap().project, Some(project));

    api.post("/tokens", json!({ "name": "ci" })).await.ok(201);
    let mut expected = made.clone();
    expected.as_object_mut().unwrap().shift_remove("token");
    let keys = api.get(&path).await;
    assert!(!keys.text.contains(text));
    assert_eq!(keys.ok(200)["items"], json!([expected]));
    let tokens = api.get("/tokens").await.ok(200);
    assert_eq!(tokens["items"][1], expected);
    assert_eq!(tokens["items"][0].get("project"), None);

    api.delete(&format!("/tokens/{}", id(&made))).await.ok(204);
    let keys = api.get(&path).await.ok(200);
    assert!(keys["items"][0]["revokedAt"].is_string());
}

#[tokio::test]
async fn a_key_takes_nothing_that_is_of_organizations() {
    let api = Api::start().await;
    let project = project(&api).await;
    let path = format!("/projects/{project}/keys");
    let grant = json!({
        "organizations": ["*"],
        "connections": [],
        "mcpTools": ["shop.*"],
        "actions": ["a b"],
    });
    let reply = api.post(&path, json!({ "grant": grant })).await;
    assert_eq!(reply.params(), ["name", "grant.actions"]);
    let grant = json!({ "organizations": ["*"], "connections": [], "mcpTools": ["shop.*"] });
    let reply = api
        .post(&path, json!({ "name": " ", "grant": grant }))
        .await;
    assert_eq!(
        reply.params(),
        [
            "grant.organizations",
            "grant.connections",
            "grant.mcpTools",
            "name"
        ]
    );
    let body = json!({ "name": "k", "grant": { "actions": ["shop.*"] } });
    let made = api.post(&path, body).await.ok(201);
    assert_eq!(made["grant"]["actions"], json!(["shop.*"]));
    assert_eq!(made["grant"]["connect"], json!(["*"]));
    let grant = json!({ "actions": ["shop.*"], "connect": ["shop"] });
    let made = api
        .post(&path, json!({ "name": "k", "grant": grant }))
        .await;
    let made = made.ok(201);
    assert_eq!(made["grant"]["connect"], json!(["shop"]));
    // What is given for a token is not taken for one.
    let body = json!({ "name": "ci", "project": project });
    assert_eq!(api.post("/tokens", body).await.params(), ["project"]);
}

#[tokio::test]
async fn a_project_with_connections_stays_with_all_that_is_its() {
    let api = Api::start().await;
    let project = project(&api).await;
    let config = config(&api, project, "shop").await;
    let keys = format!("/projects/{project}/keys");
    let key = api.post(&keys, json!({ "name": "k" })).await.ok(201);
    let account = connect(&api, project, config, "u1").await;
    let path = format!("/projects/{project}");
    assert_eq!(
        api.delete(&path).await.message(409, "CONFLICT"),
        "the project `acme` still has connections of its end users; delete them first"
    );
    let of_config = format!("/provider-configs/{config}");
    let reply = api.delete(&of_config).await;
    assert!(reply.message(409, "CONFLICT").contains("make it inactive"));
    let keys = api.get(&keys).await.ok(200);
    assert_eq!(keys["items"][0]["id"], key["id"]);

    api.delete(&format!("/connections/{}", account.id))
        .await
        .ok(204);
    api.delete(&path).await.ok(204);
    api.get(&of_config).await.message(404, "NOT_FOUND");
    assert_eq!(api.get("/tokens").await.ok(200)["items"], json!([]));
}

#[tokio::test]
async fn connections_are_listed_by_project_and_end_user() {
    let api = Api::start().await;
    let project = project(&api).await;
    let config = config(&api, project, "shop").await;
    let body = json!({ "connector": "shop", "name": "own", "credential": { "token": "t" } });
    api.post("/connections", body).await.ok(201);
    connect(&api, project, config, "u1").await;
    connect(&api, project, config, "u:2").await;
    let users = async |query: &str| {
        let list = api.get(&format!("/connections{query}")).await.ok(200);
        let items = list["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| item["externalUserId"].as_str().unwrap_or("-").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(users("").await, ["-", "u1", "u:2"]);
    assert_eq!(users("?organization=default").await, ["-"]);
    assert_eq!(users(&format!("?project={project}")).await, ["u1", "u:2"]);
    let of_one = format!("?project={project}&externalUserId=u%3A2");
    assert_eq!(users(&of_one).await, ["u:2"]);
    let nobody = format!("?project={project}&externalUserId=%00");
    assert!(users(&nobody).await.is_empty());
    assert!(users(&format!("?project={}", Uuid::nil())).await.is_empty());
    let reply = api.get("/connections?project=acme").await;
    assert_eq!(reply.params(), ["project"]);
    let reply = api.get("/connections?externalUserId=u1").await;
    assert_eq!(reply.params(), ["externalUserId"]);
    let both = format!("/connections?project={project}&organization=default");
    assert_eq!(api.get(&both).await.params(), ["organization"]);
}

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
async fn an_oauth_client_is_written_and_its_secret_never_read() {
    const SECRET: &str = "hunter2-hunter2";
    let api = Api::start().await;
    let reply = api
        .put(
            "/oauth-clients/shop",
            json!({ "clientId": "Iv1.7", "clientSecret": SECRET }),
        )
        .await;
    assert!(!reply.text.contains("hunter2"), "{}", reply.text);
    let set = reply.ok(200);
    let expected = json!({
        "connector": "shop",
        "source": "store",
        "clientId": "Iv1.7",
        "hasSecret": true,
        "inUse": true,
        "updatedAt": set["updatedAt"],
    });
    assert_eq!(set, expected);
    let list = api.get("/oauth-clients").await;
    assert!(!list.text.contains("hunter2"), "{}", list.text);
    assert_eq!(list.ok(200)["items"], json!([set]));

    let of = crate::store::ClientOf::Connector("shop");
    let stored = api.state.store.oauth_client(of).await.unwrap().unwrap();
    assert!(!format!("{stored:?}").contains("hunter2"));
    let sealed = stored.secret.unwrap();
    let opened = api.state.vault.open_sealed(stored.id, &sealed).unwrap();
    assert_eq!(opened.as_slice(), SECRET.as_bytes());
    let new = crate::projects::NewClient {
        id: None,
        secret: Some(Secret::new(SECRET)),
    };
    assert!(!format!("{new:?}").contains("hunter2"));

    let public = api
        .put("/oauth-clients/shop", json!({ "clientId": "b" }))
        .await;
    assert_eq!(public.ok(200)["hasSecret"], false);
    api.delete("/oauth-clients/shop").await.ok(204);
    let reply = api.delete("/oauth-clients/shop").await;
    reply.message(404, "NOT_FOUND");
    let reply = api.delete("/oauth-clients/%00").await;
    reply.message(404, "NOT_FOUND");
    assert_eq!(api.get("/oauth-clients").await.ok(200)["items"], json!([]));
}

#[tokio::test]
async fn what_is_wrong_with_an_oauth_client_is_said_without_its_secret() {
    let api = Api::start().await;
    for (connector, body, params) in [
        ("shop", json!({}), &["clientId"][..]),
        (
            "shop",
            json!({ "clientId": "a b", "clientSecret": "hunter2\n" }),
            &["clientId", "clientSecret"],
        ),
        (
            "shop",
            json!({ "clientId": "a", "clientSecret": "" }),
            &["clientSecret"],
        ),
        (
            "shop",
            json!({ "clientId": "a", "clientSecret": ["hunter2"] }),
            &["clientSecret"],
        ),
        ("desk", json!({ "clientId": "a" }), &["connector"]),
    ] {
        let reply = api.put(&format!("/oauth-clients/{connector}"), body).await;
        assert_eq!(reply.params(), params, "{}", reply.text);
        assert!(!reply.text.contains("hunter2"), "{}", reply.text);
        reply.message(400, "VALIDATION_ERROR");
    }
    let reply = api
        .put("/oauth-clients/nope", json!({ "clientId": "a" }))
        .await;
    assert_eq!(
        reply.message(404, "NOT_FOUND"),
        "there is no connector `nope`"
    );
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
    state.connect = Arc::new(ConnectSettings {
        oauth,
        ..ConnectSettings::default()
    });
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
