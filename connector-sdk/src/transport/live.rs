//! Requests over the network.

use std::time::Duration;

use futures_util::StreamExt;
use http::Method;
use http::header::CONTENT_LENGTH;
use reqwest::redirect::Policy;

use super::{Request, Response, Transport, TransportError};
use crate::http::Content;

/// Sends requests over HTTP(S) with rustls.
///
/// It follows no redirect by itself and makes no second attempt; a connection has to be made within
/// ten seconds. Clones share one pool of connections.
///
/// ```
/// use std::sync::Arc;
///
/// use plugwright_sdk::transport::Live;
/// use plugwright_sdk::{ActionContext, Credential, Entry};
///
/// fn calling(entry: Entry, live: &Live, token: &str) -> ActionContext {
///     ActionContext::builder(entry.connector, Arc::new(live.clone()))
///         .credential(Credential::token(token))
///         .build()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Live {
    client: reqwest::Client,
}

impl Live {
    /// Makes a client with its own pool of connections.
    ///
    /// # Errors
    ///
    /// If TLS can't be set up on this machine.
    pub fn new() -> Result<Self, TransportError> {
        let client = reqwest::Client::builder()
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(10))
            .build()
            .map_err(|error| {
                TransportError::Refused(format!(
                    "the HTTP client can't be set up: {}",
                    error.without_url()
                ))
            })?;
        Ok(Self { client })
    }

    /// Takes a client with its own resolver, pool or certificates. It must follow no redirect.
    pub fn from_client(client: reqwest::Client) -> Self {
        Self { client }
    }
}

#[async_trait::async_trait]
impl Transport for Live {
    async fn send(&self, mut request: Request) -> Result<Response, TransportError> {
        request.authorize()?;
        let host = request.url.host_str().unwrap_or_default().to_owned();
        let expects_body = matches!(request.method, Method::POST | Method::PUT | Method::PATCH);
        let body = match request.body.content {
            Content::Bytes(bytes) => {
                if bytes.is_empty() && expects_body {
                    // The HTTP library leaves it out, and some servers insist (RFC 9110, 8.6).
                    request.headers.insert(CONTENT_LENGTH, 0.into());
                }
                bytes.into()
            }
            Content::File(file) => {
                request.headers.insert(CONTENT_LENGTH, file.length().into());
                reqwest::Body::wrap_stream(file.open())
            }
        };
        let response = self
            .client
            .request(request.method, request.url)
            .headers(request.headers)
            .body(body)
            .send()
            .await
            // The URL may carry a credential.
            .map_err(reqwest::Error::without_url)
            .map_err(|error| {
                if error.is_connect() || error.is_builder() {
                    TransportError::Unreachable {
                        host,
                        source: error.into(),
                    }
                } else {
                    TransportError::Interrupted(error.into())
                }
            })?;
        Ok(Response {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response
                .bytes_stream()
                .map(|piece| {
                    piece.map_err(|error| TransportError::Interrupted(error.without_url().into()))
                })
                .boxed(),
        })
    }
}
