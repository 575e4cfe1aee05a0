//! The client: a closed loop over connections that stay open, and every latency as it was.
//!
//! It writes bytes that were made beforehand and reads heads with `httparse`, on one thread, so that
//! it takes as little as it can of the cores that the servers share with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::Result;

/// The version of MCP that is measured.
const MCP_VERSION: &str = "2026-07-28";

/// A request and what its answer must have.
pub(super) struct Target {
    pub(super) address: SocketAddr,
    request: Vec<u8>,
    marker: &'static str,
}

impl Target {
    pub(super) fn post(
        address: SocketAddr,
        path: &str,
        token: &str,
        body: &str,
        marker: &'static str,
    ) -> Self {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        Self {
            address,
            request: request.into_bytes(),
            marker,
        }
    }

    /// Makes a request of MCP, in the version without sessions.
    pub(super) fn mcp(
        address: SocketAddr,
        path: &str,
        token: &str,
        (method, tool): (&str, Option<&str>),
        arguments: &str,
        marker: &'static str,
    ) -> Self {
        let (mut params, mut named) = (String::new(), String::new());
        if let Some(tool) = tool {
            params = format!(r#""name":"{tool}","arguments":{arguments},"#);
            named = format!("mcp-name: {tool}\r\n");
        }
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}"_meta":{{"io.modelcontextprotocol/protocolVersion":"{MCP_VERSION}","io.modelcontextprotocol/clientInfo":{{"name":"bench","version":"1"}},"io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
        );
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\naccept: application/json, text/event-stream\r\n\
             mcp-protocol-version: {MCP_VERSION}\r\nmcp-method: {method}\r\n{named}\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        Self {
            address,
            request: request.into_bytes(),
            marker,
        }
    }

    pub(super) fn get(address: SocketAddr, path: &str, token: &str, marker: &'static str) -> Self {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        Self {
            address,
            request: request.into_bytes(),
            marker,
        }
    }
}

/// When a load ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Until {
    After(Duration),
    /// Each connection has made this many calls.
    Calls(usize),
}

/// What a load found.
pub(super) struct Load {
    /// Nanoseconds of each call.
    pub(super) latencies: Vec<u32>,
    pub(super) elapsed: Duration,
}

/// Calls over as many connections as calls are to be in flight.
pub(super) async fn run(target: &Arc<Target>, in_flight: usize, until: Until) -> Result<Load> {
    let mut clients = Vec::with_capacity(in_flight);
    for _ in 0..in_flight {
        clients.push(Client::connect(target).await?);
    }
    let start = Instant::now();
    let mut running = JoinSet::new();
    for client in clients {
        running.spawn(client.repeat(start, until));
    }
    let mut latencies = Vec::new();
    while let Some(ended) = running.join_next().await {
        latencies.extend(ended??);
    }
    Ok(Load {
        latencies,
        elapsed: start.elapsed(),
    })
}

struct Client {
    target: Arc<Target>,
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects, and makes one call whose answer is looked at closely.
    async fn connect(target: &Arc<Target>) -> Result<Self> {
        let stream = TcpStream::connect(target.address).await?;
        stream.set_nodelay(true)?;
        let mut client = Self {
            target: Arc::clone(target),
            stream,
            buffer: Vec::with_capacity(16 << 10),
        };
        let body = client.call().await?;
        let text = std::str::from_utf8(body)?;
        if text.contains(target.marker) {
            Ok(client)
        } else {
            Err(format!("the answer has no `{}`: {text}", target.marker).into())
        }
    }

    async fn repeat(mut self, start: Instant, until: Until) -> Result<Vec<u32>> {
        let mut latencies = Vec::with_capacity(1 << 16);
        loop {
            let done = match until {
                Until::After(duration) => start.elapsed() >= duration,
                Until::Calls(calls) => latencies.len() >= calls,
            };
            if done {
                return Ok(latencies);
            }
            let sent = Instant::now();
            self.call().await?;
            let nanoseconds = sent.elapsed().as_nanos();
            latencies.push(u32::try_from(nanoseconds).unwrap_or(u32::MAX));
        }
    }

    /// Makes one call and returns the body of its answer, which must be a whole JSON object with
    /// status 200.
    async fn call(&mut self) -> Result<&[u8]> {
        self.stream.write_all(&self.target.request).await?;
        self.buffer.clear();
        let (head, whole) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(lengths) = lengths(&self.buffer)? {
                break lengths;
            }
        };
        while self.buffer.len() < whole {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection within an answer".into());
            }
        }
        let body = &self.buffer[head..];
        if self.buffer.len() != whole || body.last() != Some(&b'}') {
            let text = String::from_utf8_lossy(body);
            return Err(format!("the answer is not one JSON object: {text}").into());
        }
        Ok(body)
    }
}

/// Returns the lengths of an answer's head and of the whole answer, when the head is there.
fn lengths(bytes: &[u8]) -> Result<Option<(usize, usize)>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes)? else {
        return Ok(None);
    };
    if response.code != Some(200) {
        let text = String::from_utf8_lossy(bytes);
        return Err(format!("the answer is not 200: {text}").into());
    }
    let length = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .ok_or("the answer has no length; chunks are not read")?;
    let body: usize = std::str::from_utf8(length.value)?.trim().parse()?;
    Ok(Some((head, head + body)))
}
