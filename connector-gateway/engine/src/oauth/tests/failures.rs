use plugwright_sdk::ErrorCode;
use plugwright_sdk::auth::{SchemeKind, TokenAnswer};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;

fn refusal(error: OAuthError) -> (String, Option<String>) {
    match error {
        OAuthError::Refused { code, description } => (code, description),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_refusal_is_known_by_its_body_whatever_the_status() {
    let body = json!({ "error": "invalid_grant", "error_description": "no longer good" });
    for status in [200, 400, 401, 403, 500, 502] {
        let bench = Bench::new(&standard(), Reply::json(status, &body)).await;
        let error = bench.refresh().await.unwrap_err();
        assert!(error.is_invalid_grant() && !error.is_invalid_client());
        assert_eq!(
            error.to_string(),
            "the provider refused: invalid_grant (no longer good)"
        );
        assert_eq!(bench.server.take().len(), 1);
    }
}

#[tokio::test]
async fn errors_in_forms_and_codes_of_the_providers_own_are_understood() {
    let auth = standard().token_answer(TokenAnswer::STANDARD.error_codes(&[
        ("bad_verification_code", "invalid_grant"),
        ("incorrect_client_credentials", "invalid_client"),
    ]));
    let body =
        "error=bad_verification_code&error_description=The+code+passed+is+incorrect+or+expired.";
    let reply = Reply::text(200, "application/x-www-form-urlencoded", body);
    let bench = Bench::new(&auth, reply).await;
    assert_eq!(
        refusal(bench.exchange().await.unwrap_err()),
        (
            "invalid_grant".to_owned(),
            Some("The code passed is incorrect or expired.".to_owned())
        )
    );
    let body = json!({ "error": "incorrect_client_credentials" });
    bench.server.reply(Reply::json(200, &body));
    assert!(bench.exchange().await.unwrap_err().is_invalid_client());
    let body = json!({ "error": "something_else", "access_token": ACCESS });
    bench.server.reply(Reply::json(200, &body));
    let (code, _) = refusal(bench.exchange().await.unwrap_err());
    assert_eq!(code, "something_else", "an error wins over a token");
}

#[tokio::test]
async fn errors_that_are_objects_are_found_by_their_pointers() {
    let body = json!({ "error": { "type": "OAuthException", "message": "Bad", "code": 100 } });
    let auth =
        standard().token_answer(TokenAnswer::STANDARD.error("/error/type", "/error/message"));
    let bench = Bench::new(&auth, Reply::json(400, &body)).await;
    assert_eq!(
        refusal(bench.exchange().await.unwrap_err()),
        ("OAuthException".to_owned(), Some("Bad".to_owned()))
    );
    let bench = Bench::new(&standard(), Reply::json(400, &body)).await;
    let (code, description) = refusal(bench.exchange().await.unwrap_err());
    assert_eq!((code.as_str(), description), ("OAuthException", None));
}

#[tokio::test]
async fn what_may_pass_is_told_apart_with_the_time_to_wait() {
    let late = |status| Reply(status, Vec::new(), b"<html>busy</html>".to_vec());
    for (reply, wait) in [
        (late(429).with("retry-after", "7"), Some(7)),
        (late(500), None),
        (late(503).with("retry-after", "2"), Some(2)),
        (
            Reply::json(400, &json!({ "error": "temporarily_unavailable" })),
            None,
        ),
        (Reply::json(200, &json!({ "error": "server_error" })), None),
        (Reply::json(503, &json!({ "error": "overloaded" })), None),
        (Reply::json(429, &json!({ "error": "invalid_grant" })), None),
    ] {
        let bench = Bench::new(&standard(), reply).await;
        match bench.refresh().await.unwrap_err() {
            OAuthError::Transient { retry_after, .. } => {
                assert_eq!(retry_after.map(|it| it.as_secs()), wait);
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(
            bench.server.take().len(),
            1,
            "it is for the caller to repeat"
        );
    }
}

#[tokio::test]
async fn no_connection_means_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut bench = Bench::new(&standard(), granted()).await;
    bench.endpoints.token = Some(format!("http://{address}/token").parse().unwrap());
    let error = bench.refresh().await.unwrap_err();
    assert!(matches!(error, OAuthError::Transient { .. }), "{error:?}");
}

#[tokio::test]
async fn a_place_that_may_not_be_called_is_not() {
    let mut bench = Bench::new(&standard(), granted()).await;
    bench.egress = Egress::new(EgressSettings::default()).unwrap();
    let OAuthError::Unsent(error) = bench.refresh().await.unwrap_err() else {
        panic!("it was sent");
    };
    assert_eq!(error.code(), ErrorCode::DestinationRefused);
    assert!(bench.server.take().is_empty());
}

/// A server that reads a request, sends these bytes, and closes the connection or keeps it open.
async fn raw(bytes: &'static [u8], hang_up: bool) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/token", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let read = stream.read(&mut request).await.unwrap();
                assert!(read > 0);
                stream.write_all(bytes).await.unwrap();
                if !hang_up {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    url.parse().unwrap()
}

#[tokio::test]
async fn a_request_without_an_answer_is_ambiguous() {
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"access_token\":";
    const REFUSAL: &[u8] = b"HTTP/1.1 503 Busy\r\ncontent-length: 500\r\n\r\n<html>";
    let mut bench = Bench::new(&standard(), granted()).await;
    for (bytes, hang_up) in [
        (b"".as_slice(), true),
        (b"".as_slice(), false),
        (HEAD, true),
        (HEAD, false),
    ] {
        bench.endpoints.token = Some(raw(bytes, hang_up).await);
        let mut provider = bench.provider();
        provider.deadline = Instant::now() + Duration::from_millis(300);
        let error = provider.refresh(&REFRESH.into(), &[]).await.unwrap_err();
        assert!(matches!(error, OAuthError::Ambiguous { .. }), "{error:?}");
    }
    bench.endpoints.token = Some(raw(REFUSAL, true).await);
    let error = bench.refresh().await.unwrap_err();
    assert!(matches!(error, OAuthError::Transient { .. }), "{error:?}");
}

#[tokio::test]
async fn what_something_on_the_way_says_leaves_the_outcome_open() {
    for status in [408, 502, 504] {
        let bench = Bench::new(&standard(), Reply(status, Vec::new(), Vec::new())).await;
        let error = bench.refresh().await.unwrap_err();
        assert!(matches!(error, OAuthError::Ambiguous { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn descriptions_are_short_lines_without_what_was_sent() {
    let percent: String = url::form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    let said = format!(
        "{SECRET} {percent} {CODE}\r\n\u{1b}[31m{VERIFIER}\u{202e} {ACCESS}{}",
        "x".repeat(500)
    );
    let body = json!({
        "error": format!("bad {CODE}\n{}", "e".repeat(99)), "error_description": said,
        "access_token": ACCESS,
    });
    let bench = Bench::new(&standard(), Reply::json(400, &body)).await;
    let error = bench.exchange().await.unwrap_err();
    let shown = format!("{error} {error:?}");
    for secret in [SECRET, &percent, CODE, VERIFIER, ACCESS] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let (code, description) = refusal(error);
    let description = description.unwrap();
    assert!(
        code.starts_with("bad [redacted] eee") && code.ends_with('…'),
        "{code}"
    );
    assert_eq!(code.chars().count(), 64);
    assert_eq!(description.chars().count(), 300);
    assert!(
        !description.chars().any(char::is_control),
        "{description:?}"
    );
    assert!(!description.contains('\u{202e}'));
}

#[tokio::test]
async fn an_endpoint_that_repeats_the_request_gives_nothing_away() {
    let bench = Bench::new(&standard(), granted()).await;
    bench.exchange().await.unwrap();
    let seen = bench.server.one();
    let basic = seen.header("authorization").unwrap();
    let body = json!({
        "error": "invalid_client",
        "error_description": format!("{basic} is unknown: {}", seen.body),
    });
    bench.server.reply(Reply::json(401, &body));
    let error = bench.exchange().await.unwrap_err();
    let shown = format!("{error} {error:?}");
    let secret = &basic[basic.len() - 24..basic.len() - 4];
    for text in [CODE, VERIFIER, secret] {
        assert!(seen.body.contains(text) || basic.contains(text));
        assert!(!shown.contains(text), "{shown}");
    }
    assert!(shown.contains("[redacted]"), "{shown}");
}

#[tokio::test]
async fn github_is_understood_by_what_its_connector_says() {
    let auth = plugwright_github::CONNECTOR.auth();
    let auth = auth
        .iter()
        .find(|auth| auth.kind() == SchemeKind::OAuth2)
        .unwrap();
    let mut bench = Bench::new(auth, granted()).await;
    bench.client.id = "Iv1.0123".to_owned();
    // Its response unless JSON is accepted.
    let body = "access_token=gho_1&scope=read%3Aorg%2Crepo&token_type=bearer";
    let form = |body: &str| Reply::text(200, "application/x-www-form-urlencoded", body);
    bench.server.reply(form(body));
    let grant = bench.exchange().await.unwrap();
    let granted = ["read:org", "repo"].map(str::to_owned);
    assert_eq!(grant.scopes.as_deref(), Some(granted.as_slice()));
    assert_eq!(grant.expires_in, None);
    let sent = bench.server.one().form();
    assert_eq!(sent["client_id"], "Iv1.0123");
    assert_eq!(sent["client_secret"], SECRET);
    bench
        .server
        .reply(form("error=bad_refresh_token&error_description=No"));
    assert!(bench.refresh().await.unwrap_err().is_invalid_grant());
    let wrong = json!({ "error": "incorrect_client_credentials" });
    bench.server.reply(Reply::json(200, &wrong));
    assert!(bench.exchange().await.unwrap_err().is_invalid_client());
    let (settings, id) = (&bench.settings, &bench.client.id);
    let revocation = bench.scheme.revocation_url(settings, id);
    assert_eq!(
        revocation.unwrap().unwrap().as_str(),
        "https://api.github.com/applications/Iv1.0123/token"
    );
}
