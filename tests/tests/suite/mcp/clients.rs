//! MCP's own clients: both generations of the TypeScript one, and the Python one.
//!
//! They list GitHub's actions as tools and call those whose answers were recorded; the provider
//! answers as it did then.

use std::fs;
use std::path::Path;
use std::process::Command;

use plugwright_gateway::{Case, Surface, answer};
use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Setup};
use plugwright_tests::{
    Likeness, Loopback, npm, outcome_of_github, python, recorded_of_github, replaying,
};
use reqwest::Method;
use tempfile::TempDir;

use crate::fixture;

/// What clients are run against: a gateway, and what starts another one on standard input and output.
struct Stage {
    _gateway: GatewayProcess,
    _upstream: Loopback,
    folder: TempDir,
    calls: usize,
}

impl Stage {
    async fn set() -> Self {
        let cassettes = recorded_of_github();
        let mut calls = Vec::new();
        for (name, cassette) in &cassettes {
            let outcome = outcome_of_github(cassette).await;
            let error = outcome.as_ref().err().map(|error| {
                let case = if error.code() == plugwright_sdk::ErrorCode::OutcomeUnknown {
                    Case::DoubtfulWrite
                } else {
                    Case::Repeatable
                };
                answer(error.code(), case, Surface::Mcp).code
            });
            calls.push(json!({
                "name": name,
                "tool": format!("github_{}", cassette.action.replace('.', "_")),
                "input": cassette.call.input,
                "expected": outcome.ok().map(|result| result.data),
                "error": error,
            }));
        }
        let label = &cassettes["labels.get.json"];
        let discovery = json!({
            "name": "labels.get.json",
            "words": "get label by name",
            "action": "github.labels.get",
            "input": label.call.input,
            "expected": outcome_of_github(label).await.expect("a label").data,
        });

        let upstream = Loopback::start(replaying(cassettes, Likeness::Whole))
            .await
            .expect("a port");
        let provider = format!("http://{}", upstream.address());
        let folder = tempfile::tempdir().expect("a folder");
        let configuration = folder.path().join("gateway.toml");
        let settings = format!("[connectors.github]\nbase_url = \"{provider}\"\n");
        fs::write(&configuration, settings).expect("a configuration file");
        let setup = |data: &str| {
            Setup::new(fixture::GITHUB)
                .data(folder.path().join(data))
                .argument("--config")
                .argument(&configuration)
                .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
        };
        // A data directory is for one process: what is connected in it is there for the next one.
        let other = setup("other").start().await;
        connect(&other).await;
        other.kill().await;
        let gateway = setup("data").start().await;
        connect(&gateway).await;
        let (variable, connectors) = fixture::GITHUB.variable();
        let plan = json!({
            "url": gateway.url(),
            "token": gateway.token("client", json!({})).await.1,
            "provider": provider,
            "tools": plugwright_github::CONNECTOR.actions().len(),
            "calls": calls,
            "discovery": discovery,
            "stdio": {
                "command": fixture::GITHUB.binary(),
                "args": [
                    "mcp", "--tools", "github.*",
                    "--config", configuration,
                    "--data-dir", folder.path().join("other"),
                    "--egress-allow", "127.0.0.1",
                    "--egress-retries", "0",
                ],
                "env": { "NO_PROXY": "127.0.0.1", variable: connectors },
            },
        });
        fs::write(folder.path().join("plan.json"), plan.to_string()).expect("the plan");
        Self {
            _gateway: gateway,
            _upstream: upstream,
            folder,
            calls: calls.len(),
        }
    }

    /// Runs a client that follows the plan; returns how often it said that something is fine.
    async fn run(&self, command: impl FnOnce(&Path) -> Command + Send + 'static) -> usize {
        let plan = self.folder.path().join("plan.json");
        let running = tokio::task::spawn_blocking(move || {
            npm::run(command(&plan).env("NO_PROXY", "127.0.0.1"))
        });
        let printed = running
            .await
            .unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        println!("{printed}");
        printed
            .lines()
            .filter(|line| line.starts_with("ok "))
            .count()
    }
}

async fn connect(gateway: &GatewayProcess) {
    let connection: Value = json!({
        "connector": "github",
        "credential": { "token": "secret-of-github" },
        "test": false,
    });
    let made = gateway.admin(Method::POST, "/connections", Some(connection));
    made.await.expect("an answer").ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_typescript_clients_list_and_call_recorded_actions() {
    let stage = Stage::set().await;
    for package in ["@modelcontextprotocol/sdk", "@modelcontextprotocol/client"] {
        let fine = stage
            .run(move |plan| {
                let folder = npm::install("mcp_clients", env!("CARGO_TARGET_TMPDIR"));
                let mut command = Command::new("node");
                command.args(["check.mjs", package]).arg(plan);
                command.current_dir(folder);
                command
            })
            .await;
        // Each call over HTTP and on standard input and output, discovery, and a refusal.
        assert_eq!(fine, stage.calls * 2 + 2, "{package}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_python_client_lists_and_calls_recorded_actions() {
    let stage = Stage::set().await;
    let fine = stage
        .run(|plan| {
            let mut command =
                Command::new(python::install("mcp_clients", env!("CARGO_TARGET_TMPDIR")));
            command
                .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/suite/mcp_clients/check.py"))
                .arg(plan);
            command
        })
        .await;
    // Two versions over HTTP with discovery each, and standard input and output.
    assert_eq!(fine, stage.calls * 3 + 2);
}
