//! Connections of clients: who is too slow is let go, and who waits for an answer gets it.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt as _;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::crowd::{Crowd, Ticket};
use super::progress::{LAG, Progress, Signal, Standing, Verdict};
use super::requests::Requests;
use super::watched::Watched;
use super::workers::Workers;
use plugwright_engine::LimitHits;
use plugwright_engine::{Limit, Limits};
use plugwright_surfaces::Surfaces;

/// How long connections have, after the last was taken, to notice what clients sent before.
const ARRIVAL: Duration = Duration::from_millis(100);

/// Header fields that hyper has room for without memory of their own.
const USUAL_HEADERS: usize = 100;

/// Requests at the same time on a connection of HTTP/2.
const STREAMS: u32 = 100;
/// Bytes of a body that a client may send before they are read.
const STREAM_WINDOW: u32 = 128 << 10;
/// The same for all streams of a connection.
const CONNECTION_WINDOW: u32 = 512 << 10;
/// Bytes of an answer that wait on a stream until the client makes room.
const SEND_BUFFER: usize = 64 << 10;
/// Streams that were reset and not yet taken up, before the connection ends (CVE-2023-44487).
const PENDING_RESETS: usize = 20;
/// Streams that were reset for mistakes of the client, before the connection ends.
const OWN_RESETS: usize = 128;

/// Connections that are ending or refused, beside those that are in.
const LEAVING: usize = 64;
/// Those of them that a refusal is brought to.
const REFUSALS: usize = 32;
/// How long that may take.
const LINGER: Duration = Duration::from_secs(1);

/// Waits this long where nothing can be accepted and no connection is idle.
const REST: Duration = Duration::from_millis(100);
/// Says that again only after this long.
const SILENCE: Duration = Duration::from_secs(10);

const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n\
    content-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\nconnection: close\r\n\r\n\
    too many connections\n";
const TOO_LATE: &[u8] = b"HTTP/1.1 408 Request Timeout\r\n\
    content-length: 0\r\nconnection: close\r\n\r\n";

/// Answers requests until told to stop, then finishes those that run, for as long as the grace
/// lasts. Whoever had sent a request by then gets an answer.
pub(super) async fn serve(
    listener: TcpListener,
    workers: &Workers,
    surfaces: Surfaces,
    limits: &Limits,
    hits: LimitHits,
    stop: CancellationToken,
) {
    let server = Server::new(surfaces, limits, hits.clone());
    let most = limits.connections.min(Semaphore::MAX_PERMITS - LEAVING);
    let crowd = Arc::new(Crowd::new(most, limits.connections_per_peer, hits));
    // Descriptors, and not places: a connection that was let go has its own for a moment.
    let descriptors = Arc::new(Semaphore::new(most + LEAVING));
    let refusals = Arc::new(Semaphore::new(REFUSALS));
    let tasks = TaskTracker::new();
    let take = |(stream, address): (TcpStream, SocketAddr), descriptor: OwnedSemaphorePermit| {
        // It belongs to the runtime that answers from now on.
        let stream = stream.into_std();
        match crowd.admit(address.ip()) {
            Ok(ticket) => {
                let server = server.clone();
                workers.spawn(tasks.track_future(async move {
                    let _descriptor = descriptor;
                    match stream.and_then(TcpStream::from_std) {
                        Ok(stream) => server.answer(stream, ticket).await,
                        Err(error) => tracing::error!(%error, "a connection can't be taken"),
                    }
                }));
            }
            Err(limit) => {
                tracing::debug!(limit = limit.name(), "a connection was refused");
                if let (Ok(stream), Ok(turn)) = (stream, refusals.clone().try_acquire_owned()) {
                    workers.spawn(async move {
                        let _held = (descriptor, turn);
                        // Whoever does not take the refusal is let go without it.
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
    // Those whose turn had not come yet.
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
        tracing::warn!("clients were still connected when the time to stop was over");
    }
}

/// What each connection is answered with.
#[derive(Clone)]
struct Server {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    surfaces: Surfaces,
    limits: Arc<Limits>,
    hits: LimitHits,
}

/// How a connection ended.
enum End {
    ByItself(hyper::Result<()>),
    /// Another one took its place.
    LetGo,
    Late(Limit),
}

impl Server {
    fn new(surfaces: Surfaces, limits: &Limits, hits: LimitHits) -> Self {
        let mut http1 = http1::Builder::new();
        http1
            // The supervisor of a connection has that time.
            .header_read_timeout(None)
            .max_header_size(limits.header_size);
        if limits.headers > USUAL_HEADERS {
            http1.max_headers(limits.headers);
        }
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .max_header_list_size(u32::try_from(limits.header_size).unwrap_or(u32::MAX))
            .max_concurrent_streams(STREAMS)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(SEND_BUFFER)
            .max_pending_accept_reset_streams(PENDING_RESETS)
            .max_local_error_reset_streams(OWN_RESETS);
        Self {
            http1,
            http2,
            surfaces,
            limits: Arc::new(limits.clone()),
            hits,
        }
    }

    async fn answer(self, stream: TcpStream, ticket: Ticket) {
        without_delay(&stream);
        let progress = &ticket.progress;
        let mut stream = Watched::new(stream, Arc::clone(progress));
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
                stream.say_if_begun(TOO_LATE);
                tracing::debug!("a connection ended before a request");
                return;
            }
        };
        let requests = Requests {
            surfaces: self.surfaces.clone(),
            progress: Arc::clone(progress),
        };
        let stream = TokioIo::new(stream);
        let end = if http2 {
            let mut connection = pin!(self.http2.serve_connection(stream, requests));
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
            if matches!(end, End::Late(Limit::HeaderTimeout)) {
                connection
                    .into_parts()
                    .io
                    .into_inner()
                    .say_if_begun(TOO_LATE);
            }
            end
        };
        match end {
            End::ByItself(Ok(())) => {}
            End::ByItself(Err(error)) => {
                if error.is_parse_too_large() {
                    self.hits.add(Limit::Headers);
                }
                tracing::debug!(%error, "a connection ended early");
            }
            End::LetGo => tracing::debug!("a connection made room for another"),
            End::Late(limit) => {
                tracing::debug!(
                    limit = limit.name(),
                    "a connection without progress was ended"
                );
            }
        }
    }

    /// Drives a connection until it ends, or has to.
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
                if wanted == Signal::LetGo {
                    // A request may have come since this was chosen; that one is answered.
                    let now = Instant::now();
                    if progress.standing(now) != Standing::Busy {
                        return Poll::Ready(End::LetGo);
                    }
                    retire = !std::mem::replace(&mut retired, true);
                    if retire {
                        continue;
                    }
                    timer.as_mut().reset(now + LAG);
                }
                // Most requests begin and end while the timer stays as it is.
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

/// Tells a client that there is no place, and waits until it has heard.
async fn refuse(stream: std::net::TcpStream) -> io::Result<()> {
    let mut stream = TcpStream::from_std(stream)?;
    stream.write_all(FULL).await?;
    stream.shutdown().await?;
    // A stream that is closed with unread bytes takes back what was sent.
    let mut rest = [0; 1024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// Answers are small; waiting to fill a packet only costs time.
fn without_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection can't be told to send at once");
    }
}

/// Out of file descriptors, most likely: an idle connection has one.
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
        tracing::error!(%error, "no connection can be taken; trying again");
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
