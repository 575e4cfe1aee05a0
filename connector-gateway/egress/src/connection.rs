//! Makes connections, and counts those that are open and those that carry a request.

use std::error::Error;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tower::{Service, ServiceExt as _};

use crate::failure;
use crate::pools::Clients;
use crate::resolver::GuardedResolver;

/// A peer that is silent is asked whether it is still there, this often,
const KEEPALIVE: Duration = Duration::from_secs(15);
/// so many times.
const KEEPALIVE_RETRIES: u32 = 3;
/// A peer that confirms nothing of what it was sent for this long is gone. Without it, a shared
/// connection (HTTP/2) to one would take requests for a quarter of an hour.
#[cfg(target_os = "linux")]
const UNCONFIRMED: Duration = Duration::from_secs(30);

pub(crate) type BoxError = Box<dyn Error + Send + Sync>;

/// Connects to hosts whose addresses the guard lets pass.
#[derive(Clone)]
pub(crate) struct Dialer {
    https: Arc<HttpsConnector<HttpConnector<GuardedResolver>>>,
    limit: Duration,
}

impl Dialer {
    pub(crate) fn new(
        resolver: GuardedResolver,
        tls: ClientConfig,
        connect_timeout: Duration,
    ) -> Self {
        let mut http = HttpConnector::new_with_resolver(resolver);
        http.enforce_http(false);
        http.set_nodelay(true);
        http.set_keepalive(Some(KEEPALIVE));
        http.set_keepalive_interval(Some(KEEPALIVE));
        http.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
        #[cfg(target_os = "linux")]
        http.set_tcp_user_timeout(Some(UNCONFIRMED));
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_all_versions()
            .wrap_connector(http);
        Self {
            https: Arc::new(https),
            limit: connect_timeout,
        }
    }
}

/// What the connections of one client are doing.
#[derive(Default)]
pub(crate) struct Usage {
    open: AtomicUsize,
    requests: AtomicUsize,
}

impl Usage {
    /// Counts connections that carry no request. There are more of them where another one carries
    /// several requests (HTTP/2).
    pub(crate) fn idle(&self) -> usize {
        let open = self.open.load(Ordering::Relaxed);
        open.saturating_sub(self.requests.load(Ordering::Relaxed))
    }

    pub(crate) fn is_none(&self) -> bool {
        self.open.load(Ordering::Relaxed) == 0 && self.requests.load(Ordering::Relaxed) == 0
    }
}

/// Counts for as long as it lives.
pub(crate) struct Counted {
    usage: Arc<Usage>,
    count: fn(&Usage) -> &AtomicUsize,
}

impl Counted {
    pub(crate) fn request(usage: &Arc<Usage>) -> Self {
        Self::of(Arc::clone(usage), |usage| &usage.requests)
    }

    fn connection(usage: Arc<Usage>) -> Self {
        Self::of(usage, |usage| &usage.open)
    }

    fn of(usage: Arc<Usage>, count: fn(&Usage) -> &AtomicUsize) -> Self {
        count(&usage).fetch_add(1, Ordering::Relaxed);
        Self { usage, count }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.count)(&self.usage).fetch_sub(1, Ordering::Relaxed);
    }
}

/// Connects for one client.
#[derive(Clone)]
pub(crate) struct Connector {
    pub(crate) dialer: Dialer,
    pub(crate) usage: Arc<Usage>,
    /// All clients that share the room for idle connections with it.
    pub(crate) clients: Weak<Clients>,
}

impl Service<Uri> for Connector {
    type Response = Open;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let clients = self.clients.upgrade();
        if let Some(clients) = &clients {
            clients.make_room();
        }
        let connecting = HttpsConnector::clone(&self.dialer.https).oneshot(to);
        let limit = self.dialer.limit;
        let usage = Arc::clone(&self.usage);
        Box::pin(async move {
            let connected = tokio::time::timeout(limit, connecting)
                .await
                .unwrap_or_else(|elapsed| Err(elapsed.into()));
            if let (Err(error), Some(clients)) = (&connected, clients)
                && failure::is_of_this_machine(&**error)
            {
                // The next attempt may then find what was missing, such as a file descriptor.
                clients.close_idle(0);
            }
            Ok(Open {
                stream: connected?,
                _counted: Counted::connection(usage),
            })
        })
    }
}

/// An open connection.
pub(crate) struct Open {
    stream: MaybeHttpsStream<TokioIo<TcpStream>>,
    _counted: Counted,
}

impl Open {
    fn stream(self: Pin<&mut Self>) -> Pin<&mut MaybeHttpsStream<TokioIo<TcpStream>>> {
        Pin::new(&mut self.get_mut().stream)
    }
}

impl Connection for Open {
    fn connected(&self) -> Connected {
        self.stream.connected()
    }
}

impl Read for Open {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream().poll_read(cx, into)
    }
}

impl Write for Open {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream().poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream().poll_write_vectored(cx, slices)
    }
}
