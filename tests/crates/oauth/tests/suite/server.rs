//! The authorization server does what tests rely on.

use std::time::Duration;

use plugwright_sdk::transport::Live;
use plugwright_tests_oauth::{Answer, AuthorizationServer, Client, Fault, Settings};
use serde_json::Value;
use url::Url;

// The verifier and its challenge of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "http://127.0.0.1:40000/callback";

async fn server(settings: impl FnOnce(&mut Settings)) -> AuthorizationServer {
    let client = Client::new("plugwright", "s3cret", "/callback");
    let mut given = Settings::new(vec![client]).scopes(&["tasks.read", "tasks.write"]);
    settings(&mut given);
    AuthorizationServer::start(&given).await
}

fn request(server: &AuthorizationServer, more: &[(&str, &str)]) -> Url {
    let mut url = server.authorization_endpoint();
    url.query_pairs_mut()
        .append_pair("client_id", "plugwright")
        .append_pair("response_type", "code")
        .append_pair("redirect_uri", REDIRECT)
        .append_pair("scope", "tasks.read")
        .append_pair("state", "of-this-request")
        .extend_pairs(more);
    url
}

const PKCE: [(&str, &str); 2] = [
    ("code_challenge", CHALLENGE),
    ("code_challenge_method", "S256"),
];

