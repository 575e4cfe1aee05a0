//! What is sent.

use std::time::Duration;

use plugwright_client::{
    ApiKeyConnect, CallOptions, Connector, CustomCredentialConnect, Error, ErrorCode, OAuthConnect,
    ProjectConnector, Provider, ProxyRequest,
};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::server::{KEY, Server, failure, json as reply, success};

#[track_caller]
fn refused<T>(result: Result<T, Error>) -> Error {
    let Err(error) = result else {
        panic!("no error")
    };
    assert_eq!(
        (error.code(), error.status(), error.attempts()),
        (&ErrorCode::ClientInvalidRequest, None, 0)
    );
    error
}

#[tokio::test]
async fn a_scope_never_changes_the_client_that_it_is_of() {
    let server = Server::start(vec![success("null")]).await;
    let client = server
        .builder()
        .team("first")
        .connection_name("one")
        .build()
        .unwrap();
    let scope = client.using(CallOptions::new().team("second"));
    let inner = scope.using(
        CallOptions::new()
            .connection_name("two")
            .idempotency_keys(false),
    );
    for (client, team, name, keyed) in [
        (&inner, Some("second"), Some("two"), false),
        (&scope, Some("second"), Some("one"), true),
        (&client, Some("first"), Some("one"), true),
    ] {
        client.execute::<Value>("a.b", &json!({})).await.unwrap();
        let sent = server.received().pop().unwrap();
        assert_eq!(
            (
                sent.header("x-oo-team-name"),
                sent.header("x-oo-connector-alias")
            ),
            (team, name)
        );
        assert_eq!(sent.header("idempotency-key").is_some(), keyed);
        client.apps().list().await.unwrap();
        let sent = server.received().pop().unwrap();
        assert_eq!(
            (
                sent.header("x-oo-team-name"),
                sent.header("x-oo-connector-alias")
            ),
            (team, name)
        );
        assert_eq!(sent.header("idempotency-key"), None);
    }
    client
        .action("a.b")
        .team("")
        .connection_name("")
        .execute::<Value>()
        .await
        .unwrap();
    let sent = server.received().pop().unwrap();
    assert_eq!(
        (
            sent.header("x-oo-team-name"),
            sent.header("x-oo-connector-alias")
        ),
        (None, Some(""))
    );
}

#[tokio::test]
async fn what_can_t_be_sent_never_leaves() {
    struct Unwritable;
    impl Serialize for Unwritable {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("no"))
        }
    }
    let server = Server::start(vec![success("null")]).await;
    let client = server.client();
    for name in ["a\r\nx-b: c", "a\nb", "\0", "团队"] {
        let error = refused(client.action("a.b").team(name).execute::<Value>().await);
        assert!(error.message().starts_with("`team` must"), "{error}");
        refused(
            client
                .action("a.b")
                .connection_name(name)
                .execute::<Value>()
                .await,
        );
        refused(
            client
                .action("a.b")
                .idempotency_key(name)
                .execute::<Value>()
                .await,
        );
        refused(
            client
                .using(CallOptions::new().team(name))
                .apps()
                .list()
                .await,
        );
    }
    for id in ["", ".", ".."] {
        refused(client.execute::<Value>(id, &json!({})).await);
        refused(client.catalog().action(id).await);
    }
    refused(client.execute::<Value>("a.b", &Unwritable).await);
    assert!(server.received().is_empty());
    for (key, url) in [
        ("", "http://h"),
        ("a\nb", "http://h"),
        ("k", "ftp://h"),
        ("k", "/v1"),
        ("k", "http://h?a=b"),
    ] {
        refused(Connector::builder().api_key(key).base_url(url).build());
        refused(
            ProjectConnector::builder()
                .api_key(key)
                .base_url(url)
                .build(),
        );
    }
    refused(Connector::builder().build());
}

