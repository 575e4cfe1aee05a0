//! Published MCP servers as connectors of a gateway: as programs and over HTTP.

pub(crate) mod double;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Setup, send, with_json};
use plugwright_tests::npm;
use reqwest::Method;
use tempfile::TempDir;

use crate::fixture;
use double::Double;

/// Returns the script of a server.
fn script(name: &str) -> PathBuf {
    let folder = npm::install("mcp_servers", env!("CARGO_TARGET_TMPDIR"));
    let package = folder.join("node_modules/@modelcontextprotocol").join(name);
    package.join("dist/index.js")
}

/// A data directory with imported servers.
struct Imported {
    folder: TempDir,
    /// The actions' ids, by connector and tool.
    ids: BTreeMap<String, String>,
}

impl Imported {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            ids: BTreeMap::new(),
        }
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Returns a folder that a server may read and write.
    fn files(&self) -> PathBuf {
        let files = self.folder.path().join("files");
        fs::create_dir_all(&files).unwrap();
        files.canonicalize().unwrap()
    }

    fn run(&self, arguments: &[&str]) -> String {
        let mut command = fixture::LOCAL.command();
        command
            .args(arguments)
            .env("PLUGWRIGHT_DOUBLE_TOKEN", "right-token");
        if arguments[0] != "import" {
            command.arg("--data-dir").arg(self.data());
        }
        let done = command.output().unwrap();
        let error = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {error}");
        String::from_utf8(done.stdout).unwrap()
    }

    fn import(&mut self, name: &str, source: &[&str]) {
        let data = self.data();
        let data = data.to_str().unwrap();
        let head = [
            "import",
            "--mcp",
            "--name",
            name,
            "--data-dir",
            data,
            "--output",
            "json",
        ];
        let report = self.run(&[&head[..], source].concat());
        let report: Value = serde_json::from_str(&report).unwrap();
        for operation in report[0]["report"]["operations"].as_array().unwrap() {
            let tool = operation["path"].as_str().unwrap();
            let action = operation["name"].as_str().unwrap();
            self.ids
                .insert(format!("{name} {tool}"), format!("{name}.{action}"));
        }
    }

    fn id(&self, tool: &str) -> &str {
        &self.ids[tool]
    }
}

/// Calls a tool as the operator's own token may.
async fn call(
    gateway: &GatewayProcess,
    token: &str,
    imported: &Imported,
    tool: &str,
    input: Value,
) -> Value {
    let reply = gateway
        .call(token, imported.id(tool), &input)
        .await
        .unwrap();
    reply.ok()["data"].take()
}

#[expect(clippy::too_many_lines, reason = "one server is started once")]
#[tokio::test(flavor = "multi_thread")]
async fn programs_are_connectors_with_policy_keys_and_dry_runs() {
    let mut imported = Imported::new();
    let files = imported.files();
    let everything = script("server-everything");
    let filesystem = script("server-filesystem");
    imported.import("everything", &["--", "node", everything.to_str().unwrap()]);
    let arguments = [
        "--",
        "node",
        filesystem.to_str().unwrap(),
        files.to_str().unwrap(),
    ];
    imported.import("files", &arguments);
    let setup = Setup::new(fixture::LOCAL).data(imported.data());
    let mut gateway = setup.start().await;
    let (_, token) = gateway.token("all", json!({})).await;
    let (_, reader) = gateway
        .token("reader", json!({ "effects": ["read"] }))
        .await;

    let said = call(
        &gateway,
        &token,
        &imported,
        "everything echo",
        json!({ "message": "hi" }),
    )
    .await;
    assert_eq!(said["text"], "Echo: hi");
    let sum = call(
        &gateway,
        &reader,
        &imported,
        "everything get-sum",
        json!({ "a": 2, "b": 3 }),
    )
    .await;
    assert!(sum["text"].as_str().unwrap().contains('5'), "{sum}");
    let image = call(
        &gateway,
        &token,
        &imported,
        "everything get-tiny-image",
        json!({}),
    )
    .await;
    assert_eq!(image["files"][0]["content_type"], "image/png", "{image}");
    let links = json!({ "count": 2 });
    let links = call(
        &gateway,
        &token,
        &imported,
        "everything get-resource-links",
        links,
    )
    .await;
    assert_eq!(links["links"].as_array().unwrap().len(), 2, "{links}");
    let weather = json!({ "location": "Chicago" });
    let weather = call(
        &gateway,
        &token,
        &imported,
        "everything get-structured-content",
        weather,
    )
    .await;
    assert!(weather["temperature"].is_number(), "{weather}");
    let environment = call(&gateway, &token, &imported, "everything get-env", json!({})).await;
    let environment = environment["text"].as_str().unwrap();
    assert!(environment.contains("PATH"), "{environment}");
    assert!(!environment.contains("PLUGWRIGHT_"), "{environment}");

    let bad = gateway
        .call(
            &token,
            imported.id("everything get-sum"),
            &json!({ "a": "x" }),
        )
        .await;
    assert_eq!(bad.unwrap().status, 400);

    let path = files.join("notes.txt");
    let input = json!({ "path": path, "content": "first" });
    let write = imported.id("files write_file");
    let denied = gateway.call(&reader, write, &input).await.unwrap();
    assert_eq!(denied.status, 403, "{denied:?}");
    let body = json!({ "input": input, "options": { "mode": "dryRun" } });
    let request = gateway.request(Method::POST, &format!("/v1/actions/{write}"), &token);
    let planned = send(with_json(request, &body)).await.unwrap().ok();
    let planned = planned["data"]["requests"][0].to_string();
    assert!(
        planned.contains("tools/call") && planned.contains("write_file"),
        "{planned}"
    );
    assert!(!path.exists());
    let first = gateway
        .call_with_key(&token, write, &input, "once")
        .await
        .unwrap();
    assert_eq!(first.status, 200, "{first:?}");
    fs::write(&path, "second").unwrap();
    let again = gateway
        .call_with_key(&token, write, &input, "once")
        .await
        .unwrap();
    assert_eq!(first.outcome(), again.outcome());
    let read = call(
        &gateway,
        &token,
        &imported,
        "files read_text_file",
        json!({ "path": path }),
    )
    .await;
    assert_eq!(read["content"], "second", "{read}");
    let outside = json!({ "path": "/etc/passwd" });
    let outside = gateway
        .call(&token, imported.id("files read_text_file"), &outside)
        .await
        .unwrap();
    assert_eq!(outside.code(), Some("provider_error"), "{outside:?}");

    let long = imported.id("everything trigger-long-running-operation");
    let body = json!({
        "input": { "duration": 60, "steps": 1 }, "options": { "timeoutMs": 500 },
    });
    let request = gateway.request(Method::POST, &format!("/v1/actions/{long}"), &token);
    let late = send(with_json(request, &body)).await.unwrap();
    assert_eq!(late.code(), Some("provider_timeout"), "{late:?}");

    gateway.recorded(write, 1).await;
    assert!(serves(&files));
    gateway.terminate();
    gateway.ended().await;
    assert!(!serves(&files));
}

