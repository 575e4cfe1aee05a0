use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use axum::http::{Request, StatusCode};
use plugwright_engine::{EngineSettings, tokens};
use plugwright_sdk::host::Registry;
use plugwright_sdk::{Value, json};
use plugwright_store::SqliteStore;
use plugwright_store::vault::Vault;
use tower::ServiceExt as _;

use crate::gateway::Gateway;

const OPERATOR: &str = "token-of-the-operator";

async fn post(gateway: &Gateway, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::post(path)
        .header(HOST, "localhost")
        .header(CONTENT_TYPE, "application/json")
        .header(AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = gateway.router().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_token_is_only_told_to_get_a_grant_that_is_of_use() {
    let store = SqliteStore::in_memory().await.unwrap();
    let registry = Registry::new([
        &plugwright_github::CONNECTOR,
        &plugwright_hackernews::CONNECTOR,
    ])
    .unwrap();
    let gateway = Gateway::builder(registry)
        .engine(EngineSettings {
            storage: Some((Arc::new(store), Vault::ephemeral())),
            ..EngineSettings::offline()
        })
        .operator_token(tokens::hash(OPERATOR))
        .build()
        .unwrap();
    let (_, made) = post(
        &gateway,
        "/admin/tokens",
        OPERATOR,
        json!({ "name": "ada" }),
    )
    .await;
    let token = made["token"].as_str().unwrap();

    let connect = |connector: &str| format!("/v1/connections/{connector}/connect");
    let (_, refused) = post(&gateway, &connect("github"), token, json!({})).await;
    let message = refused["message"].as_str().unwrap();
    assert!(
        message.contains(
            "an operator can allow it by adding `github` to the token's `--connect` list"
        ),
        "{message}"
    );
    let (status, open) = post(&gateway, &connect("hackernews"), token, json!({})).await;
    assert_eq!(status, 400, "{open}");
    assert_eq!(
        open["message"],
        "Hacker News needs no authentication, so there is nothing to connect"
    );
}
