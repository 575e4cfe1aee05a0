//! Tests of the law that no answer to what is refused grows with what was sent.

use axum::body::Body;
use axum::http::{HeaderName, Method, Request, Response, StatusCode};
use plugwright_sdk::host::Registry;
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;

use crate::gateway::Gateway;
use crate::web::WebSettings;
use plugwright_engine::EngineSettings;

/// The longest answer, with what a surface puts around an error, and the longest run of the caller's
/// text in it.
const LONGEST_ANSWER: usize = 20 << 10;
const LONGEST_ECHO: usize = 200;

fn gateway() -> Gateway {
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    let web = WebSettings {
        hosts: Some(vec!["gateway.example.com".to_owned()]),
        origins: Vec::new(),
    };
    let gateway = Gateway::builder(registry).engine(EngineSettings::offline());
    gateway.allow_anonymous(true).web(web).build().unwrap()
}

fn long() -> String {
    "x".repeat(20_000)
}

fn names(count: usize) -> Map<String, Value> {
    let name = |index| {
        (
            format!("{}{index}", "x".repeat(300)),
            json!("x".repeat(300)),
        )
    };
    (0..count).map(name).collect()
}

fn json_request(path: &str, body: &Value) -> Request<Body> {
    Request::post(path)
        .header("host", "gateway.example.com")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .body(Body::from(body.to_string()))
        .unwrap()
}

fn get(path: &str) -> Request<Body> {
    Request::get(path)
        .header("host", "gateway.example.com")
        .body(Body::empty())
        .unwrap()
}

/// Returns the status and the body of an answer that keeps to the law.
async fn bounded(gateway: &Gateway, what: &str, request: Request<Body>) -> (StatusCode, String) {
    let response: Response<Body> = gateway.router().oneshot(request).await.unwrap();
    let status = response.status();
    let what = &what[..what.len().min(60)];
    let headers: usize = response
        .headers()
        .values()
        .map(axum::http::HeaderValue::len)
        .sum();
    assert!(headers < 2000, "{what}: {headers} bytes of headers");
    let body = axum::body::to_bytes(response.into_body(), 64 << 20)
        .await
        .unwrap();
    let text = String::from_utf8_lossy(&body).into_owned();
    assert!(body.len() < LONGEST_ANSWER, "{what}: {} bytes", body.len());
    let echo = text.split(|letter| letter != 'x').map(str::len).max();
    assert!(
        echo <= Some(LONGEST_ECHO),
        "{what}: an echo of {echo:?} letters"
    );
    (status, text)
}

async fn refused(gateway: &Gateway, what: &str, request: Request<Body>) -> String {
    let (status, text) = bounded(gateway, what, request).await;
    assert!(status.is_client_error(), "{what}: {status} {text}");
    text
}

#[tokio::test]
async fn long_paths_and_queries_are_not_repeated() {
    let gateway = gateway();
    let long = "x".repeat(10_000);
    for path in [
        "/X",
        "/v1/X",
        "/v1/X/X",
        "/v1/github/X",
        "/v1/github/issues.list?X=1",
        "/v1/github/issues.list?X=1&owner=X&repo=X&state=X&per_page=X",
        "/v1/actions/X",
        "/v1/actions/X/guide.md",
        "/v1/actions/search?q=X",
        "/v1/actions/search?q=a&service=X",
        "/v1/tools/X",
        "/v1/tools/X/X",
        "/v1/tools/github/X",
        "/v1/tools?search=X",
        "/v1/proxy/X",
        "/api/v1/X",
        "/api/v1/connectors/X",
        "/docs/X",
        "/openapi/X.json",
        "/connect/assets/X",
        "/icons/X",
        "/mcp?X=1",
        "/mcp?tools=X",
    ] {
        refused(&gateway, path, get(&path.replace('X', &long))).await;
    }
    for path in [
        "/v1/actions?service=X",
        "/v1/apps?service=X",
        "/v1/providers/X",
        "/connect/X",
    ] {
        bounded(&gateway, path, get(&path.replace('X', &long))).await;
    }
    for path in [
        "/v1/actions/github.issues.list",
        "/v1/github/issues.list",
        "/api/v1/connectors",
    ] {
        let mut request = get(path);
        *request.method_mut() = Method::from_bytes(long.as_bytes()).unwrap();
        bounded(&gateway, path, request).await;
    }
}

