//! What every surface does with bodies, queries and headers that are too much.

use std::time::Instant;

use axum::Router;
use axum::body::to_bytes;
use axum::http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, RETRY_AFTER};
use axum::http::{HeaderMap, Request, StatusCode};
use plugwright_sdk::host::Registry;
use plugwright_sdk::json;
use tower::ServiceExt as _;

use super::*;
use crate::gateway::Gateway;
use plugwright_engine::EngineSettings;

const OPERATOR: &str = "token-of-the-operator";
const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const LIST: &str = "/v1/actions/github.issues.list";
const UPLOAD: &str = "/v1/actions/github.releases.upload_asset";
const MIB: usize = 1 << 20;

/// Where JSON is sent to, with the longest that each takes.
const PLACES: [(&str, usize); 8] = [
    (LIST, MIB),
    (UPLOAD, 10 * MIB),
    ("/v1/proxy/github", MIB),
    ("/v1/github/issues.list", MIB),
    ("/v1/github/releases.upload_asset", 10 * MIB),
    ("/api/v1/connections", 64 << 10),
    ("/admin/tokens", 64 << 10),
    ("/mcp", 10 * MIB),
];

fn gateway(limits: Limits, open: bool) -> Gateway {
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    Gateway::builder(registry)
        .engine(EngineSettings {
            limits,
            ..EngineSettings::offline()
        })
        .operator_token(plugwright_engine::tokens::hash(OPERATOR))
        .allow_anonymous(open)
        .build()
        .unwrap()
}

async fn with_store(limits: Limits) -> Gateway {
    let store = plugwright_store::SqliteStore::in_memory().await.unwrap();
    let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
    Gateway::builder(registry)
        .engine(EngineSettings {
            storage: Some((Arc::new(store), plugwright_store::vault::Vault::ephemeral())),
            limits,
            ..EngineSettings::offline()
        })
        .operator_token(plugwright_engine::tokens::hash(OPERATOR))
        .build()
        .unwrap()
}

async fn send(
    router: &Router,
    path: &str,
    kind: &str,
    token: Option<&str>,
    body: impl Into<Body>,
) -> (StatusCode, Value, HeaderMap) {
    let mut request = Request::post(path)
        .header(HOST, "localhost")
        .header(CONTENT_TYPE, kind)
        .header(ACCEPT, "application/json, text/event-stream");
    if let Some(token) = token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let request = request.body(body.into()).unwrap();
    let answer = router.clone().oneshot(request).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
    assert!(body.len() < 64 << 10, "{path}: an answer of {}", body.len());
    let text = String::from_utf8_lossy(&body).into_owned();
    (
        status,
        serde_json::from_slice(&body).unwrap_or_else(|_| text.into()),
        headers,
    )
}

async fn as_operator(router: &Router, path: &str, body: impl Into<Body>) -> (StatusCode, Value) {
    let (status, answer, _) = send(router, path, JSON, Some(OPERATOR), body).await;
    (status, answer)
}

