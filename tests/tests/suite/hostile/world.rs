//! A gateway, a provider on loopback, and what is asked of every refusal.

use std::ops::RangeInclusive;
use std::time::Duration;

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, Setup, send, with_json};
use plugwright_tests::raw::{RawReply, exchange, request};
use plugwright_tests::{Loopback, Received};
use reqwest::Method;
use tokio::time::{Instant, sleep};

use crate::fixture;

/// Longest answer to a refusal, and longest line of the log, in bytes.
const LONGEST: usize = 16 << 10;
/// Longest part of a request that its answer may repeat, in characters.
const LONGEST_ECHO: usize = 200;
/// Most memory that one refusal takes: room for a body of 10 MiB that may bring a file, and the
/// allocator's own.
const MOST_MEMORY: u64 = 32 << 20;
/// Most processor time that one refusal takes of an optimized process, and of one that is not.
const MOST_TIME: Duration = Duration::from_millis(if cfg!(debug_assertions) { 400 } else { 20 });
/// Longest time that anybody else waits for the least of answers.
const LONGEST_PAUSE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 2 } else { 1 });
/// How often a call is made to measure it: processor time comes in ticks of 10 ms.
const CALLS: u32 = 3;

/// The status of a refusal that is the caller's fault.
pub(crate) const CALLERS_FAULT: RangeInclusive<u16> = 400..=499;

/// A gateway with a connection to a provider, and a caller's token.
pub(crate) struct World {
    pub(crate) gateway: GatewayProcess,
    pub(crate) provider: Loopback,
    pub(crate) token: String,
}

/// Returns a set-up of the binary with the connectors of these tests.
pub(crate) fn setup() -> Setup {
    Setup::new(fixture::HOSTILE)
}

/// Makes a provider's answer.
pub(crate) fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

/// Makes a provider's answer of JSON.
pub(crate) fn json_answer(body: &str) -> Vec<u8> {
    answer("200 OK\r\ncontent-type: application/json", body.as_bytes())
}

/// Starts a provider.
pub(crate) async fn provider(
    answer: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static,
) -> Loopback {
    Loopback::start(answer).await.expect("a port")
}

impl World {
    /// Starts a gateway whose provider answers everything with an empty object.
    pub(crate) async fn new() -> Self {
        Self::with(setup(), |_| json_answer("{}")).await
    }

    /// Starts a gateway whose provider answers as told.
    pub(crate) async fn with(
        setup: Setup,
        answer: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        let provider = provider(answer).await;
        let gateway = setup.start().await;
        let url = format!("http://{}", provider.address());
        gateway.connect("main", &url).await;
        let credential = json!({ "token": "secret-of-odd" });
        connect(&gateway, "odd", &url, credential).await.ok();
        let grant = json!({ "proxies": ["*"] });
        let (_, token) = gateway.token("caller", grant).await;
        Self {
            gateway,
            provider,
            token,
        }
    }

    pub(crate) fn address(&self) -> &str {
        self.gateway.url().trim_start_matches("http://")
    }

    /// Makes a request of the caller with a body of JSON.
    pub(crate) fn post(&self, path: &str, body: &[u8]) -> Vec<u8> {
        let authorization = format!("authorization: Bearer {}", self.token);
        let headers = [authorization.as_str(), "content-type: application/json"];
        request("POST", path, &headers, body)
    }

    /// Makes a request of the caller with a form.
    pub(crate) fn form(&self, path: &str, body: &[u8]) -> Vec<u8> {
        let authorization = format!("authorization: Bearer {}", self.token);
        let kind = "content-type: application/x-www-form-urlencoded";
        request("POST", path, &[authorization.as_str(), kind], body)
    }

    /// Makes a request of the caller without a body.
    pub(crate) fn get(&self, path: &str) -> Vec<u8> {
        let authorization = format!("authorization: Bearer {}", self.token);
        request("GET", path, &[authorization.as_str()], b"")
    }

    /// Makes a call of a tool, in the version of MCP without sessions.
    pub(crate) fn tool(&self, tool: &str, arguments: &str) -> Vec<u8> {
        self.mcp_message("tools/call", tool, arguments)
    }

