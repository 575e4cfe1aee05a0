use axum::http::header::{ACCEPT, CONTENT_TYPE, HOST};
use plugwright_sdk::{Registry, Value};
use proptest::prelude::*;
use serde_json::json;
use tower::ServiceExt as _;

use super::*;

fn endpoint() -> Router {
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    let gateway = Gateway::builder(registry).allow_anonymous(true);
    router(&gateway.build().unwrap())
}

async fn post(endpoint: Router, uri: &str, body: Vec<u8>) -> Response {
    let request = Request::post(uri)
        .header(HOST, "localhost")
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "application/json, text/event-stream")
        .body(Body::from(body));
    endpoint.oneshot(request.unwrap()).await.unwrap()
}

#[tokio::test]
async fn without_a_store_there_are_tools_and_no_sessions() {
    let params = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": {},
        "clientInfo": { "name": "test", "version": "1" },
    });
    for (method, params) in [("initialize", params), ("tools/list", json!({}))] {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let response = post(endpoint(), "/mcp", body.to_string().into_bytes()).await;
        assert_eq!(response.status(), StatusCode::OK, "{method}");
        assert_eq!(response.headers().get(SESSION_ID), None, "{method}");
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_not_read() {
    let response = post(endpoint(), "/mcp", vec![b' '; 11 << 20]).await;
    assert_eq!(response.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        proptest::arbitrary::any::<bool>().prop_map(Value::from),
        proptest::arbitrary::any::<i64>().prop_map(Value::from),
        "[a-z_.*{}]{0,8}".prop_map(Value::from),
        Just(Value::from("github.issues.list")),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(
                "action|input|query|fields|limit|_meta|[a-z]{1,3}",
                inner,
                0..4
            )
            .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_message_is_too_odd(
        method in "tools/call|tools/list|initialize|ping|server/discover|[a-z/]{0,12}",
        tool in "search_actions|describe_action|list_connections|github_labels_get|[a-z_]{0,12}",
        arguments in anything(),
        meta in anything(),
        tools in "[a-z.*,%&=]{0,12}",
    ) {
        let params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let uri = format!("/mcp?tools={tools}");
        let answered = post(endpoint(), &uri, body.to_string().into_bytes());
        let status = runtime.block_on(answered).status();
        prop_assert!(!status.is_server_error(), "{status}: {body}");
    }

    #[test]
    fn no_body_is_too_odd(bytes: Vec<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let status = runtime.block_on(post(endpoint(), "/mcp", bytes)).status();
        prop_assert!(status.is_client_error(), "{status}");
    }
}
