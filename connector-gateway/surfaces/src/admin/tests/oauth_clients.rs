use plugwright_sdk::Secret;

use super::*;

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

    let of = plugwright_store::ClientOf::Connector("shop");
    let stored = api.state.store.oauth_client(of).await.unwrap().unwrap();
    assert!(!format!("{stored:?}").contains("hunter2"));
    let sealed = stored.secret.unwrap();
    let opened = api.state.vault.open_sealed(stored.id, &sealed).unwrap();
    assert_eq!(opened.as_slice(), SECRET.as_bytes());
    let new = plugwright_engine::oauth::NewClient {
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
