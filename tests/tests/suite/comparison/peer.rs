//! The frameworks, each with its shelf, as something that is called.

use std::fs;
use std::process::Stdio;

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Setup, client};
use plugwright_tests::{npm, python};
use reqwest::Method;
use rmcp::ServiceExt as _;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};

use super::rmcp::Shelf;
use crate::fixture;
use crate::mcp::speaker::{NEWEST, Speaker};

/// What each of them can do.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tool {
    List,
    Get,
    Create,
}

impl Tool {
    /// The verb, as the names of tools begin.
    fn verb(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
        }
    }

    /// The name, as most of them have it.
    fn name(self, separator: &str) -> String {
        let plural = if matches!(self, Self::List) { "s" } else { "" };
        format!("{}{separator}item{plural}", self.verb())
    }
}

/// One of them.
pub(super) enum Peer {
    Plugwright(Box<GatewayProcess>, String),
    FastMcp(Lines),
    Rmcp(Lines),
    Nango(Lines),
}

impl Peer {
    /// Starts all of them for an API.
    pub(super) async fn all(url: &str, token: &str) -> [Self; 4] {
        [
            Self::plugwright(url, token).await,
            Self::fast_mcp(url, token).await,
            Self::rmcp(url, token).await,
            Self::nango(url, token),
        ]
    }

    async fn plugwright(url: &str, token: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let configuration = folder.path().join("gateway.toml");
        fs::write(
            &configuration,
            format!("[connectors.shelf]\nbase_url = \"{url}\"\n"),
        )
        .expect("a configuration file");
        let setup = Setup::new(fixture::SHELF)
            .argument("--config")
            .argument(&configuration);
        let gateway = setup.start().await;
        let connection = json!({
            "connector": "shelf",
            "credential": { "token": token },
            "test": false,
        });
        let made = gateway.admin(Method::POST, "/connections", Some(connection));
        made.await.expect("an answer").ok();
        let access = gateway.token("caller", json!({})).await.1;
        Self::Plugwright(Box::new(gateway), access)
    }

    async fn fast_mcp(url: &str, token: &str) -> Self {
        let python = python::install("fastmcp", env!("CARGO_TARGET_TMPDIR"));
        let child = Command::new(python)
            .arg("tests/suite/fastmcp/server.py")
            .env("SHELF_URL", url)
            .env("SHELF_TOKEN", token)
            .env("NO_PROXY", "127.0.0.1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the server can be run");
        let mut lines = Lines::of(child);
        lines.initialize().await;
        Self::FastMcp(lines)
    }

    async fn rmcp(url: &str, token: &str) -> Self {
        let shelf = Shelf {
            url: url.to_owned(),
            token: token.to_owned(),
            client: client(),
        };
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        tokio::spawn(async move {
            let service = shelf.serve(tokio::io::split(theirs)).await;
            service.expect("a session").waiting().await
        });
        let (reader, writer) = tokio::io::split(ours);
        let mut lines = Lines::new(reader, writer);
        lines.initialize().await;
        Self::Rmcp(lines)
    }

