//! What becomes of bad answers that come over a real connection.

use std::sync::Arc;
use std::time::Duration;

use plugwright_sdk::pagination::LinkHeader;
use plugwright_sdk::transport::{Live, Record};
use plugwright_sdk::{
    Action as _, ActionContext, ActionError, Auth, ConnectorDefinition, Credential, ErrorCode,
    Hint, Page, Result, Value, action, actions, json,
};
use plugwright_tests::{Loopback, ToLoopback};
use tokio::time::Instant;

const SECRET: &str = "ghp_0123456789abcdefABCDEF";

/// Gets a thing.
#[action("things.get", read, get = "/thing")]
async fn get(cx: &ActionContext) -> Result<Value>;

/// Lists things.
#[action("things.list", read, get = "/things", page = LinkHeader)]
async fn list(cx: &ActionContext) -> Result<Page<u32>>;

/// Changes a thing.
#[action("things.rename", write, post = "/rename", json)]
async fn rename(
    cx: &ActionContext,
    /// New name.
    name: String,
) -> Result<Value>;

static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new("things", "Things", "1.0.0")
    .base_url("https://api.example.test")
    .auth(&[Auth::bearer_token("Token")])
    .actions(actions![get, list, rename]);

async fn run(name: &str, cx: &ActionContext) -> Result<plugwright_sdk::ActionResult> {
    let action = CONNECTOR
        .actions()
        .iter()
        .find(|action| action.name() == name)
        .expect("the action is listed");
    let input = if name == "things.rename" {
        json!({ "name": "new" })
    } else {
        json!({})
    };
    plugwright_sdk::run(*action, cx, input).await
}

async fn call(name: &str, answer: &'static str) -> Result<plugwright_sdk::ActionResult> {
    let server = Loopback::start(|_| answer.as_bytes().to_vec())
        .await
        .expect("a port");
    let transport = Arc::new(ToLoopback::new(&server).expect("a client"));
    let cx = ActionContext::builder(&CONNECTOR, transport)
        .credential(Credential::token(SECRET))
        .response_cap(1000)
        .deadline(Instant::now() + Duration::from_secs(20))
        .build();
    run(name, &cx).await
}

async fn fails(name: &str, answer: &'static str) -> ActionError {
    call(name, answer).await.expect_err("the answer is bad")
}

#[tokio::test]
async fn html_instead_of_json_is_named_as_such() {
    let error = fails(
        "things.get",
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 39\r\n\r\n<html><title>Bad gateway</title></html>",
    )
    .await;
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
    assert!(error.message().contains("text/html"), "{error}");
    assert_eq!(error.detail(), Some("Bad gateway"));
}

