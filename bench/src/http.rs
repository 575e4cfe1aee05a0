//! Requests as bytes that are made beforehand, and how long their answers are.

use anyhow::{Context as _, Result};
use plugwright_sdk::json;

const MCP_VERSION: &str = "2026-07-28";

/// Makes a request; `headers` stand in it as they are, each line with its end.
pub(crate) fn request(line: &str, token: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{line} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n{headers}\
         content-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub(crate) fn post(path: &str, token: &str, body: &str) -> Vec<u8> {
    let headers = "content-type: application/json\r\n";
    request(&format!("POST {path}"), token, headers, body.as_bytes())
}

/// Makes a request of MCP, in the version without sessions. `arguments` are JSON, as they are.
pub(crate) fn mcp(
    path: &str,
    token: &str,
    (method, tool): (&str, Option<&str>),
    arguments: &str,
    headers: &str,
) -> Vec<u8> {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": MCP_VERSION,
        "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let (mut params, mut named) = (String::new(), String::new());
    if let Some(tool) = tool {
        params = format!(r#""name":"{tool}","arguments":{arguments},"#);
        named = format!("mcp-name: {tool}\r\n");
    }
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}"_meta":{meta}}}}}"#
    );
    let headers = format!(
        "content-type: application/json\r\naccept: application/json, text/event-stream\r\n\
         mcp-protocol-version: {MCP_VERSION}\r\nmcp-method: {method}\r\n{named}{headers}"
    );
    request(&format!("POST {path}"), token, &headers, body.as_bytes())
}

/// What the head of an answer says.
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) length: usize,
    pub(crate) whole: usize,
}

pub(crate) fn head(bytes: &[u8]) -> Result<Option<Head>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = response.parse(bytes)? else {
        return Ok(None);
    };
    let body = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .context("the answer has no length; chunks are not read")?;
    let body: usize = std::str::from_utf8(body.value)?.trim().parse()?;
    Ok(Some(Head {
        status: response.code.context("the answer has no status")?,
        length,
        whole: length + body,
    }))
}
