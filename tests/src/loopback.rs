//! An HTTP server on loopback that keeps what it received, byte for byte.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use plugwright_sdk::transport::{Live, Request, Response, Transport, TransportError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came over the wire.
#[derive(Clone, Debug, Default)]
pub struct Received {
    /// Method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
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
    ///
    /// # Errors
    ///
    /// If no port can be had.
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
    let length = header(&request, "content-length")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    while bytes.len() < head_end + 4 + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            break;
        }
    }
    request.body = bytes[head_end + 4..].to_vec();
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

fn header<'a>(request: &'a Received, name: &str) -> Option<&'a str> {
    request
        .headers
        .iter()
        .find(|(other, _)| other == name)
        .map(|(_, value)| value.as_str())
}

/// Sends every request to a loopback server instead of the host that it names.
pub struct ToLoopback {
    live: Live,
    address: SocketAddr,
}

impl ToLoopback {
    /// Makes the transport.
    ///
    /// # Errors
    ///
    /// If the HTTP client can't be set up.
    pub fn new(server: &Loopback) -> Result<Self, TransportError> {
        Ok(Self {
            live: Live::new()?,
            address: server.address(),
        })
    }
}

#[async_trait::async_trait]
impl Transport for ToLoopback {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let refused = || TransportError::Refused("the URL can't be led to loopback".to_owned());
        let mut request = request.clone();
        request.url.set_scheme("http").map_err(|()| refused())?;
        request
            .url
            .set_ip_host(self.address.ip())
            .map_err(|()| refused())?;
        request
            .url
            .set_port(Some(self.address.port()))
            .map_err(|()| refused())?;
        self.live.send(&request).await
    }
}
