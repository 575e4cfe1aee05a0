//! What a token may do is decided by what reaches the provider, whatever it is called on the way.

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{send, with_json};
use reqwest::Method;

use super::world::{World, answer, connect, json_answer, provider, setup};
use crate::fixture;

/// Headers by which frameworks let a POST or GET be another method, and a URL be another.
const OVERRIDES: [&str; 6] = [
    "X-HTTP-Method-Override",
    "X-HTTP-Method",
    "X-Method-Override",
    "x-http-method-override",
    "X-Original-URL",
    "X-Rewrite-URL",
];

#[tokio::test]
async fn headers_that_change_what_a_request_does_are_refused() {
    let world = World::new().await;
    let grant = json!({ "effects": ["read"], "proxies": ["*"] });
    let (_, reader) = world.gateway.token("reader", grant).await;
    for header in OVERRIDES {
        let headers = json!({ header: "DELETE" });
        let proxied = json!({ "endpoint": "/things/1", "method": "GET", "headers": headers });
        for token in [&reader, &world.token] {
            let reply = world.proxy(token, "odd", proxied.clone()).await;
            assert!([400, 403].contains(&reply.status), "{header}: {reply:?}");
        }
        let body = json!({ "input": {}, "options": { "headers": headers } });
        let path = "/v1/actions/odd.anything.get";
        let request = world.gateway.request(Method::POST, path, &reader);
        let reply = send(with_json(request, &body)).await.expect("an answer");
        assert!([400, 403].contains(&reply.status), "{header}: {reply:?}");
    }
    assert_eq!(world.provider.received().len(), 0);
}

#[tokio::test]
async fn headers_that_change_who_asks_are_refused() {
    let world = World::new().await;
    let grant = json!({ "effects": ["read"], "proxies": ["*"] });
    let (_, reader) = world.gateway.token("reader", grant).await;
    for header in [
        "Sudo",
        "As-User",
        "Impersonate_User",
        "Dropbox-API-Select-Admin",
        "On-Behalf-Of",
        "Private-Token",
        "Client-Cert",
        "X-Ms-Client-Principal",
        "X-Consumer-Username",
    ] {
        let headers = json!({ header: "1" });
        let proxied = json!({ "endpoint": "/things/1", "method": "GET", "headers": headers });
        let reply = world.proxy(&reader, "odd", proxied).await;
        assert_eq!(reply.status, 400, "{header}: {reply:?}");
        let body = json!({ "input": {}, "options": { "headers": headers } });
        let path = "/v1/actions/odd.anything.get";
        let request = world.gateway.request(Method::POST, path, &reader);
        let reply = send(with_json(request, &body)).await.expect("an answer");
        assert_eq!(reply.status, 400, "{header}: {reply:?}");
    }
    assert_eq!(world.provider.received().len(), 0);
}

#[tokio::test]
async fn only_who_may_do_everything_names_another_account_in_a_header_that_a_document_declares() {
    let provider = provider(|_| json_answer("{}")).await;
    let header =
        json!({ "name": "Stripe-Account", "in": "header", "schema": { "type": "string" } });
    let answers = json!({ "200": { "description": "", "content": {
        "application/json": { "schema": { "type": "object" } } } } });
    let document = json!({
        "openapi": "3.1.0", "info": { "title": "Payer", "version": "1" },
        "servers": [{ "url": format!("http://{}", provider.address()) }],
        "paths": { "/charges": { "get": {
            "operationId": "listCharges", "parameters": [header], "responses": answers,
        } } },
    });
    let setup = setup();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("payer.json");
    std::fs::write(&file, document.to_string()).expect("a document");
    let mut import = fixture::HOSTILE.command();
    import.args(["import", "--name", "payer", "--data-dir"]);
    let done = import.arg(setup.data_directory()).arg(&file).output();
    let done = done.expect("an import");
    assert!(done.status.success(), "{done:?}");

    let gateway = setup.start().await;
    let (_, reader) = gateway
        .token("reader", json!({ "effects": ["read"] }))
        .await;
    let (_, all) = gateway.token("all", json!({})).await;
    let input = json!({ "Stripe-Account": "acct_2" });
    for (token, input, status) in [
        (&reader, &json!({}), 200),
        (&reader, &input, 400),
        (&all, &input, 200),
    ] {
        let reply = gateway.call(token, "payer.charges.list", input).await;
        let reply = reply.expect("an answer");
        assert_eq!(reply.status, status, "{input}: {reply:?}");
    }
    let named: Vec<bool> = provider
        .received()
        .iter()
        .map(|request| {
            request
                .headers
                .iter()
                .any(|(name, _)| name == "stripe-account")
        })
        .collect();
    assert_eq!(named, [false, true]);
}