fn query(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

fn http() -> reqwest::Client {
    Live::client_builder().unwrap().no_proxy().build().unwrap()
}

async fn post(url: Url, secret: &str, form: &[(&str, &str)]) -> (u16, Value) {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let response = http()
        .post(url)
        .basic_auth("plugwright", Some(secret))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

async fn code(server: &AuthorizationServer) -> String {
    let url = request(server, &PKCE);
    let back = server.authorize(&url, "ada", Answer::Allow).await;
    assert!(back.as_str().starts_with(REDIRECT), "{back}");
    assert_eq!(query(&back, "state").as_deref(), Some("of-this-request"));
    query(&back, "code").unwrap()
}

async fn exchange(server: &AuthorizationServer, code: &str) -> (u16, Value) {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    post(server.token_endpoint(), "s3cret", &form).await
}

async fn refresh(server: &AuthorizationServer, token: &str) -> (u16, Value) {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    post(server.token_endpoint(), "s3cret", &form).await
}

async fn resource(server: &AuthorizationServer, path: &str, token: &Value) -> (u16, Value) {
    let request = http().get(server.url(path));
    let request = request.bearer_auth(token.as_str().unwrap());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn ends_the_grant_when_a_refresh_token_comes_twice() {
    let server = server(|_| ()).await;
    let (status, first) = exchange(&server, &code(&server).await).await;
    assert_eq!((status, &first["scope"]), (200, &"tasks.read".into()));
    let old = first["refresh_token"].as_str().unwrap();

    let (status, second) = refresh(&server, old).await;
    assert_eq!(status, 200);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    assert_eq!(server.events().await.revoked_grants(), 0);

    let (status, refused) = refresh(&server, old).await;
    assert_eq!((status, &refused["error"]), (400, &"invalid_grant".into()));
    // All tokens of the family are dead.
    let (status, _) = refresh(&server, second["refresh_token"].as_str().unwrap()).await;
    assert_eq!(status, 400);
    let (status, _) = resource(&server, "/api/me", &second["access_token"]).await;
    assert_eq!(status, 401);

    let events = server.events().await;
    assert_eq!(events.revoked_grants(), 1);
    assert_eq!(events.token_requests("authorization_code", "success"), 1);
    assert_eq!(events.token_requests("refresh_token", "success"), 1);
    assert_eq!(events.token_requests("refresh_token", "invalid_grant"), 2);
}

#[tokio::test]
async fn keeps_the_refresh_token_where_it_does_not_rotate() {
    let server = server(|settings| settings.rotate_refresh_tokens = false).await;
    let (_, first) = exchange(&server, &code(&server).await).await;
    let token = first["refresh_token"].as_str().unwrap();
    assert_eq!(refresh(&server, token).await.0, 200);
    assert_eq!(refresh(&server, token).await.0, 200);
}

#[tokio::test]
async fn refuses_a_replayed_code_a_wrong_secret_and_a_request_without_pkce() {
    let server = server(|_| ()).await;
    let code = code(&server).await;
    assert_eq!(exchange(&server, &code).await.0, 200);
    let (status, refused) = exchange(&server, &code).await;
    assert_eq!((status, &refused["error"]), (400, &"invalid_grant".into()));

    let form = [("grant_type", "client_credentials")];
    let (status, refused) = post(server.token_endpoint(), "wrong", &form).await;
    assert_eq!((status, &refused["error"]), (401, &"invalid_client".into()));

    let url = request(&server, &[]);
    let back = server.authorize(&url, "ada", Answer::Allow).await;
    assert_eq!(query(&back, "error").as_deref(), Some("invalid_request"));
}

#[tokio::test]
async fn sends_back_what_the_person_says() {
    let server = server(|_| ()).await;
    let url = request(&server, &PKCE);
    let back = server.authorize(&url, "ada", Answer::Deny).await;
    assert_eq!(query(&back, "error").as_deref(), Some("access_denied"));
    assert_eq!(query(&back, "code"), None);

    let mut picker = PKCE.to_vec();
    picker.push(("prompt", "select_account"));
    let url = request(&server, &picker);
    let back = server.authorize(&url, "bob", Answer::Allow).await;
    let (_, granted) = exchange(&server, &query(&back, "code").unwrap()).await;
    let (_, me) = resource(&server, "/api/me", &granted["access_token"]).await;
    assert_eq!(me["account"], "bob");
}

#[tokio::test]
async fn opens_a_resource_to_tokens_that_live_and_have_the_scope() {
    let server = server(|settings| {
        settings.access_token_lifetime = Duration::from_secs(2);
        let needs = ("/api/write".to_owned(), "tasks.write".to_owned());
        settings.resources.extend([needs]);
    })
    .await;
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "tasks.read"),
    ];
    let (_, granted) = post(server.token_endpoint(), "s3cret", &form).await;
    assert_eq!(granted["expires_in"], 2);
    let token = &granted["access_token"];
    let (status, body) = resource(&server, "/api/tasks", token).await;
    assert_eq!((status, &body["client"]), (200, &"plugwright".into()));
    assert_eq!(resource(&server, "/api/write", token).await.0, 403);

    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(resource(&server, "/api/tasks", token).await.0, 401);
}

#[tokio::test]
async fn revokes_a_token() {
    let server = server(|_| ()).await;
    let (_, granted) = exchange(&server, &code(&server).await).await;
    let refresh_token = granted["refresh_token"].as_str().unwrap();
    let form = [("token", refresh_token)];
    let (status, _) = post(server.revocation_endpoint(), "s3cret", &form).await;
    assert_eq!(status, 200);
    assert_eq!(refresh(&server, refresh_token).await.0, 400);
    assert_eq!(server.events().await.revocations(), 1);
}

#[tokio::test]
async fn fails_as_it_is_told() {
    let server = server(|_| ()).await;
    let (_, granted) = exchange(&server, &code(&server).await).await;
    let first = granted["refresh_token"].as_str().unwrap();
    server.fault(Fault::Status(503), 1).await;
    assert_eq!(refresh(&server, first).await.0, 503);

    server.fault(Fault::DropBefore, 1).await;
    let lost = http().post(server.token_endpoint()).send().await;
    lost.unwrap_err();
    assert_eq!(
        server
            .events()
            .await
            .token_requests("refresh_token", "success"),
        0
    );

    server.fault(Fault::DropAfter, 1).await;
    let sent = http()
        .post(server.token_endpoint())
        .basic_auth("plugwright", Some("s3cret"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("grant_type=refresh_token&refresh_token={first}"))
        .send()
        .await;
    sent.unwrap_err();
    assert_eq!(
        server
            .events()
            .await
            .token_requests("refresh_token", "success"),
        1
    );

    server
        .fault(Fault::Delay(Duration::from_millis(400)), 1)
        .await;
    let start = std::time::Instant::now();
    assert_eq!(refresh(&server, first).await.0, 400);
    assert!(start.elapsed() >= Duration::from_millis(400));
}
