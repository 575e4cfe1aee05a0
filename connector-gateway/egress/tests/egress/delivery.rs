//! Attempts, rate limits, breakers and headers.

use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method};
use plugwright_egress::{Asker, Egress, EgressCall};
use plugwright_sdk::host::FileSource;
use plugwright_sdk::http::Body;
use plugwright_sdk::transport::{Request, Transport, TransportError};
use plugwright_sdk::{
    ActionContext, ActionError, Auth, ConnectorDefinition, Credential, ErrorCode, Hint, Secret,
    UpstreamResponse, secret_field,
};
use tokio::time::Instant;

use super::server::Server;
use super::{ANYWHERE, call, context, settings, to_loopback};

const WITHIN: Duration = Duration::from_secs(20);

async fn status(egress: &Egress, server: &Server, repeatable: bool) -> Result<u16, TransportError> {
    let transport = egress.for_call(call(repeatable, WITHIN));
    let url = format!("{}/x", server.url()).parse().unwrap();
    let mut request = Request::new(Method::POST, url);
    request.body = Body::file("text/plain", FileSource::from_bytes("hello"));
    transport.send(&request).await.map(|answer| answer.status)
}

#[tokio::test]
async fn what_may_be_repeated_is_repeated_with_its_whole_body() {
    let server = Server::answering(&[(503, ""), (500, ""), (200, "")]).await;
    assert_eq!(status(&to_loopback(), &server, true).await.unwrap(), 200);
    let requests = server.requests();
    assert_eq!(requests.len(), 3);
    assert!(requests.iter().all(|request| request.ends_with("hello")));
}

#[tokio::test]
async fn attempts_end() {
    let server = Server::answering(&[(502, "")]).await;
    assert_eq!(status(&to_loopback(), &server, true).await.unwrap(), 502);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn a_write_is_repeated_only_if_the_provider_did_nothing() {
    for (answers, status_at_last, requests) in [
        (&[(500, ""), (200, "")][..], 500, 1),
        (&[(503, ""), (200, "")], 503, 1),
        (&[(503, "retry-after: 0\r\n"), (200, "")], 200, 2),
        (&[(429, "retry-after: 0\r\n"), (200, "")], 200, 2),
    ] {
        let server = Server::answering(answers).await;
        let answered = status(&to_loopback(), &server, false).await.unwrap();
        assert_eq!(answered, status_at_last, "{answers:?}");
        assert_eq!(server.requests().len(), requests, "{answers:?}");
    }
}

#[tokio::test]
async fn a_read_whose_connection_breaks_is_repeated() {
    let server = Server::sending("").await;
    let transport = to_loopback().for_call(call(true, WITHIN));
    let error = context(&transport, &server.url(), WITHIN)
        .get("/x")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamError);
    assert_eq!((transport.usage().attempts, server.connections()), (3, 3));
}