/// A call of this surface with this input.
fn message(path: &str, input: &str) -> String {
    match path {
        "/mcp" => format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"run_action","arguments":{{"action":"github.issues.list","input":{input}}}}}}}"#
        ),
        path if path.starts_with("/v1/actions/") => format!(r#"{{"input":{input}}}"#),
        "/v1/proxy/github" => {
            format!(r#"{{"endpoint":"/x","method":"POST","body":{input}}}"#)
        }
        _ => format!(r#"{{"a":{input}}}"#),
    }
}

#[tokio::test]
async fn faults_of_options_and_input_are_told_together() {
    let router = gateway(Limits::default(), true).router();
    let body = r#"{"input":{"per_page":400},"options":{"retries":9,"timeoutMs":900000000}}"#;
    let (status, answer, _) = send(&router, LIST, JSON, None, body).await;
    assert_eq!(status, 400, "{answer}");
    let faults = answer["data"].as_array().unwrap().iter();
    let mut params: Vec<_> = faults
        .map(|fault| fault["param"].as_str().unwrap())
        .collect();
    params.sort_unstable();
    assert_eq!(
        params,
        ["options.retries", "options.timeoutMs", "per_page", "repo"],
        "{answer}"
    );
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_by_its_length_and_while_it_comes() {
    let gateway = with_store(Limits::default()).await;
    let router = gateway.router();
    for (path, most) in PLACES {
        let (status, answer) = as_operator(&router, path, vec![b' '; most + 1]).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}: {answer}");
        let (body, read) = pieces(2 * most / KIB, KIB);
        let (status, answer) = as_operator(&router, path, body).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}: {answer}");
        assert_eq!(read.load(Ordering::Relaxed), 2 * most, "{path}");
        assert!(
            answer.to_string().contains("larger than allowed"),
            "{path}: {answer}"
        );
        let (status, _) = as_operator(&router, path, vec![b' '; most]).await;
        assert_ne!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
    }
    let metrics = gateway.metrics().unwrap();
    assert!(
        metrics.contains(r#"limit_hits_total{limit="input"} 10"#),
        "{metrics}"
    );
    assert!(
        metrics.contains(r#"limit_hits_total{limit="request_body"} 6"#),
        "{metrics}"
    );
}

#[tokio::test]
async fn of_callers_who_are_not_known_nothing_is_read() {
    let router = with_store(Limits::default()).await.router();
    let page = format!("/connect/{}", uuid::Uuid::new_v4());
    let connect = [page.clone(), format!("{page}/cancel")];
    let paths = PLACES.iter().map(|(path, _)| *path);
    let saas = [
        "/v1/saas/actions/github.issues.list",
        "/v1/saas/connected-accounts/link",
    ];
    let set_up = [
        "/v1/connections/github/connect",
        "/v1/connections/github/connect/api-key",
    ];
    let paths = paths
        .chain(saas)
        .chain(set_up)
        .chain(connect.iter().map(String::as_str));
    for path in paths {
        for token in [None, Some("unknown")] {
            let (body, read) = pieces(10_000, KIB);
            let (status, answer, _) = send(&router, path, JSON, token, body).await;
            assert!(status.is_client_error(), "{path}: {status} {answer}");
            assert_ne!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
            assert_eq!(read.load(Ordering::Relaxed), 0, "{path}");
        }
    }
}

#[tokio::test]
async fn of_calls_that_are_refused_anyway_no_large_body_is_kept() {
    let gateway = with_store(Limits::default()).await;
    let router = gateway.router();
    let blocked = ["github.issues.list", "github.releases.upload_asset"];
    let grant = json!({ "blockedActions": blocked });
    let token = json!({ "name": "narrow", "grant": grant }).to_string();
    let (_, made) = as_operator(&router, "/admin/tokens", token).await;
    let token = made["token"].as_str().unwrap();
    let others = gateway.inner().bodies.0.memory.of(&principal("else"));
    assert!(others.try_add(64 * MIB));
    for (path, _) in &PLACES[..5] {
        let (body, read) = pieces(500, KIB);
        let (status, answer, _) = send(&router, path, JSON, Some(token), body).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{path}: {answer}");
        let told = answer.to_string();
        assert!(told.contains("the token does not allow"), "{path}: {told}");
        assert_eq!(read.load(Ordering::Relaxed), 500 * KIB, "{path}");
    }
}

#[tokio::test]
async fn bodies_in_crumbs_are_refused_everywhere() {
    let router = with_store(Limits::default()).await.router();
    for (path, most) in PLACES {
        let (body, read) = pieces(10_000, 1);
        let (status, answer) = as_operator(&router, path, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {answer}");
        let told = answer.to_string();
        assert!(told.contains("too many small pieces"), "{path}: {told}");
        assert!(read.load(Ordering::Relaxed) < 9000, "{path}");
        // Also while the rest of what is too long is taken.
        let read = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&read);
        let crumbs = (0..100_000_u32).map(move |at| {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok::<_, Infallible>(Bytes::from(vec![b'x'; if at == 0 { most + 1 } else { 1 }]))
        });
        let body = Body::from_stream(stream::iter(crumbs));
        let (status, answer) = as_operator(&router, path, body).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE, "{path}: {answer}");
        assert!(read.load(Ordering::Relaxed) < 60_000, "{path}");
    }
}

#[tokio::test]
async fn one_message_says_how_many_fields_there_may_be() {
    let router = gateway(Limits::default(), true).router();
    for count in [101, 1001] {
        let call =
            json!({ "input": { "repo": "a/b" }, "options": { "fields": vec!["id"; count] } });
        let (status, answer, _) = send(&router, LIST, JSON, None, call.to_string()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
        let told = answer.to_string();
        assert!(told.contains("must not have more than 100 paths"), "{told}");
    }
}

#[tokio::test]
async fn json_has_a_budget_at_every_surface() {
    let gateway = with_store(Limits::default()).await;
    let router = gateway.router();
    for (path, most) in PLACES {
        let many = |piece: &str| {
            // As long as the surface takes, and with more values than it takes.
            let count = (most - 300) / piece.len();
            message(path, &format!("[{}0]", piece.repeat(count)))
        };
        let started = Instant::now();
        for piece in ["0,", "[],", "{},", "{\"a\":0},"] {
            let text = many(piece);
            if text.matches(',').count() <= 30_000 {
                continue;
            }
            let (status, answer) = as_operator(&router, path, text).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path} {piece}: {answer}");
            let told = answer.to_string();
            assert!(
                told.contains("must not have more than 30000 values"),
                "{path}: {told}"
            );
        }
        for open in ["[", "{\"a\":"] {
            let deep = open.repeat((most - 300) / open.len());
            let (status, answer) = as_operator(&router, path, message(path, &deep)).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {answer}");
            let told = answer.to_string();
            assert!(
                told.contains("must not be nested more than 100 levels"),
                "{path}: {told}"
            );
        }
        // Far below what parsing all of it takes in a build without optimizations.
        assert!(
            started.elapsed().as_secs() < 20,
            "{path}: {:?}",
            started.elapsed()
        );
    }
    let metrics = gateway.metrics().unwrap();
    for limit in ["json_values", "json_depth"] {
        let counted = format!(r#"limit_hits_total{{limit="{limit}"}}"#);
        assert!(metrics.contains(&counted), "{metrics}");
    }
}

#[tokio::test]
async fn a_large_file_is_taken_where_files_are() {
    let gateway = gateway(Limits::default(), true);
    let router = gateway.router();
    let file = format!("data:application/zip;base64,{}", "QUJD".repeat(2 * MIB));
    let input = json!({
        "repo": "octocat/Hello-World", "release_id": 1, "name": "app.zip", "content": file,
    });
    let call = json!({ "input": input, "options": { "mode": "mock" } }).to_string();
    assert!(call.len() > 8 * MIB);
    let (status, answer, _) = send(&router, UPLOAD, JSON, None, call).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "run_action",
        "arguments": { "action": "github.releases.upload_asset", "input": input },
    } });
    let (status, answer, _) = send(&router, "/mcp", JSON, None, call.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    // It went as far as there is no way out.
    assert!(answer.to_string().contains("isError"), "{answer}");
    assert!(!answer.to_string().contains("takes no file"), "{answer}");
    let input = json!({ "repo": "a/b", "title": "x".repeat(2 * MIB) });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "run_action",
        "arguments": { "action": "github.issues.create", "input": input },
    } });
    let (_, answer, _) = send(&router, "/mcp", JSON, None, call.to_string()).await;
    assert!(answer.to_string().contains("takes no file"), "{answer}");
    assert_eq!(gateway.inner().bodies.0.memory.free(), 64 * MIB);
}

