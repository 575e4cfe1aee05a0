//! Connections of clients: who is too slow is let go, and who waits for an answer gets it.

use std::io;
use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt as _;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::workers::Workers;
use crate::limits::Limits;
use crate::surface::Surfaces;

/// What a connection that speaks HTTP/2 begins with.
const HTTP2: [u8; 24] = *b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// How long connections have, after the last was taken, to notice what clients sent before.
const ARRIVAL: Duration = Duration::from_millis(100);

/// Answers requests until told to stop, then finishes those that run, for as long as the grace
/// lasts. Whoever had sent a request by then gets an answer.
pub(super) async fn serve(
    listener: TcpListener,
    workers: &Workers,
    surfaces: Surfaces,
    limits: &Limits,
    stop: CancellationToken,
) {
    let mut http1 = http1::Builder::new();
    http1
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout);
    let mut http2 = http2::Builder::new(TokioExecutor::new());
    http2.timer(TokioTimer::new());
    let server = Server {
        http1,
        http2,
        service: TowerToHyperService::new(surfaces),
        header_timeout: limits.header_timeout,
        no_more: CancellationToken::new(),
    };
    let graceful = GracefulShutdown::new();
    let take = |stream: TcpStream| {
        // It belongs to the runtime that answers from now on.
        let stream = stream.into_std();
        let (server, watcher) = (server.clone(), graceful.watcher());
        workers.spawn(async move {
            match stream.and_then(TcpStream::from_std) {
                Ok(stream) => server.answer(stream, watcher).await,
                Err(error) => tracing::error!(%error, "a connection can't be taken"),
            }
        });
    };
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _)) => take(stream),
            Err(error) => rest_after(&error).await,
        }
    }
    // Those whose turn had not come yet.
    while let Some(Ok((stream, _))) = listener.accept().now_or_never() {
        take(stream);
    }
    drop(listener);
    tokio::time::sleep(ARRIVAL).await;
    server.no_more.cancel();
    let finished = tokio::time::timeout(limits.shutdown_grace, pin!(graceful.shutdown())).await;
    if finished.is_err() {
        tracing::warn!("clients were still connected when the time to stop was over");
    }
}

/// What each connection is answered with.
#[derive(Clone)]
struct Server {
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
    service: TowerToHyperService<Surfaces>,
    header_timeout: Duration,
    /// Whoever has not begun to send by then is let go.
    no_more: CancellationToken,
}

impl Server {
    async fn answer(self, stream: TcpStream, watcher: Watcher) {
        without_delay(&stream);
        let begun = tokio::time::timeout(self.header_timeout, speaks_http2(&stream));
        let Some(Ok(Ok(http2))) = self.no_more.run_until_cancelled(begun).await else {
            tracing::debug!("a connection ended before a request");
            return;
        };
        let stream = TokioIo::new(stream);
        let ended = if http2 {
            let connection = self.http2.serve_connection(stream, self.service);
            watcher.watch(connection).await
        } else {
            let connection = self.http1.serve_connection(stream, self.service);
            watcher.watch(connection).await
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// Looks at the first bytes that a client sends, as soon as they tell.
async fn speaks_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut first = [0; HTTP2.len()];
    loop {
        let count = stream.peek(&mut first).await?;
        if count == HTTP2.len() || count == 0 || !HTTP2.starts_with(&first[..count]) {
            return Ok(first == HTTP2);
        }
        // What has come is there to be seen at once, so nothing wakes this when more comes.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Answers are small; waiting to fill a packet only costs time.
fn without_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection can't be told to send at once");
    }
}

/// Out of file descriptors, most likely: some are free again soon.
async fn rest_after(error: &io::Error) {
    use io::ErrorKind;
    let passing = matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    );
    if !passing {
        tracing::error!(%error, "no connection can be taken; trying again in a second");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
