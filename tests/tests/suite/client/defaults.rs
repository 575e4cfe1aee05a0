//! What both clients do if nothing is said, and which codes they know.

use std::time::{Duration, Instant};

use plugwright_client::{Connector, ErrorCode, ProjectConnector};
use plugwright_sdk::{Value, json};

use super::node::{Node, file};
use super::recorder::{Recorder, Reply};
use super::seen::shown;

const PENDING: &str = r#"{"success":true,"data":{"id":"r","status":"initiated","projectId":"p","providerConfigId":"pc","externalUserId":"u","service":"desk","authorizationUrl":"https://g/c","expiresAt":"2026-11-29T12:00:00Z","createdAt":1,"updatedAt":2}}"#;
const CONNECTED: &str = r#"{"success":true,"data":{"id":"r","status":"connected","projectId":"p","providerConfigId":"pc","externalUserId":"u","service":"desk","authorizationUrl":"https://g/c","expiresAt":"2026-11-29T12:00:00Z","createdAt":1,"updatedAt":2}}"#;

async fn pair(replies: &[Reply]) -> (Recorder, Node, Recorder) {
    // Nothing is asked of a gateway.
    let nowhere = "http://127.0.0.1:1";
    let (npm, rust) = (
        Recorder::start(nowhere).await,
        Recorder::start(nowhere).await,
    );
    npm.answer(replies);
    rust.answer(replies);
    let node = Node::start(&json!({ "url": npm.url(), "token": "key", "given": {} })).await;
    (npm, node, rust)
}

async fn timed<T>(work: impl Future<Output = T>) -> (T, Duration) {
    let started = Instant::now();
    (work.await, started.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_attempt_takes_thirty_seconds_at_most() {
    let (_npm, mut node, rust) = pair(&[Reply::Silence(Duration::from_secs(40))]).await;
    let client = Connector::builder().api_key("key").base_url(rust.url());
    let client = client.retries(0).build().expect("a client");
    let ((npm, npm_took), (ours, took)) = tokio::join!(
        timed(node.run("client.apps.list({ retries: 0 })")),
        timed(async { client.apps().list().await }),
    );
    let ours = json!({ "error": shown(&ours.unwrap_err()) });
    for (told, took) in [(npm, npm_took), (ours, took)] {
        assert_eq!(told["error"]["code"], "client_timeout");
        assert!((30..33).contains(&took.as_secs()), "{took:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_request_is_asked_for_every_two_seconds() {
    let replies = [
        Reply::Whole(200, "", PENDING),
        Reply::Whole(200, "", CONNECTED),
    ];
    let (_npm, mut node, rust) = pair(&replies).await;
    let project = ProjectConnector::builder()
        .api_key("key")
        .base_url(rust.url());
    let project = project.build().expect("a client");
    let ((npm, npm_took), (ours, took)) = tokio::join!(
        timed(node.run(r#"project.waitForConnection("r")"#)),
        timed(async { project.wait_for_connection("r").await }),
    );
    assert_eq!(npm["data"]["status"], "connected", "{npm}");
    assert_eq!(ours.expect("a request").status.as_str(), "connected");
    for took in [npm_took, took] {
        assert!((2_000..4_000).contains(&took.as_millis()), "{took:?}");
    }
    // Nobody waits ten minutes here.
    let waiting = format!("{:?}", project.wait_for_connection("r"));
    assert!(waiting.contains("max_wait: 600s"), "{waiting}");
    let npm = file("index.mjs");
    assert!(npm.contains("const DEFAULT_MAX_WAIT_MS = 6e5;"));
}

#[tokio::test]
async fn a_client_is_one_of_the_gateway_on_this_machine() {
    let mut node =
        Node::start(&json!({ "url": "http://127.0.0.1:1", "token": "key", "given": {} })).await;
    let expression = "(async () => { let asked; \
        const options = { apiKey: \"key\", maxRetries: 0, fetch: async (url) => { asked = url; throw new Error(); } }; \
        await new Connector(options).apps.list().catch(() => {}); return asked; })()";
    let asked: Value = node.run(expression).await;
    assert_eq!(asked["data"], "https://connector.oomol.com/v1/apps");
    let client = Connector::new("key").expect("a client");
    assert_eq!(client.base_url(), "http://127.0.0.1:3000/v1");
}

#[test]
fn every_code_of_the_npm_client_is_known() {
    let types = file("index.d.mts");
    let (_, rest) = types
        .split_once("type ConnectorErrorCode = ")
        .expect("the codes");
    let (codes, _) = rest.split_once(" | (string & {})").expect("an open set");
    let codes: Vec<_> = codes
        .split(" | ")
        .map(|code| code.trim_matches('"'))
        .collect();
    assert!(codes.len() >= 40, "{codes:?}");
    for code in codes {
        assert!(ErrorCode::KNOWN.contains(&ErrorCode::from(code)), "{code}");
    }
}

#[test]
fn every_code_of_the_gateway_is_known() {
    let outcomes = include_str!("../../../../docs/src/outcomes.md");
    let rows = outcomes
        .lines()
        .filter(|line| line.starts_with("| `") && line.contains("/v1/actions"));
    let mut codes = 0;
    for row in rows.chain(
        outcomes
            .lines()
            .filter(|line| line.contains("| `/v1/proxy` |")),
    ) {
        for cell in row.split(" | ").skip(2) {
            let code = cell.split('`').nth(1).unwrap_or_default();
            assert!(ErrorCode::KNOWN.contains(&ErrorCode::from(code)), "{code}");
            codes += 1;
        }
    }
    assert!(codes >= 100, "{codes}");
}