#[tokio::test]
async fn the_wait_that_an_answer_asks_for_is_kept() {
    let server = Server::answering(&[(429, "retry-after: 1\r\n"), (200, "")]).await;
    let began = Instant::now();
    assert_eq!(status(&to_loopback(), &server, true).await.unwrap(), 200);
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_begun() {
    let server = Server::answering(&[(503, "retry-after: 600\r\n")]).await;
    let began = Instant::now();
    assert_eq!(status(&to_loopback(), &server, true).await.unwrap(), 503);
    assert_eq!(server.requests().len(), 1);
    assert!(began.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_used_up_rate_limit_is_not_run_into_again() {
    let used = "x-ratelimit-remaining: 0\r\nx-ratelimit-reset: 60\r\n";
    let answers = Box::leak(Box::new([(200, &*used.to_owned().leak())]));
    let server = Server::answering(answers).await;
    let egress = to_loopback();
    assert_eq!(status(&egress, &server, true).await.unwrap(), 200);
    let error = status(&egress, &server, true).await.unwrap_err();
    let TransportError::RateLimited { retry_after } = error else {
        panic!("{error:?}");
    };
    assert!(
        (50..=60).contains(&retry_after.as_secs()),
        "{retry_after:?}"
    );
    assert_eq!(server.requests().len(), 1);

    // Another connection has a limit of its own.
    let mut other = call(true, WITHIN);
    other.budget = "another".to_owned();
    let url = server.url().parse().unwrap();
    let sent = egress
        .for_call(other)
        .send(&Request::new(Method::GET, url))
        .await;
    assert_eq!(sent.unwrap().status, 200);
}

#[tokio::test]
async fn a_limit_that_is_new_soon_is_waited_for() {
    let server = Server::answering(&[(200, "ratelimit: \"minute\";r=0;t=1\r\n"), (200, "")]).await;
    let egress = to_loopback();
    let began = Instant::now();
    assert_eq!(status(&egress, &server, true).await.unwrap(), 200);
    assert_eq!(status(&egress, &server, true).await.unwrap(), 200);
    assert!(began.elapsed() >= Duration::from_millis(900));
}

#[tokio::test]
async fn a_host_that_keeps_failing_is_left_alone() {
    let server = Server::answering(&[(500, "")]).await;
    let egress = to_loopback();
    for _ in 0..5 {
        assert_eq!(status(&egress, &server, false).await.unwrap(), 500);
    }
    let error = status(&egress, &server, false).await.unwrap_err();
    let TransportError::Suspended { host, retry_after } = error else {
        panic!("{error:?}");
    };
    assert_eq!(host, "127.0.0.1");
    assert!(retry_after > Duration::ZERO && retry_after <= Duration::from_secs(5));
    assert_eq!(server.requests().len(), 5);
    let healthy = Server::answering(&[(200, "")]).await;
    assert_eq!(status(&egress, &healthy, false).await.unwrap(), 200);
}

#[tokio::test]
async fn one_callers_errors_suspend_a_host_for_nobody_else() {
    let server = Server::answering(&[(500, "")]).await;
    let egress = to_loopback();
    for _ in 0..6 {
        status(&egress, &server, false).await.ok();
    }
    assert_eq!(server.requests().len(), 5);
    for (caller, expected) in [("b", Some(500)), ("c", Some(500)), ("d", None)] {
        let mut other = call(false, WITHIN);
        other.asker = Asker::of(caller, caller);
        other.budget = caller.to_owned();
        let url = server.url().parse().unwrap();
        let sent = egress
            .for_call(other)
            .send(&Request::new(Method::GET, url))
            .await;
        // Three callers are enough to say that it is the host.
        assert_eq!(sent.ok().map(|answer| answer.status), expected, "{caller}");
    }
}

#[tokio::test]
async fn what_never_left_says_nothing_about_the_host() {
    let server = Server::answering(&[(200, "")]).await;
    let egress = to_loopback();
    for _ in 0..10 {
        let transport = egress.for_call(call(true, WITHIN));
        let cx = context(&transport, &server.url(), WITHIN);
        let long = "x".repeat(70_000);
        let error = cx
            .get("/x")
            .query("q", long.as_str())
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::ValidationError);
        assert_eq!(error.param(), Some("q"));
        // By a transport's user who builds the URL by hand.
        let url = format!("{}/?q={long}", server.url()).parse().unwrap();
        let sent = transport.send(&Request::new(Method::GET, url)).await;
        assert!(matches!(sent.err(), Some(TransportError::Refused(_))));
        assert!(!transport.usage().sent);
    }
    assert_eq!(server.connections(), 0);
    assert_eq!(status(&egress, &server, true).await.unwrap(), 200);
}

#[tokio::test]
async fn refusals_and_short_deadlines_open_no_breaker() {
    let server = Server::answering(&[(404, "")]).await;
    let hanging = Server::new(|stream| async move {
        tokio::time::sleep(WITHIN).await;
        drop(stream);
    })
    .await;
    let egress = to_loopback();
    for _ in 0..8 {
        assert_eq!(status(&egress, &server, false).await.unwrap(), 404);
        let impatient = egress.for_call(call(false, Duration::from_millis(30)));
        let url = hanging.url().parse().unwrap();
        let error = impatient.send(&Request::new(Method::GET, url)).await.err();
        assert!(
            matches!(error, Some(TransportError::Timeout(_))),
            "{error:?}"
        );
        assert!(impatient.usage().sent);
    }
}

fn extra() -> HeaderMap {
    let mut extra = HeaderMap::new();
    for (name, value) in [
        ("x-trace", "abc"),
        ("accept", "text/plain"),
        ("authorization", "Bearer stolen"),
        ("host", "elsewhere"),
        ("cookie", "a=b"),
        ("transfer-encoding", "chunked"),
    ] {
        extra.insert(name, HeaderValue::from_static(value));
    }
    extra
}

#[tokio::test]
async fn extra_headers_are_sent_to_the_provider_and_not_to_strangers() {
    let stranger = Server::answering(&[(200, "")]).await;
    let location = format!("location: {}\r\n", stranger.url());
    let answers = Box::leak(Box::new([(302, &*location.leak())]));
    let provider = Server::answering(answers).await;
    let mut call = call(true, WITHIN);
    call.headers = extra();
    let transport = to_loopback().for_call(call);
    let answer = context(&transport, &provider.url(), WITHIN)
        .get("/x")
        .send()
        .await;
    assert_eq!(answer.unwrap().status, 200);

    let asked = provider.requests().concat();
    for (line, sent) in [
        ("x-trace: abc", true),
        ("accept: text/plain", true),
        ("authorization: bearer t0ken", true),
        ("application/json", false),
        ("stolen", false),
        ("elsewhere", false),
        ("cookie", false),
        ("chunked", false),
    ] {
        assert_eq!(asked.contains(line), sent, "{line} in {asked}");
    }
    let asked = stranger.requests().concat();
    assert!(
        !asked.contains("x-trace") && !asked.contains("t0ken"),
        "{asked}"
    );
    assert!(!asked.contains("text/plain"), "{asked}");
}

#[tokio::test]
async fn a_stranger_gets_nothing_that_was_put_into_a_request_by_hand() {
    static PAIR: ConnectorDefinition = ConnectorDefinition::new("pair", "Pair", "1.0.0")
        .base_url("{base_url}")
        .headers(&[("x-api-version", "7")])
        .auth(&[Auth::custom(
            "Keys",
            &[
                secret_field("app", "Application"),
                secret_field("user", "User"),
            ],
        )])
        .actions(&[]);
    for status in [301, 302, 303, 307, 308] {
        let stranger = Server::answering(&[(200, "")]).await;
        let location = format!("location: {}/landing\r\n", stranger.url());
        let answers = Box::leak(Box::new([(status, &*location.leak())]));
        let provider = Server::answering(answers).await;
        let fields = [("app", "app-s3cret"), ("user", "user-s3cret")]
            .map(|(name, value)| (name.to_owned(), Secret::new(value)));
        let send = async |call| {
            let cx = ActionContext::builder(&PAIR, to_loopback().for_call(call))
                .credential(Credential::Custom {
                    fields: fields.clone().into(),
                })
                .setting("base_url", provider.url())
                .build();
            cx.get("/x")
                .header("x-app-key", "app-s3cret")
                .header("x-user-key", "user-s3cret")
                .header("x-signature", "made of both")
                .header("cookie", "session=1")
                .send()
                .await
        };
        let mut forging = call(true, WITHIN);
        forging
            .headers
            .insert("x-user-key", HeaderValue::from_static("forged"));
        let error = send(forging).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::PolicyDenied);
        assert!(error.message().contains("`x-user-key`"), "{error}");
        assert_eq!(send(call(true, WITHIN)).await.unwrap().status, 200);
        let asked = provider.requests().concat();
        assert!(asked.contains("x-user-key: user-s3cret"), "{asked}");
        assert!(!asked.contains("forged"), "{asked}");
        let asked = stranger.requests().concat();
        assert!(asked.starts_with("get /landing"), "{asked}");
        for secret in ["s3cret", "signature", "cookie", "forged", "x-api-version"] {
            assert!(!asked.contains(secret), "{status} {secret}: {asked}");
        }
    }
}

#[tokio::test]
async fn connections_are_used_again_and_calls_are_counted() {
    let server = Server::answering(&[(200, "")]).await;
    let egress = to_loopback();
    for _ in 0..5 {
        let transport = egress.for_call(call(true, WITHIN));
        assert!(!transport.usage().sent);
        let cx = context(&transport, &server.url(), WITHIN);
        cx.post("/x")
            .body("text/plain", "hello")
            .send()
            .await
            .unwrap();
        assert!(transport.usage().sent);
        let counted = (
            transport.usage().attempts,
            transport.usage().bytes_sent,
            transport.usage().bytes_received,
        );
        assert_eq!(counted, (1, 5, 2));
        assert!(transport.usage().upstream > Duration::ZERO);
    }
    assert_eq!(server.connections(), 1);
}

#[tokio::test]
async fn a_call_can_ask_for_fewer_attempts() {
    let server = Server::answering(&[(503, "")]).await;
    let mut call = call(true, WITHIN);
    call.retries = Some(0);
    let transport = Egress::new(settings(&["127.0.0.1"]))
        .unwrap()
        .for_call(call);
    let error = context(&transport, &server.url(), WITHIN)
        .get("/x")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::UpstreamError);
    assert_eq!(transport.usage().attempts, 1);
}

