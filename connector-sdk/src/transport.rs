//! The one seam for upstream traffic: live, replayed, recorded, mocked or planned.

pub(crate) mod error;
#[cfg(feature = "live")]
mod live;
mod mock;
mod plan;
mod read_only;
mod record;
mod relay;
mod replay;

use std::borrow::Cow;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, StreamExt, TryStreamExt};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, Method};
use url::Url;

use crate::auth::Applied;
use crate::context::ResponseMemory;
use crate::graphql::{Operation, OperationKind};
use crate::http::{Body, Content};
use crate::reading::json::crowd;
use crate::secret::Redactor;

pub use error::TransportError;
#[cfg(feature = "live")]
pub use live::Live;
pub use mock::Mock;
pub use plan::{Plan, PlannedRequest};
pub use read_only::ReadOnly;
pub use record::Record;
pub use relay::{Network, Relay, Relayed};
pub use replay::Replay;

/// A request, with its credential kept apart from the rest until it is sent.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// URL, without the credential.
    pub url: Url,
    /// Headers, without the credential.
    pub headers: HeaderMap,
    /// Body.
    pub body: Body,
    pub(crate) auth: Option<Applied>,
    pub(crate) for_stranger: bool,
    pub(crate) operation: Option<Operation>,
    pub(crate) unseen: bool,
}

impl Request {
    /// Makes a request without headers, body and credential.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: HeaderMap::new(),
            body: Body::default(),
            auth: None,
            for_stranger: false,
            operation: None,
            unseen: false,
        }
    }

    /// Returns the GraphQL operation in the body, if that is what it is for.
    pub fn operation(&self) -> Option<&Operation> {
        self.operation.as_ref()
    }

    /// Returns whether it changes nothing at the provider: by its method (RFC 9110, section 9.2.1), or as
    /// a GraphQL query.
    pub fn is_safe(&self) -> bool {
        let is_query = |operation: &Operation| operation.kind() == OperationKind::Query;
        self.method.is_safe() || self.operation.as_ref().is_some_and(is_query)
    }

    /// Returns whether nobody sees what it makes before a later request refers to it: see
    /// [`RequestBuilder::unseen`](crate::http::RequestBuilder::unseen).
    pub fn is_unseen(&self) -> bool {
        self.unseen
    }

    /// Returns whether a redirect led this request to a host that the connector does not declare.
    /// Nothing that is meant for the provider alone may go there.
    pub fn is_for_stranger(&self) -> bool {
        self.for_stranger
    }

    /// Returns whether headers of the caller take the place of the connection's credential.
    pub fn has_caller_credential(&self) -> bool {
        self.auth
            .as_ref()
            .is_some_and(|auth| auth.headers().is_some())
    }

    /// Returns what finds its credential in text, for what is kept of an answer.
    pub fn redactor(&self) -> Redactor {
        let auth = self.auth.as_ref();
        auth.map(Applied::redactor).unwrap_or_default()
    }

    fn authorize(
        &self,
        url: &mut Cow<'_, Url>,
        headers: &mut HeaderMap,
    ) -> Result<(), TransportError> {
        let Some(auth) = &self.auth else {
            return Ok(());
        };
        if let Some((name, value)) = auth.query() {
            let mut pairs = url.to_mut().query_pairs_mut();
            pairs.append_pair(name, value.expose());
        }
        if let Some((name, value)) = auth.header() {
            let mut value = http::HeaderValue::try_from(value.expose()).map_err(|_| {
                TransportError::Refused(
                    "the credential has characters that are not allowed in a header".to_owned(),
                )
            })?;
            value.set_sensitive(true);
            let name = http::HeaderName::try_from(name).map_err(|_| {
                TransportError::Refused(format!("`{name}` is not a valid header name"))
            })?;
            headers
                .try_insert(name, value)
                .map_err(|error| TransportError::Refused(error.to_string()))?;
        }
        if let Some(own) = auth.headers() {
            let replaced = own.replace(headers);
            replaced.map_err(|error| TransportError::Refused(error.to_string()))?;
        }
        Ok(())
    }

    /// Returns URL and headers as an HTTP client sends them: with the credential, and with the length
    /// of the body where a client does not add that.
    ///
    /// # Errors
    ///
    /// [`TransportError::Refused`] if the credential has characters that are not allowed in a header. The
    /// message does not show it.
    pub fn prepare(&self) -> Result<(Cow<'_, Url>, HeaderMap), TransportError> {
        let (mut url, mut headers) = (Cow::Borrowed(&self.url), self.headers.clone());
        self.authorize(&mut url, &mut headers)?;
        let expects_body = matches!(self.method, Method::POST | Method::PUT | Method::PATCH);
        match &self.body.content {
            // Clients leave it out, and some servers insist (RFC 9110, 8.6).
            Content::Bytes(bytes) if bytes.is_empty() && expects_body => {
                headers.insert(CONTENT_LENGTH, 0.into());
            }
            Content::Bytes(_) => {}
            Content::File(file) => {
                headers.insert(CONTENT_LENGTH, file.length().into());
            }
        }
        Ok((url, headers))
    }
}

