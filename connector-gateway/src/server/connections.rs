//! Client connections: closes slow ones, and finishes running requests on shutdown.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::crowd::{Crowd, Ticket};
use super::progress::{LAG, Progress, Signal, Standing, Verdict};
use super::requests::Requests;
use super::stream::ClientStream;
use plugwright_engine::LimitHits;
use plugwright_engine::threads::Threads;
use plugwright_engine::{Limit, Limits};
use plugwright_surfaces::Surfaces;

/// How long connections may take, after the last one was accepted, to read what clients sent.
const ARRIVAL: Duration = Duration::from_millis(100);

/// Header fields that hyper parses without allocating.
const USUAL_HEADERS: usize = 100;

/// Bytes that are read at once at most, unless heads may be larger.
const READ_BUFFER: usize = 64 << 10;
/// By how much the head of an HTTP/2 request may be too large and still get a response that says so.
/// The answer to a larger one is an empty 431.
const HEAD_EXCESS: usize = 16 << 10;

/// Bytes of a body that a client may send ahead of being read.
const STREAM_WINDOW: u32 = 128 << 10;
/// The same for all streams of a connection.
const CONNECTION_WINDOW: u32 = 512 << 10;
/// Bytes of a response that a stream buffers until the client makes room.
const SEND_BUFFER: usize = 64 << 10;
/// Pending reset streams before the connection is closed (CVE-2023-44487).
const PENDING_RESETS: usize = 20;
/// Streams reset because of client errors before the connection is closed.
const OWN_RESETS: usize = 128;

/// Connections that are closing or refused, in addition to the active ones.
const LEAVING: usize = 64;
/// How many of them get a refusal.
const REFUSALS: usize = 32;
/// How long a refusal may take.
const LINGER: Duration = Duration::from_secs(1);
/// How many bytes of a refused client are read so that it receives the refusal.
const LEFTOVER: u64 = 1 << 20;

/// How long to wait if accepting fails and no connection is idle.
const REST: Duration = Duration::from_millis(100);
/// How often to log that.
const SILENCE: Duration = Duration::from_secs(10);

const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\nconnection: close\r\n\r\n\
    too many connections\n";
const TOO_LATE: &[u8] = b"HTTP/1.1 408 Request Timeout\r\n\
    content-length: 0\r\nconnection: close\r\n\r\n";

/// Serves requests until `stop`, then finishes the running ones within the grace period. Every
/// request that was sent before gets a response.
pub(super) async fn serve(
    listener: TcpListener,
    workers: &Threads,
    surfaces: Surfaces,
    limits: &Limits,
    hits: LimitHits,
    stop: CancellationToken,
) {
    let server = Server::new(surfaces, limits, hits.clone());
    let most = limits.connections.min(Semaphore::MAX_PERMITS - LEAVING);
    let crowd = Arc::new(Crowd::new(most, limits.connections_per_peer, hits));
    // Counts descriptors rather than slots: a closed connection keeps its descriptor for a moment.
    let descriptors = Arc::new(Semaphore::new(most + LEAVING));
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let tasks = TaskTracker::new();
    let take = |(stream, address): (TcpStream, SocketAddr), descriptor: OwnedSemaphorePermit| {
        // From here on it belongs to the worker's runtime.
        let stream = stream.into_std();
        match crowd.admit(address.ip()) {
            Ok(ticket) => {
                let server = server.clone();
                workers.spawn(tasks.track_future(async move {
                    let _descriptor = descriptor;
                    match stream.and_then(TcpStream::from_std) {
                        Ok(stream) => server.answer(stream, ticket).await,
                        Err(error) => tracing::error!(%error, "can't accept a connection"),
                    }
                }));
            }
            Err(limit) => {
                tracing::debug!(limit = limit.name(), "refused a connection");
                if let (Ok(stream), Ok(turn)) = (stream, refusals.clone().try_acquire_owned()) {
                    workers.spawn(async move {
                        let _held = (descriptor, turn);
                        // Best effort: the connection closes either way.
                        let _ = tokio::time::timeout(LINGER, refuse(stream)).await;
                    });
                }
            }
        }
    };
    let mut said = None;
    let accepting = async {
        loop {
            let Ok(descriptor) = descriptors.clone().acquire_owned().await else {
                return;
            };
            match listener.accept().await {
                Ok(accepted) => take(accepted, descriptor),
                Err(error) => rest_after(&error, &crowd, &mut said).await,
            }
        }
    };
    stop.run_until_cancelled(accepting).await;
    // Connections that were waiting to be accepted.
    while let Ok(descriptor) = descriptors.clone().try_acquire_owned()
        && let Some(Ok(accepted)) = listener.accept().now_or_never()
    {
        take(accepted, descriptor);
    }
    drop(listener);
    tokio::time::sleep(ARRIVAL).await;
    crowd.retire();
    tasks.close();
    let finished = tokio::time::timeout(limits.shutdown_grace, tasks.wait()).await;
    if finished.is_err() {
        tracing::warn!("closed connections that were still open after the grace period");
    }
}

