//! Tests of the law that no surface ignores what chooses an account.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use plugwright_sdk::host::Registry;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::gateway::Gateway;
use plugwright_engine::EngineSettings;

const HEADERS: [&str; 10] = [
    "x-oo-team-name",
    "x-oo-organization-name",
    "x-oo-team-id",
    "x-oomol-connector-alias",
    "x-oo-connector-alias",
    "x-plugwright-connection",
    "x-plugwright-connection-id",
    "x-plugwright-organization",
    "x-plugwright-mode",
    "x-plugwright-tenant",
];

pub(super) fn gateway() -> Gateway {
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    let gateway = Gateway::builder(registry).engine(EngineSettings::offline());
    gateway.allow_anonymous(true).build().unwrap()
}

pub(super) async fn answer(
    gateway: &Gateway,
    path: &str,
    body: Option<&Value>,
    headers: &[(&str, &str)],
) -> (StatusCode, String) {
    let mut request = Request::builder()
        .uri(path)
        .header("host", "localhost")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("sec-fetch-site", "same-origin");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = match body {
        Some(body) => request.method("POST").body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    let response = gateway.router().oneshot(request.unwrap()).await.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await;
    (status, String::from_utf8(body.unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn a_header_that_is_not_served_is_refused_on_every_surface() {
    let gateway = gateway();
    let input = json!({ "repo": "a/b" });
    let call = json!({ "input": input, "options": { "mode": "mock" } });
    let proxied = json!({ "endpoint": "/user", "method": "GET" });
    let tool = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "run_action", "arguments": {
            "action": "github.issues.list", "input": input, "mode": "mock",
        } },
    });
    for (path, body, served) in [
        ("/v1/actions/github.issues.list", Some(&call), &HEADERS[..5]),
        ("/v1/actions/github.issues.list", None, &HEADERS[..5]),
        ("/v1/proxy/github", Some(&proxied), &HEADERS[..5]),
        ("/v1/apps", None, &HEADERS[..5]),
        ("/v1/github/issues.list?repo=a/b", None, &HEADERS[5..9]),
        ("/v1/github/issues.list", Some(&input), &HEADERS[5..9]),
        ("/v1/tools", None, &HEADERS[5..9]),
        ("/mcp", Some(&tool), &[]),
        ("/api/v1/connectors", None, &[]),
        ("/api/v1/connections", Some(&json!({})), &[]),
    ] {
        for name in HEADERS {
            let (status, text) = answer(&gateway, path, body, &[(name, "acme")]).await;
            let is_refused =
                status == StatusCode::BAD_REQUEST && text.contains("has no effect here");
            let is_served = served.contains(&name)
                || (name == "x-plugwright-connection-id" && served == &HEADERS[..5]);
            assert_eq!(is_refused, !is_served, "{path}: {name}: {status} {text}");
            if is_refused {
                assert!(text.contains(name), "{path}: {name}: {text}");
            }
            let (_, text) = answer(&gateway, path, body, &[(name, "")]).await;
            assert!(
                !text.contains("has no effect here"),
                "{path}: {name}: {text}"
            );
        }
    }
    let (status, text) = answer(&gateway, "/v1/actions?organization=acme", None, &[]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{text}");
}

#[tokio::test]
async fn the_id_of_a_tenant_is_only_read_beside_its_name() {
    let gateway = gateway();
    let path = "/v1/actions/github.issues.list";
    let call = json!({ "input": { "repo": "a/b" }, "options": { "mode": "mock" } });
    let id = ("x-oo-team-id", "0c2f");
    let (status, text) = answer(&gateway, path, Some(&call), &[id]).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{text}");
    assert!(text.contains("x-oo-team-name"), "{text}");
    let name = ("x-oo-team-name", "default");
    let (status, text) = answer(&gateway, path, Some(&call), &[id, name]).await;
    assert_eq!(status, StatusCode::OK, "{text}");
}