/// Answers up to this length, in bytes, ask a host for no memory.
const FREE: usize = 64 << 10;

/// The memory that a JSON value takes, with its share of the containers.
const VALUE: usize = 128;

/// An answer whose body is still to be read.
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, piece by piece.
    pub body: BoxStream<'static, Result<Bytes, TransportError>>,
}

impl Response {
    /// Makes an answer from a body that is there already.
    pub fn new(status: u16, headers: HeaderMap, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        Self {
            status,
            headers,
            body: futures_util::stream::once(async move { Ok(body) }).boxed(),
        }
    }

    /// Reads the body to its end.
    ///
    /// # Errors
    ///
    /// [`TransportError::TooLarge`] if it is longer than `cap` bytes; what the stream reports.
    pub async fn read(self, cap: usize) -> Result<Bytes, TransportError> {
        self.read_within(cap, None).await
    }

    /// As [`read`](Self::read), with memory from a host for the body and for what will be read from it.
    pub(crate) async fn read_within(
        self,
        cap: usize,
        memory: Option<&dyn ResponseMemory>,
    ) -> Result<Bytes, TransportError> {
        let mut length = 0;
        let mut pieces = self.body.map(|piece| {
            let piece = piece?;
            length += piece.len();
            if length > cap {
                return Err(TransportError::TooLarge { cap });
            }
            Ok(piece)
        });
        let mut reserved = FREE;
        let first = pieces.try_next().await?.unwrap_or_default();
        grow(memory, first.len(), &mut reserved).await;
        // Most answers are one piece, which needs no copy.
        let whole = match pieces.try_next().await? {
            None => first,
            Some(second) => {
                let mut whole = BytesMut::from(first);
                whole.extend_from_slice(&second);
                while let Some(piece) = pieces.try_next().await? {
                    grow(memory, whole.len() + piece.len(), &mut reserved).await;
                    whole.extend_from_slice(&piece);
                }
                whole.freeze()
            }
        };
        if let Some(memory) = memory
            && whole.len() > FREE
        {
            memory.reserve(crowd::most_values(&whole) * VALUE).await;
        }
        Ok(whole)
    }
}

/// Reserves memory for a body of this length, if it has outgrown what is reserved.
async fn grow(memory: Option<&dyn ResponseMemory>, length: usize, reserved: &mut usize) {
    if let Some(memory) = memory
        && length > *reserved
    {
        // A buffer doubles when it grows.
        memory.reserve(length).await;
        *reserved += length;
    }
}

/// Sends requests. All upstream traffic goes through it.
///
/// The context follows redirects, keeps to deadline and cap, and judges answers. A transport only
/// carries one request and its answer.
#[async_trait::async_trait]
pub trait Transport: Send + Sync {
    /// Sends one request; follows no redirect.
    async fn send(&self, request: &Request) -> Result<Response, TransportError>;

    /// Hears what an answer's body says that status and headers don't, and returns after how long the
    /// request should be sent again, if it should. A transport that is made of another one passes it on.
    fn learn(&self, _request: &Request, _meaning: &Meaning) -> Option<Duration> {
        None
    }
}

/// What an answer means, as its body says: GraphQL reports errors inside of answers with status 200.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The status that it came with.
    pub answered: u16,
    /// The status that it stands for; the same where the body says nothing else.
    pub means: u16,
    /// How long to wait before the next attempt, as an error asks.
    pub wait: Option<Duration>,
    /// For how long the rate limit is used up.
    pub used_up_for: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    fn answer(pieces: &'static [&'static str]) -> Response {
        let pieces = futures_util::stream::iter(pieces);
        Response {
            body: pieces
                .map(|piece| Ok(Bytes::from_static(piece.as_bytes())))
                .boxed(),
            ..Response::new(200, HeaderMap::new(), "")
        }
    }

    #[test]
    fn a_body_is_read_whole_whatever_its_pieces_are() {
        for pieces in [&[][..], &["abc"], &["a", "bc"], &["a", "", "b", "c"]] {
            let body = answer(pieces).read(3).now_or_never().unwrap().unwrap();
            assert_eq!(body, pieces.concat());
        }
    }

    #[test]
    fn no_body_is_longer_than_the_cap() {
        for pieces in [&["abcd"][..], &["ab", "cd"], &["a", "b", "c", "d"]] {
            let error = answer(pieces).read(3).now_or_never().unwrap().unwrap_err();
            assert!(
                matches!(error, TransportError::TooLarge { cap: 3 }),
                "{pieces:?}"
            );
        }
    }
}
