//! Requests as bytes: whole ones, and what nobody who means well would send.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(45);

/// An answer over HTTP/1.1.
#[derive(Clone, Debug)]
pub struct RawReply {
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// Body, as it came: in chunks, if the head says so.
    pub body: Vec<u8>,
}

impl RawReply {
    /// Returns the length of head and body.
    pub fn length(&self) -> usize {
        self.head.len() + self.body.len()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the value of a header; its name is given in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self
            .head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(':'));
        let found = lines.find(|(other, _)| other.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim())
    }
}

/// Makes a request over HTTP/1.1 that ends its connection. Headers are lines.
pub fn request(method: &str, path: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
    for line in headers {
        request.push_str(line);
        request.push_str("\r\n");
    }
    if !body.is_empty() {
        request.push_str("content-length: ");
        request.push_str(&body.len().to_string());
        request.push_str("\r\n");
    }
    request.push_str("connection: close\r\n\r\n");
    [request.as_bytes(), body].concat()
}

/// Sends bytes and reads what comes until the other side ends the connection. What is answered
/// before everything was sent counts as well.
pub async fn exchange(address: &str, request: &[u8]) -> io::Result<RawReply> {
    let stream = TcpStream::connect(address).await?;
    let (mut from, mut to) = stream.into_split();
    let mut answer = Vec::new();
    let send = async {
        // A refusal may come, and the connection end, before all was sent.
        let _ = to.write_all(request).await;
    };
    let receive = async {
        let mut piece = vec![0; 16 << 10];
        loop {
            match from.read(&mut piece).await {
                Ok(0) | Err(_) => break,
                Ok(length) => answer.extend_from_slice(&piece[..length]),
            }
        }
    };
    timeout(PATIENCE, async { tokio::join!(send, receive) }).await?;
    parse(&answer).ok_or_else(|| {
        let said = String::from_utf8_lossy(&answer[..answer.len().min(200)]).into_owned();
        io::Error::new(io::ErrorKind::UnexpectedEof, format!("no answer: {said:?}"))
    })
}

fn parse(answer: &[u8]) -> Option<RawReply> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(RawReply {
        status,
        head,
        body: answer[end + 4..].to_vec(),
    })
}

/// Frames of HTTP/2 ([RFC 9113](https://www.rfc-editor.org/rfc/rfc9113)).
pub mod http2 {
    /// What a client begins with.
    pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    pub const END_STREAM: u8 = 1;
    pub const END_HEADERS: u8 = 4;

    fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len())
            .unwrap_or(u32::MAX)
            .to_be_bytes();
        let mut frame = length[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream.to_be_bytes());
        frame.extend_from_slice(payload);
        frame
    }

    pub fn settings(parameters: &[(u16, u32)]) -> Vec<u8> {
        let mut payload = Vec::new();
        for (name, value) in parameters {
            payload.extend(name.to_be_bytes());
            payload.extend(value.to_be_bytes());
        }
        frame(4, 0, 0, &payload)
    }

    /// Says that the other side's SETTINGS have come.
    pub fn settings_acknowledged() -> Vec<u8> {
        frame(4, 1, 0, &[])
    }

    /// Makes HEADERS of a stream; names and values are shorter than 127 bytes.
    pub fn headers(stream: u32, flags: u8, fields: &[(&str, &str)]) -> Vec<u8> {
        frame(1, flags, stream, &block(fields))
    }

    pub fn continuation(stream: u32, flags: u8, fields: &[(&str, &str)]) -> Vec<u8> {
        frame(9, flags, stream, &block(fields))
    }

    pub fn data(stream: u32, flags: u8, payload: &[u8]) -> Vec<u8> {
        frame(0, flags, stream, payload)
    }

    pub fn ping() -> Vec<u8> {
        frame(6, 0, 0, &[7; 8])
    }

    /// Takes a stream back.
    pub fn reset(stream: u32) -> Vec<u8> {
        frame(3, 0, stream, &8u32.to_be_bytes())
    }

    /// Literals that the table does not keep, without Huffman's code.
    fn block(fields: &[(&str, &str)]) -> Vec<u8> {
        let mut block = Vec::new();
        for (name, value) in fields {
            block.push(0);
            for text in [name, value] {
                block.push(u8::try_from(text.len()).unwrap_or(0) & 0x7f);
                block.extend(text.as_bytes());
            }
        }
        block
    }
}
