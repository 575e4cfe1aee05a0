use super::*;

#[tokio::test]
async fn organizations_are_made_listed_and_deleted() {
    let api = Api::start().await;
    let made = api
        .post("/organizations", json!({ "name": "acme" }))
        .await
        .ok(201);
    assert_eq!(made["name"], "acme");
    assert!(made["createdAt"].is_string());
    let list = api.get("/organizations").await.ok(200);
    assert_eq!(list["items"][0], made);
    assert_eq!(list["items"][1]["name"], "default");
    let reply = api.post("/organizations", json!({ "name": "acme" })).await;
    assert_eq!(reply.message(409, "CONFLICT"), "`acme` is in use");
    api.delete("/organizations/acme").await.ok(204);
    let reply = api.delete("/organizations/acme").await;
    assert_eq!(
        reply.message(404, "NOT_FOUND"),
        "there is no organization `acme`"
    );
}

#[tokio::test]
async fn one_with_connections_and_the_default_one_stay() {
    let api = Api::start().await;
    api.post("/organizations", json!({ "name": "acme" }))
        .await
        .ok(201);
    let body =
        json!({ "connector": "shop", "organization": "acme", "credential": { "token": "t" } });
    let made = api.post("/connections", body).await.ok(201);
    assert_eq!(made["organization"], "acme");
    let reply = api.delete("/organizations/acme").await;
    assert!(
        reply
            .message(409, "CONFLICT")
            .contains("still has connections")
    );
    let reply = api.delete("/organizations/default").await;
    assert!(reply.message(409, "CONFLICT").contains("can't be deleted"));
}

#[tokio::test]
async fn a_name_is_plain() {
    let api = Api::start().await;
    for name in ["*", "", "a b", "-a"] {
        let reply = api.post("/organizations", json!({ "name": name })).await;
        reply.message(400, "VALIDATION_ERROR");
        assert_eq!(reply.params(), ["name"]);
    }
    let reply = api.post("/organizations", json!({})).await;
    assert_eq!(
        reply.message(400, "VALIDATION_ERROR"),
        "`name` is missing; it must be a string"
    );
}
