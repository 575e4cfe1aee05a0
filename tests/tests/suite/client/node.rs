//! The npm client, in a process of its own that runs what it is told.

use std::process::Stdio;
use std::time::Duration;

use plugwright_sdk::{Value, json};
use plugwright_tests::npm;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_mins(2);

/// Node.js with the npm client; it ends when it is dropped.
pub(super) struct Node {
    _process: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

impl Node {
    pub(super) async fn start(context: &Value) -> Self {
        let folder = tokio::task::spawn_blocking(|| {
            npm::install("oomol_client", env!("CARGO_TARGET_TMPDIR"))
        });
        let mut process = Command::new("node")
            .arg("side_by_side.mjs")
            .arg(context.to_string())
            // A proxy of the machine has no business with loopback.
            .env("NO_PROXY", "127.0.0.1")
            .current_dir(folder.await.expect("the package"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node.js can be run");
        let input = process.stdin.take().expect("it is a pipe");
        let output = process.stdout.take().expect("it is a pipe");
        Self {
            _process: process,
            input,
            output: BufReader::new(output).lines(),
        }
    }

    /// Runs an expression; returns `{"data": ..}` or `{"error": ..}`.
    pub(super) async fn run(&mut self, expression: &str) -> Value {
        let line = format!("{}\n", json!(expression));
        self.input
            .write_all(line.as_bytes())
            .await
            .expect("Node.js runs");
        let told = timeout(PATIENCE, self.output.next_line()).await;
        let told = told
            .expect("an answer in time")
            .expect("a text")
            .expect("Node.js runs");
        told.parse().unwrap_or_else(|_| panic!("{told}"))
    }
}

/// Returns a file of the npm package.
pub(super) fn file(name: &str) -> String {
    let folder = npm::install("oomol_client", env!("CARGO_TARGET_TMPDIR"));
    let path = folder
        .join("node_modules/@oomol-lab/connector/dist")
        .join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
