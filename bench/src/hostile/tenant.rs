//! The good caller: so many calls a second, each at its time, whatever became of those before.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use crate::gateway::Result;
use crate::gateway::connector::{ACTION, CALL, LAST_ITEM};

/// Calls a second.
pub(super) const RATE: u32 = 50;
/// A call that took longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);

/// What became of the calls.
#[derive(Default)]
pub(super) struct Calls {
    /// From the time at which a call was due to the end of its answer, the shortest first.
    pub(super) latencies: Vec<Duration>,
    /// What the calls that failed were told.
    pub(super) failures: Vec<String>,
}

struct Caller {
    address: SocketAddr,
    request: Vec<u8>,
    /// Connections that are open and not in use.
    idle: Mutex<Vec<TcpStream>>,
}

/// Makes calls until a moment.
pub(super) fn run(address: SocketAddr, token: &str, until: Instant) -> Result<Calls> {
    let request = format!(
        "POST /v1/actions/{ACTION} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{CALL}",
        CALL.len()
    );
    let caller = Arc::new(Caller {
        address,
        request: request.into_bytes(),
        idle: Mutex::default(),
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let start = Instant::now();
        let mut running = JoinSet::new();
        for number in 0.. {
            let due = start + Duration::from_secs(1) / RATE * number;
            if due >= until {
                break;
            }
            sleep_until(due.into()).await;
            let caller = Arc::clone(&caller);
            running.spawn(async move {
                let outcome = timeout(PATIENCE, caller.call()).await;
                let outcome = outcome.unwrap_or_else(|_| Err("no answer in time".into()));
                (due.elapsed(), outcome.map_err(|error| error.to_string()))
            });
        }
        let mut calls = Calls::default();
        while let Some(ended) = running.join_next().await {
            match ended? {
                (latency, Ok(())) => calls.latencies.push(latency),
                (latency, Err(error)) => calls.failures.push(format!("{error}, after {latency:?}")),
            }
        }
        calls.latencies.sort_unstable();
        Ok(calls)
    })
}

impl Caller {
    fn take(&self) -> Option<TcpStream> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.pop()
    }

    /// Makes a call over a connection that is open; over a new one if that was closed meanwhile, as
    /// HTTP clients do.
    async fn call(&self) -> Result<()> {
        while let Some(stream) = self.take() {
            match self.exchange(stream).await {
                Ok(true) => return Ok(()),
                // Closed before anything of an answer came.
                Ok(false) => {}
                Err(error) => return Err(error),
            }
        }
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        if self.exchange(stream).await? {
            Ok(())
        } else {
            Err("a new connection was closed without an answer".into())
        }
    }

    /// Sends the call and reads the answer; false if the connection was closed.
    async fn exchange(&self, mut stream: TcpStream) -> Result<bool> {
        if stream.write_all(&self.request).await.is_err() {
            return Ok(false);
        }
        let mut answer = Vec::with_capacity(4 << 10);
        let whole = loop {
            match stream.read_buf(&mut answer).await {
                Ok(0) | Err(_) if answer.is_empty() => return Ok(false),
                Ok(0) => return Err("the connection was closed within an answer".into()),
                Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
            if let Some(whole) = length(&answer)? {
                break whole;
            }
        };
        while answer.len() < whole {
            if stream.read_buf(&mut answer).await? == 0 {
                return Err("the connection was closed within an answer".into());
            }
        }
        let text = String::from_utf8_lossy(&answer);
        if !text.starts_with("HTTP/1.1 200 ") || !text.contains(LAST_ITEM) {
            let said: String = text.chars().take(300).collect();
            return Err(format!("a wrong answer: {said}").into());
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(stream);
        Ok(true)
    }
}

/// Returns the length of the whole answer, when its head is there.
fn length(bytes: &[u8]) -> Result<Option<usize>> {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(head) = response.parse(bytes)? else {
        return Ok(None);
    };
    let length = response
        .headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case("content-length"))
        .ok_or("the answer has no length")?;
    let body: usize = std::str::from_utf8(length.value)?.trim().parse()?;
    Ok(Some(head + body))
}