#[tokio::test]
async fn a_credential_that_no_header_can_have_is_no_attempt() {
    let server = Server::answering(&[(200, "")]).await;
    let transport = to_loopback().for_call(call(true, WITHIN));
    let cx = ActionContext::builder(&ANYWHERE, transport.clone())
        .credential(Credential::token("t0\nken"))
        .setting("base_url", server.url())
        .build();
    let error = cx.get("/x").send().await.unwrap_err();
    assert!(!error.to_string().contains("t0"), "{error}");
    assert!(error.to_string().contains("credential"), "{error}");
    assert_eq!(
        (transport.usage().attempts, transport.usage().sent),
        (0, false)
    );
    assert_eq!(server.connections(), 0);
}

/// A provider whose 500 is final, and whose 503 is worth another attempt.
fn final_if_500(response: &UpstreamResponse) -> Option<ActionError> {
    assert_eq!(response.body, "{}", "it gets the whole answer");
    let hint = match response.status {
        500 => Hint::Abort,
        503 => Hint::Retry,
        _ => return None,
    };
    let error = ActionError::new(ErrorCode::UpstreamError, "it failed");
    Some(error.with_hint(hint))
}

#[tokio::test]
async fn what_the_connector_calls_final_is_not_repeated() {
    for (answers, expected, requests) in [
        (&[(500, ""), (200, "")][..], 500, 1),
        (&[(503, ""), (500, ""), (200, "")], 500, 2),
        (&[(503, ""), (200, "")], 200, 2),
        // The connector says nothing of these, so the status decides.
        (&[(502, ""), (200, "")], 200, 2),
    ] {
        let server = Server::answering(answers).await;
        let transport = to_loopback().for_call(EgressCall {
            on_error: Some(final_if_500),
            ..call(true, WITHIN)
        });
        let url = format!("{}/x", server.url()).parse().unwrap();
        let answer = transport.send(&Request::new(Method::PUT, url)).await;
        let answer = answer.unwrap();
        assert_eq!(answer.status, expected, "{answers:?}");
        assert_eq!(answer.read(10).await.unwrap(), "{}", "{answers:?}");
        assert_eq!(server.requests().len(), requests, "{answers:?}");
    }
}

