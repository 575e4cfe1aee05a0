//! A session with a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use http::header::{ACCEPT, HeaderName, HeaderValue};
use plugwright_sdk::transport::{Network, Request, Response, Transport, TransportError};
use serde_json::{Value, json};

use super::Failure;
use super::answer::{Messages, Reply};
use super::last_use::LastUse;
use crate::definition::{Found, Known};
use crate::message::{Listing, message, response, unreadable, with_message};

/// The versions of the protocol that are spoken, the preferred one first.
const VERSIONS: [&str; 4] = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");

const METHOD_NOT_FOUND: i64 = -32601;

/// A server may ask so much before it answers.
const MOST_REQUESTS: usize = 1000;

pub(crate) struct Session {
    id: Option<HeaderValue>,
    version: &'static str,
    info: Value,
    instructions: Value,
    requests: AtomicU64,
    known: Known,
    pub(super) last_use: LastUse,
}

/// How a call reaches the server: what its requests are made of, and what sends them.
#[derive(Clone, Copy)]
pub(crate) struct Line<'a> {
    pub(crate) request: &'a Request,
    pub(crate) network: &'a Network,
}

/// A call whose answer is waited for. If it is dropped before that is there, the server is told.
struct Waiting(Option<(Request, Arc<dyn Transport>)>);

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some((cancellation, network)) = self.0.take()
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                if let Err(error) = network.send(&cancellation).await {
                    tracing::debug!(%error, "can't tell an MCP server of a cancelled call");
                }
            });
        }
    }
}

impl Session {
    pub(super) async fn open(line: Line<'_>) -> Result<Self, Failure> {
        let mut session = Self {
            id: None,
            version: VERSIONS[0],
            info: Value::Null,
            instructions: Value::Null,
            requests: AtomicU64::new(0),
            known: Known::default(),
            last_use: LastUse::now(),
        };
        let params = json!({
            "protocolVersion": VERSIONS[0],
            "capabilities": {},
            "clientInfo": { "name": "plugwright", "version": env!("CARGO_PKG_VERSION") },
        });
        let response = session
            .post(line, session.next_id(), "initialize", params)
            .await?;
        let id = response.headers.get(SESSION).cloned();
        let mut result = session.result(response, line).await?;
        let version = result["protocolVersion"].as_str().unwrap_or_default();
        let known = VERSIONS.into_iter().find(|known| *known == version);
        session.version = known.ok_or_else(|| {
            TransportError::Refused(
                "the MCP server speaks a version of the protocol that is not supported".to_owned(),
            )
        })?;
        session.id = id;
        session.info = result["serverInfo"].take();
        session.instructions = result["instructions"].take();
        let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        session.send(line, &ready).await?;
        Ok(session)
    }

    pub(super) fn is_named(&self) -> bool {
        self.id.is_some()
    }

    /// Returns the tools that the server has, as it was asked not long ago.
    pub(crate) async fn found(
        &self,
        line: Line<'_>,
        note: impl FnOnce(&Found),
    ) -> Result<Found, Failure> {
        self.known.get(self.list(line), note).await
    }

    pub(crate) async fn list(&self, line: Line<'_>) -> Result<Listing, Failure> {
        let (info, instructions) = (self.info.clone(), self.instructions.clone());
        let mut listing = Listing::new(info, instructions, line.request.redactor());
        let mut params = json!({});
        loop {
            let response = self
                .post(line, self.next_id(), "tools/list", params)
                .await?;
            let mut page = self.result(response, line).await?;
            let Value::Array(tools) = page["tools"].take() else {
                return Err(unreadable("it has no list of tools").into());
            };
            listing.add(tools)?;
            params = match page["nextCursor"].take() {
                Value::String(cursor) => json!({ "cursor": cursor }),
                _ => return Ok(listing),
            };
        }
    }

    /// Sends the call of a tool. An answer with an error status is returned as it is.
    pub(super) async fn call(&self, line: Line<'_>) -> Result<Response, TransportError> {
        let params = message(line.request)["params"].clone();
        let id = self.next_id();
        let cancellation = json!({
            "jsonrpc": "2.0", "method": "notifications/cancelled",
            "params": { "requestId": id, "reason": "the caller gave up" },
        });
        let cancellation = self.request(line, &cancellation);
        let mut waiting = Waiting(Some((cancellation, Arc::clone(&line.network.after))));
        let answered = async {
            let answer = self.post(line, id, "tools/call", params).await?;
            if !(200..300).contains(&answer.status) {
                return Ok(answer);
            }
            Ok(response(&self.reply(answer, line).await?))
        };
        let answered = answered.await;
        // After a timeout the server still works on it.
        if !matches!(answered, Err(TransportError::Timeout(_))) {
            waiting.0 = None;
        }
        answered
    }

    fn next_id(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }

    async fn post(
        &self,
        line: Line<'_>,
        id: u64,
        method: &str,
        params: Value,
    ) -> Result<Response, TransportError> {
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        self.send(line, &message).await
    }

    async fn send(&self, line: Line<'_>, message: &Value) -> Result<Response, TransportError> {
        line.network.during.send(&self.request(line, message)).await
    }

    fn request(&self, line: Line<'_>, message: &Value) -> Request {
        let mut request = with_message(line.request, message);
        let both = HeaderValue::from_static("application/json, text/event-stream");
        request.headers.insert(ACCEPT, both);
        if message["method"] != "initialize" {
            let version = HeaderValue::from_static(self.version);
            request.headers.insert(VERSION, version);
        }
        if let Some(id) = &self.id {
            request.headers.insert(SESSION, id.clone());
        }
        request
    }

    async fn result(&self, response: Response, line: Line<'_>) -> Result<Value, Failure> {
        if !(200..300).contains(&response.status) {
            return Err(Failure::Status(response));
        }
        let mut message = self.reply(response, line).await?;
        match message["result"].take() {
            result @ Value::Object(_) => Ok(result),
            _ => {
                let message = "the MCP server refused `tools/list`";
                Err(TransportError::Refused(message.to_owned()).into())
            }
        }
    }

    /// Reads the reply to a request. What the server asks meanwhile is declined: a gateway has neither
    /// a model nor a person.
    async fn reply(&self, response: Response, line: Line<'_>) -> Result<Value, TransportError> {
        let mut messages = Messages::of(response);
        let mut requests = 0;
        loop {
            match messages.next().await? {
                Reply::Response(message) => return Ok(message),
                Reply::Request { id, method } => {
                    requests += 1;
                    if requests > MOST_REQUESTS {
                        return Err(unreadable(format!(
                            "it has more than {MOST_REQUESTS} requests"
                        )));
                    }
                    let answer = if method == "ping" {
                        json!({ "jsonrpc": "2.0", "id": id, "result": {} })
                    } else {
                        let message = "this client has neither a model nor a person to ask";
                        json!({
                            "jsonrpc": "2.0", "id": id,
                            "error": { "code": METHOD_NOT_FOUND, "message": message },
                        })
                    };
                    self.send(line, &answer).await?;
                }
                Reply::Notification(method) => {
                    if method == "notifications/tools/list_changed" {
                        self.known.change();
                    }
                }
            }
        }
    }
}
