//! Connections of clients: who is too slow is let go, and who waits for an answer gets it.

use std::pin::pin;
use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::config::LimitsConfig;

/// Answers requests until told to stop, then finishes those that run, for as long as the grace
/// lasts.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: &LimitsConfig,
    stop: CancellationToken,
) {
    let mut server = auto::Builder::new(TokioExecutor::new());
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_timeout);
    server.http2().timer(TokioTimer::new());
    let graceful = GracefulShutdown::new();
    let service = TowerToHyperService::new(router);
    loop {
        let Some(accepted) = stop.run_until_cancelled(listener.accept()).await else {
            break;
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                rest_after(&error).await;
                continue;
            }
        };
        without_delay(&stream);
        let connection = server
            .serve_connection(TokioIo::new(stream), service.clone())
            .into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    let finished = tokio::time::timeout(limits.shutdown_grace, pin!(graceful.shutdown())).await;
    if finished.is_err() {
        tracing::warn!("clients were still connected when the time to stop was over");
    }
}

/// Answers are small; waiting to fill a packet only costs time.
fn without_delay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection can't be told to send at once");
    }
}

/// Out of file descriptors, most likely: some are free again soon.
async fn rest_after(error: &std::io::Error) {
    use std::io::ErrorKind;
    let passing = matches!(
        error.kind(),
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset
    );
    if !passing {
        tracing::error!(%error, "no connection can be taken; trying again in a second");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}
