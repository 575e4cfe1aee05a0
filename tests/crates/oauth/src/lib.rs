//! An authorization server of one's own, which ends with the test.
//!
//! It is npm's `oidc-provider`, run by Node.js on a port of loopback, with sign-in and consent as
//! pages of plain HTML, a resource (`GET /api/...`) that its tokens open, a record of what
//! happened, and faults on demand.
#![allow(
    missing_docs,
    clippy::missing_panics_doc,
    reason = "helpers of tests go by their names, and fail where a test would"
)]

#[cfg(unix)]
mod browser;
mod settings;
mod walk;

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use plugwright_sdk::transport::Live;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;
use url::Url;

#[cfg(unix)]
pub use browser::answer_in;
pub use settings::{Client, Settings};
pub use walk::Answer;

/// The password of every account; any name is an account.
pub const PASSWORD: &str = "open sesame";

/// How long a start may take on a machine that does much else.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server that runs until it is dropped.
pub struct AuthorizationServer {
    issuer: Url,
    http: reqwest::Client,
    _process: Child,
}

/// What a request at the token endpoint meets, instead of the usual answer.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// This status; nothing is done.
    Status(u16),
    /// The connection is closed; nothing is done.
    DropBefore,
    /// What was asked is done, and the connection is closed without an answer.
    DropAfter,
    /// The usual answer, after this time.
    Delay(Duration),
}

impl AuthorizationServer {
    /// Starts a server and waits until it listens.
    pub async fn start(settings: &Settings) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("server");
        let scratch = plugwright_tests_packages::scratch().join("oauth");
        let folder = plugwright_tests_packages::npm::install(&source, &scratch);
        let mut process = Command::new("node")
            .arg(folder.join("server.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("Node.js can be run");
        let mut input = process.stdin.take().expect("it is a pipe");
        let text = settings.to_json().to_string();
        let written = input.write_all(text.as_bytes()).await;
        written.expect("the server reads its settings");
        drop(input);
        let mut lines = BufReader::new(process.stdout.take().expect("it is a pipe")).lines();
        let listening = async {
            while let Some(line) = lines.next_line().await.expect("its output is text") {
                if line.starts_with("http://") {
                    return line;
                }
            }
            panic!("the authorization server ended before it listened");
        };
        let issuer = timeout(PATIENCE, listening).await;
        let issuer = issuer.expect("the authorization server listens in time");
        // What else it prints has to go somewhere.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Self {
            issuer: Url::parse(&issuer).expect("the issuer is a URL"),
            http: Live::client_builder()
                .expect("TLS")
                .no_proxy()
                .build()
                .expect("an HTTP client"),
            _process: process,
        }
    }

    /// Returns the address of a path, such as `/token`.
    pub fn url(&self, path: &str) -> Url {
        self.issuer.join(path).expect("a path")
    }

    pub fn authorization_endpoint(&self) -> Url {
        self.url("/auth")
    }

    pub fn token_endpoint(&self) -> Url {
        self.url("/token")
    }

    /// Returns the revocation endpoint (RFC 7009).
    pub fn revocation_endpoint(&self) -> Url {
        self.url("/token/revocation")
    }

    /// Makes the next requests at the token endpoint meet a fault, `times` of them.
    pub async fn fault(&self, fault: Fault, times: usize) {
        let mut body = match fault {
            Fault::Status(status) => serde_json::json!({"status": status}),
            Fault::DropBefore => serde_json::json!({"drop": "before"}),
            Fault::DropAfter => serde_json::json!({"drop": "after"}),
            Fault::Delay(delay) => serde_json::json!({"delay": delay.as_millis()}),
        };
        body["times"] = times.into();
        let request = self.http.post(self.url("/__faults")).body(body.to_string());
        let response = request.send().await.expect("the server answers");
        assert!(response.status().is_success(), "{response:?}");
    }

    /// Returns what happened so far.
    pub async fn events(&self) -> Events {
        Events(self.told("/__events").await)
    }

    /// Returns every token and code that was issued so far.
    pub async fn issued(&self) -> Vec<String> {
        let told = self.told("/__issued").await;
        serde_json::from_value(told).expect("the server's answer is a list of texts")
    }

    async fn told(&self, path: &str) -> Value {
        let response = self.http.get(self.url(path)).send().await;
        let body = response.expect("the server answers").text().await;
        let body = body.expect("the server's answer is text");
        serde_json::from_str(&body).expect("the server's answer is JSON")
    }
}

/// What happened at a server.
#[derive(Clone, Debug)]
pub struct Events(Value);

impl Events {
    /// Returns how many requests at the token endpoint ended so: `outcome` is `success` or an
    /// error's code (RFC 6749, section 5.2), `grant_type` what was sent.
    pub fn token_requests(&self, grant_type: &str, outcome: &str) -> u64 {
        self.0["token_requests"][grant_type][outcome]
            .as_u64()
            .unwrap_or(0)
    }

    /// Returns how many grants were revoked: by a refresh token that came twice, a code that came
    /// twice, or a revoked refresh token.
    pub fn revoked_grants(&self) -> u64 {
        self.0["revoked_grants"].as_u64().unwrap_or(0)
    }

    /// Returns how many requests at the revocation endpoint were accepted.
    pub fn revocations(&self) -> u64 {
        self.0["revocations"].as_u64().unwrap_or(0)
    }

    /// Returns all that the server tells, as JSON.
    pub fn as_json(&self) -> &Value {
        &self.0
    }
}