#[tokio::test]
async fn numbers_of_all_tenants_are_not_for_a_tenant() {
    let world = World::new().await;
    world.call("odd.anything.get", json!({})).await.ok();
    let numbers = async |grant: Value| {
        let (_, token) = world.gateway.token("scraper", grant).await;
        let request = world.gateway.request(Method::GET, "/metrics", &token);
        let answer = request.send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    for grant in [
        json!({}),
        json!({ "organizations": ["*"], "actions": ["zzz.*"] }),
        json!({ "organizations": ["*"], "blockedActions": ["odd.*"] }),
    ] {
        let (status, text) = numbers(grant.clone()).await;
        assert_eq!(status, 403, "{grant}: {text}");
        assert!(!text.contains("odd"), "{text}");
    }
    let (status, text) = numbers(json!({ "organizations": ["*"] })).await;
    assert_eq!(status, 200);
    assert!(text.contains("connector=\"odd\""), "{text}");
}

#[tokio::test]
async fn members_that_change_what_a_request_does_are_refused() {
    let world = World::new().await;
    let grant = json!({ "effects": ["read", "write"], "proxies": ["*"] });
    let (_, token) = world.gateway.token("writer", grant).await;
    for body in [
        json!({ "endpoint": "/things/1", "method": "GET", "query": { "_method": "DELETE" } }),
        json!({ "endpoint": "/things/1?_method=DELETE", "method": "GET" }),
        json!({ "endpoint": "/things/1?a=b&%5Fmethod=DELETE", "method": "GET" }),
        json!({ "endpoint": "/things/1?_METHOD=delete", "method": "GET" }),
        json!({ "endpoint": "/things/1", "method": "POST", "query": { "_method": "DELETE" } }),
        json!({
            "endpoint": "/things/1", "method": "POST",
            "headers": { "content-type": "application/x-www-form-urlencoded" },
            "body": "_method=DELETE",
        }),
        json!({ "endpoint": "/things/1", "method": "POST", "body": { "_method": "DELETE" } }),
        json!({
            "endpoint": "/batch", "method": "POST",
            "body": { "data": { "actions": [{ "method": "delete", "relative_path": "/things/1" }] } },
        }),
        json!({ "endpoint": "/", "method": "POST", "query": { "batch": r#"[{"method":"DELETE"}]"# } }),
        json!({
            "endpoint": "/batch", "method": "POST",
            "headers": { "content-type": "multipart/mixed; boundary=x" },
            "body": "--x\r\nContent-Type: application/http\r\n\r\nDELETE /things/1 HTTP/1.1\r\n\r\n--x--",
        }),
    ] {
        let reply = world.proxy(&token, "odd", body.clone()).await;
        assert!([400, 403].contains(&reply.status), "{body}: {reply:?}");
    }
    assert_eq!(world.provider.received().len(), 0);
    // What only looks like it goes through.
    let fine = json!({ "endpoint": "/things/1", "method": "GET", "query": { "method": "fast" } });
    world.proxy(&token, "odd", fine).await.ok();
}

#[tokio::test]
async fn a_token_that_may_read_reads_and_no_more() {
    let world = World::new().await;
    let grant = json!({ "effects": ["read"], "proxies": ["*"] });
    let (_, reader) = world.gateway.token("reader", grant).await;
    for method in ["POST", "PUT", "PATCH", "DELETE"] {
        let body = json!({ "endpoint": "/things/1", "method": method });
        let reply = world.proxy(&reader, "odd", body).await;
        assert_eq!(reply.status, 403, "{method}: {reply:?}");
    }
    let input = json!({ "name": "x" });
    let write = world.gateway.call(&reader, "local.things.create", &input);
    assert_eq!(write.await.expect("an answer").status, 403);
    assert_eq!(world.provider.received().len(), 0);
    let body = json!({ "endpoint": "/things/1", "method": "GET" });
    world.proxy(&reader, "odd", body).await.ok();
}

#[tokio::test]
async fn an_outcome_is_not_replayed_to_whom_its_connection_was_taken_from() {
    let world = World::new().await;
    let url = format!("http://{}", world.provider.address());
    let other = world.gateway.connect("other", &url).await;
    let (id, token) = world.gateway.token("caller", json!({})).await;
    let input = json!({ "name": "x" });
    let create = "local.things.create";
    let keyed = async || {
        let reply = world.gateway.call_with_key(&token, create, &input, "key");
        reply.await.expect("an answer")
    };
    let change = async |grant: Value| {
        let body = json!({ "grant": grant });
        let path = format!("/tokens/{id}");
        let reply = world.gateway.admin(Method::PATCH, &path, Some(body)).await;
        reply.expect("an answer").ok();
    };
    let first = keyed().await;
    first.clone().ok();
    assert_eq!(keyed().await.outcome(), first.outcome());
    let is_taken = |reply: &plugwright_tests::gateway::Reply| {
        assert!([403, 404, 409].contains(&reply.status), "{reply:?}");
        assert_ne!(reply.body["data"], first.body["data"], "{reply:?}");
    };
    change(json!({ "connections": [other] })).await;
    is_taken(&keyed().await);
    change(json!({ "blockedActions": [create] })).await;
    is_taken(&keyed().await);
    change(json!({ "effects": ["read"] })).await;
    is_taken(&keyed().await);
    // Given back, it is what it was.
    let all = json!({
        "connections": null,
        "blockedActions": [],
        "effects": ["read", "write", "destructive"],
    });
    change(all).await;
    assert_eq!(keyed().await.outcome(), first.outcome());
    assert_eq!(world.provider.received().len(), 1);
}

#[tokio::test]
async fn a_redirect_to_another_origin_gets_nothing_of_the_credential() {
    let elsewhere = provider(|_| json_answer("{}")).await;
    let target = format!("http://{}/landed", elsewhere.address());
    let world = World::with(setup(), move |_| {
        answer(&format!("302 Found\r\nlocation: {target}"), b"")
    })
    .await;
    let url = format!("http://{}", world.provider.address());
    let fields = json!({ "email": "person@example.com", "token": "secret-of-crm" });
    let fields = json!({ "fields": fields });
    connect(&world.gateway, "crm", &url, fields).await.ok();
    let key = json!({ "token": "secret-of-mail" });
    connect(&world.gateway, "mail", &url, key).await.ok();

    let custom = world.call("crm.deals.list", json!({})).await;
    let key = world.call("mail.messages.list", json!({})).await;
    let bearer = world.call("odd.anything.get", json!({})).await;
    let own = json!({ "endpoint": "/x", "headers": { "x-team-secret": "secret-of-the-caller", "cookie": "secret-cookie" } });
    let proxied = world.proxy(&world.token, "odd", own).await;
    for reply in [&custom, &key, &bearer, &proxied] {
        assert_ne!(reply.status, 500, "{reply:?}");
    }
    for received in elsewhere.received() {
        for (name, value) in &received.headers {
            let shown = format!("{name}: {value}");
            assert!(!value.contains("secret"), "{shown}");
            assert!(
                !["authorization", "cookie", "x-email"].contains(&name.as_str()),
                "{shown}"
            );
        }
        assert!(!received.target.contains("secret"), "{}", received.target);
    }
}