/// Returns whether a process was started with this folder.
fn serves(folder: &Path) -> bool {
    let done = Command::new("pgrep")
        .arg("-f")
        .arg(format!("index.js {}", folder.display()))
        .output();
    done.unwrap().status.success()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mock_of_a_tool_starts_no_program() {
    let mut imported = Imported::new();
    let memory = script("server-memory");
    let file = imported.folder.path().join("memory.jsonl");
    imported.import("memory", &["--", "node", memory.to_str().unwrap()]);
    let read = imported.id("memory read_graph").to_owned();
    let mocked = imported.run(&["run", &read, "--mock", "--output", "json"]);
    let mocked: Value = serde_json::from_str(&mocked).unwrap();
    assert!(mocked.is_object(), "{mocked}");
    assert!(!file.exists());
    let shown = imported.run(&["catalog"]);
    assert!(
        shown.contains("memory") && shown.contains("server-memory"),
        "{shown}"
    );
    let found = imported.run(&["search", "read the knowledge graph"]);
    assert!(found.contains(&read), "{found}");
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_over_http_is_a_connector_whose_requests_pass_egress() {
    let port = free_port();
    let mut command = Command::new("node");
    command
        .arg(script("server-everything"))
        .arg("streamableHttp")
        .env("PORT", port.to_string());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let _server = Server(command.spawn().unwrap());
    let began = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(30));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let url = format!("http://127.0.0.1:{port}/mcp");
    let mut imported = Imported::new();
    let data = imported.data();
    let mut refused = fixture::LOCAL.command();
    refused
        .args(["import", "--mcp", &url, "--name", "remote", "--data-dir"])
        .arg(&data);
    let refused = refused.output().unwrap();
    assert!(!refused.status.success());
    let error = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(error.contains("127.0.0.1"), "{error}");
    imported.import("remote", &["--egress-allow", "127.0.0.1", &url]);

    let gateway = Setup::new(fixture::LOCAL)
        .data(imported.data())
        .start()
        .await;
    let (_, token) = gateway.token("all", json!({ "proxies": ["*"] })).await;
    for number in 0..3 {
        let input = json!({ "message": number.to_string() });
        let said = call(&gateway, &token, &imported, "remote echo", input).await;
        assert_eq!(said["text"], format!("Echo: {number}"));
    }
    let path = "/v1/proxy/remote";
    let body = json!({ "endpoint": "/mcp", "method": "POST", "body": {} });
    let direct = send(with_json(
        gateway.request(Method::POST, path, &token),
        &body,
    ))
    .await
    .unwrap();
    assert_eq!(direct.status, 403, "{direct:?}");
    assert!(direct.body.to_string().contains("MCP server"), "{direct:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_over_http_is_told_when_the_time_of_a_call_is_up() {
    let mut imported = Imported::new();
    let told = imported.folder.path().join("told");
    let double = Double::start("silent", &told);
    let source = [
        "--auth",
        "bearer",
        "--egress-allow",
        "127.0.0.1",
        &double.url,
    ];
    imported.import("double", &source);
    let gateway = Setup::new(fixture::LOCAL)
        .data(imported.data())
        .start()
        .await;
    let body = json!({
        "connector": "double", "name": "main", "credential": { "token": "right-token" },
    });
    let connected = gateway
        .admin(Method::POST, "/connections", Some(body))
        .await;
    connected.unwrap().ok();
    let (_, token) = gateway.token("all", json!({})).await;
    let act = imported.id("double act");
    let body = json!({ "input": {}, "options": { "timeoutMs": 500 } });
    let request = gateway.request(Method::POST, &format!("/v1/actions/{act}"), &token);
    let late = send(with_json(request, &body)).await.unwrap();
    assert_eq!(late.code(), Some("provider_timeout"), "{late:?}");
    let began = Instant::now();
    while !told.exists() {
        assert!(began.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
