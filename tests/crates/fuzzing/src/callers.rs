//! What reads the requests of callers: the whole way in, without a socket.

use std::cell::LazyCell;

use axum::Router;
use axum::body::Body;
use http::header::{ACCEPT, CONTENT_TYPE, HOST, ORIGIN};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use plugwright_gateway::{EngineSettings, Gateway};
use plugwright_sdk::host::Registry;
use plugwright_sdk::json;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;
use url::{Host, Url};

use crate::LONGEST;
use crate::connector::CONNECTOR;

/// A gateway that lets anybody in and nothing out.
struct Way {
    runtime: Runtime,
    router: Router,
}

thread_local! {
    static WAY: LazyCell<Way> = LazyCell::new(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime");
        let registry = Registry::new([&CONNECTOR]).expect("one connector");
        let router = runtime.block_on(async {
            let gateway = Gateway::builder(registry).engine(EngineSettings::offline());
            let gateway = gateway.allow_anonymous(true).mcp(true);
            gateway.build().expect("a gateway").router()
        });
        Way { runtime, router }
    });
}

fn ask(request: Request<Body>) -> StatusCode {
    WAY.with(|way| {
        way.runtime.block_on(async {
            let Ok(answer) = way.router.clone().oneshot(request).await;
            let status = answer.status();
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
            let body = answer.into_body().collect().await.expect("a whole answer");
            let length = body.to_bytes().len();
            let refused = status.is_client_error();
            assert!(!refused || length <= LONGEST, "{status}: {length} bytes");
            status
        })
    })
}

fn request(method: Method, path: &str, kind: &'static str, body: &[u8]) -> Option<Request<Body>> {
    Request::builder()
        .method(method)
        .uri(path)
        .header(HOST, "127.0.0.1")
        .header(CONTENT_TYPE, kind)
        .header(ACCEPT, "application/json, text/event-stream")
        .header("mcp-protocol-version", "2025-06-18")
        .body(Body::from(body.to_vec()))
        .ok()
}

fn send(method: Method, path: &str, kind: &'static str, body: &[u8]) {
    if let Some(request) = request(method, path, kind, body) {
        ask(request);
    }
}

/// The body of a call.
pub fn bodies(bytes: &[u8]) {
    let kind = "application/json";
    for path in [
        "/v1/actions/fuzzed.things.create",
        "/v1/fuzzed/things.create",
        "/v1/proxy/fuzzed",
        "/api/v1/connections",
    ] {
        send(Method::POST, path, kind, bytes);
    }
}

/// The body of a form.
pub fn forms(bytes: &[u8]) {
    let kind = "application/x-www-form-urlencoded";
    send(Method::POST, "/v1/fuzzed/things.create", kind, bytes);
}

/// A query, as it stands in the request.
pub fn queries(bytes: &[u8]) {
    let Ok(query) = std::str::from_utf8(bytes) else {
        return;
    };
    for path in [
        "/v1/fuzzed/anything.get",
        "/v1/actions/search",
        "/v1/actions",
    ] {
        send(Method::GET, &format!("{path}?{query}"), "text/plain", b"");
    }
}

/// A message of MCP.
pub fn messages(bytes: &[u8]) {
    send(Method::POST, "/mcp", "application/json", bytes);
}

/// The endpoint of a request through the proxy.
pub fn endpoints(bytes: &[u8]) {
    let endpoint = String::from_utf8_lossy(bytes);
    let body = json!({ "endpoint": endpoint, "method": "GET" }).to_string();
    send(
        Method::POST,
        "/v1/proxy/fuzzed",
        "application/json",
        body.as_bytes(),
    );
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            // A name may end with the dot of the root.
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

/// An `Origin` and a `Host`, one a line.
pub fn origins(bytes: &[u8]) {
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let origin = lines.next().unwrap_or_default();
    let host = lines.next().unwrap_or(b"127.0.0.1");
    let body = br#"{"input":{},"options":{"mode":"mock"}}"#;
    let path = "/v1/actions/fuzzed.anything.get";
    let (Some(mut request), Ok(origin), Ok(host)) = (
        request(Method::POST, path, "application/json", body),
        HeaderValue::from_bytes(origin),
        HeaderValue::from_bytes(host),
    ) else {
        return;
    };
    let headers = request.headers_mut();
    headers.insert(ORIGIN, origin.clone());
    headers.insert(HOST, host.clone());
    if !ask(request).is_success() {
        return;
    }
    // Whom a browser would go to, by the standard that browsers keep to.
    let url = |text: &str| Url::parse(text).ok();
    let origin = origin.to_str().ok().and_then(url).expect("an origin");
    let kept = origin.origin().ascii_serialization();
    assert!(
        origin.host().is_some_and(|host| is_loopback(&host)),
        "{kept}"
    );
    let host = host.to_str().expect("a host that is a text").to_owned();
    assert!(!host.contains(['@', '/', '\\', '#', '?']), "{host}");
    let host = url(&format!("http://{host}/")).expect("a host");
    assert!(host.host().is_some_and(|host| is_loopback(&host)), "{host}");
}
