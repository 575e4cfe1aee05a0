//! Messages of JSON-RPC.

use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderValue};
use plugwright_sdk::host::Redactor;
use plugwright_sdk::http::Body;
use plugwright_sdk::transport::{Request, Response, TransportError};
use serde_json::{Map, Value, json};

pub(crate) const LONGEST_MESSAGE: usize = 16 << 20;

pub(crate) const MOST_TOOLS: usize = 2000;

/// A list of tools may have so many pages: they can be empty.
const MOST_PAGES: usize = 1000;

pub(crate) const LONGEST_LIST: usize = 16 << 20;

pub(crate) enum Wish {
    /// All tools, with what the server says of itself.
    List,
    /// The result of a tool.
    Call {
        tool: String,
        arguments: Map<String, Value>,
    },
}

/// What a server says of itself and its tools, without secrets: it is kept, and all callers see it.
#[derive(Debug)]
pub(crate) struct Listing {
    redactor: Redactor,
    info: Value,
    instructions: Value,
    tools: Vec<Value>,
    pages: usize,
    bytes: usize,
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
    pub(crate) fn new(mut info: Value, mut instructions: Value, redactor: Redactor) -> Self {
        redactor.redact_json(&mut info);
        redactor.redact_json(&mut instructions);
        Self {
            redactor,
            info,
            instructions,
            tools: Vec::new(),
            pages: 0,
            bytes: 0,
        }
    }

    pub(crate) fn tools(&self) -> &[Value] {
        &self.tools
    }

    pub(crate) fn add(&mut self, page: Vec<Value>) -> Result<(), TransportError> {
        self.pages += 1;
        if self.pages > MOST_PAGES {
            let message = format!("the MCP server lists its tools on more than {MOST_PAGES} pages");
            return Err(TransportError::Refused(message));
        }
        let bytes = page.iter().map(|tool| tool.to_string().len());
        self.bytes += bytes.sum::<usize>();
        if self.bytes > LONGEST_LIST {
            return Err(TransportError::TooLarge { cap: LONGEST_LIST });
        }
        self.tools.extend(page.into_iter().map(|mut tool| {
            self.redactor.redact_json(&mut tool);
            tool
        }));
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
            ..
        } = self;
        response(&json!({
            "jsonrpc": "2.0", "id": 1,
            "result": { "serverInfo": info, "instructions": instructions, "tools": tools },
        }))
    }
}

pub(crate) fn response(message: &Value) -> Response {
    let json = HeaderValue::from_static("application/json");
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, json)]);
    Response::new(200, headers, message.to_string())
}

pub(crate) fn message(request: &Request) -> Value {
    let body = request.body.bytes();
    let message = body.and_then(|body| serde_json::from_slice(body).ok());
    message.unwrap_or_default()
}

pub(crate) fn with_message(request: &Request, message: &Value) -> Request {
    let mut request = request.clone();
    request.body = Body::new("application/json", message.to_string());
    request
}

pub(crate) fn unreadable(problem: impl Into<String>) -> TransportError {
    TransportError::Unreadable(problem.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_pages_come_to_an_end() {
        let mut listing = Listing::new(Value::Null, Value::Null, Redactor::default());
        for _ in 0..MOST_PAGES {
            listing.add(Vec::new()).unwrap();
        }
        let error = listing.add(Vec::new()).unwrap_err();
        assert!(
            error.to_string().contains("more than 1000 pages"),
            "{error}"
        );
    }
}
