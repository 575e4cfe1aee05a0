//! What a caller may open and leave: sessions of MCP and requests to connect an account.

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, send, with_json};
use reqwest::Method;

use super::world::setup;

const MOST: usize = 3;

async fn begin(gateway: &GatewayProcess, token: &str) -> Reply {
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "hostile", "version": "1" },
        },
    });
    let request = gateway
        .request(Method::POST, "/mcp", token)
        .header("accept", "application/json, text/event-stream");
    send(with_json(request, &message)).await.expect("an answer")
}

async fn end(gateway: &GatewayProcess, token: &str, session: &str) -> u16 {
    let request = gateway
        .request(Method::DELETE, "/mcp", token)
        .header("mcp-protocol-version", "2025-11-25")
        .header("mcp-session-id", session);
    send(request).await.expect("an answer").status
}

#[tokio::test]
async fn a_principal_has_so_many_mcp_sessions_and_others_have_theirs() {
    let setup = setup().env(
        "PLUGWRIGHT_LIMITS_MCP_SESSIONS_PER_PRINCIPAL",
        MOST.to_string(),
    );
    let gateway = setup.start().await;
    let (_, token) = gateway.token("hostile", json!({})).await;
    let (_, other) = gateway.token("other", json!({})).await;
    let mut sessions = Vec::new();
    for _ in 0..MOST {
        let reply = begin(&gateway, &token).await;
        let session = reply.headers["mcp-session-id"]
            .to_str()
            .expect("a text")
            .to_owned();
        reply.ok();
        sessions.push(session);
    }
    let limits = ["mcp_sessions_per_principal"];
    for _ in 0..10 {
        let refused = begin(&gateway, &token).await;
        assert_eq!(refused.status, 429, "{refused:?}");
        assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
    }
    assert_eq!(gateway.limit_hits(&limits).await, 10);
    begin(&gateway, &other).await.ok();
    // Who ends one may begin another.
    assert_eq!(end(&gateway, &token, &sessions[0]).await, 204);
    begin(&gateway, &token).await.ok();
    assert_eq!(begin(&gateway, &token).await.status, 429);
}

#[tokio::test]
async fn a_principal_has_so_many_connect_requests_and_others_have_theirs() {
    let setup = setup()
        .env(
            "PLUGWRIGHT_LIMITS_CONNECT_REQUESTS_PER_PRINCIPAL",
            MOST.to_string(),
        )
        .env("PLUGWRIGHT_CONNECTORS_SIGNED_OAUTH_CLIENT_ID", "client");
    let gateway = setup.start().await;
    let grant = json!({ "connect": ["*"], "organizations": ["default"] });
    let (_, token) = gateway.token("hostile", grant.clone()).await;
    let (_, other) = gateway.token("other", grant).await;
    let start = async |token: &str| -> Reply {
        let body = json!({ "connectorSlug": "signed", "selectAccount": true });
        let request = gateway.request(Method::POST, "/api/v1/connections", token);
        send(with_json(request, &body)).await.expect("an answer")
    };
    let mut first = Value::Null;
    for number in 0..MOST {
        let body = start(&token).await.ok();
        if number == 0 {
            first = body["connection"]["id"].clone();
        }
    }
    for _ in 0..10 {
        let refused = start(&token).await;
        assert_eq!(refused.status, 429, "{refused:?}");
        assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
    }
    let limits = ["connect_requests_per_principal"];
    assert_eq!(gateway.limit_hits(&limits).await, 10);
    start(&other).await.ok();
    // Who deletes one may start another.
    let path = format!("/api/v1/connections/{}", first.as_str().expect("an id"));
    let request = gateway.request(Method::DELETE, &path, &token);
    send(request).await.expect("an answer").ok();
    start(&token).await.ok();
    assert_eq!(start(&token).await.status, 429);
}