#[derive(Clone)]
struct Server {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    surfaces: Surfaces,
    limits: Arc<Limits>,
    hits: LimitHits,
    /// The response to a head that is too large.
    refusal: Bytes,
}

enum End {
    ByItself(hyper::Result<()>),
    /// It made room for another one.
    Evicted,
    Late(Limit),
}

impl Server {
    fn new(surfaces: Surfaces, limits: &Limits, hits: LimitHits) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            // The connection's own timers apply instead.
            .header_read_timeout(None)
            .max_header_size(limits.header_size)
            // The size is only checked once a head is complete.
            .max_buf_size(limits.header_size.max(READ_BUFFER));
        if limits.headers > USUAL_HEADERS {
            http1.max_headers(limits.headers);
        }
        let list_size = limits.header_size.saturating_add(HEAD_EXCESS);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .max_header_list_size(u32::try_from(list_size).unwrap_or(u32::MAX))
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(SEND_BUFFER)
            .max_pending_accept_reset_streams(PENDING_RESETS)
            .max_local_error_reset_streams(OWN_RESETS);
        let body = surfaces.head_refusal();
        let refusal = format!(
            "HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: application/json\r\n\
             cache-control: no-store\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        Self {
            http1,
            http2,
            surfaces,
            limits: Arc::new(limits.clone()),
            hits,
            refusal: refusal.into(),
        }
    }

    async fn answer(self, stream: TcpStream, ticket: Ticket) {
        without_delay(&stream);
        let progress = &ticket.progress;
        let mut stream = ClientStream::new(stream, Arc::clone(progress), self.refusal.clone());
        let mut timer = pin!(sleep_until(progress.opened() + self.limits.header_timeout));
        let begun = poll_fn(|cx| {
            if let Poll::Ready(protocol) = stream.poll_protocol(cx) {
                return Poll::Ready(Some(protocol));
            }
            if progress.wanted(cx) != Signal::None {
                return Poll::Ready(None);
            }
            timer.as_mut().poll(cx).map(|()| {
                self.hits.add(Limit::HeaderTimeout);
                None
            })
        });
        let http2 = match begun.await {
            Some(Ok(Some(http2))) => http2,
            Some(_) => return,
            None => {
                stream.send_if_started(TOO_LATE);
                tracing::debug!("a connection closed before sending a request");
                return;
            }
        };
        let requests = Requests {
            surfaces: self.surfaces.clone(),
            progress: Arc::clone(progress),
        };
        let stream = TokioIo::new(stream);
        let end = if http2 {
            let mut http2 = self.http2.clone();
            http2.max_concurrent_streams(ticket.streams);
            let mut connection = pin!(http2.serve_connection(stream, requests));
            let polled = |cx: &mut Context<'_>, retire| {
                if retire {
                    connection.as_mut().graceful_shutdown();
                }
                connection.as_mut().poll(cx)
            };
            self.supervise(progress, timer, polled).await
        } else {
            let mut connection = self.http1.serve_connection(stream, requests);
            let polled = |cx: &mut Context<'_>, retire| {
                let mut connection = Pin::new(&mut connection);
                if retire {
                    connection.as_mut().graceful_shutdown();
                }
                connection.poll(cx)
            };
            let end = self.supervise(progress, timer, polled).await;
            let mut stream = connection.into_parts().io.into_inner();
            match &end {
                End::Late(Limit::HeaderTimeout) => stream.send_if_started(TOO_LATE),
                End::ByItself(Err(error)) if error.is_parse_too_large() => {
                    self.hits.add(Limit::Headers);
                    // Best effort: the connection closes either way.
                    let _ = tokio::time::timeout(LINGER, drain(&mut stream)).await;
                }
                _ => {}
            }
            end
        };
        match end {
            End::ByItself(Ok(())) => {}
            End::ByItself(Err(error)) => tracing::debug!(%error, "a connection closed early"),
            End::Evicted => tracing::debug!("closed an idle connection to make room"),
            End::Late(limit) => {
                tracing::debug!(limit = limit.name(), "closed a stalled connection");
            }
        }
    }

    /// Drives a connection until it ends or has to be closed.
    async fn supervise(
        &self,
        progress: &Progress,
        mut timer: Pin<&mut Sleep>,
        mut polled: impl FnMut(&mut Context<'_>, bool) -> Poll<hyper::Result<()>>,
    ) -> End {
        let mut retired = false;
        poll_fn(|cx| {
            let wanted = progress.wanted(cx);
            let mut retire = wanted == Signal::Retire && !std::mem::replace(&mut retired, true);
            loop {
                if let Poll::Ready(ended) = polled(cx, retire) {
                    return Poll::Ready(End::ByItself(ended));
                }
                retire = false;
                if wanted == Signal::Evict {
                    // A request that arrived since this connection was chosen still gets a response.
                    let now = Instant::now();
                    if progress.standing(now) != Standing::Busy {
                        return Poll::Ready(End::Evicted);
                    }
                    retire = !std::mem::replace(&mut retired, true);
                    if retire {
                        continue;
                    }
                    timer.as_mut().reset(now + LAG);
                }
                // Most requests start and end without changing the timer.
                if let Some(due) = progress.sooner(&self.limits)
                    && due < timer.deadline()
                {
                    timer.as_mut().reset(due);
                }
                while timer.as_mut().poll(cx).is_ready() {
                    match progress.verdict(Instant::now(), &self.limits) {
                        Verdict::Until(next) => timer.as_mut().reset(next),
                        Verdict::Retire(next) => {
                            timer.as_mut().reset(next);
                            retire = !std::mem::replace(&mut retired, true);
                            if retire {
                                self.hits.add(Limit::WriteTimeout);
                            }
                        }
                        Verdict::Late(limit) => {
                            self.hits.add(limit);
                            return Poll::Ready(End::Late(limit));
                        }
                    }
                }
                if !retire {
                    return Poll::Pending;
                }
            }
        })
        .await
    }
}

