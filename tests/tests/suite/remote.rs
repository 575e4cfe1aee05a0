//! The command line against a gateway: the same commands as in its own process, with the same
//! output. Both are real processes of one binary, and both ask one provider on loopback.

mod inspect;
mod profiles;
mod runs;

use std::path::Path;
use std::process::Output;

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Setup};
use plugwright_tests::{Loopback, Received};
use tempfile::TempDir;
use tokio::process::Command;

use crate::fixture;

/// The provider: two pages of things, and what can go wrong.
fn upstream(request: &Received) -> Vec<u8> {
    let (path, query) = request
        .target
        .split_once('?')
        .unwrap_or((&request.target, ""));
    match (request.method.as_str(), path) {
        ("GET", "/things") if query.contains("cursor=") => {
            reply(200, "", &json!({ "things": [{ "id": 3, "name": "bell" }] }))
        }
        ("GET", "/things") => {
            let things = json!([{ "id": 1, "name": "ball" }, { "id": 2, "name": "rope" }]);
            reply(200, "", &json!({ "things": things, "next": "p2" }))
        }
        ("GET", "/things/1") => reply(200, "", &json!({ "id": 1, "name": "ball" })),
        ("GET", "/things/denied") => reply(401, "", &json!({ "message": "no" })),
        ("GET", "/things/forbidden") => reply(403, "", &json!({ "message": "never" })),
        ("GET", "/things/busy") => reply(429, "retry-after: 90\r\n", &json!({ "message": "slow" })),
        ("GET", "/things/broken") => reply(500, "", &json!({ "message": "out of order" })),
        ("POST", "/things") => match serde_json::from_slice::<Value>(&request.body) {
            Ok(body) if body["name"] == "cut off" => Vec::new(),
            Ok(body) if body["name"] == "odd" => reply(422, "", &json!({ "message": "too odd" })),
            Ok(body) => reply(201, "", &json!({ "id": 4, "name": body["name"] })),
            Err(_) => reply(400, "", &json!({ "message": "no JSON" })),
        },
        _ => reply(404, "", &json!({ "message": "no such thing" })),
    }
}

fn reply(status: u16, headers: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    format!(
        "HTTP/1.1 {status} Said\r\ncontent-type: application/json\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A gateway, a provider, and a user with a directory for what is configured.
struct Lab {
    gateway: GatewayProcess,
    upstream: Loopback,
    token: String,
    home: TempDir,
}

/// What a command left behind.
#[derive(Debug, PartialEq)]
struct Ran {
    exit: i32,
    out: String,
    err: String,
}

impl Lab {
    async fn open() -> Self {
        Self::with(json!({})).await
    }

    async fn with(grant: Value) -> Self {
        let upstream = Loopback::start(upstream).await.expect("a port");
        let gateway = Setup::new(fixture::LOCAL)
            .env("PLUGWRIGHT_EGRESS_RETRIES", "0")
            .start()
            .await;
        let provider = format!("http://{}", upstream.address());
        gateway.connect("work", &provider).await;
        let token = gateway.token("full", grant).await.1;
        Self {
            gateway,
            upstream,
            token,
            home: tempfile::tempdir().expect("a directory"),
        }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::from(fixture::LOCAL.command());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PLUGWRIGHT_") {
                command.env_remove(name);
            }
        }
        command
            .args(arguments)
            .env("PLUGWRIGHT_CONFIG_DIR", self.home.path())
            .env("NO_PROXY", "127.0.0.1")
            .kill_on_drop(true);
        command
    }

    /// Runs a command in its own process, with the provider's address and a credential.
    async fn here(&self, line: &str) -> Ran {
        let mut arguments: Vec<_> = line.split('|').collect();
        let site = format!("base_url=http://{}", self.upstream.address());
        if arguments[0] == "run" {
            arguments.extend(["--set", &site]);
        }
        let mut command = self.command(&arguments);
        command.env("PLUGWRIGHT_LOCAL_TOKEN", "secret-of-work");
        ran(&mut command).await
    }

    /// Runs a command at the gateway.
    async fn there(&self, line: &str) -> Ran {
        let arguments: Vec<_> = line.split('|').collect();
        let mut command = self.command(&arguments);
        command
            .env("PLUGWRIGHT_GATEWAY", self.gateway.url())
            .env("PLUGWRIGHT_TOKEN", &self.token);
        ran(&mut command).await
    }

    fn file(&self, name: &str) -> String {
        let path = self.home.path().join(name);
        path.to_str().expect("a path in UTF-8").to_owned()
    }
}

async fn ran(command: &mut Command) -> Ran {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().await.expect("it can be run");
    Ran {
        exit: status.code().expect("an exit code"),
        out: String::from_utf8(stdout).expect("UTF-8"),
        err: String::from_utf8(stderr).expect("UTF-8"),
    }
}

/// Reads a file that must be there.
fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path).expect("a file")
}
