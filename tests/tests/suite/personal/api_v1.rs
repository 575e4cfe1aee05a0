//! `/api/v1`, as Alumia documents it.

use plugwright_sdk::transport::Live;
use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{OPERATOR, Reply, Setup, send, with_json};
use plugwright_tests_oauth::Answer;
use reqwest::Method;

use crate::fixture;
use crate::personal::world::{CALLBACK, Person, SECRET, World, anonymous, keyed_api, text};

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

    let deleted = world.ask(OPERATOR, Method::DELETE, &path, None).await.ok();
    assert_eq!(deleted, json!({ "deleted": true }));
    let revoked = world.get(&token, &path).await.ok();
    assert_eq!(revoked["id"], connected["id"]);
    assert_eq!(revoked["status"], "revoked");
    assert_eq!(revoked["label"], "My tasks");
    assert_eq!(revoked["accountLabel"], Value::Null);
    assert!(text(&revoked["deletedAt"]) >= text(&connected["updatedAt"]));
    assert!(world.server.events().await.revocations() > 0);

    // That is all there is of it.
    let listed = world.get(&token, "/api/v1/connections").await.ok();
    assert_eq!(listed, json!([]));
    let made_up = "/api/v1/connections/0b8c1f8e-6b1e-4c53-8b4e-0a1d5d1f4b11";
    for (method, rest, body) in [
        (Method::DELETE, "", None),
        (Method::GET, "/oauth", None),
        (Method::POST, "/oauth", Some(json!({}))),
        (Method::POST, "/credentials", Some(json!({ "apiKey": "x" }))),
    ] {
        let ask = async |path: &str| {
            let path = format!("{path}{rest}");
            world.ask(&token, method.clone(), &path, body.clone()).await
        };
        let (refused, unknown) = (ask(&path).await, ask(made_up).await);
        assert_eq!(refused.status, 404, "{method} {rest}: {refused:?}");
        let code = |reply: &Reply| reply.body["error"]["code"].clone();
        assert_eq!(code(&refused), code(&unknown), "{method} {rest}");
    }
    let call = |id: &str| {
        let call = world.gateway.calling(&token, "signed.me.get", &json!({}));
        send(call.header("x-plugwright-connection-id", id))
    };
    let named = call(&text(&connected["id"])).await.unwrap();
    let unknown = call("0b8c1f8e-6b1e-4c53-8b4e-0a1d5d1f4b11").await.unwrap();
    assert!(named.status >= 400, "{named:?}");
    assert_eq!(
        (named.status, named.code()),
        (unknown.status, unknown.code())
    );
    world.organization("elsewhere").await;
    let stranger = world.token(&["signed"], &["elsewhere"]).await;
    assert_eq!(world.get(&stranger, &path).await.status, 404);
}

#[tokio::test]
async fn a_pending_connection_that_is_deleted_is_revoked() {
    let world = World::new().await;
    let token = world.token(&["signed"], &["default"]).await;
    let body = json!({ "connectorSlug": "signed", "label": "My tasks" });
    let mut paths = Vec::new();
    for refuses in [false, true] {
        let begun = world
            .post(&token, "/api/v1/connections", body.clone())
            .await;
        let begun = begun.ok();
        let page = text(&begun["oauthUrl"]);
        let path = format!("/api/v1/connections/{}", text(&begun["connection"]["id"]));
        if refuses {
            Person::new().cancels(&page).await;
            assert_eq!(world.get(&token, &path).await.ok()["status"], "failed");
        }
        let deleted = world.ask(&token, Method::DELETE, &path, None).await.ok();
        assert_eq!(deleted, json!({ "deleted": true }));
        let revoked = world.get(&token, &path).await.ok();
        assert_eq!(revoked["status"], "revoked");
        assert_eq!(revoked["label"], "My tasks");
        assert!(revoked["deletedAt"].is_string());
        let (status, _) = Person::new().get(&page).await;
        assert_eq!(status, 410);
        paths.push(path);
    }
    assert_ne!(paths[0], paths[1]);
    let listed = world.get(&token, "/api/v1/connections").await.ok();
    assert_eq!(listed, json!([]));
    let gone = world.ask(&token, Method::DELETE, &paths[0], None).await;
    assert_eq!(gone.status, 404);
}

