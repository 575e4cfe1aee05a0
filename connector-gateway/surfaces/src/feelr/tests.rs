use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use plugwright_engine::EngineSettings;
use plugwright_sdk::host::{RESERVED_NAMES, Registry};
use plugwright_sdk::{Value, json};
use tower::ServiceExt as _;

use crate::gateway::Dialects;

use super::*;

fn gateway(dialects: Dialects) -> Gateway {
    Gateway::builder(Registry::new([&plugwright_github::CONNECTOR]).unwrap())
        .engine(EngineSettings::offline())
        .allow_anonymous(true)
        .dialects(dialects)
        .build()
        .unwrap()
}

async fn answer(dialects: Dialects, request: Request<Body>) -> (StatusCode, HeaderMap, Value) {
    let router = gateway(dialects).router();
    let response = router.oneshot(request).await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (
        status,
        headers,
        serde_json::from_slice(&body).unwrap_or_default(),
    )
}

async fn get_with(dialects: Dialects, path: &str) -> (StatusCode, HeaderMap, Value) {
    answer(dialects, Request::get(path).body(Body::empty()).unwrap()).await
}

async fn get_it(path: &str) -> (StatusCode, HeaderMap, Value) {
    get_with(Dialects::default(), path).await
}

#[tokio::test]
async fn an_unknown_path_is_answered_in_the_dialect_that_it_belongs_to() {
    for (path, oomol) in [
        ("/v1/apps/x", true),
        ("/v1/actions/a/b/c", true),
        ("/v1/github/nope", false),
        ("/v1/gitlab/x", false),
        ("/v1/chains/run", false),
        ("/v1/a/b/c", false),
        ("/v1/tools/gitlab", false),
    ] {
        let (status, _, body) = get_it(path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(body.get("errorCode").is_some(), oomol, "{path}: {body}");
        assert_eq!(
            body["error"].get("hint").is_some(),
            !oomol,
            "{path}: {body}"
        );
    }
}

#[tokio::test]
async fn no_path_is_led_elsewhere() {
    for path in [
        "/v1",
        "/v1/",
        "/v1/actions/",
        "/v1//actions",
        "/v1/actions/github.issues.list/",
        "/v1/tools/",
        "/v1//tools",
        "/v1/tools/github/",
        "/v1/github/issues.list/",
        "/v1/github//issues.list",
        "//health",
        "/status/",
    ] {
        let (status, _, body) = get_it(path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}: {body}");
    }
}

#[tokio::test]
async fn no_connector_can_have_a_name_that_a_dialect_uses() {
    for segment in crate::oomol::SEGMENTS.iter().chain(&["tools", "chains"]) {
        assert!(RESERVED_NAMES.contains(segment), "{segment}");
    }
}

#[tokio::test]
async fn a_dialect_that_is_switched_off_is_not_there() {
    let without = |feelr| Dialects {
        feelr,
        oomol: !feelr,
        ..Dialects::default()
    };
    let (status, _, body) = get_with(without(false), "/v1/tools").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(body["errorCode"], "not_found");
    let (status, ..) = get_with(without(false), "/status").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _, body) = get_with(without(true), "/v1/actions").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(body["error"]["code"], "NOT_FOUND");
    let (status, ..) = get_with(without(true), "/v1/tools").await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_call_is_cast_and_made_and_its_envelope_says_whose_it_was() {
    let request = Request::get("/v1/github/list-issues?repo=a%2Fb&per_page=2")
        .header("x-plugwright-mode", "dryRun")
        .body(Body::empty())
        .unwrap();
    let (status, _, body) = answer(Dialects::default(), request).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    assert_eq!(body["ok"], true);
    assert_eq!(body["meta"]["connector"], "github");
    assert_eq!(body["meta"]["action"], "issues.list");
    let url = body["data"]["requests"][0]["url"].as_str().unwrap();
    assert!(url.contains("per_page=2"), "{url}");
    assert!(body["meta"]["duration_ms"].is_u64());
}

#[tokio::test]
async fn faults_are_told_with_the_hint_and_the_places() {
    let (status, _, body) = get_it("/v1/github/issues.list?per_page=many&stat=open").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let error = &body["error"];
    assert_eq!(error["code"], "VALIDATION_ERROR");
    assert_eq!(
        (&error["hint"], &error["status"]),
        (&json!("abort"), &json!(400))
    );
    let params: Vec<_> = error["faults"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["param"].as_str().unwrap())
        .collect();
    for param in ["per_page", "repo", "stat"] {
        assert!(params.contains(&param), "{params:?}");
    }
    assert_eq!(body["meta"]["action"], "issues.list");
}

#[tokio::test]
async fn what_changes_something_is_not_called_with_get() {
    let (status, headers, body) = get_it("/v1/github/issues.create?repo=a%2Fb&title=x").await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(headers["allow"], "POST");
    assert_eq!(body["error"]["code"], "METHOD_NOT_ALLOWED");
    let request = Request::put("/v1/github/issues.list");
    let (status, headers, _) =
        answer(Dialects::default(), request.body(Body::empty()).unwrap()).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
    assert!(headers.contains_key("allow"));
}

#[tokio::test]
async fn head_calls_nothing() {
    let asked = async |path: &str| {
        let request = Request::head(path).header("x-plugwright-mode", "dryRun");
        let request = request.body(Body::empty()).unwrap();
        answer(Dialects::default(), request).await
    };
    for path in ["/v1/github/issues.list?repo=a%2Fb", "/status?deep=true"] {
        let (status, headers, _) = asked(path).await;
        assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert!(!headers["allow"].to_str().unwrap().contains("HEAD"));
    }
    for path in ["/v1/tools", "/status", "/health"] {
        assert_eq!(asked(path).await.0, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_query_and_a_form_that_are_not_utf8_are_refused_by_the_parameter() {
    let form = Request::post("/v1/github/issues.create")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from("repo=a%2Fb&title=caf%E9"));
    for request in [
        Request::get("/v1/github/issues.list?repo=a%2Fb&title=caf%E9").body(Body::empty()),
        form,
    ] {
        let (status, _, body) = answer(Dialects::default(), request.unwrap()).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{body}");
        let fault = json!({ "param": "title", "message": "must be percent-encoded UTF-8" });
        assert_eq!(body["error"]["faults"], json!([fault]));
    }
}

#[tokio::test]
async fn tools_go_from_connectors_to_one_action() {
    let (_, _, body) = get_it("/v1/tools").await;
    assert_eq!(body["data"][0]["name"], "github");
    assert_eq!(body["meta"]["action"], "tools.list");
    let (_, _, body) = get_it("/v1/tools/github").await;
    let count = plugwright_github::CONNECTOR.actions().len();
    assert_eq!(body["data"]["actions"].as_array().unwrap().len(), count);
    let (_, _, body) = get_it("/v1/tools/github/issues.list").await;
    let names = body["data"]["params"].as_array().unwrap();
    assert!(names.iter().any(|param| param["name"] == "repo"));
    assert_eq!(body["data"]["returns"], "list");
    assert_eq!(body["data"]["input_schema"]["type"], "object");
    let (_, _, body) = get_it("/v1/tools?search=lis+issue").await;
    assert_eq!(body["meta"]["action"], "tools.search");
    assert!(!body["data"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn whoever_has_no_key_is_told_how_to_send_one() {
    let gateway = Gateway::builder(Registry::new([&plugwright_github::CONNECTOR]).unwrap())
        .engine(EngineSettings::offline())
        .build()
        .unwrap();
    let router = gateway.router();
    for (path, key, code) in [
        ("/v1/tools", None, "AUTH_REQUIRED"),
        ("/v1/tools", Some("fk_no"), "AUTH_INVALID"),
        ("/v1/tools?key=fk_no", None, "AUTH_INVALID"),
        ("/v1/tools?key=fk_no&key=fk_no", None, "AUTH_INVALID"),
    ] {
        let mut request = Request::get(path);
        if let Some(key) = key {
            request = request.header("x-feelr-key", key);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(body["error"]["code"], code);
        assert_eq!(body["error"]["hint"], "auth");
        assert!(!body.to_string().contains("fk_no"));
    }
}
