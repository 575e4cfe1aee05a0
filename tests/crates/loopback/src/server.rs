//! An HTTP server on loopback that keeps what it received, byte for byte.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Clone, Debug, Default)]
pub struct Received {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    /// Returns a header by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(other, _)| other == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Makes the whole answer, status line included, for a request.
type Answer = dyn Fn(&Received) -> Vec<u8> + Send + Sync;

/// The server; it stops when it is dropped.
pub struct Loopback {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Loopback {
    /// Starts a server that answers as told and closes each connection.
    pub async fn start(
        answer: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let received = Arc::new(Mutex::new(Vec::new()));
        let answer: Arc<Answer> = Arc::new(answer);
        let log = Arc::clone(&received);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                tokio::spawn(async move {
                    // A client that hangs up is part of what tests do.
                    drop(serve(stream, &log, answer).await);
                });
            }
        });
        Ok(Self {
            address,
            received,
            task,
        })
    }

    /// Returns what came so far.
    pub fn received(&self) -> Vec<Received> {
        self.received
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Received>>,
    answer: Arc<Answer>,
) -> io::Result<()> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    };
    let mut request = parse_head(&String::from_utf8_lossy(&bytes[..head_end]));
    let mut body = bytes.split_off(head_end + 4);
    if request.header("transfer-encoding").is_some() {
        request.body = loop {
            if let Some(whole) = unchunked(&body) {
                break whole;
            }
            if stream.read_buf(&mut body).await? == 0 {
                break body;
            }
        };
    } else {
        let length = request.header("content-length");
        let length = length.and_then(|text| text.parse().ok()).unwrap_or(0);
        while body.len() < length && stream.read_buf(&mut body).await? != 0 {}
        request.body = body;
    }
    log.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(request.clone());
    // A provider may take its time, which must not be that of whoever waits for it.
    let reply = tokio::task::spawn_blocking(move || answer(&request)).await?;
    stream.write_all(&closing(reply)).await?;
    stream.shutdown().await
}

/// Says that the connection ends here: a client that takes it for its next request would lose that.
fn closing(mut reply: Vec<u8>) -> Vec<u8> {
    if let Some(end) = reply.windows(2).position(|window| window == b"\r\n") {
        reply.splice(end..end, *b"\r\nconnection: close");
    }
    reply
}

fn parse_head(head: &str) -> Received {
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let headers = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Received {
        method: first.next().unwrap_or_default().to_owned(),
        target: first.next().unwrap_or_default().to_owned(),
        headers,
        body: Vec::new(),
    }
}

/// Puts the chunks of a body together, once the last one is there.
fn unchunked(mut chunks: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = chunks.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&chunks[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return chunks.ends_with(b"\r\n\r\n").then_some(body);
        }
        let chunk = end + 2..end + 2 + size;
        body.extend_from_slice(chunks.get(chunk.clone())?);
        chunks = chunks.get(chunk.end + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::unchunked;

    #[test]
    fn chunks_make_a_body_when_all_are_there() {
        let body = b"3\r\nabc\r\n2;x=1\r\n\r\n\r\n0\r\n\r\n";
        assert_eq!(unchunked(body).unwrap(), b"abc\r\n");
        for end in 0..body.len() {
            assert_eq!(unchunked(&body[..end]), None, "{end}");
        }
    }
}