#[tokio::test]
async fn json_with_a_wrong_content_type_is_read_all_the_same() {
    let result = call(
        "things.get",
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 7\r\n\r\n{\"a\":1}",
    )
    .await;
    assert_eq!(result.expect("it is JSON").data, json!({ "a": 1 }));
}

#[tokio::test]
async fn truncated_json_and_a_truncated_body_are_told_apart() {
    let error = fails(
        "things.get",
        "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n{\"a\":1",
    )
    .await;
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
    assert!(error.message().contains("ends within the JSON"), "{error}");
    let error = fails(
        "things.get",
        "HTTP/1.1 200 OK\r\ncontent-length: 60\r\n\r\n{\"a\":1",
    )
    .await;
    assert_eq!(error.code(), ErrorCode::UpstreamError);
    assert!(error.is_ambiguous());
}

#[tokio::test]
async fn an_empty_answer_where_a_body_was_expected() {
    let error = fails("things.get", "HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
    assert!(error.message().contains("no body"), "{error}");
}

#[tokio::test]
async fn a_body_over_the_cap_is_not_read_to_its_end() {
    let long: &'static str = Box::leak(
        format!(
            "HTTP/1.1 200 OK\r\ncontent-length: 2000\r\n\r\n{}",
            " ".repeat(2000)
        )
        .into_boxed_str(),
    );
    let error = fails("things.get", long).await;
    assert_eq!(error.code(), ErrorCode::ResponseTooLarge);
    assert!(error.message().contains("1000 bytes"), "{error}");
}

#[tokio::test]
async fn a_next_page_on_a_foreign_host_is_not_followed() {
    let error = fails(
        "things.list",
        "HTTP/1.1 200 OK\r\nlink: <https://evil.test/things?page=2>; rel=\"next\"\r\ncontent-length: 3\r\n\r\n[1]",
    )
    .await;
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
    assert_eq!(error.detail(), Some("evil.test"));
}

#[tokio::test]
async fn an_error_page_that_repeats_the_token_does_not_leak_it() {
    let answer = format!(
        "HTTP/1.1 401 Unauthorized\r\ncontent-length: {}\r\n\r\nbad token {SECRET}",
        SECRET.len() + 10
    );
    let error = fails("things.get", Box::leak(answer.into_boxed_str())).await;
    assert_eq!(
        (error.code(), error.hint()),
        (ErrorCode::AuthInvalid, Hint::Auth)
    );
    assert_eq!(error.detail(), Some("bad token [redacted]"));
    assert!(!format!("{error:?}").contains(SECRET));
}

#[tokio::test]
async fn nobody_listening_is_a_definite_failure() {
    let server = Loopback::start(|_| Vec::new()).await.expect("a port");
    let transport = Arc::new(ToLoopback::new(&server).expect("a client"));
    drop(server);
    // The listener closes when its task has ended.
    tokio::time::sleep(Duration::from_millis(50)).await;
    let cx = ActionContext::builder(&CONNECTOR, transport)
        .credential(Credential::token(SECRET))
        .build();
    let error = run("things.rename", &cx).await.expect_err("nobody listens");
    assert_eq!(error.code(), ErrorCode::UpstreamUnreachable);
    assert!(!error.is_ambiguous());
}

#[tokio::test]
async fn a_write_without_an_answer_is_ambiguous() {
    let error = fails("things.rename", "").await;
    assert_eq!(error.code(), ErrorCode::UpstreamError);
    assert!(error.is_ambiguous());
}

#[tokio::test]
async fn a_redirect_to_a_stranger_carries_no_credential() {
    let server = Loopback::start(|request| {
        if request.target == "/thing" {
            b"HTTP/1.1 302 Found\r\nlocation: https://elsewhere.test/file\r\ncontent-length: 0\r\n\r\n".to_vec()
        } else {
            b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec()
        }
    })
    .await
    .expect("a port");
    let transport = Arc::new(ToLoopback::new(&server).expect("a client"));
    let cx = ActionContext::builder(&CONNECTOR, transport)
        .credential(Credential::token(SECRET))
        .build();
    run("things.get", &cx)
        .await
        .expect("the redirect is followed");
    let received = server.received();
    let has_token = |index: usize| {
        received[index]
            .headers
            .iter()
            .any(|(name, _)| name == "authorization")
    };
    assert_eq!((has_token(0), has_token(1)), (true, false));
}

#[tokio::test]
async fn a_write_is_not_turned_into_a_read_by_a_redirect() {
    let error = fails(
        "things.rename",
        "HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    assert_eq!(
        (error.code(), error.hint()),
        (ErrorCode::UpstreamError, Hint::Abort)
    );
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    let error = fails(
        "things.get",
        "HTTP/1.1 302 Found\r\nlocation: /thing\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    assert_eq!(error.code(), ErrorCode::UpstreamInvalid);
}

#[tokio::test]
async fn a_caller_that_gives_up_ends_the_request() {
    let token = tokio_util::sync::CancellationToken::new();
    let server = Loopback::start(|_| {
        std::thread::sleep(Duration::from_millis(300));
        Vec::new()
    })
    .await
    .expect("a port");
    let transport = Arc::new(ToLoopback::new(&server).expect("a client"));
    let cx = ActionContext::builder(&CONNECTOR, transport)
        .credential(Credential::token(SECRET))
        .cancellation(token.clone())
        .build();
    token.cancel();
    let error = run("things.get", &cx).await.expect_err("it was cancelled");
    assert_eq!(error.code(), ErrorCode::Cancelled);
}

#[tokio::test]
async fn a_recording_of_a_live_call_replays_and_holds_no_secret() {
    let server = Loopback::start(|request| {
        let token = request.headers.iter().find(|(name, _)| name == "authorization").map(|(_, value)| value.clone());
        let body = json!({ "you_sent": token, "n": 1 }).to_string();
        format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nset-cookie: {SECRET}\r\ncontent-length: {}\r\n\r\n{body}", body.len())
            .into_bytes()
    })
    .await
    .expect("a port");
    let credential = Credential::token(SECRET);
    let record = Arc::new(Record::new(
        ToLoopback::new(&server).expect("a client"),
        credential.redactor(),
    ));
    let cx = ActionContext::builder(&CONNECTOR, record.clone())
        .credential(credential.clone())
        .build();
    run("things.get", &cx).await.expect("the call succeeds");
    let cassette: plugwright_sdk::Cassette = serde_json::from_value(json!({
        "action": "things.get",
        "provenance": { "kind": "recorded", "source": "a server on loopback" },
        "call": {},
        "exchanges": record.exchanges(),
    }))
    .expect("a cassette");
    let text = serde_json::to_string(&cassette).expect("JSON");
    assert!(!credential.redactor().finds_in(&text), "{text}");
    let replay = Arc::new(plugwright_sdk::transport::Replay::new([&cassette]));
    let cx = ActionContext::builder(&CONNECTOR, replay)
        .credential(Credential::token("other-token"))
        .build();
    assert_eq!(
        run("things.get", &cx)
            .await
            .expect("it replays")
            .data
            .value()["n"],
        1
    );
}

#[tokio::test]
async fn a_missing_credential_is_asked_for_before_anything_is_sent() {
    let cx = ActionContext::builder(&CONNECTOR, Arc::new(Live::new().expect("a client"))).build();
    let error = run("things.get", &cx).await.expect_err("a token is needed");
    assert_eq!(
        (error.code(), error.hint()),
        (ErrorCode::AuthRequired, Hint::Auth)
    );
}
