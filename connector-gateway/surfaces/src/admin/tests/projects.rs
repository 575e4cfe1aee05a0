use uuid::Uuid;

use super::*;
use plugwright_engine::tokens::hash;
use plugwright_store::{Connection, Owner};

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
        ..plugwright_store::testing::connection("work")
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
