use axum::http::header::{ACCEPT, CONTENT_TYPE, HOST};
use plugwright_sdk::Value;
use plugwright_sdk::host::Registry;
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

async fn call(name: &str, arguments: Value) -> Value {
    let params = json!({ "name": name, "arguments": arguments });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let response = post(endpoint(), "/mcp", body.to_string().into_bytes()).await;
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await;
    let text = String::from_utf8(bytes.unwrap().to_vec()).unwrap();
    let json = text
        .lines()
        .find_map(|line| line.strip_prefix("data: {"))
        .map_or(text.clone(), |rest| format!("{{{rest}"));
    serde_json::from_str::<Value>(&json).unwrap()["result"].take()
}

#[tokio::test]
async fn texts_of_agents_are_read_and_told() {
    let found = call("search_actions", json!({ "query": "issue", "limit": "2" })).await;
    assert_eq!(
        found["_meta"]["plugwright/readAs"],
        json!({ "limit": "integer" })
    );
    let actions = &found["structuredContent"]["actions"];
    assert_eq!(actions.as_array().map(Vec::len), Some(2), "{found}");

    let input = r#"{"repo":"a/b","per_page":"500","labels":"[\"x\"]"}"#;
    let arguments = json!({ "action": "github.issues.list", "input": input });
    let refused = call("run_action", arguments).await;
    // What was read is judged as it was meant.
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(
        text.contains("per_page") && !text.contains("text"),
        "{text}"
    );
    let told = &refused["_meta"]["plugwright/readAs"];
    assert_eq!(told["input"], "object", "{refused}");
    assert_eq!(told["per_page"], "integer", "{refused}");
}

#[tokio::test]
async fn a_search_is_narrowed_by_effect_and_by_what_is_ready() {
    let effects = json!({ "query": "issue", "effects": ["destructive"], "limit": 50 });
    let found = call("search_actions", effects).await;
    let actions = found["structuredContent"]["actions"].as_array().unwrap();
    let is_destructive = |action: &Value| action["effect"] == "destructive";
    assert!(
        !actions.is_empty() && actions.iter().all(is_destructive),
        "{found}"
    );

    // GitHub needs a connection, and there is none.
    let ready = call("search_actions", json!({ "query": "issue", "ready": true })).await;
    assert_eq!(ready["structuredContent"]["actions"], json!([]), "{ready}");

    let refused = call("search_actions", json!({ "query": "issue", "effects": [] })).await;
    let text = refused["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("`read`, `write` and `destructive`"), "{text}");
}

#[tokio::test]
async fn a_connector_is_found_by_its_display_name_and_an_unknown_one_refused() {
    let arguments = json!({ "query": "list issues", "connector": "GitHub" });
    let found = call("search_actions", arguments).await;
    let first = &found["structuredContent"]["actions"][0]["action"];
    assert_eq!(first, "github.issues.list", "{found}");
    for (tool, arguments) in [
        (
            "search_actions",
            json!({ "query": "list issues", "connector": "githb" }),
        ),
        ("list_connections", json!({ "connector": "githb" })),
    ] {
        let refused = call(tool, arguments).await;
        assert_eq!(refused["isError"], true, "{refused}");
        let text = refused["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("did you mean `github`?"), "{text}");
    }
}

#[tokio::test]
async fn a_text_that_stands_for_nothing_else_is_refused() {
    let refused = call(
        "search_actions",
        json!({ "query": "issue", "limit": "two" }),
    )
    .await;
    assert_eq!(refused["isError"], true);
    assert_eq!(refused["_meta"].get("plugwright/readAs"), None);
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

#[tokio::test]
async fn an_id_that_no_request_may_have_is_an_invalid_request() {
    for id in ["null", "true", "1.5", "1180591620717411303424", "[]"] {
        let body = format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"tools/list"}}"#);
        let response = post(endpoint(), "/mcp", body.into_bytes()).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{id}");
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await;
        let answer: Value = serde_json::from_slice(&bytes.unwrap()).unwrap();
        assert_eq!(answer["error"]["code"], -32600, "{id}");
        assert_eq!(answer["id"], Value::Null, "{id}");
    }
}

#[tokio::test]
async fn a_name_that_is_given_twice_is_refused() {
    let body =
        br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}"#;
    let response = post(endpoint(), "/mcp", body.to_vec()).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await;
    let text = String::from_utf8(bytes.unwrap().to_vec()).unwrap();
    assert!(
        text.contains("`name` is given twice in one object"),
        "{text}"
    );
}

#[tokio::test]
async fn a_tool_has_the_digest_of_its_action() {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {} });
    let uri = "/mcp?tools=github.issues.create,search_actions";
    let response = post(endpoint(), uri, body.to_string().into_bytes()).await;
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await;
    let text = String::from_utf8(bytes.unwrap().to_vec()).unwrap();
    let json = text
        .lines()
        .find_map(|line| line.strip_prefix("data: {"))
        .map_or(text.clone(), |rest| format!("{{{rest}"));
    let answer: Value = serde_json::from_str(&json).unwrap();
    let tools = answer["result"]["tools"].as_array().unwrap();
    let of = |name: &str| tools.iter().find(|tool| tool["name"] == name).unwrap();
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    let entry = registry.find("github.issues.create").unwrap();
    let digest = plugwright_engine::lock::digest(&entry);
    assert_eq!(
        of("github_issues_create")["_meta"]["plugwright/digest"],
        digest
    );
    assert_eq!(of("search_actions").get("_meta"), None);
}
