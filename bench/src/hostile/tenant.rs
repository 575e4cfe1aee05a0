//! The good caller: so many calls a second, each at its time, whatever became of those before.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{sleep_until, timeout};

use crate::gateway::connector::{ACTION, CALL, LAST_ITEM};
use crate::{http, on_one_core};

/// Calls a second.
pub(super) const RATE: u32 = 50;
/// A call that took longer has failed.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Default)]
pub(super) struct Calls {
    /// From the time at which a call was due to the end of its answer, the shortest first.
    pub(super) latencies: Vec<Duration>,
    pub(super) failures: Vec<String>,
}

struct Caller {
    address: SocketAddr,
    request: Vec<u8>,
    idle: Mutex<Vec<TcpStream>>,
}

pub(super) fn run(address: SocketAddr, token: &str, until: Instant) -> Result<Calls> {
    let caller = Arc::new(Caller {
        address,
        request: http::post(&format!("/v1/actions/{ACTION}"), token, CALL),
        idle: Mutex::default(),
    });
    on_one_core()?.block_on(async {
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
                let outcome = outcome.unwrap_or_else(|_| Err(anyhow!("no answer in time")));
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
        let is_answered = self.exchange(stream).await?;
        ensure!(is_answered, "a new connection was closed without an answer");
        Ok(())
    }

    /// Sends the call and reads the answer; false if the connection was closed.
    async fn exchange(&self, mut stream: TcpStream) -> Result<bool> {
        if stream.write_all(&self.request).await.is_err() {
            return Ok(false);
        }
        let mut answer = Vec::with_capacity(4 << 10);
        let head = loop {
            match stream.read_buf(&mut answer).await {
                Ok(0) | Err(_) if answer.is_empty() => return Ok(false),
                Ok(0) => bail!("the connection was closed within an answer"),
                Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
            if let Some(head) = http::head(&answer)? {
                break head;
            }
        };
        while answer.len() < head.whole {
            if stream.read_buf(&mut answer).await? == 0 {
                bail!("the connection was closed within an answer");
            }
        }
        let text = String::from_utf8_lossy(&answer);
        if head.status != 200 || !text.contains(LAST_ITEM) {
            bail!(
                "a wrong answer: {}",
                text.chars().take(300).collect::<String>()
            );
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.push(stream);
        Ok(true)
    }
}