#[tokio::test]
async fn long_headers_are_not_repeated() {
    let gateway = gateway();
    let call = "/v1/actions/github.issues.list";
    for (name, path) in [
        ("x-oo-connector-alias", call),
        ("x-oo-team-name", call),
        ("x-plugwright-connection-id", call),
        ("idempotency-key", call),
        ("host", "/mcp"),
        ("origin", "/mcp"),
        ("mcp-protocol-version", "/mcp"),
        ("mcp-session-id", "/mcp"),
        ("authorization", call),
        ("content-type", call),
        ("x-plugwright-connection", "/v1/github/issues.list"),
        ("x-plugwright-organization", "/v1/github/issues.list"),
        ("x-plugwright-mode", "/v1/github/issues.list"),
        ("x-feelr-key", "/v1/github/issues.list"),
    ] {
        let mut request = json_request(path, &json!({ "input": { "owner": 1 } }));
        let name = HeaderName::from_static(name);
        request
            .headers_mut()
            .insert(name.clone(), long().parse().unwrap());
        bounded(&gateway, name.as_str(), request).await;
    }
}

#[tokio::test]
async fn many_unknown_members_are_counted_and_a_few_are_told() {
    let gateway = gateway();
    let with = |name: &str, value: Value| {
        let mut body = names(4000);
        body.insert(name.to_owned(), value);
        Value::Object(body)
    };
    for (path, body) in [
        (
            "/v1/actions/github.issues.list",
            json!({ "input": names(4000) }),
        ),
        ("/v1/actions/github.issues.list", with("input", json!({}))),
        (
            "/v1/actions/github.issues.list",
            json!({ "options": names(4000) }),
        ),
        (
            "/v1/actions/github.issues.list",
            json!({ "options": { "headers": { "a b": "", "c d": "" } } }),
        ),
        (
            "/v1/actions/github.issues.list",
            json!({ "options": { "fields": vec![long(); 200] } }),
        ),
        (
            "/v1/actions/github.issues.list",
            json!({ "options": { "mode": long(), "cursor": long() } }),
        ),
        ("/v1/proxy/github", with("endpoint", json!("/user"))),
        (
            "/v1/proxy/github",
            json!({ "endpoint": long(), "method": long() }),
        ),
        ("/v1/github/issues.list", names(1000).into()),
    ] {
        let text = refused(&gateway, path, json_request(path, &body)).await;
        assert!(text.matches("allowed").count() <= 2, "{path}: {text}");
    }
    let path = "/v1/github/issues.list";
    let form: Vec<_> = (0..900).map(|index| format!("unknown{index}=x")).collect();
    let mut request = json_request(path, &Value::Null);
    let form_type = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert("content-type", form_type);
    *request.body_mut() = Body::from(form.join("&"));
    let text = refused(&gateway, path, request).await;
    assert!(text.contains(" more\""), "{text}");
}

#[tokio::test]
async fn an_agent_is_told_little_of_what_it_made_up() {
    let gateway = gateway();
    let call = |name: &str, arguments: Value| json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": name, "arguments": arguments } });
    let words: Vec<_> = (0..3000).map(|index| format!("x{index}")).collect();
    for message in [
        call(&long(), json!({})),
        call("run_action", json!({ "action": long() })),
        call(
            "run_action",
            json!({ "action": "github.issues.list", "input": names(4000) }),
        ),
        call(
            "run_action",
            json!({ "action": "github.issues.list", "fields": vec![long(); 200] }),
        ),
        call(
            "run_action",
            json!({ "action": "github.issues.list", "connection": long() }),
        ),
        call(
            "run_action",
            json!({ "action": "github.issues.list", "cursor": long() }),
        ),
        call("describe_action", json!({ "action": long() })),
        call("search_actions", json!({ "query": long() })),
        call("search_actions", json!({ "query": words.join(" ") })),
        call("search_actions", names(4000).into()),
        call("list_connections", json!({ "connector": long() })),
        json!({ "jsonrpc": "2.0", "id": long(), "method": "ping" }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": long() }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": { "protocolVersion": long(), "capabilities": {}, "clientInfo": { "name": long(), "version": long() } } }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "resources/read", "params": { "uri": long() } }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "prompts/get", "params": { "name": long() } }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "completion/complete", "params": { "ref": { "type": "ref/prompt", "name": long() } } }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "logging/setLevel", "params": { "level": long() } }),
    ] {
        let what = message.to_string();
        bounded(&gateway, &what, json_request("/mcp", &message)).await;
    }
}
