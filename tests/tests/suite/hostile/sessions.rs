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

fn session_of(begun: &Reply) -> String {
    assert_eq!(begun.status, 200, "{begun:?}");
    let session = begun.headers["mcp-session-id"].to_str();
    session.expect("a text").to_owned()
}

/// Lists the tools in a session; returns the status.
async fn list(gateway: &GatewayProcess, token: &str, session: &str) -> u16 {
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    let request = gateway
        .request(Method::POST, "/mcp", token)
        .header("accept", "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-11-25")
        .header("mcp-session-id", session);
    let reply = send(with_json(request, &message)).await;
    reply.expect("an answer").status
}

async fn end(gateway: &GatewayProcess, token: &str, session: &str) -> u16 {
    let request = gateway
        .request(Method::DELETE, "/mcp", token)
        .header("mcp-protocol-version", "2025-11-25")
        .header("mcp-session-id", session);
    send(request).await.expect("an answer").status
}

#[tokio::test]
async fn the_oldest_mcp_sessions_of_a_principal_make_room_and_others_keep_theirs() {
    let setup = setup().env(
        "PLUGWRIGHT_LIMITS_MCP_SESSIONS_PER_PRINCIPAL",
        MOST.to_string(),
    );
    let gateway = setup.start().await;
    let (_, token) = gateway.token("hostile", json!({})).await;
    let (_, other) = gateway.token("other", json!({})).await;
    let mut sessions = Vec::new();
    for _ in 0..MOST {
        sessions.push(session_of(&begin(&gateway, &token).await));
    }
    let others = begin(&gateway, &other).await;
    let others = session_of(&others);
    let limits = ["mcp_sessions_per_principal"];
    assert_eq!(gateway.limit_hits(&limits).await, 0);
    for _ in 0..10 {
        sessions.push(session_of(&begin(&gateway, &token).await));
    }
    assert_eq!(gateway.limit_hits(&limits).await, 10);
    let (ended, open) = sessions.split_at(sessions.len() - MOST);
    for session in ended {
        assert_eq!(list(&gateway, &token, session).await, 404);
    }
    for session in open {
        assert_eq!(list(&gateway, &token, session).await, 200);
    }
    assert_eq!(list(&gateway, &other, &others).await, 200);
    // Who ends one may begin another without an end of the others.
    assert_eq!(end(&gateway, &token, &open[0]).await, 204);
    begin(&gateway, &token).await.ok();
    assert_eq!(list(&gateway, &token, &open[1]).await, 200);
    assert_eq!(gateway.limit_hits(&limits).await, 10);
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
    let start = async |token: &str, label: usize| -> Reply {
        let body = json!({ "connectorSlug": "signed", "label": label.to_string() });
        let request = gateway.request(Method::POST, "/api/v1/connections", token);
        send(with_json(request, &body)).await.expect("an answer")
    };
    let mut first = Value::Null;
    for number in 0..MOST {
        let body = start(&token, number).await.ok();
        if number == 0 {
            first = body["connection"]["id"].clone();
        }
    }
    for number in 0..10 {
        let refused = start(&token, MOST + number).await;
        assert_eq!(refused.status, 429, "{refused:?}");
        assert!(refused.headers.contains_key("retry-after"), "{refused:?}");
    }
    let limits = ["connect_requests_per_principal"];
    assert_eq!(gateway.limit_hits(&limits).await, 10);
    start(&other, 0).await.ok();
    // Who deletes one may start another.
    let path = format!("/api/v1/connections/{}", first.as_str().expect("an id"));
    let request = gateway.request(Method::DELETE, &path, &token);
    send(request).await.expect("an answer").ok();
    start(&token, 100).await.ok();
    assert_eq!(start(&token, 101).await.status, 429);
}