    pub(crate) fn mcp_message(&self, method: &str, tool: &str, arguments: &str) -> Vec<u8> {
        let prefix = "io.modelcontextprotocol";
        let version = "2026-07-28";
        // No header is as long as a name that is not to be taken.
        let header: String = tool.chars().take(64).collect();
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{"name":"{tool}","arguments":{arguments},"_meta":{{"{prefix}/protocolVersion":"{version}","{prefix}/clientInfo":{{"name":"hostile","version":"1"}},"{prefix}/clientCapabilities":{{}}}}}}}}"#
        );
        let headers = [
            &format!("authorization: Bearer {}", self.token),
            "content-type: application/json",
            "accept: application/json, text/event-stream",
            &format!("mcp-protocol-version: {version}"),
            &format!("mcp-method: {method}"),
            &format!("mcp-name: {header}"),
        ];
        request("POST", "/mcp", &headers, body.as_bytes())
    }

    /// Calls an action of a connector by its connection.
    pub(crate) async fn call(&self, action: &str, input: Value) -> Reply {
        let reply = self.gateway.call(&self.token, action, &input).await;
        reply.expect("an answer")
    }

    /// Calls an action with further members of the body.
    pub(crate) async fn call_with(&self, action: &str, body: Value) -> Reply {
        let path = format!("/v1/actions/{action}");
        let request = self.gateway.request(Method::POST, &path, &self.token);
        send(with_json(request, &body)).await.expect("an answer")
    }

    /// Asks the proxy.
    pub(crate) async fn proxy(&self, token: &str, connector: &str, body: Value) -> Reply {
        let path = format!("/v1/proxy/{connector}");
        let request = self.gateway.request(Method::POST, &path, token);
        send(with_json(request, &body)).await.expect("an answer")
    }

    /// Sends a request that must be refused as the caller's fault, and checks what holds for every
    /// refusal. Returns the last answer.
    pub(crate) async fn refuses(&self, what: &str, request: &[u8]) -> RawReply {
        let reply = self.measured(what, request).await;
        assert!(
            CALLERS_FAULT.contains(&reply.status),
            "{what}: {}",
            reply.head
        );
        reply
    }

    /// Sends a tool call that must be refused: with a status, with JSON-RPC's error, or as a result
    /// that is one.
    pub(crate) async fn refuses_tool(&self, what: &str, request: &[u8]) -> RawReply {
        let reply = self.measured(what, request).await;
        let text = reply.text();
        let refused = CALLERS_FAULT.contains(&reply.status)
            || (reply.status == 200
                && (text.contains("\"isError\":true") || text.contains("\"error\":{")));
        assert!(refused, "{what}: {}\n{text}", reply.head);
        reply
    }

    /// As [`refuses`](Self::refuses), and one of the limits must be counted.
    pub(crate) async fn limits(&self, what: &str, limits: &[&str], request: &[u8]) -> RawReply {
        let before = self.gateway.limit_hits(limits).await;
        let reply = self.refuses(what, request).await;
        let hits = self.gateway.limit_hits(limits).await - before;
        assert!(
            hits >= u64::from(CALLS),
            "{what}: {limits:?} are not counted"
        );
        reply
    }

    /// As [`limits`](Self::limits), of a tool call.
    pub(crate) async fn limits_tool(
        &self,
        what: &str,
        limits: &[&str],
        request: &[u8],
    ) -> RawReply {
        let before = self.gateway.limit_hits(limits).await;
        let reply = self.refuses_tool(what, request).await;
        let hits = self.gateway.limit_hits(limits).await - before;
        assert!(
            hits >= u64::from(CALLS),
            "{what}: {limits:?} are not counted"
        );
        reply
    }

    /// Makes a call a few times and checks what it took.
    async fn measured(&self, what: &str, request: &[u8]) -> RawReply {
        self.gateway.forget_most_memory();
        let before = self.gateway.memory();
        let worked = self.gateway.processor_time();
        let mut last = None;
        for _ in 0..CALLS {
            let reply = exchange(self.address(), request).await;
            let reply = reply.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert!(
                reply.length() <= LONGEST,
                "{what}: {} bytes",
                reply.length()
            );
            assert_brief(what, request, &reply);
            last = Some(reply);
        }
        let worked = self.gateway.processor_time().saturating_sub(worked) / CALLS;
        assert!(worked <= MOST_TIME, "{what}: {worked:?} of processor time");
        let grown = self.gateway.most_memory().saturating_sub(before);
        assert!(grown <= MOST_MEMORY, "{what}: {} MiB", grown >> 20);
        let longest = self.gateway.longest_log_line();
        assert!(
            longest <= LONGEST,
            "{what}: a line of {longest} bytes is logged"
        );
        self.healthy().await;
        last.expect("an answer")
    }

    /// Asserts that everybody else is served at once.
    pub(crate) async fn healthy(&self) {
        let began = Instant::now();
        let reply = exchange(self.address(), &request("GET", "/healthz", &[], b"")).await;
        assert_eq!(reply.expect("an answer").status, 200);
        let took = began.elapsed();
        assert!(took < LONGEST_PAUSE, "/healthz takes {took:?}");
    }

    /// Waits until a condition holds.
    pub(crate) async fn until(
        &self,
        what: &str,
        patience: Duration,
        holds: impl Fn(&Self) -> bool,
    ) {
        let began = Instant::now();
        while !holds(self) {
            assert!(
                began.elapsed() < patience,
                "{what}: not within {patience:?}"
            );
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Asserts that no long part of a request is in its answer.
fn assert_brief(what: &str, request: &[u8], reply: &RawReply) {
    // A common part of 200 characters has one of these pieces in it, wherever it begins.
    let sent = String::from_utf8_lossy(&request[..request.len().min(1 << 20)]);
    let body = reply.text();
    let letters: Vec<_> = body.chars().collect();
    for piece in letters.chunks(LONGEST_ECHO / 2) {
        let piece: String = piece.iter().collect();
        assert!(
            piece.chars().count() < LONGEST_ECHO / 2 || !sent.contains(&piece),
            "{what}: the answer repeats {piece}"
        );
    }
}

/// Makes a connection of a connector, whose provider is not asked.
pub(crate) async fn connect(
    gateway: &GatewayProcess,
    connector: &str,
    base_url: &str,
    credential: Value,
) -> Reply {
    let body = json!({
        "connector": connector,
        "name": "main",
        "credential": credential,
        "settings": { "base_url": base_url },
        "test": false,
    });
    let reply = gateway
        .admin(Method::POST, "/connections", Some(body))
        .await;
    reply.expect("an answer")
}
