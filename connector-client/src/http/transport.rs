//! What carries requests to a gateway: the network, or a service in this process.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::{FutureExt as _, TryFutureExt as _};
use http_body_util::BodyDataStream;
use reqwest::{Body, Request, Response};
use rustls::ClientConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tower_service::Service;

use super::network;
use crate::error::{Error, ErrorCode};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone, Debug)]
pub(crate) enum Transport {
    Network(reqwest::Client),
    Service(Arc<dyn Serve>),
}

pub(crate) enum Failure {
    Network(reqwest::Error),
    Service(BoxError),
    TooLarge,
}

impl Transport {
    /// Makes a client that follows no redirects, which would take a call and its key elsewhere.
    pub(super) fn network() -> Result<Self, Error> {
        let unusable = || Error::invalid_request("the HTTP client can't be set up");
        let tls = tls().map_err(|error| unusable().with_source(error))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .build();
        client
            .map(Self::Network)
            .map_err(|error| unusable().with_source(error))
    }

    pub(crate) fn service<S, B>(service: S) -> Self
    where
        S: Service<http::Request<Body>, Response = http::Response<B>> + Clone,
        S: Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send,
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        Self::Service(Arc::new(Local(service)))
    }

    pub(super) fn keeps_time(&self) -> bool {
        matches!(self, Self::Network(_))
    }

    pub(super) fn send(
        &self,
        request: Request,
    ) -> impl Future<Output = Result<Response, Failure>> + use<> {
        match self {
            Self::Network(client) => {
                let response = client.execute(request).map_err(Failure::Network);
                response.left_future()
            }
            Self::Service(service) => service.serve(request).right_future(),
        }
    }
}

/// Trusts whom this machine trusts, with the cryptography of the process if it chose one.
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

pub(crate) trait Serve: Send + Sync {
    fn serve(&self, request: Request) -> BoxFuture<'static, Result<Response, Failure>>;
}

impl fmt::Debug for dyn Serve {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a service in this process")
    }
}

struct Local<S>(S);

impl<S, B> Serve for Local<S>
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Clone,
    S: Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    fn serve(&self, request: Request) -> BoxFuture<'static, Result<Response, Failure>> {
        let mut service = self.0.clone();
        Box::pin(async move {
            let ready = poll_fn(|cx| service.poll_ready(cx)).await;
            ready.map_err(Failure::service)?;
            let response = service.call(parts(request)?).await;
            let response = response.map_err(Failure::service)?;
            let body = |body| Body::wrap_stream(BodyDataStream::new(body));
            Ok(Response::from(response.map(body)))
        })
    }
}

fn parts(mut request: Request) -> Result<http::Request<Body>, Failure> {
    let body = request.body_mut().take().unwrap_or_default();
    let mut parts = http::Request::new(body);
    *parts.method_mut() = request.method().clone();
    *parts.uri_mut() = request.url().as_str().parse().map_err(Failure::service)?;
    std::mem::swap(parts.headers_mut(), request.headers_mut());
    Ok(parts)
}

impl Failure {
    fn service(error: impl Into<BoxError>) -> Self {
        Self::Service(error.into())
    }

    pub(super) fn error(self, timeout: Duration) -> Error {
        match self {
            Self::Network(error) => network(error, timeout),
            Self::TooLarge => Error::invalid_response("the response is too large"),
            Self::Service(error) => {
                Error::new(ErrorCode::ClientNetworkError, "the service failed").with_source(error)
            }
        }
    }
}