#[tokio::test]
async fn the_catalog_says_what_can_be_connected_and_how() {
    let world = World::new().await;
    let token = world.token(&["*"], &["default"]).await;
    let items = world.get(&token, "/api/v1/connectors").await.ok();
    let item = |slug: &str| {
        let items = items.as_array().unwrap();
        items.iter().find(|item| item["slug"] == slug).unwrap()
    };
    let told = |slug: &str| {
        let item = item(slug);
        json!([item["authType"], item["configured"], item["availability"]])
    };
    assert_eq!(told("signed"), json!(["oauth", true, "available"]));
    assert_eq!(told("keyed"), json!(["api_key", true, "available"]));
    assert_eq!(told("free"), json!(["none", true, "available"]));
    assert_eq!(told("soon"), json!(["api_key", true, "coming_soon"]));
    assert!(item("soon")["availabilityReason"].is_string());
    assert_eq!(item("signed").get("availabilityReason"), None);
    assert_eq!(item("signed").get("credentialFields"), None);
    assert_eq!(item("signed")["tools"][0]["name"], "signed.me.get");
    assert_eq!(
        item("keyed")["credentialFields"],
        json!([
            {
                "key": "base_url", "label": "Base URL", "required": true, "secret": false,
                "description": "The address of your own site, such as https://example.com",
            },
            { "key": "apiKey", "label": "API key", "required": true, "secret": true },
        ])
    );
    let keys = |form: &Value| -> Vec<Value> {
        let fields = form["fields"].as_array().unwrap();
        fields.iter().map(|field| field["key"].clone()).collect()
    };
    let forms = item("local")["credentialForms"].as_array().unwrap();
    assert_eq!(forms.len(), 3);
    assert_eq!(keys(&forms[1]), ["base_url", "username", "password"]);
}

#[tokio::test]
async fn without_its_client_a_connector_is_not_configured() {
    let config = tempfile::tempdir().unwrap();
    let gateway = Setup::new(fixture::ACCOUNTS)
        .data(config.path().join("data"))
        .start()
        .await;
    let ask = |method, path: &str, body: Option<Value>| {
        let request = gateway.request(method, path, OPERATOR);
        send(match body {
            Some(body) => with_json(request, &body),
            None => request,
        })
    };
    let items = ask(Method::GET, "/api/v1/connectors", None)
        .await
        .unwrap()
        .ok();
    let items = items.as_array().unwrap();
    let signed = items.iter().find(|item| item["slug"] == "signed").unwrap();
    assert_eq!(signed["configured"], false);
    assert_eq!(signed["availability"], "not_configured");
    let body = json!({ "connectorSlug": "signed" });
    let refused = ask(Method::POST, "/api/v1/connections", Some(body))
        .await
        .unwrap();
    assert_eq!(refused.status, 400);
    assert_eq!(refused.body["error"]["code"], "BAD_REQUEST");
    assert!(text(&refused.body["error"]["message"]).contains("not set up for OAuth"));
}

#[tokio::test]
async fn a_key_is_submitted_refused_corrected_and_replaced() {
    let (world, api) = (World::new().await, keyed_api().await);
    let token = world.token(&["keyed"], &["default"]).await;
    let base_url = format!("http://{}", api.address());
    let body = json!({ "connectorSlug": "keyed", "label": "Office" });
    let begun = world
        .post(&token, "/api/v1/connections", body.clone())
        .await;
    assert_eq!(begun.status, 201, "{begun:?}");
    assert_eq!(begun.body["oauthUrl"], Value::Null);
    let id = text(&begun.body["connection"]["id"]);
    let submit = text(&begun.body["credentialSubmitUrl"]);
    let submit = submit.strip_prefix(world.gateway.url()).unwrap().to_owned();
    assert_eq!(submit, format!("/api/v1/connections/{id}/credentials"));

    let missing = world.post(&token, &submit, json!({ "apikey": "x" })).await;
    assert_eq!(missing.status, 400);
    let message = text(&missing.body["error"]["message"]);
    assert!(message.contains("did you mean `apiKey`?"), "{message}");
    assert!(message.contains("`base_url` is missing"), "{message}");
    let fields = |key: &str| json!({ "base_url": base_url, "apiKey": key });
    let refused = world.post(&token, &submit, fields("bad-key-1")).await;
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(!refused.body.to_string().contains("bad-key-1"));
    let path = format!("/api/v1/connections/{id}");
    assert_eq!(world.get(&token, &path).await.ok()["status"], "pending");

    let good = world.post(&token, &submit, fields("good-key")).await.ok();
    assert_eq!(good["connection"]["status"], "connected");
    assert_eq!(good["connection"]["accountLabel"], "ada of the tests");
    assert_eq!(good["connection"]["id"], id.as_str());

    let again = world.post(&token, "/api/v1/connections", body).await;
    assert_eq!(again.status, 200);
    assert!(again.body["credentialSubmitUrl"].is_string());
    let refused = world
        .post(&token, &submit, json!({ "apiKey": "bad" }))
        .await;
    assert_eq!(refused.status, 403);
    let replaced = world.post(
        &token,
        &submit,
        json!({ "credentials": { "apiKey": "good-key" } }),
    );
    assert_eq!(replaced.await.ok()["connection"]["status"], "connected");
    let called = world.gateway.call(&token, "keyed.me.get", &json!({})).await;
    assert_eq!(called.unwrap().ok()["data"]["account"], "ada");
}

