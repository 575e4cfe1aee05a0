//! Bytes to the gateway and back.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, sleep, sleep_until, timeout};

const PATIENCE: Duration = Duration::from_mins(1);
/// Between two bytes of what is sent byte by byte.
const DRIP: Duration = Duration::from_millis(100);
/// Connections are opened in groups, so that the kernel's queue has room for them.
const AT_ONCE: usize = 100;

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) length: usize,
    /// Whether it is a result of MCP that is an error.
    pub(super) is_error: bool,
}

/// Sends a request that ends its connection, and reads what is answered.
pub(super) async fn exchange(address: SocketAddr, request: &[u8]) -> Result<Reply> {
    let stream = TcpStream::connect(address).await?;
    let (mut from, mut to) = stream.into_split();
    let mut answer = Vec::with_capacity(4 << 10);
    let send = async {
        // It may be refused before all was sent.
        let _ = to.write_all(request).await;
    };
    let receive = async {
        // No answer that is looked at is longer: what comes beyond is counted and forgotten.
        let mut length = 0;
        let mut piece = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut piece).await {
            length += count;
            if answer.len() < 32 << 10 {
                answer.extend_from_slice(&piece[..count]);
            }
        }
        length
    };
    let ((), length) = timeout(PATIENCE, async { tokio::join!(send, receive) }).await?;
    let text = String::from_utf8_lossy(&answer);
    let status = text
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    Ok(Reply {
        status: status.context("no answer")?,
        length,
        is_error: text.contains("\"isError\":true") || text.contains("\"error\":"),
    })
}

/// Holds so many connections open for a time.
pub(super) async fn hold(
    address: SocketAddr,
    first: &[u8],
    drip: &[u8],
    count: usize,
    time: Duration,
) -> Result<()> {
    let until = Instant::now() + time;
    let mut streams = Vec::with_capacity(count);
    for number in 0..count {
        let socket = TcpSocket::new_v4()?;
        if first.len() > 1000 {
            // Answers that are not read must not fit into the kernel.
            socket.set_recv_buffer_size(4096)?;
        }
        let Ok(Ok(mut stream)) = timeout(Duration::from_secs(1), socket.connect(address)).await
        else {
            // The door is full: that is the gateway's right.
            break;
        };
        // What is let go already is out.
        if stream.write_all(first).await.is_ok() {
            streams.push(stream);
        }
        if number % AT_ONCE == AT_ONCE - 1 {
            sleep(Duration::from_millis(5)).await;
        }
    }
    while !drip.is_empty() && Instant::now() < until {
        for stream in &mut streams {
            let _ = stream.write_all(drip).await;
        }
        sleep(DRIP).await;
    }
    sleep_until(until).await;
    Ok(())
}
