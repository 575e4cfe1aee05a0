//! Messages in lines of bounded length. Invalid ones are refused with an error of the protocol.

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use plugwright_sdk::{ActionError, Value};
use rmcp::RoleServer;
use rmcp::model::{
    ClientJsonRpcMessage, ClientRequest, ErrorData, JsonRpcMessage, RequestId, ServerJsonRpcMessage,
};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::sync::Mutex;

use crate::body::{Bodies, BodyError, BufferedBody};
use crate::mcp::message::{Message, fault};
use crate::mcp::server::Client;
use plugwright_engine::Limit;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

pub(super) struct Transport<R, W> {
    lines: Lines<R>,
    output: Arc<Mutex<W>>,
    bodies: Bodies,
    client: Arc<Client>,
}

impl<R, W> Transport<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    pub(super) fn new(input: R, output: W, bodies: Bodies, client: Arc<Client>) -> Self {
        let limits = bodies.limits();
        let most = limits.request_body.max(limits.input);
        Self {
            lines: Lines::new(input, most),
            output: Arc::new(Mutex::new(output)),
            bodies,
            client,
        }
    }

    /// Parses a line. `None` needs no response.
    fn read(&self, line: Line) -> Result<Option<ClientJsonRpcMessage>, Refusal> {
        let line = match line {
            Line::Whole(line) => line,
            Line::TooLong => {
                self.bodies.hit(Limit::RequestBody);
                return Err(BodyError::TooLong.into_error().into());
            }
        };
        let line = bytes::Bytes::from(line);
        let text = line.strip_suffix(b"\r").unwrap_or(&line);
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        if text.is_empty() {
            return Ok(None);
        }
        let mut body = BufferedBody::new(&self.client.caller.principal, line.slice_ref(text));
        let message = Message::read(&self.bodies, &mut body)?;
        let mut read = match serde_json::from_slice(&message.envelope) {
            Ok(read) => read,
            // As other servers do: a response to invalid JSON or to an unknown notification may
            // cause another one, and so on.
            Err(error) if !error.is_data() => return Ok(None),
            Err(_) if is_notification(&message.envelope) => return Ok(None),
            Err(_) => {
                return Err(Refusal {
                    problem: fault(message.is_json).message,
                    id: message.id,
                });
            }
        };
        if let JsonRpcMessage::Request(request) = &mut read
            && let ClientRequest::CallToolRequest(call) = &mut request.request
        {
            let client = self.client.with_call(body, message.arguments);
            call.extensions.insert(Arc::new(client));
        }
        Ok(Some(read))
    }

    /// Responds to an invalid message.
    async fn refuse(&mut self, refusal: Refusal) -> io::Result<()> {
        let error = ErrorData::invalid_request(refusal.problem, None);
        // In a task of its own, as reading may be cancelled at any time, and writing must not be.
        let writing = tokio::spawn(write(
            Arc::clone(&self.output),
            JsonRpcMessage::error(error, refusal.id),
        ));
        writing.await.map_err(io::Error::other)?
    }

    async fn next(&mut self) -> io::Result<Option<ClientJsonRpcMessage>> {
        while let Some(line) = self.lines.next().await? {
            match self.read(line) {
                Ok(Some(message)) => return Ok(Some(message)),
                Ok(None) => {}
                Err(refusal) => self.refuse(refusal).await?,
            }
        }
        Ok(None)
    }
}

/// Why a message is invalid.
struct Refusal {
    problem: Cow<'static, str>,
    /// The id of the request, if it was read.
    id: Option<RequestId>,
}

impl From<ActionError> for Refusal {
    fn from(error: ActionError) -> Self {
        Self {
            problem: error.message().to_owned().into(),
            id: None,
        }
    }
}

fn is_notification(message: &[u8]) -> bool {
    serde_json::from_slice::<Value>(message)
        .is_ok_and(|message| message["method"].is_string() && message.get("id").is_none())
}

async fn write<W>(output: Arc<Mutex<W>>, message: ServerJsonRpcMessage) -> io::Result<()>
where
    W: AsyncWrite + Send + Unpin,
{
    let mut line = serde_json::to_vec(&message)?;
    line.push(b'\n');
    let mut output = output.lock().await;
    output.write_all(&line).await?;
    output.flush().await
}

impl<R, W> rmcp::transport::Transport<RoleServer> for Transport<R, W>
where
    R: AsyncRead + Send + Unpin,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn send(
        &mut self,
        message: ServerJsonRpcMessage,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        write(Arc::clone(&self.output), message)
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        match self.next().await {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(%error, "the client can't be read from or written to");
                None
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        self.output.lock().await.flush().await
    }
}

/// A line without its terminator.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Whole(Vec<u8>),
    /// It exceeds the limit. The rest of it is skipped.
    TooLong,
}

/// Reads lines. Cancelling a read loses nothing.
struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    most: usize,
    skipping: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    fn new(input: R, most: usize) -> Self {
        Self {
            input: BufReader::new(input),
            line: Vec::new(),
            most,
            skipping: false,
        }
    }

    /// Returns the next line; `None` is the end of the input. An unterminated line is dropped.
    async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let available = self.input.fill_buf().await?;
            if available.is_empty() {
                return Ok(None);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let piece = &available[..end.unwrap_or(available.len())];
            let read = piece.len() + usize::from(end.is_some());
            let was_skipping = self.skipping;
            self.skipping |= piece.len() > self.most - self.line.len();
            if !self.skipping {
                self.line.extend_from_slice(piece);
            }
            self.input.consume(read);
            let is_new = self.skipping && !was_skipping;
            if is_new {
                self.line = Vec::new();
            }
            let is_whole = end.is_some() && !self.skipping;
            self.skipping &= end.is_none();
            if is_new {
                return Ok(Some(Line::TooLong));
            }
            if is_whole {
                return Ok(Some(Line::Whole(std::mem::take(&mut self.line))));
            }
        }
    }
}

#[cfg(test)]
mod tests;