#[tokio::test]
async fn an_answer_too_long_to_be_heard_is_repeated_by_its_status() {
    let server = Server::answering(&[(500, ""), (200, "")]).await;
    let transport = to_loopback().for_call(EgressCall {
        on_error: Some(final_if_500),
        response_cap: 1,
        ..call(true, WITHIN)
    });
    let url = server.url().parse().unwrap();
    let answer = transport.send(&Request::new(Method::GET, url)).await;
    assert_eq!(answer.unwrap().status, 200);
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn a_withheld_method_is_not_asked_for_in_another_way() {
    let server = Server::answering(&[(200, "")]).await;
    let send = async |query: &str, withheld: Vec<Method>| {
        let transport = to_loopback().for_call(EgressCall {
            withheld,
            ..call(true, WITHIN)
        });
        let url = format!("{}/x?{query}", server.url()).parse().unwrap();
        transport.send(&Request::new(Method::GET, url)).await
    };
    let refused = send("_method=DELETE", vec![Method::DELETE]).await;
    assert!(matches!(refused, Err(TransportError::Refused(_))));
    assert!(server.requests().is_empty());
    send("a=1", vec![Method::DELETE]).await.unwrap();
    send("_method=DELETE", Vec::new()).await.unwrap();
    assert_eq!(server.requests().len(), 2);
}
