//! Streams of server-sent events (WHATWG HTML, section 9.2).

use bytes::Bytes;
use memchr::memchr2;
use serde::de::DeserializeOwned;

use super::UpstreamResponse;
use super::reading;
use crate::error::Result;

pub(crate) const MEDIA_TYPE: &str = "text/event-stream";

/// An event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerEvent {
    /// Name of its type; empty if it has none.
    pub event: String,
    /// What it says, the lines of it joined.
    pub data: String,
}

impl ServerEvent {
    /// Reads the data as JSON.
    ///
    /// # Errors
    ///
    /// `UPSTREAM_INVALID` if it is not JSON or is not of the expected shape.
    pub fn json<T: DeserializeOwned + 'static>(&self) -> Result<T> {
        reading::read(&UpstreamResponse {
            status: 200,
            headers: http::HeaderMap::new(),
            body: Bytes::copy_from_slice(self.data.as_bytes()),
        })
    }
}

/// Reads events from pieces of a stream. Nobody connects to the stream again, so ids and times for
/// that are passed over.
#[derive(Debug, Default)]
pub(crate) struct EventReader {
    line: Vec<u8>,
    has_begun: bool,
    /// Whether the last piece ended in CR, so that LF belongs to the same end of line.
    ends_in_cr: bool,
    event: ServerEvent,
    has_data: bool,
}

impl EventReader {
    pub(crate) fn read(&mut self, mut piece: &[u8]) -> Vec<ServerEvent> {
        let mut events = Vec::new();
        if std::mem::take(&mut self.ends_in_cr) && !piece.is_empty() {
            piece = piece.strip_prefix(b"\n").unwrap_or(piece);
        }
        while let Some(end) = memchr2(b'\n', b'\r', piece) {
            self.line.extend_from_slice(&piece[..end]);
            events.extend(self.end_line());
            let (mark, rest) = (piece[end], &piece[end + 1..]);
            self.ends_in_cr = mark == b'\r' && rest.is_empty();
            piece = match rest.strip_prefix(b"\n") {
                Some(rest) if mark == b'\r' => rest,
                _ => rest,
            };
        }
        self.line.extend_from_slice(piece);
        events
    }

    /// Returns the last event of a stream that ends without the blank line after it.
    pub(crate) fn end(mut self) -> Option<ServerEvent> {
        if !self.line.is_empty()
            && let Some(event) = self.end_line()
        {
            return Some(event);
        }
        self.dispatch()
    }

    fn end_line(&mut self) -> Option<ServerEvent> {
        let line = std::mem::take(&mut self.line);
        let is_first = !std::mem::replace(&mut self.has_begun, true);
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(line) if is_first => line,
            _ => &line,
        };
        if line.is_empty() {
            return self.dispatch();
        }
        let line = String::from_utf8_lossy(line);
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => {
                if std::mem::replace(&mut self.has_data, true) {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
            }
            "event" => value.clone_into(&mut self.event.event),
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<ServerEvent> {
        let event = std::mem::take(&mut self.event);
        std::mem::take(&mut self.has_data).then_some(event)
    }
}

#[cfg(test)]
mod tests;
