//! How clients are set up.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use tower_service::Service;

use crate::connector::Connector;
use crate::error::Error;
use crate::http::{Http, Transport};
use crate::options::{CallOptions, ProjectOptions, limit_setters, setters};
use crate::project::ProjectConnector;
use crate::secret::Secret;

const DEFAULT_BASE_URL: &str = "http://127.0.0.1:3000/v1";

/// Sets up a [`Connector`] or a [`ProjectConnector`].
///
/// ```
/// use std::time::Duration;
/// use plugwright_client::Connector;
///
/// let client = Connector::builder()
///     .api_key("pw_...")
///     .base_url("https://gateway.example.com/v1")
///     .team("acme")
///     .timeout(Duration::from_secs(10))
///     .deadline(Duration::from_secs(40))
///     .build()?;
/// # Ok::<(), plugwright_client::Error>(())
/// ```
#[derive(Clone)]
pub struct Builder<C> {
    api_key: Option<Secret>,
    anonymous: bool,
    base_url: Option<String>,
    transport: Option<Transport>,
    options: CallOptions,
    client: PhantomData<fn() -> C>,
}

/// Sets up a [`Connector`].
pub type ConnectorBuilder = Builder<Connector>;

/// Sets up a [`ProjectConnector`].
pub type ProjectConnectorBuilder = Builder<ProjectConnector>;

impl<C> Builder<C> {
    pub(crate) fn new() -> Self {
        Self {
            api_key: None,
            anonymous: false,
            base_url: None,
            transport: None,
            options: CallOptions::default(),
            client: PhantomData,
        }
    }

    setters! {
        /// Sets the key, which is sent as a bearer token.
        api_key(key: impl Into<Secret>) api_key = Some(key.into());
        /// Sets where the gateway is, with the `/v1` of its API; by default
        /// `http://127.0.0.1:3000/v1`.
        base_url(url: impl Into<String>) base_url = Some(url.into());
        /// Sets the HTTP client, by default one that follows no redirects. Set it up without redirects
        /// too, and with whatever else it needs: proxies, certificates, connection pools. It needs a
        /// choice of cryptography: the feature `rustls` of `reqwest`, or a provider that the process
        /// installed for rustls, such as `rustls::crypto::ring::default_provider().install_default()`.
        http_client(client: reqwest::Client) transport = Some(Transport::Network(client));
    }

    /// Sends requests to a service in this process in place of a server: a linked gateway, or a double
    /// in a test. It sees the same requests as a server would, and needs no key unless it asks for one.
    ///
    /// ```
    /// use axum::{Json, Router, routing::post};
    /// use plugwright_client::Connector;
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), plugwright_client::Error> {
    /// let greet = async || Json(json!({ "success": true, "data": "hello" }));
    /// let double = Router::new().route("/v1/actions/greetings.get", post(greet));
    /// let client = Connector::builder().service(double).build()?;
    /// let greeting: String = client.execute("greetings.get", &json!({})).await?;
    /// assert_eq!(greeting, "hello");
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn service<S, B>(mut self, service: S) -> Self
    where
        S: Service<http::Request<reqwest::Body>, Response = http::Response<B>> + Clone,
        S: Send + Sync + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        S::Future: Send,
        B: http_body::Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.transport = Some(Transport::service(service));
        self.anonymous = true;
        self
    }

    limit_setters!(options.limits);

    fn http(&self) -> Result<Http, Error> {
        if self.api_key.is_none() && !self.anonymous {
            return Err(Error::invalid_request("`api_key` is required"));
        }
        let base_url = self.base_url.as_deref().unwrap_or(DEFAULT_BASE_URL);
        Http::new(base_url, self.api_key.as_ref(), self.transport.clone())
    }
}

impl Builder<Connector> {
    /// Sends no key, for a gateway that asks for none.
    #[must_use]
    pub fn without_api_key(mut self) -> Self {
        self.api_key = None;
        self.anonymous = true;
        self
    }

    setters! {
        /// Sets the default team, which is an organization of the gateway.
        team(team: impl Into<String>) options.team = Some(team.into());
        /// Sets the default connection, by its name.
        connection_name(name: impl Into<String>) options.connection_name = Some(name.into());
    }

    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// If the key or the URL is missing or invalid, or TLS can't be set up.
    pub fn build(self) -> Result<Connector, Error> {
        Ok(Connector::of(self.http()?, self.options))
    }
}

impl Builder<ProjectConnector> {
    /// Makes the client. Nothing is sent.
    ///
    /// # Errors
    ///
    /// If the key or the URL is missing or invalid, or TLS can't be set up.
    pub fn build(self) -> Result<ProjectConnector, Error> {
        let limits = self.options.limits;
        Ok(ProjectConnector::of(
            self.http()?,
            ProjectOptions { limits },
        ))
    }
}

impl<C> fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("api_key", &self.api_key)
            .field("base_url", &self.base_url)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