/// Sends a client a refusal and waits until it has been received.
async fn refuse(stream: std::net::TcpStream) -> io::Result<()> {
    let mut stream = TcpStream::from_std(stream)?;
    stream.write_all(FULL).await?;
    stream.shutdown().await?;
    drain(&mut stream).await
}

/// Reads what a client still sends: closing a stream with unread bytes would discard what it was
/// sent.
async fn drain(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<()> {
    let mut rest = stream.take(LEFTOVER);
    tokio::io::copy(&mut rest, &mut tokio::io::sink())
        .await
        .map(drop)
}

fn without_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "can't set TCP_NODELAY");
    }
}

/// Handles a failed accept, most likely for lack of file descriptors, by closing an idle connection.
async fn rest_after(error: &io::Error, crowd: &Crowd, said: &mut Option<Instant>) {
    use io::ErrorKind;
    let passing = matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    );
    if passing {
        return;
    }
    let now = Instant::now();
    if said.is_none_or(|then| now.duration_since(then) >= SILENCE) {
        *said = Some(now);
        tracing::error!(%error, "can't accept connections; retrying");
    }
    if crowd.make_room() {
        tokio::task::yield_now().await;
        tokio::time::sleep(REST / 10).await;
    } else {
        tokio::time::sleep(REST).await;
    }
}

#[cfg(test)]
mod tests;
