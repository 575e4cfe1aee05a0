//! The client: a closed loop over connections that stay open, and every latency as it was.
//!
//! It writes bytes that were made beforehand and reads little more than heads, on one thread, so that
//! it takes as little as it can of the cores that the servers share with it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::http;

pub(super) struct Target {
    pub(super) address: SocketAddr,
    request: Vec<u8>,
    marker: &'static str,
}

impl Target {
    pub(super) fn new(address: SocketAddr, request: Vec<u8>, marker: &'static str) -> Arc<Self> {
        Arc::new(Self {
            address,
            request,
            marker,
        })
    }
}

/// When a load ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum Until {
    After(Duration),
    /// Each connection has made this many calls.
    Calls(usize),
}

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
        let marker = target.marker;
        ensure!(
            text.contains(marker),
            "the answer has no `{marker}`: {text}"
        );
        Ok(client)
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
        let head = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection");
            }
            if let Some(head) = http::head(&self.buffer)? {
                break head;
            }
        };
        while self.buffer.len() < head.whole {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                bail!("the server closed the connection within an answer");
            }
        }
        let body = &self.buffer[head.length..];
        if head.status != 200 || self.buffer.len() != head.whole || body.last() != Some(&b'}') {
            let text = String::from_utf8_lossy(&self.buffer);
            bail!("the answer is not 200 with one JSON object: {text}");
        }
        Ok(body)
    }
}
