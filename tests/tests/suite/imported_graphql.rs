//! A GraphQL schema as a connector of a gateway, before a server of the reference implementation.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Setup, send, with_json};
use plugwright_tests::npm;
use reqwest::Method;
use tempfile::TempDir;

use crate::fixture;

struct Server {
    process: Child,
    port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

fn schema() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/graphql_server");
    folder.join("schema.graphql")
}

impl Server {
    async fn start() -> Self {
        let folder = npm::install("graphql_server", env!("CARGO_TARGET_TMPDIR"));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        drop(listener);
        let mut command = Command::new("node");
        command.arg("serve.mjs").arg(port.to_string()).arg(schema());
        let process = command.current_dir(folder).stdout(Stdio::null()).spawn();
        let server = Self {
            process: process.unwrap(),
            port,
        };
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }
}

/// Runs a command line on a data directory.
fn run(data: &Path, arguments: &[&str]) -> String {
    let mut command = fixture::LOCAL.command();
    command.args(arguments).arg("--data-dir").arg(data);
    let done = command.output().unwrap();
    let error = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{arguments:?}: {error}");
    String::from_utf8(done.stdout).unwrap()
}

/// Calls an action with options.
async fn call(
    gateway: &GatewayProcess,
    token: &str,
    action: &str,
    input: Value,
    options: Value,
) -> (u16, Value) {
    let body = json!({ "input": input, "options": options });
    let request = gateway.request(Method::POST, &format!("/v1/actions/{action}"), token);
    let reply = send(with_json(request, &body)).await.unwrap();
    (reply.status, reply.body)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_is_a_connector_with_pages_errors_policy_and_dry_runs() {
    let server = Server::start().await;
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let documents = folder.path().join("documents");
    fs::create_dir_all(&documents).unwrap();
    fs::copy(schema(), documents.join("todo.graphql")).unwrap();
    let endpoint = format!("http://127.0.0.1:{}/v1/graphql", server.port);
    let documents = documents.to_str().unwrap();
    let report = run(&data, &["import", documents, "--base-url", &endpoint]);
    assert!(report.contains("5 operations: 5 imported"), "{report}");
    let shown = run(&data, &["list", "todo"]);
    assert!(shown.contains("todo.task.delete  destructive"), "{shown}");
    let found = run(&data, &["search", "close a task"]);
    assert!(found.contains("todo.task.close"), "{found}");
    let mocked = run(
        &data,
        &[
            "run",
            "todo.task.get",
            "id=T1",
            "--mock",
            "--output",
            "json",
        ],
    );
    let mocked: Value = serde_json::from_str(&mocked).unwrap();
    assert!(mocked["title"].is_string(), "{mocked}");

    let gateway = Setup::new(fixture::LOCAL).data(&data).start().await;
    let body = json!({
        "connector": "todo", "name": "tasks", "credential": { "token": "sesame" },
    });
    gateway
        .admin(Method::POST, "/connections", Some(body))
        .await
        .unwrap()
        .ok();
    let (_, token) = gateway.token("all", json!({})).await;
    let (_, reader) = gateway
        .token("reader", json!({ "effects": ["read"] }))
        .await;
    let ask = async |token: &str, action: &str, input: Value, options: Value| {
        call(&gateway, token, &format!("todo.{action}"), input, options).await
    };

    let (status, task) = ask(&reader, "task.get", json!({ "id": "T3" }), json!({})).await;
    assert_eq!(status, 200, "{task}");
    assert_eq!(task["data"]["title"], "Task 3");
    assert_eq!(task["data"]["owner"], json!({ "id": "P1", "name": "Ann" }));
    // What could not be had is said, and the others are there.
    assert_eq!(task["data"]["price"], Value::Null);
    assert_eq!(task["meta"]["missing"][0]["path"], "task.price", "{task}");

    let mut ids = Vec::new();
    let mut options = json!({});
    loop {
        let input = json!({ "first": 10, "filter": { "state": "OPEN" } });
        let (status, page) = ask(&reader, "tasks.list", input, options).await;
        assert_eq!(status, 200, "{page}");
        assert_eq!(page["meta"]["totalCount"], 25, "{page}");
        let items = page["data"].as_array().unwrap();
        ids.extend(
            items
                .iter()
                .map(|task| task["id"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["meta"]["cursor"].as_str() else {
            break;
        };
        options = json!({ "cursor": cursor });
    }
    assert_eq!(ids.len(), 25);
    assert_eq!(ids[24], "T25");

    let input = json!({ "input": { "id": "T99" } });
    for (action, input, code) in [
        ("task.get", json!({ "id": "T99" }), "NOT_FOUND"),
        ("task.close", input, "NOT_FOUND"),
        ("secret.get", json!({}), "FORBIDDEN"),
    ] {
        let (_, failed) = ask(&token, action, input, json!({})).await;
        assert_eq!(failed["meta"]["code"], code, "{failed}");
    }
    let input = json!({ "input": { "id": 7 } });
    let (status, refused) = ask(&token, "task.close", input, json!({})).await;
    assert_eq!(status, 400, "{refused}");

    let close = json!({ "input": { "id": "T1", "reason": "done" } });
    let (status, denied) = ask(&reader, "task.close", close.clone(), json!({})).await;
    assert_eq!(status, 403, "{denied}");
    let options = json!({ "mode": "dryRun" });
    let (_, planned) = ask(&token, "task.close", close.clone(), options).await;
    let planned = &planned["data"]["requests"][0];
    assert_eq!(planned["url"], endpoint.as_str(), "{planned}");
    assert!(
        planned.to_string().contains("mutation TaskClose"),
        "{planned}"
    );
    let (status, closed) = ask(&token, "task.close", close, json!({})).await;
    assert_eq!(status, 200, "{closed}");
    assert_eq!(closed["data"]["task"]["state"], "CLOSED");
    let (_, task) = ask(&token, "task.get", json!({ "id": "T1" }), json!({})).await;
    assert_eq!(task["data"]["reason"], "done");
}