#[tokio::test]
async fn ids_and_queries_are_encoded() {
    let server = Server::start(vec![success("null")]).await;
    let client = server
        .builder()
        .base_url(format!("{}///", server.url))
        .build()
        .unwrap();
    client
        .execute::<Value>("a.b c/d?e#é", &json!({}))
        .await
        .unwrap();
    client.catalog().actions("a b&c").await.unwrap();
    client.catalog().services().await.unwrap();
    let lines: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(
        lines,
        [
            "POST /v1/actions/a.b%20c%2Fd%3Fe%23%C3%A9 HTTP/1.1",
            "GET /v1/actions?service=a+b%26c HTTP/1.1",
            "GET /v1/actions HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn requests_to_a_provider_have_a_key_unless_they_only_read() {
    let server = Server::start(vec![success(r#"{"status":200,"headers":{},"data":1}"#)]).await;
    let client = server.client();
    let get = ProxyRequest::get("/x")
        .query("b", json!(["2", 3]))
        .header("x-y", "z");
    assert_eq!(client.proxy::<u64>("a", &get).await.unwrap().data, 1);
    client
        .proxy::<u64>("a", &ProxyRequest::post("/x").json("text"))
        .await
        .unwrap();
    let [read, write] = <[_; 2]>::try_from(server.received()).unwrap();
    assert_eq!(
        read.body,
        r#"{"endpoint":"/x","method":"GET","query":{"b":["2",3]},"headers":{"x-y":"z"}}"#
    );
    assert_eq!(read.header("idempotency-key"), None);
    assert_eq!(
        write.body,
        r#"{"endpoint":"/x","method":"POST","body":"text"}"#
    );
    assert!(write.header("idempotency-key").is_some());
}

#[tokio::test]
async fn a_gateway_that_makes_no_dry_runs_is_never_called() {
    let server = Server::start(vec![success(r#"{"ok":true,"runtime":"oomol-connect"}"#)]).await;
    let client = server.client();
    let error = client.action("a.b").dry_run().await.unwrap_err();
    assert_eq!(
        (error.code(), error.attempts()),
        (&ErrorCode::ClientUnsupported, 0)
    );
    client
        .action("a.b")
        .mock()
        .execute::<Value>()
        .await
        .unwrap_err();
    let Err(_) = client.action("a.b").mock().execute_stream().await else {
        panic!("no error")
    };
    let lines: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(lines, ["GET /v1/health HTTP/1.1"]);

    let plan = r#"{"requests":[{"method":"GET","url":"https://a.example","headers":[["a","{{token}}"]]}]}"#;
    let server = Server::start(vec![
        success(r#"{"ok":true,"runtime":"plugwright"}"#),
        success(plan),
    ])
    .await;
    let plan = server
        .client()
        .action("a.b")
        .input(json!(1))
        .fields(["x"])
        .dry_run()
        .await
        .unwrap();
    assert_eq!(
        plan.requests[0].headers,
        [("a".to_owned(), "{{token}}".to_owned())]
    );
    assert_eq!(
        server.received()[1].body,
        r#"{"input":1,"options":{"mode":"dryRun","fields":["x"]}}"#
    );
}

#[tokio::test]
async fn a_project_names_its_user_provider_and_account() {
    let output = r#"{"executionId":"run-1","actionId":"mail.send","output":[1, 2]}"#;
    let server = Server::start(vec![success(output)]).await;
    let user = server.project().for_user("user_1");
    let result = user
        .execute_raw::<Vec<u64>>("mail.send", &json!({}))
        .await
        .unwrap();
    assert_eq!(
        (result.data, result.execution_id.as_deref()),
        (vec![1, 2], Some("run-1"))
    );
    let action = || user.action("mail.send");
    action()
        .service("post")
        .connection_name("work")
        .execute::<Value>()
        .await
        .unwrap();
    let by_id = action().service("post").provider_config_id("pc-1");
    let by_id = by_id.connection_name("work").connected_account_id("ca-1");
    by_id.execute::<Value>().await.unwrap();
    let bodies: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.body)
        .collect();
    assert_eq!(
        bodies,
        [
            r#"{"userId":"user_1","service":"mail","input":{}}"#,
            r#"{"userId":"user_1","service":"post","alias":"work"}"#,
            r#"{"userId":"user_1","providerConfigId":"pc-1","connectedAccountId":"ca-1"}"#,
        ]
    );
}

const REQUEST: &str = r#"{"id":"r/1","status":"STATUS","projectId":"p","providerConfigId":"pc","externalUserId":"u",
    "service":"desk","alias":null,"authorizationUrl":"https://g/c","connectedAccountId":null,"errorCode":null,
    "errorMessage":null,"expiresAt":"2026-11-29T12:00:00Z","createdAt":1,"updatedAt":2}"#;

#[tokio::test]
async fn waits_until_a_request_is_no_longer_pending() {
    let at = |status| success(&REQUEST.replace("STATUS", status));
    let server = Server::start(vec![
        at("initiated"),
        failure(503, "unavailable", "retry-after: 0\r\n"),
        at("new"),
    ])
    .await;
    let project = server.project();
    let waiting = project
        .wait_for_connection("r/1")
        .poll_interval(Duration::from_millis(10));
    assert_eq!(waiting.await.unwrap().status.as_str(), "new");
    assert!(
        server
            .received()
            .iter()
            .all(|request| request.line == "GET /v1/saas/connection-requests/r%2F1 HTTP/1.1")
    );

    let server = Server::start(vec![at("initiated")]).await;
    let waiting = server
        .project()
        .wait_for_connection("r/1")
        .poll_interval(Duration::from_millis(50));
    let error = waiting
        .max_wait(Duration::from_millis(300))
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.is_retryable()),
        (&ErrorCode::ClientWaitTimeout, false)
    );
    assert_eq!(error.data().unwrap()["status"], "initiated");
    assert!((3..=7).contains(&server.received().len()));
}

#[tokio::test]
async fn connects_by_a_page_a_key_and_fields() {
    let server = Server::start(vec![failure(400, "invalid_input", "")]).await;
    let project = server.project();
    let connect = project.connect("u");
    let oauth = OAuthConnect::new("desk")
        .connection_name("work")
        .return_uri("https://a/b");
    connect.oauth(&oauth).await.unwrap_err();
    let key = ApiKeyConnect::new(Provider::config("pc-1"), "sk-1").extra("region", "eu");
    assert!(!format!("{key:?}").contains("sk-1"));
    connect.api_key(&key).await.unwrap_err();
    let custom = CustomCredentialConnect::new("crm").value("token", "sk-2");
    assert!(!format!("{custom:?}").contains("sk-2"));
    connect.custom_credential(&custom).await.unwrap_err();
    let bodies: Vec<_> = server
        .received()
        .into_iter()
        .map(|request| request.body)
        .collect();
    assert_eq!(
        bodies,
        [
            r#"{"userId":"u","service":"desk","alias":"work","returnUri":"https://a/b"}"#,
            r#"{"userId":"u","providerConfigId":"pc-1","apiKey":"sk-1","extra":{"region":"eu"}}"#,
            r#"{"userId":"u","service":"crm","values":{"token":"sk-2"}}"#,
        ]
    );
}

#[tokio::test]
async fn no_key_is_shown() {
    let server = Server::start(vec![reply(500, "retry-after: 0\r\n", "down")]).await;
    let client = server.client();
    let error = client
        .execute::<Value>("a.b", &json!({}))
        .await
        .unwrap_err();
    let unreachable = server
        .builder()
        .base_url("http://127.0.0.1:1")
        .retries(0)
        .build()
        .unwrap();
    let broken = unreachable
        .execute::<Value>("a.b", &json!({}))
        .await
        .unwrap_err();
    let action = client.action("a.b").input(json!(KEY)).idempotency_key(KEY);
    for text in [
        format!("{client:?}"),
        format!("{:?}", server.builder()),
        format!("{:?}", server.project()),
        format!("{action:?}"),
        format!("{error:?} {error}"),
        format!("{broken:?} {broken}"),
    ] {
        assert!(!text.contains(KEY), "{text}");
    }
    assert!(std::error::Error::source(&broken).is_some());
}
