//! Versions, sessions, and who is let in.

use plugwright_sdk::json;
use plugwright_tests::gateway::{OPERATOR, Setup, client, send, with_json};
use reqwest::Method;

use crate::fixture;
use crate::mcp::speaker::{NEWEST, Speaker, VERSIONS, data};

const DISCOVERY: [&str; 4] = [
    "search_actions",
    "describe_action",
    "run_action",
    "list_connections",
];

fn setup() -> Setup {
    Setup::new(fixture::LOCAL)
}

#[tokio::test]
async fn every_version_lists_and_calls_tools() {
    let gateway = setup().start().await;
    for version in VERSIONS {
        let speaker = Speaker::new(&gateway, OPERATOR, version).await;
        assert_eq!(speaker.tools().await, DISCOVERY, "{version}");
        let found = speaker
            .call("search_actions", json!({ "query": "create things" }))
            .await;
        let first = &data(&found)["actions"][0];
        assert_eq!(first["action"], "local.things.create", "{version}");
        assert_eq!(first["effect"], "write");
        assert_eq!(first["ready"], false);
    }
}

#[tokio::test]
async fn the_newest_version_needs_no_session_and_says_what_there_is() {
    let gateway = setup().start().await;
    let speaker = Speaker::new(&gateway, OPERATOR, NEWEST).await;
    let reply = speaker.ask("server/discover", json!({})).await;
    assert_eq!(reply.headers.get("mcp-session-id"), None);
    assert_eq!(reply.headers["cache-control"], "no-store");
    let found = reply.ok();
    assert_eq!(found["result"]["supportedVersions"], json!(VERSIONS));
    assert_eq!(found["result"]["capabilities"], json!({ "tools": {} }));
}

#[tokio::test]
async fn a_session_outlives_the_process_and_ends_when_its_client_says_so() {
    let setup = setup();
    let first = setup.start().await;
    let mut speaker = Speaker::new(&first, OPERATOR, "2025-11-25").await;
    let session = speaker.session.take();
    drop(speaker);
    first.kill().await;

    let second = setup.start().await;
    let mut speaker = Speaker {
        gateway: &second,
        token: OPERATOR.to_owned(),
        version: "2025-11-25",
        session,
        path: "/mcp".to_owned(),
    };
    assert_eq!(speaker.tools().await, DISCOVERY);
    // Nobody else is in it.
    let (_, other) = second.token("other", json!({})).await;
    speaker.token = other;
    assert_eq!(speaker.ask("tools/list", json!({})).await.status, 404);
    let ended = send(speaker.head(Method::DELETE)).await.expect("an answer");
    assert_eq!(ended.status, 404);

    speaker.token = OPERATOR.to_owned();
    // A page that a browser shows may not end it either.
    let foreign = speaker
        .head(Method::DELETE)
        .header("origin", "https://evil.example.com");
    assert_eq!(send(foreign).await.expect("an answer").status, 403);
    let ended = send(speaker.head(Method::DELETE)).await.expect("an answer");
    assert_eq!(ended.status, 204);
    let gone = speaker.ask("tools/list", json!({})).await;
    assert_eq!(gone.status, 404);
    assert!(gone.body["error"].to_string().contains("initialize"));
}

#[tokio::test]
async fn who_has_no_token_is_asked_for_one() {
    let gateway = setup().start().await;
    let url = format!("{}/mcp", gateway.url());
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" });
    let request = client()
        .post(url)
        .header("accept", "application/json, text/event-stream");
    let reply = send(with_json(request, &ping)).await.expect("an answer");
    assert_eq!(reply.status, 401);
    assert_eq!(reply.headers["www-authenticate"], "Bearer");
    let speaker = Speaker {
        gateway: &gateway,
        token: "pw_of-nobody".to_owned(),
        version: NEWEST,
        session: None,
        path: "/mcp".to_owned(),
    };
    assert_eq!(speaker.ask("tools/list", json!({})).await.status, 401);
}

#[tokio::test]
async fn names_and_origins_of_others_are_refused_unless_they_are_set() {
    let gateway = setup()
        .env("PLUGWRIGHT_WEB_HOSTS", "gateway.example.com")
        .env("PLUGWRIGHT_WEB_ORIGINS", "https://app.example.com")
        .start()
        .await;
    let speaker = Speaker::new(&gateway, OPERATOR, NEWEST).await;
    for (name, value, status) in [
        ("host", "evil.example.com", 403),
        ("host", "gateway.example.com", 200),
        ("host", "localhost:1", 200),
        ("origin", "https://evil.example.com", 403),
        ("origin", "null", 403),
        ("origin", "https://app.example.com", 200),
        ("origin", "http://localhost:5173", 200),
    ] {
        let request = speaker.request(1, "tools/list", json!({}));
        let reply = send(request.header(name, value)).await.expect("an answer");
        assert_eq!(reply.status, status, "{name}: {value}");
    }
}

#[tokio::test]
async fn what_is_no_message_and_what_is_not_there_is_said_so() {
    let gateway = setup().start().await;
    let speaker = Speaker::new(&gateway, OPERATOR, NEWEST).await;
    for (text, code, id) in [
        ("{bad", -32700, json!(null)),
        ("", -32700, json!(null)),
        ("[]", -32600, json!(null)),
        (r#"{"hello":"there"}"#, -32600, json!(null)),
        (r#"{"id":7,"method":"tools/list"}"#, -32600, json!(7)),
    ] {
        let odd = speaker.head(Method::POST).body(text);
        let odd = odd.header("content-type", "application/json");
        let reply = send(odd).await.expect("an answer");
        assert_eq!(reply.status, 400, "{text}");
        assert_eq!(reply.headers["content-type"], "application/json");
        assert_eq!(reply.body["error"]["code"], code, "{text}");
        assert_eq!(reply.body["id"], id, "{text}");
    }
    let good = r#"{"jsonrpc":"2.0","id":7,"method":"tools/list"}"#;
    let typed = speaker.head(Method::POST).body(good);
    let typed = typed.header("content-type", "text/plain");
    assert_eq!(send(typed).await.expect("an answer").status, 415);
    let get = send(speaker.head(Method::GET)).await.expect("an answer");
    assert_eq!(get.status, 405);
    let mut elsewhere = speaker;
    elsewhere.path = "/mcp?tool=github.*".to_owned();
    let reply = elsewhere.ask("tools/list", json!({})).await;
    assert_eq!(reply.status, 400);
    let message = reply.body["error"]["message"].as_str().expect("a message");
    assert!(
        message.contains("allowed: tools, organization"),
        "{message}"
    );

    let without = setup().env("PLUGWRIGHT_MCP_ENABLED", "false").start().await;
    let speaker = Speaker::new(&without, OPERATOR, NEWEST).await;
    assert_eq!(speaker.ask("tools/list", json!({})).await.status, 404);
}
