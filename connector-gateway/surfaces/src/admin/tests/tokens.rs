use super::*;
use plugwright_engine::tokens::hash;

#[tokio::test]
async fn a_token_is_shown_once_and_kept_as_a_hash() {
    let api = Api::start().await;
    let made = api.post("/tokens", json!({ "name": "ci" })).await.ok(201);
    let text = made["token"].as_str().unwrap();
    assert_eq!(text.len(), 46);
    assert_eq!(made["preview"], text[..8]);
    assert_eq!(made["grant"]["actions"], json!(["*"]));
    assert_eq!(made["expiresAt"], Value::Null);
    assert_eq!(api.changes(), 1);

    let stored = api.state.store.token_by_hash(&hash(text)).await.unwrap();
    assert_eq!(stored.unwrap().id.to_string(), made["id"].as_str().unwrap());
    let list = api.get("/tokens").await;
    assert!(!list.text.contains(text), "{}", list.text);
    let mut expected = made.clone();
    expected.as_object_mut().unwrap().shift_remove("token");
    assert_eq!(list.ok(200)["items"], json!([expected]));
}

#[tokio::test]
async fn a_pattern_that_matches_nothing_is_warned_of() {
    let api = Api::start().await;
    let grant = json!({ "blockedActions": ["*.delte"], "connect": ["shp", "desk"] });
    let made = api
        .post("/tokens", json!({ "name": "ci", "grant": grant }))
        .await;
    let made = made.ok(201);
    let warnings = json!([
        "no action matches `*.delte`",
        "no connector matches `shp`; did you mean `shop`?",
    ]);
    assert_eq!(made["warnings"], warnings);
    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    let changed = api
        .patch(&path, json!({ "grant": { "connect": [] } }))
        .await;
    assert_eq!(
        changed.ok(200)["warnings"],
        json!(["no action matches `*.delte`"])
    );
    let list = api.get("/tokens").await.ok(200);
    assert_eq!(list["items"][0].get("warnings"), None);
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once() {
    let api = Api::start().await;
    let body = json!({
        "nam": "ci",
        "name": 7,
        "expiresAt": "2001-01-01T00:00:00Z",
        "grant": { "action": ["*"], "actions": ["a b"], "effects": ["reed"], "rateLimit": { "calls": 0 } }
    });
    let reply = api.post("/tokens", body).await;
    assert_eq!(
        reply.params(),
        [
            "nam",
            "name",
            "grant.action",
            "grant.actions",
            "grant.effects",
            "grant.rateLimit",
            "expiresAt"
        ]
    );
    let message = reply.message(400, "VALIDATION_ERROR");
    assert!(
        message.contains("`nam` is not a parameter; did you mean `name`?"),
        "{message}"
    );
    assert!(
        message.contains("`grant.rateLimit` must be an object with `calls` and `perSeconds`"),
        "{message}"
    );
    assert!(
        message.contains("`grant.action` is not a parameter; did you mean `actions`?"),
        "{message}"
    );
    assert!(
        message.contains("use read, write or destructive"),
        "{message}"
    );

    let body = json!({
        "name": " ",
        "grant": { "organizations": ["*", "acme"], "connections": [uuid::Uuid::nil()] }
    });
    let reply = api.post("/tokens", body).await;
    assert_eq!(
        reply.params(),
        ["name", "grant.organizations[1]", "grant.connections[0]"]
    );
    let list = api.get("/tokens").await.ok(200);
    assert_eq!(list["items"], json!([]));
}

#[tokio::test]
async fn a_token_is_changed_member_by_member() {
    let api = Api::start().await;
    let made = api
        .post(
            "/tokens",
            json!({ "name": "ci", "expiresAt": "2999-01-01T00:00:00Z" }),
        )
        .await
        .ok(201);
    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    let changed = api.patch(&path, json!({ "name": "deploy" })).await.ok(200);
    assert_eq!(changed["name"], "deploy");
    assert_eq!(changed["expiresAt"], "2999-01-01T00:00:00.000Z");
    let grant = json!({ "actions": ["shop.*"], "effects": ["read"] });
    let changed = api
        .patch(&path, json!({ "grant": grant, "expiresAt": null }))
        .await
        .ok(200);
    assert_eq!(changed["name"], "deploy");
    assert_eq!(changed["expiresAt"], Value::Null);
    assert_eq!(changed["grant"]["actions"], json!(["shop.*"]));
    let mut changed = changed;
    let warnings = changed.as_object_mut().unwrap().remove("warnings");
    assert_eq!(warnings, Some(json!(["no action matches `shop.*`"])));
    assert_eq!(api.get("/tokens").await.ok(200)["items"], json!([changed]));
    api.patch(&format!("/tokens/{}", uuid::Uuid::nil()), json!({}))
        .await
        .message(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_change_of_a_grant_keeps_every_member_that_is_not_sent() {
    let api = Api::start().await;
    api.post("/organizations", json!({ "name": "acme" }))
        .await
        .ok(201);
    let grant = json!({
        "actions": ["shop.*"], "blockedActions": ["*.delete"], "effects": ["read"],
        "connections": [], "proxies": ["shop"], "connect": ["shop"],
        "organizations": ["acme"], "rateLimit": { "calls": 3, "perSeconds": 60 },
        "mcpTools": ["shop.*"],
    });
    let made = api
        .post("/tokens", json!({ "name": "ci", "grant": grant }))
        .await
        .ok(201);
    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    let mut expected = made["grant"].clone();
    assert_eq!(expected, grant);
    for (member, value) in [
        ("actions", json!(["*"])),
        ("blockedActions", json!([])),
        ("effects", json!(["read", "write"])),
        ("connections", Value::Null),
        ("proxies", json!([])),
        ("connect", json!(["*"])),
        ("organizations", json!(["default"])),
        ("rateLimit", Value::Null),
        ("mcpTools", Value::Null),
    ] {
        let change = json!({ "grant": { member: value } });
        let changed = api.patch(&path, change).await.ok(200);
        expected[member] = value;
        if expected[member].is_null() {
            expected.as_object_mut().unwrap().shift_remove(member);
        }
        assert_eq!(changed["grant"], expected, "{member}");
    }
    let same = api.patch(&path, json!({ "grant": {} })).await.ok(200);
    assert_eq!(same["grant"], expected);
}

#[tokio::test]
async fn a_member_that_is_not_sent_may_name_what_is_gone() {
    let api = Api::start().await;
    api.post("/organizations", json!({ "name": "acme" }))
        .await
        .ok(201);
    let grant = json!({ "organizations": ["acme"] });
    let made = api
        .post("/tokens", json!({ "name": "ci", "grant": grant }))
        .await
        .ok(201);
    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    api.delete("/organizations/acme").await.ok(204);
    let change = json!({ "grant": { "effects": ["read"] } });
    let changed = api.patch(&path, change).await.ok(200);
    assert_eq!(changed["grant"]["organizations"], json!(["acme"]));
    let change = json!({ "grant": { "organizations": ["acme"] } });
    let refused = api.patch(&path, change).await;
    assert_eq!(refused.params(), ["grant.organizations[0]"]);
}

#[tokio::test]
async fn a_revoked_token_stays_listed_and_revoked() {
    let api = Api::start().await;
    let made = api.post("/tokens", json!({ "name": "ci" })).await.ok(201);
    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    api.delete(&path).await.ok(204);
    let before = api.get("/tokens").await.ok(200);
    assert!(before["items"][0]["revokedAt"].is_string());
    api.delete(&path).await.ok(204);
    assert_eq!(api.get("/tokens").await.ok(200), before);
    let reply = api.patch(&path, json!({ "name": "again" })).await;
    assert!(reply.message(409, "CONFLICT").contains("is revoked"));
    api.delete("/tokens/nope").await.message(404, "NOT_FOUND");
}

#[tokio::test]
async fn changes_that_meet_lose_nothing() {
    let api = Api::start().await;
    let made = api.post("/tokens", json!({ "name": "ci" })).await.ok(201);
    let path = format!("/tokens/{}", made["id"].as_str().unwrap());
    let grant = json!({ "grant": { "effects": ["read"] } });
    let (renamed, narrowed, revoked) = tokio::join!(
        api.patch(&path, json!({ "name": "b" })),
        api.patch(&path, grant),
        api.delete(&path)
    );
    let token = api.get("/tokens").await.ok(200)["items"][0].clone();
    assert_eq!(revoked.status, 204);
    assert!(token["revokedAt"].is_string());
    assert_eq!(renamed.status == 200, token["name"] == "b");
    assert_eq!(
        narrowed.status == 200,
        token["grant"]["effects"] == json!(["read"])
    );
}
