//! Instances: what their names mean, and what their calls send.

use std::time::Duration;

use plugwright_client::{ConnectorOptions, ErrorCode};
use serde_json::{Value, json};

use crate::server::{Reply, Server, envelope, json as reply, success};

const APPS: &str = r#"[
    {"id":"c-1","service":"github","alias":"work"},
    {"id":"c-2","service":"gitlab","alias":"shared"},
    {"id":"c-3","service":"todoist","alias":"shared"},
    {"id":"c-4","service":"slack","alias":null}
]"#;

fn done() -> Reply {
    let meta = r#"{"executionId":"run-1","actionId":"github.issues.list"}"#;
    reply(200, "", &envelope("[1]", meta))
}

/// Returns what a call of an instance sent: the path, the connection's name and the body.
async fn sent(name: &str) -> (String, Option<String>, String) {
    let server = Server::start(vec![success(APPS), done()]).await;
    let instance = server.client().instance(name);
    let input = json!({ "repo": "a/b" });
    let result = instance.call::<Vec<u64>>("list-issues", &input).await;
    assert_eq!(result.unwrap().data, [1]);
    let [apps, call] = <[_; 2]>::try_from(server.received()).unwrap();
    assert_eq!(apps.line, "GET /v1/apps HTTP/1.1");
    let name = call.header("x-oo-connector-alias").map(str::to_owned);
    (call.line, name, call.body)
}

#[tokio::test]
async fn a_connection_counts_before_a_connector() {
    for (instance, service, connection) in [
        ("work", "github", Some("work")),
        ("github-work", "github", Some("work")),
        ("todoist-shared", "todoist", Some("shared")),
        ("hackernews", "hackernews", None),
        ("slack", "slack", None),
    ] {
        let (line, name, body) = sent(instance).await;
        assert_eq!(
            line,
            format!("POST /v1/actions/{service}.list-issues HTTP/1.1")
        );
        assert_eq!(name.as_deref(), connection, "{instance}");
        assert_eq!(body, r#"{"input":{"repo":"a/b"}}"#);
    }
    let server = Server::start(vec![success(APPS)]).await;
    let shared = server.client().instance("shared");
    let error = shared.call::<Value>("x", &json!({})).await.unwrap_err();
    assert_eq!(*error.code(), ErrorCode::ConnectionAmbiguous);
    assert_eq!(
        error.message(),
        "`shared` may be `gitlab-shared` or `todoist-shared`"
    );
    assert_eq!(server.received().len(), 1);
}

#[tokio::test]
async fn the_envelope_says_which_call_it_was_and_the_place_is_asked_once() {
    let server = Server::start(vec![success(APPS), done()]).await;
    let instance = server.client().instance("work");
    let input = json!({ "repo": "a/b" });
    let first = instance.call::<Value>("list-issues", &input).await.unwrap();
    assert_eq!(
        serde_json::to_value(first).unwrap(),
        json!({
            "success": true,
            "data": [1],
            "metadata": {
                "connector": "work",
                "resource": "list-issues",
                "actionId": "github.issues.list",
                "executionId": "run-1",
                "replayed": false,
            },
        })
    );
    let again = instance.using(ConnectorOptions::new().retries(0));
    again.call::<Value>("list-issues", &input).await.unwrap();
    assert_eq!(server.received().len(), 3);
}

#[tokio::test]
async fn options_choose_the_credential_the_mode_and_the_bounds() {
    let replies = vec![
        success(APPS),
        success(r#"{"ok":true,"runtime":"plugwright"}"#),
        done(),
        Reply::Silence,
    ];
    let server = Server::start(replies).await;
    let options = ConnectorOptions::new()
        .credential_id("c-9")
        .header("x-trace", "t")
        .use_mock(true)
        .timeout(Duration::from_millis(200))
        .retries(0);
    assert!(!format!("{options:?}").contains("\"t\""));
    let instance = server.client().instance("github-work").using(options);
    instance
        .call::<Value>("list-issues", &json!({}))
        .await
        .unwrap();
    let call = server.received().pop().unwrap();
    // An id counts before the instance's own connection.
    assert_eq!(call.header("x-oo-connector-alias"), None);
    assert_eq!(
        call.body,
        r#"{"input":{},"options":{"mode":"mock","headers":{"x-trace":"t"},"connectionId":"c-9"}}"#
    );
    let error = instance.call::<Value>("list-issues", &json!({})).await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.code(), error.attempts()),
        (&ErrorCode::ClientTimeout, 1)
    );

    // A gateway that would use another credential is not called.
    let other = success(r#"{"ok":true,"runtime":"oomol-connect"}"#);
    let server = Server::start(vec![success(APPS), other]).await;
    let options = ConnectorOptions::new().credential_id("c-9");
    let instance = server.client().instance("work").using(options);
    let error = instance.call::<Value>("x", &json!({})).await.unwrap_err();
    assert_eq!(*error.code(), ErrorCode::ClientUnsupported);
    assert_eq!(server.received().len(), 2);
}

#[tokio::test]
async fn data_in_groups_is_sent_flat() {
    let described = r#"{"id":"github.issues.get","service":"github","name":"get","inputSchema":
        {"type":"object","properties":{"repo":{},"issue_number":{},"body":{}}},"outputSchema":{}}"#;
    let server = Server::start(vec![success(APPS), success(described), done()]).await;
    let instance = server.client().instance("work");
    let data = json!({ "path": { "repo": "a/b", "issue_number": 7 }, "body": { "text": "x" } });
    instance.call::<Value>("get-issue", &data).await.unwrap();
    let [_, described, call] = <[_; 3]>::try_from(server.received()).unwrap();
    assert_eq!(described.line, "GET /v1/actions/github.get-issue HTTP/1.1");
    assert_eq!(
        call.body,
        r#"{"input":{"repo":"a/b","issue_number":7,"body":{"text":"x"}}}"#
    );
}