#[tokio::test]
async fn the_browser_is_sent_to_the_page_and_the_provider_asks_for_an_account() {
    let world = World::new().await;
    let token = world.token(&["signed"], &["default"]).await;
    let path = "/api/v1/connections/oauth/start?connectorSlug=signed&selectAccount=1";
    let browser = Live::client_builder()
        .unwrap()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let url = format!("{}{path}", world.gateway.url());
    let sent = browser.get(&url).bearer_auth(&token).send().await.unwrap();
    assert_eq!(sent.status(), 303);
    let page = sent.headers()["location"].to_str().unwrap().to_owned();
    let authorize = Person::new().continues(&page).await;
    let has = |name: &str, value: &str| {
        let mut pairs = authorize.query_pairs();
        pairs.any(|(known, found)| known == name && found == value)
    };
    assert!(has("prompt", "select_account"), "{authorize}");
    assert!(has("code_challenge_method", "S256"), "{authorize}");
    assert_eq!(browser.get(&url).send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn an_account_is_connected_again_under_its_id() {
    let world = World::new().await;
    let token = world.token(&["signed"], &["default"]).await;
    let body = json!({ "connectorSlug": "signed" });
    let begun = world.post(&token, "/api/v1/connections", body).await.ok();
    world
        .walk(&text(&begun["oauthUrl"]), "ada", Answer::Allow)
        .await;
    let path = format!("/api/v1/connections/{}", text(&begun["connection"]["id"]));
    let handshake = format!("{path}/oauth");
    let idle = world.get(&token, &handshake).await.ok();
    assert_eq!(idle["oauthUrl"], Value::Null);
    let wider = json!({ "scopes": ["tasks.read", "tasks.write"] });
    let again = world.post(&token, &handshake, wider).await;
    assert_eq!(again.status, 201, "{again:?}");
    let page = text(&again.body["oauthUrl"]);
    assert_eq!(
        world.get(&token, &handshake).await.ok()["oauthUrl"],
        page.as_str()
    );

    // Another person's account does not take its place.
    let last = world.walk(&page, "eve", Answer::Allow).await;
    assert!(last.contains("belongs to another Signed account"), "{last}");
    let kept = world.get(&token, &path).await.ok();
    assert_eq!(kept["accountLabel"], "ada of the tests");
    assert_eq!(kept["scopes"], json!(["tasks.read"]));

    let wider = json!({ "scopes": ["tasks.read", "tasks.write"] });
    let again = world.post(&token, &handshake, wider).await.ok();
    world
        .walk(&text(&again["oauthUrl"]), "ada", Answer::Allow)
        .await;
    let widened = world.get(&token, &path).await.ok();
    assert_eq!(widened["scopes"], json!(["tasks.read", "tasks.write"]));
    let listed = world.get(&token, "/api/v1/connections").await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_answered_in_the_dialect() {
    let world = World::new().await;
    let token = world.token(&["signed", "soon"], &["default"]).await;
    let start = "/api/v1/connections";
    let cases = [
        (json!({}), 400, "BAD_REQUEST", "`connectorSlug` is missing"),
        (
            json!({ "connectorSlug": "sined" }),
            400,
            "BAD_REQUEST",
            "did you mean `signed`?",
        ),
        (
            json!({ "connectorSlug": "soon" }),
            403,
            "FORBIDDEN",
            "announced",
        ),
        (
            json!({ "connectorSlug": "free" }),
            400,
            "BAD_REQUEST",
            "needs no authentication",
        ),
        (
            json!({ "connectorSlug": "signed", "scopes": ["tasks.reed"] }),
            400,
            "BAD_REQUEST",
            "did you mean `tasks.read`?",
        ),
        (
            json!({ "connectorSlug": "signed", "returnUri": "https://evil.example.com/" }),
            400,
            "BAD_REQUEST",
            "connect.return_uris",
        ),
    ];
    for (body, status, code, told) in cases {
        let refused = world.post(&token, start, body.clone()).await;
        assert_eq!(refused.status, status, "{body} {refused:?}");
        assert_eq!(refused.body["error"]["code"], code, "{body}");
        let message = text(&refused.body["error"]["message"]);
        assert!(message.contains(told), "{message}");
    }
    let free = world
        .post(OPERATOR, start, json!({ "connectorSlug": "free" }))
        .await;
    assert_eq!(
        (free.status, &free.body["error"]["code"]),
        (400, &json!("BAD_REQUEST"))
    );
    for (path, status, code) in [
        ("/api/v1/connections/not-an-id", 400, "BAD_REQUEST"),
        (
            "/api/v1/connections/0b8c1f8e-6b1e-4c53-8b4e-0a1d5d1f4b11",
            404,
            "NOT_FOUND",
        ),
        ("/api/v1/nothing", 404, "NOT_FOUND"),
    ] {
        let refused = world.get(&token, path).await;
        assert_eq!(refused.status, status, "{path}");
        assert_eq!(refused.body["error"]["code"], code, "{path}");
    }
    let nobody = anonymous(&format!("{}{start}", world.gateway.url())).await;
    assert_eq!(
        (nobody.status, &nobody.body["error"]["code"]),
        (401, &json!("UNAUTHORIZED"))
    );
}

#[tokio::test]
async fn the_dialect_can_be_switched_off_and_the_callback_stays() {
    let world = World::with(SECRET, |setup| setup.argument("--dialects-alumia=false")).await;
    let gone = world.get(OPERATOR, "/api/v1/connectors").await;
    assert_eq!(gone.status, 404);
    let page = Person::new()
        .get(&format!("{}{CALLBACK}?state=x&code=y", world.gateway.url()))
        .await;
    assert!(page.1.contains("<!doctype html>"), "{page:?}");
}
