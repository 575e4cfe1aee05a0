//! A client of MCP that says what it is told to say.

use plugwright_sdk::{Value, json};
use plugwright_tests::gateway::{GatewayProcess, Reply, send, with_json};
use reqwest::{Method, RequestBuilder};

/// The versions that are spoken, the oldest first.
pub(crate) const VERSIONS: [&str; 3] = ["2025-06-18", "2025-11-25", NEWEST];

/// The version without sessions.
pub(crate) const NEWEST: &str = "2026-07-28";

/// A client.
pub(crate) struct Speaker<'a> {
    pub(crate) gateway: &'a GatewayProcess,
    pub(crate) token: String,
    pub(crate) version: &'static str,
    pub(crate) session: Option<String>,
    /// Path and query.
    pub(crate) path: String,
}

impl<'a> Speaker<'a> {
    /// Makes a client, which begins a session where its version has them.
    pub(crate) async fn new(
        gateway: &'a GatewayProcess,
        token: &str,
        version: &'static str,
    ) -> Self {
        let mut speaker = Self {
            gateway,
            token: token.to_owned(),
            version,
            session: None,
            path: "/mcp".to_owned(),
        };
        if version != NEWEST {
            speaker.begin().await;
        }
        speaker
    }

    /// Begins a session.
    async fn begin(&mut self) {
        let params = json!({
            "protocolVersion": self.version,
            "capabilities": {},
            "clientInfo": { "name": "speaker", "version": "1.0.0" },
        });
        let reply = self.ask("initialize", params).await;
        let session = reply.headers.get("mcp-session-id").expect("a session");
        self.session = Some(session.to_str().expect("a text").to_owned());
        let answer = reply.ok();
        assert_eq!(answer["result"]["protocolVersion"], self.version);
        let heard = self
            .notify("notifications/initialized", json!({}))
            .await
            .status;
        assert_eq!(heard, 202);
    }

    /// Makes a request, which has what the version wants of every one.
    pub(crate) fn request(&self, id: u32, method: &str, mut params: Value) -> RequestBuilder {
        if self.version == NEWEST {
            let prefix = "io.modelcontextprotocol";
            let meta = &mut params["_meta"];
            meta[format!("{prefix}/protocolVersion")] = self.version.into();
            meta[format!("{prefix}/clientInfo")] = json!({ "name": "speaker", "version": "1" });
            meta[format!("{prefix}/clientCapabilities")] = json!({});
        }
        let mut request = self.head(Method::POST);
        if self.version == NEWEST {
            request = request.header("mcp-method", method);
            if let Some(name) = params["name"].as_str() {
                request = request.header("mcp-name", name);
            }
        }
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        with_json(request, &message)
    }

    /// Makes what every request begins with.
    pub(crate) fn head(&self, method: Method) -> RequestBuilder {
        let mut request = self
            .gateway
            .request(method, &self.path, &self.token)
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", self.version);
        if let Some(session) = &self.session {
            request = request.header("mcp-session-id", session);
        }
        request
    }

    /// Sends a request and returns the whole answer.
    pub(crate) async fn ask(&self, method: &str, params: Value) -> Reply {
        send(self.request(1, method, params))
            .await
            .expect("an answer")
    }

    /// Sends a notification.
    pub(crate) async fn notify(&self, method: &str, params: Value) -> Reply {
        let message = json!({ "jsonrpc": "2.0", "method": method, "params": params });
        let request = self.head(Method::POST).header("mcp-method", method);
        send(with_json(request, &message)).await.expect("an answer")
    }

    /// Returns the names of the tools that are listed.
    pub(crate) async fn tools(&self) -> Vec<String> {
        let answer = self.ask("tools/list", json!({})).await.ok();
        let tools = answer["result"]["tools"].as_array().expect("tools");
        let name = |tool: &Value| tool["name"].as_str().expect("a name").to_owned();
        tools.iter().map(name).collect()
    }

    /// Calls a tool; returns its result.
    pub(crate) async fn call(&self, tool: &str, arguments: Value) -> Value {
        self.call_with(tool, arguments, json!({})).await
    }

    /// Calls a tool with members of `_meta`; returns its result.
    pub(crate) async fn call_with(&self, tool: &str, arguments: Value, meta: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
        let answer = self.ask("tools/call", params).await.ok();
        assert!(answer["result"].is_object(), "{answer}");
        answer["result"].clone()
    }
}

/// Returns the text of a result that is an error.
#[track_caller]
pub(crate) fn error(result: &Value) -> &str {
    assert_eq!(result["isError"], true, "{result}");
    assert!(result.get("structuredContent").is_none(), "{result}");
    result["content"][0]["text"].as_str().expect("a text")
}

/// Returns the structured content of a result that is none. The text says the same, without `result`
/// around what is no object by its schema.
#[track_caller]
pub(crate) fn data(result: &Value) -> &Value {
    assert_ne!(result["isError"], true, "{result}");
    let data = &result["structuredContent"];
    let text = result["content"][0]["text"].as_str().expect("a text");
    let said = data.get("result").unwrap_or(data);
    assert_eq!(text.parse::<Value>().ok().as_ref(), Some(said), "{result}");
    data
}