    fn nango(url: &str, token: &str) -> Self {
        let folder = npm::install("nango", env!("CARGO_TARGET_TMPDIR"));
        let child = Command::new("node")
            .args(["run.mjs", url, token])
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the runner can be run");
        Self::Nango(Lines::of(child))
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Plugwright(..) => "Plugwright",
            Self::FastMcp(..) => "FastMCP 4.2.3",
            Self::Rmcp(_) => "rmcp 3.9",
            Self::Nango(..) => "Nango 0.71.10",
        }
    }

    /// Whether what it does with answers that pass is not for the test to say.
    pub(super) fn is_silent_of(&self, passing: bool) -> bool {
        passing && matches!(self, Self::Nango(..))
    }

    /// The files of its shelf.
    pub(super) fn files(&self) -> &'static [&'static str] {
        match self {
            Self::Plugwright(..) => &["src/shelf.rs", "src/shelf/items.rs", "src/shelf/model.rs"],
            Self::FastMcp(..) => &["tests/suite/fastmcp/server.py"],
            Self::Rmcp(_) => &["tests/suite/comparison/rmcp.rs"],
            Self::Nango(..) => &[
                "tests/suite/nango/model.ts",
                "tests/suite/nango/list-items.ts",
                "tests/suite/nango/get-item.ts",
                "tests/suite/nango/create-item.ts",
            ],
        }
    }

    /// Counts the lines of its shelf that are not empty.
    pub(super) fn lines(&self) -> usize {
        let count = |file: &&str| {
            let text = fs::read_to_string(file).expect("a file of the comparison");
            text.lines().filter(|line| !line.trim().is_empty()).count()
        };
        self.files().iter().map(count).sum()
    }

    /// Calls a tool. Returns whether it failed, and all that the caller gets.
    pub(super) async fn call(&mut self, tool: Tool, input: Value) -> (bool, String) {
        let answer = match self {
            Self::Plugwright(gateway, token) => {
                let mut speaker = Speaker::new(gateway, token, NEWEST).await;
                "/mcp?tools=shelf.*".clone_into(&mut speaker.path);
                let name = format!("shelf_items_{}", tool.verb());
                let params = json!({ "name": name, "arguments": input });
                speaker.ask("tools/call", params).await.body
            }
            Self::FastMcp(lines) | Self::Rmcp(lines) => {
                let params = json!({ "name": tool.name("_"), "arguments": input });
                lines.request("tools/call", params).await
            }
            Self::Nango(lines) => {
                let call = json!({ "name": tool.name("-"), "input": input });
                let result = lines.exchange(&call).await;
                let text = result["text"].as_str().expect("a text").to_owned();
                return (result["failed"] == true, text);
            }
        };
        let failed = answer.get("error").is_some() || answer["result"]["isError"] == true;
        (failed, answer.to_string())
    }
}

/// Messages of one line each.
pub(super) struct Lines {
    reader: Box<dyn tokio::io::AsyncBufRead + Send + Unpin>,
    writer: Box<dyn AsyncWrite + Send + Unpin>,
    id: u32,
    /// The process behind them, if it is one: it ends with them.
    _process: Option<Child>,
}

impl Lines {
    fn new(
        reader: impl AsyncRead + Send + Unpin + 'static,
        writer: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Self {
        Self {
            reader: Box::new(BufReader::new(reader)),
            writer: Box::new(writer),
            id: 0,
            _process: None,
        }
    }

    fn of(mut child: Child) -> Self {
        let output = child.stdout.take().expect("it is a pipe");
        let input = child.stdin.take().expect("it is a pipe");
        Self {
            _process: Some(child),
            ..Self::new(output, input)
        }
    }

    async fn initialize(&mut self) {
        let params = json!({
            "protocolVersion": "2025-06-18",
            "capabilities": {},
            "clientInfo": { "name": "comparison", "version": "1" },
        });
        self.request("initialize", params).await;
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        self.write(&initialized).await;
    }

    /// Makes a request, and passes over what is not its answer.
    async fn request(&mut self, method: &str, params: Value) -> Value {
        self.id += 1;
        let id = self.id;
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.write(&request).await;
        loop {
            let answer = self.read().await;
            if answer["id"] == id {
                return answer;
            }
        }
    }

    async fn exchange(&mut self, message: &Value) -> Value {
        self.write(message).await;
        self.read().await
    }

    async fn write(&mut self, message: &Value) {
        let line = format!("{message}\n");
        let written = self.writer.write_all(line.as_bytes()).await;
        written.expect("the other side reads");
        self.writer.flush().await.expect("the other side reads");
    }

    async fn read(&mut self) -> Value {
        let mut line = String::new();
        let read = self.reader.read_line(&mut line).await;
        assert_ne!(read.expect("the other side writes"), 0, "it ended");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }
}
