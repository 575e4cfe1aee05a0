//! The HTTP client of calls that the guard watches over.

use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
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
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use plugwright_sdk::http::Content;
use plugwright_sdk::transport::{Request, Response, Transport, TransportError};
use tokio::sync::Notify;
use url::{Position, Url};

use crate::coding;
use crate::connection::{BoxError, Connector, Counted, Dialer, Usage};
use crate::failure;
use crate::guard::place;
use crate::pieces::Pieces;
use crate::pools::Clients;

/// Connections of one owner to one host that are kept open while nobody uses them.
pub(crate) const MOST_IDLE: usize = 64;
/// For how long they are kept; servers often close theirs after a minute.
pub(crate) const IDLE: Duration = Duration::from_secs(55);

/// Interim answers that a request may have.
const MOST_INTERIM: u32 = 100;

type RequestBody = Either<Full<Bytes>, StreamBody<BoxStream<'static, io::Result<Frame<Bytes>>>>>;

/// A pool of connections for one owner, to hosts whose addresses the guard lets pass. It follows no
/// redirect, makes no second attempt and uses no proxy.
///
/// Threads that have a pool each don't wait for one another.
pub(crate) struct Client {
    pool: Pool<Connector, RequestBody>,
    usage: Arc<Usage>,
}

impl Client {
    pub(crate) fn new(dialer: Dialer, clients: Weak<Clients>) -> Self {
        let usage = Arc::<Usage>::default();
        let connector = Connector {
            dialer,
            usage: Arc::clone(&usage),
            clients,
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
        Self { pool, usage }
    }

    pub(crate) fn usage(&self) -> &Usage {
        &self.usage
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
        let counted = Counted::request(&self.usage);
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
        let mut reading = Reading {
            pieces: Pieces::default(),
            _counted: counted,
        };
        let body = BodyDataStream::new(body).map(move |piece| reading.check(piece));
        Ok(Response {
            status: head.status.as_u16(),
            headers: head.headers,
            body: body.boxed(),
        })
    }
}

/// The body of an answer while it is read.
struct Reading {
    pieces: Pieces,
    /// The connection is not idle before.
    _counted: Counted,
}

impl Reading {
    fn check(&mut self, piece: hyper::Result<Bytes>) -> Result<Bytes, TransportError> {
        let piece = piece.map_err(|error| TransportError::Interrupted(error.into()))?;
        if self.pieces.allow(piece.len()) {
            Ok(piece)
        } else {
            let problem = "it came in too many small pieces";
            Err(TransportError::Undecodable(problem.into()))
        }
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
