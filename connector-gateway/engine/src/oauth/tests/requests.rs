use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use plugwright_sdk::auth::{ClientAuthentication, RequestFormat};
use serde_json::json;

use super::*;

fn pairs(expected: &[(&str, &str)]) -> BTreeMap<String, String> {
    let pairs = expected.iter();
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_code_is_exchanged_with_its_verifier_and_http_basic() {
    let bench = Bench::new(&standard(), granted()).await;
    let grant = bench.exchange().await.unwrap();
    assert_eq!(grant.access_token.expose(), ACCESS);
    let seen = bench.server.one();
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str()),
        ("POST", "/token")
    );
    assert_eq!(
        seen.form(),
        pairs(&[
            ("grant_type", "authorization_code"),
            ("code", CODE),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ])
    );
    assert_eq!(seen.header("accept"), Some("application/json"));
    assert!(
        seen.header("user-agent")
            .unwrap()
            .starts_with("plugwright/")
    );
    // Each part is encoded separately (RFC 6749, section 2.3.1).
    let basic = seen.header("authorization").unwrap();
    let basic = STANDARD
        .decode(basic.strip_prefix("Basic ").unwrap())
        .unwrap();
    assert_eq!(
        String::from_utf8(basic).unwrap(),
        "the+client:cl%21ent%2Fs3cret%3Awith%25signs"
    );
}

#[tokio::test]
async fn the_secret_goes_into_the_body_where_the_provider_wants_it_there() {
    let auth = standard().client_authentication(ClientAuthentication::SecretPost);
    let bench = Bench::new(&auth, granted()).await;
    bench.refresh().await.unwrap();
    let seen = bench.server.one();
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(
        seen.form(),
        pairs(&[
            ("grant_type", "refresh_token"),
            ("refresh_token", REFRESH),
            ("client_id", "the client"),
            ("client_secret", SECRET),
        ])
    );
}

#[tokio::test]
async fn a_public_client_says_its_id_alone() {
    let public = standard().client_authentication(ClientAuthentication::Public);
    let mut without_secret = Bench::new(&standard(), granted()).await;
    without_secret.client.secret = None;
    for bench in [Bench::new(&public, granted()).await, without_secret] {
        bench.refresh().await.unwrap();
        let seen = bench.server.one();
        assert_eq!(seen.header("authorization"), None);
        assert_eq!(seen.form()["client_id"], "the client");
        assert!(!seen.body.contains("secret"), "{}", seen.body);
    }
}

#[tokio::test]
async fn no_verifier_is_sent_where_there_was_no_challenge() {
    let bench = Bench::new(&standard().without_pkce(), granted()).await;
    bench.exchange().await.unwrap();
    assert!(!bench.server.one().form().contains_key("code_verifier"));
}

#[tokio::test]
async fn scopes_of_refresh_and_client_credentials_are_joined_or_left_out() {
    let bench = Bench::new(&standard().scope_separator(","), granted()).await;
    let provider = bench.provider();
    provider.client_credentials(&["a", "b"]).await.unwrap();
    assert_eq!(
        bench.server.one().form(),
        pairs(&[("grant_type", "client_credentials"), ("scope", "a,b")])
    );
    provider.client_credentials(&[]).await.unwrap();
    assert!(!bench.server.one().form().contains_key("scope"));
    provider.refresh(&REFRESH.into(), &["a"]).await.unwrap();
    assert_eq!(bench.server.one().form()["scope"], "a");
}

#[tokio::test]
async fn further_headers_and_parameters_of_the_scheme_are_sent_and_json_where_wanted() {
    let auth = standard()
        .token_parameters(&[("audience", "api")])
        .token_headers(&[
            ("x-version", "2022-06-28"),
            ("accept", "application/vnd.x+json"),
        ])
        .token_request(RequestFormat::Json);
    let bench = Bench::new(&auth, granted()).await;
    bench.provider().client_credentials(&[]).await.unwrap();
    let seen = bench.server.one();
    assert_eq!(
        seen.json(),
        json!({ "grant_type": "client_credentials", "audience": "api" })
    );
    assert_eq!(seen.header("x-version"), Some("2022-06-28"));
    assert_eq!(seen.header("accept"), Some("application/vnd.x+json"));
}

#[tokio::test]
async fn the_token_endpoint_of_the_scheme_takes_settings() {
    let auth = Auth::oauth2("https://a.test/a", "https://{site}.a.test/token", &[]);
    let mut bench = Bench::new(&auth, granted()).await;
    bench.endpoints.token = None;
    let error = bench.exchange().await.unwrap_err();
    let OAuthError::Unsent(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(error.param(), Some("site"));
    assert!(bench.server.take().is_empty());
}