#[tokio::test]
async fn headers_for_the_provider_are_few_and_short() {
    let router = gateway(Limits::default(), true).router();
    let headers = |count: usize, length: usize| {
        let header = |number| (format!("x-h-{number}"), Value::from("v".repeat(length)));
        Value::Object((0..count).map(header).collect())
    };
    let call = |headers: Value| {
        let options = json!({ "headers": headers, "mode": "mock" });
        json!({ "input": { "repo": "a/b" }, "options": options }).to_string()
    };
    let proxy = |headers: Value| {
        json!({ "endpoint": "/user", "method": "GET", "headers": headers }).to_string()
    };
    let (status, answer, _) = send(&router, LIST, JSON, None, call(headers(100, 10))).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    for (count, length, message) in [
        (101, 1, "must not have more than 100 headers"),
        (20_000, 1, "must not have more than 100 headers"),
        (10, 8000, "must not be longer than 65536 bytes in all"),
    ] {
        for (path, body, param) in [
            (LIST, call(headers(count, length)), "options.headers"),
            ("/v1/proxy/github", proxy(headers(count, length)), "headers"),
        ] {
            let (status, answer, _) = send(&router, path, JSON, None, body).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
            assert_eq!(
                answer["data"],
                json!([{ "param": param, "message": message }])
            );
        }
    }
}

