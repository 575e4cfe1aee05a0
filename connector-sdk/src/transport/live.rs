//! Requests over the network.

use std::error::Error as _;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _};
use reqwest::redirect::Policy;
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use url::Position;

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
/// use plugwright_sdk::host::Entry;
/// use plugwright_sdk::{ActionContext, Credential};
///
/// fn calling(entry: Entry, live: &Live, token: &str) -> ActionContext {
///     ActionContext::builder(&entry.connector, Arc::new(live.clone()))
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
        let client = Self::client_builder()?
            .redirect(Policy::none())
            .connect_timeout(Duration::from_secs(10))
            // RFC 9112, sections 5.1 and 5.2, and what browsers pass over.
            .http1_allow_spaces_after_header_name_in_responses(true)
            .http1_allow_obsolete_multiline_headers_in_responses(true)
            .http1_ignore_invalid_headers_in_responses(true)
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

    /// Starts a client that trusts whom this machine trusts, for [`from_client`](Self::from_client) and
    /// for other requests. Settings of TLS on the builder have no effect.
    ///
    /// The cryptography is that of ring, or what the process chose for rustls by
    /// `CryptoProvider::install_default`. A client that starts with `reqwest::Client::builder` needs such a
    /// choice, or the feature `rustls` of `reqwest`, even if it sends nothing over TLS.
    ///
    /// # Errors
    ///
    /// If TLS can't be set up on this machine.
    pub fn client_builder() -> Result<reqwest::ClientBuilder, TransportError> {
        let tls = tls()
            .map_err(|error| TransportError::Refused(format!("TLS can't be set up: {error}")))?;
        Ok(reqwest::Client::builder().tls_backend_preconfigured(tls))
    }
}

fn tls() -> Result<ClientConfig, rustls::Error> {
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let mut tls = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(tls)
}

/// Returns whether decompression found bytes that make no sense. The HTTP library says `decode` of
/// broken connections too, which have an error of the connection as their source.
fn is_undecodable(error: &reqwest::Error) -> bool {
    error
        .source()
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| error.kind() != ErrorKind::UnexpectedEof)
}

#[async_trait::async_trait]
impl Transport for Live {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let (url, headers) = request.prepare()?;
        let body = match &request.body.content {
            Content::Bytes(bytes) => bytes.clone().into(),
            Content::File(file) => reqwest::Body::wrap_stream(file.open()),
        };
        let mut sending = reqwest::Request::new(request.method.clone(), url.into_owned());
        *sending.headers_mut() = headers;
        *sending.body_mut() = Some(body);
        let mut response = self.client.execute(sending).await.map_err(|error| {
            if error.is_connect() || error.is_builder() {
                let place = &request.url[Position::BeforeHost..Position::AfterPort];
                TransportError::Unreachable {
                    host: place.to_owned(),
                    // The URL may carry a credential.
                    source: error.without_url().into(),
                }
            } else {
                TransportError::Interrupted(error.without_url().into())
            }
        })?;
        Ok(Response {
            status: response.status().as_u16(),
            headers: std::mem::take(response.headers_mut()),
            body: response.bytes_stream().map_err(broken).boxed(),
        })
    }
}

fn broken(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    if is_undecodable(&error) {
        TransportError::Undecodable(error.into())
    } else {
        TransportError::Interrupted(error.into())
    }
}
