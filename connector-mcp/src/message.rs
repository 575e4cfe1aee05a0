//! Messages of JSON-RPC.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use plugwright_sdk::http::Body;
use plugwright_sdk::transport::{Request, Response, TransportError};
use serde_json::{Map, Value, json};

/// A message of a server may have so many bytes.
pub(crate) const LONGEST_MESSAGE: usize = 16 << 20;

/// A server may have so many tools.
pub(crate) const MOST_TOOLS: usize = 2000;

/// All definitions of a server may have so many bytes.
pub(crate) const LONGEST_LIST: usize = 16 << 20;

/// What an action asks a server for.
pub(crate) enum Wish {
    /// All tools, with what the server says of itself.
    List,
    /// The result of a tool.
    Call {
        tool: String,
        arguments: Map<String, Value>,
    },
}

/// What a server says of itself and its tools.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listing {
    pub(crate) info: Value,
    pub(crate) instructions: Value,
    pub(crate) tools: Vec<Value>,
}

/// Returns the message that asks for all tools.
pub fn list_request() -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list" })
}

impl Wish {
    pub(crate) fn of(request: &Request) -> Result<Self, TransportError> {
        let message = message(request);
        match message["method"].as_str() {
            Some("tools/list") => Ok(Self::List),
            Some("tools/call") => {
                let params = &message["params"];
                let tool = params["name"].as_str().unwrap_or_default().to_owned();
                let arguments = params["arguments"].as_object().cloned();
                Ok(Self::Call {
                    tool,
                    arguments: arguments.unwrap_or_default(),
                })
            }
            _ => Err(TransportError::Refused(
                "only tools of an MCP server can be called".to_owned(),
            )),
        }
    }
}

impl Listing {
    /// Adds a page of tools; tells whether there is room for more.
    pub(crate) fn add(
        &mut self,
        page: Vec<Value>,
        bytes: &mut usize,
    ) -> Result<(), TransportError> {
        *bytes += page
            .iter()
            .map(|tool| tool.to_string().len())
            .sum::<usize>();
        if *bytes > LONGEST_LIST {
            return Err(TransportError::TooLarge { cap: LONGEST_LIST });
        }
        self.tools.extend(page);
        if self.tools.len() > MOST_TOOLS {
            let message = format!("the MCP server has more than {MOST_TOOLS} tools");
            return Err(TransportError::Refused(message));
        }
        Ok(())
    }

    pub(crate) fn into_response(self) -> Response {
        let Self {
            info,
            instructions,
            tools,
        } = self;
        response(&json!({
            "jsonrpc": "2.0", "id": 1,
            "result": { "serverInfo": info, "instructions": instructions, "tools": tools },
        }))
    }
}

/// Makes the answer that an action reads.
pub(crate) fn response(message: &Value) -> Response {
    let json = HeaderValue::from_static("application/json");
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, json)]);
    Response::new(200, headers, message.to_string())
}

/// Returns the message in the body of a request.
pub(crate) fn message(request: &Request) -> Value {
    let body = request.body.bytes();
    let message = body.and_then(|body| serde_json::from_slice(body).ok());
    message.unwrap_or_default()
}

/// Returns a request with another message in its body.
pub(crate) fn with_message(request: &Request, message: &Value) -> Request {
    let mut request = request.clone();
    request.body = Body::new("application/json", message.to_string());
    request
}

/// Says that an answer can't be understood.
pub(crate) fn unreadable(problem: impl Into<String>) -> TransportError {
    TransportError::Undecodable(problem.into().into())
}