#[tokio::test]
async fn forms_and_queries_have_few_names_that_are_short() {
    let gateway = gateway(Limits::default(), true);
    let router = gateway.router();
    let names: Vec<_> = (0..110_000).map(|number| format!("n{number}=1")).collect();
    let started = Instant::now();
    let (status, answer, _) = send(
        &router,
        "/v1/github/issues.list",
        FORM,
        None,
        names[..60_000].join("&"),
    )
    .await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    let told = answer.to_string();
    assert!(
        told.contains("must not have more than 1000 parameters"),
        "{told}"
    );
    let long = format!("{}=1", "n".repeat(300));
    let (status, answer, _) = send(&router, "/v1/github/issues.list", FORM, None, long).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{answer}");
    let same = vec!["labels=a"; 900].join("&");
    let (status, answer, _) = send(&router, "/v1/github/issues.list", FORM, None, same).await;
    assert!(status.is_client_error(), "{status} {answer}");
    let query = names[..6_000].join("&");
    for path in [
        "/v1/github/issues.list",
        "/v1/actions",
        "/v1/actions/github.issues.list",
        "/v1/tools",
        "/v1/apps",
        "/api/v1/connections",
        "/admin/runs",
        "/mcp",
        "/connect/oauth/callback",
        "/status",
    ] {
        let uri = format!("{path}?{query}");
        let (status, answer, _) = send(&router, &uri, JSON, Some(OPERATOR), "{}").await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {answer}");
        assert!(
            answer.to_string().contains("1000 parameters"),
            "{path}: {answer}"
        );
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    let metrics = gateway.metrics().unwrap();
    assert!(
        metrics.contains(r#"limit_hits_total{limit="parameters"} 11"#),
        "{metrics}"
    );
}

#[tokio::test]
async fn requests_to_the_api_itself_are_bounded() {
    let router = gateway(Limits::default(), true).router();
    let members = |count: usize| {
        let member = |number| (format!("n{number}"), Value::from(1));
        Value::Object((0..count).map(member).collect())
    };
    let nested = |items: usize| {
        let items = format!("[{}1]", "1,".repeat(items));
        format!("{}{items}{}", "[".repeat(90), "]".repeat(90))
    };
    for (member, message) in [
        (
            format!(r#""endpoint":"/x","query":{}"#, members(1001)),
            "1000 parameters",
        ),
        (
            format!(r#""endpoint":"/{}""#, "x".repeat(70_000)),
            "65536 bytes",
        ),
        (
            format!(r#""endpoint":"/x","query":{{"a":{}}}"#, nested(40_000)),
            "URL of more than",
        ),
    ] {
        let body = format!(r#"{{{member},"method":"GET"}}"#);
        let started = Instant::now();
        let (status, answer, _) = send(&router, "/v1/proxy/github", JSON, None, body).await;
        assert!(status.is_client_error(), "{message}: {status} {answer}");
        assert!(
            started.elapsed().as_secs() < 5,
            "{message}: {:?}",
            started.elapsed()
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_without_memory_for_large_bodies_says_when_to_come_again() {
    let gateway = gateway(Limits::default(), true);
    let taken = gateway.inner().bodies.0.memory.of(&principal("else"));
    assert!(taken.try_add(64 * MIB));
    let router = gateway.router();
    for (path, _) in PLACES {
        if path.starts_with("/api") {
            continue;
        }
        let body = message(path, &format!("\"{}\"", "x".repeat(40 * KIB)));
        let (status, answer, headers) = send(&router, path, JSON, Some(OPERATOR), body).await;
        // Without a store, the operator's API has no tokens.
        if path == "/admin/tokens" {
            continue;
        }
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}: {answer}");
        assert_eq!(headers[RETRY_AFTER], "1", "{path}");
    }
    let body = json!({ "input": { "repo": "a/b" }, "options": { "mode": "mock" } });
    let (status, answer, _) = send(&router, LIST, JSON, None, body.to_string()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let metrics = gateway.metrics().unwrap();
    assert!(
        metrics.contains(r#"limit_hits_total{limit="decoding_memory"}"#),
        "{metrics}"
    );
}
