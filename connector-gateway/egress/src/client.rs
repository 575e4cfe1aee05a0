//! The HTTP client of calls that the guard watches over.

use std::error::Error;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use http::header::{ACCEPT, ACCEPT_ENCODING};
use http::uri::InvalidUri;
use http::{HeaderValue, Uri};
use http_body::Frame;
use http_body_util::{BodyDataStream, Either, Full, StreamBody};
use hyper::ext::on_informational;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use plugwright_sdk::http::Content;
use plugwright_sdk::transport::{Request, Response, Transport, TransportError};
use rustls::ClientConfig;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tower::{Service, ServiceExt as _};
use url::{Position, Url};

use crate::coding;
use crate::failure;
use crate::guard::place;
use crate::pieces::Pieces;
use crate::resolver::GuardedResolver;

/// Connections to one host that are kept open while nobody uses them.
pub(crate) const MOST_IDLE: usize = 64;
/// For how long they are kept; servers often close theirs after a minute.
pub(crate) const IDLE: Duration = Duration::from_secs(55);
/// A peer that is silent is asked whether it is still there, this often,
const KEEPALIVE: Duration = Duration::from_secs(15);
/// so many times.
const KEEPALIVE_RETRIES: u32 = 3;
/// A peer that confirms nothing of what it was sent for this long is gone. Without it, a shared
/// connection (HTTP/2) to one would take requests for a quarter of an hour.
#[cfg(target_os = "linux")]
const UNCONFIRMED: Duration = Duration::from_secs(30);

/// Interim answers that a request may have.
const MOST_INTERIM: u32 = 100;

type BoxError = Box<dyn Error + Send + Sync>;
type RequestBody = Either<Full<Bytes>, StreamBody<BoxStream<'static, io::Result<Frame<Bytes>>>>>;

/// A pool of connections to hosts whose addresses the guard lets pass. It follows no redirect, makes
/// no second attempt and uses no proxy.
///
/// Threads that have a pool each don't wait for one another.
pub(crate) struct Client {
    pool: Pool<Connector, RequestBody>,
}

impl Client {
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
        let connector = Connector {
            https: Arc::new(https),
            limit: connect_timeout,
        };
        let pool = Pool::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MOST_IDLE)
            // RFC 9112, sections 5.1 and 5.2, and what browsers pass over.
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
            .build(connector);
        Self { pool }
    }
}

#[async_trait::async_trait]
impl Transport for Client {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let unreachable = |source: BoxError| TransportError::Unreachable {
            host: place(&request.url),
            source,
        };
        let mut message = message(request)?;
        let interim = Interim::watch(&mut message);
        let answer = tokio::select! {
            biased;
            answer = self.pool.request(message) => answer,
            () = interim.too_many.notified() => {
                let problem = format!("the server sent more than {MOST_INTERIM} interim responses");
                return Err(TransportError::Interrupted(problem.into()));
            }
        };
        let (head, body) = answer
            .map_err(|error| {
                if error.is_connect() {
                    unreachable(error.into())
                } else if let Some(problem) = failure::of_the_head(&error) {
                    TransportError::Unreadable(problem)
                } else {
                    TransportError::Interrupted(error.into())
                }
            })?
            .into_parts();
        let mut pieces = Pieces::default();
        let body = BodyDataStream::new(body).map(move |piece| {
            let piece = piece.map_err(|error| TransportError::Interrupted(error.into()))?;
            if pieces.allow(piece.len()) {
                Ok(piece)
            } else {
                let problem = "it came in too many small pieces";
                Err(TransportError::Undecodable(problem.into()))
            }
        });
        Ok(Response {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.boxed(),
        })
    }
}

/// Counts the interim answers to a request (RFC 9110, section 15.2).
#[derive(Default)]
struct Interim {
    count: AtomicU32,
    too_many: Notify,
}

impl Interim {
    fn watch(message: &mut http::Request<RequestBody>) -> Arc<Self> {
        let interim = Arc::<Self>::default();
        let heard = Arc::clone(&interim);
        on_informational(message, move |_| {
            if heard.count.fetch_add(1, Ordering::Relaxed) == MOST_INTERIM {
                heard.too_many.notify_one();
            }
        });
        interim
    }
}

/// Returns a request as the pool sends it.
fn message(request: &Request) -> Result<http::Request<RequestBody>, TransportError> {
    let (url, mut headers) = request.prepare()?;
    headers
        .entry(ACCEPT)
        .or_insert(HeaderValue::from_static("*/*"));
    headers
        .entry(ACCEPT_ENCODING)
        .or_insert(HeaderValue::from_static(coding::ACCEPTED));
    let mut message = http::Request::new(body(&request.body.content));
    // Nothing was tried, so that it says nothing about the host.
    *message.uri_mut() = uri(&url)
        .map_err(|_| TransportError::Refused("the URL is longer than can be sent".to_owned()))?;
    *message.method_mut() = request.method.clone();
    *message.headers_mut() = headers;
    Ok(message)
}

fn uri(url: &Url) -> Result<Uri, InvalidUri> {
    url[..Position::AfterQuery].parse()
}

fn body(content: &Content) -> RequestBody {
    match content {
        Content::Bytes(bytes) => Either::Left(Full::new(bytes.clone())),
        Content::File(file) => {
            Either::Right(StreamBody::new(file.open().map_ok(Frame::data).boxed()))
        }
    }
}

#[derive(Clone)]
struct Connector {
    https: Arc<HttpsConnector<HttpConnector<GuardedResolver>>>,
    limit: Duration,
}

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        let connecting = HttpsConnector::clone(&self.https).oneshot(to);
        let limit = self.limit;
        Box::pin(async move {
            tokio::time::timeout(limit, connecting)
                .await
                .unwrap_or_else(|elapsed| Err(elapsed.into()))
        })
    }
}
