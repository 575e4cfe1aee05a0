//! The client for own connections.

use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::action::{Action, OwnConnections, RawResult};
use crate::apps::Apps;
use crate::builder::Builder;
use crate::catalog::{Catalog, Health};
use crate::error::Error;
use crate::http::{Call, Http, Key};
use crate::options::{CallOptions, Limits};
use crate::proxy::{ProxyRequest, ProxyResponse};
use crate::secret::Secret;
use crate::tools::Tools;

/// A client of a gateway, which calls actions with the connections that its key may use.
///
/// Clones share their connections to the gateway. A call is cancelled when its future is dropped.
///
/// ```
/// use plugwright_client::Connector;
/// use serde::Deserialize;
/// use serde_json::json;
///
/// #[derive(Deserialize)]
/// struct Issue {
///     number: u64,
///     title: String,
/// }
///
/// # async fn example() -> Result<(), plugwright_client::Error> {
/// let client = Connector::new("pw_...")?;
/// let input = json!({ "repo": "octocat/Hello-World", "issue_number": 7 });
/// let issue: Issue = client.execute("github.issues.get", &input).await?;
/// println!("#{} {}", issue.number, issue.title);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Connector {
    http: Http,
    options: CallOptions,
}

impl Connector {
    /// Makes a client of the gateway at `http://127.0.0.1:3000/v1`.
    ///
    /// # Errors
    ///
    /// If the key is empty or no header can have it, or TLS can't be set up.
    pub fn new(api_key: impl Into<Secret>) -> Result<Self, Error> {
        Self::builder().api_key(api_key).build()
    }

    /// Begins a client with settings of its own.
    pub fn builder() -> Builder<Self> {
        Builder::new()
    }

    pub(crate) fn of(http: Http, options: CallOptions) -> Self {
        Self { http, options }
    }

    /// Returns a client whose calls have these options, where they say something. This client stays as
    /// it is.
    ///
    /// ```
    /// # use plugwright_client::{CallOptions, Connector, Error};
    /// # use serde_json::{Value, json};
    /// # async fn example(client: Connector) -> Result<(), Error> {
    /// let work = client.using(CallOptions::new().team("acme").connection_name("work"));
    /// work.execute::<Value>("github.issues.list", &json!({ "repo": "acme/site" })).await?;
    ///
    /// // For one call:
    /// let once = CallOptions::new().retries(0);
    /// work.using(once).apps().list().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn using(&self, options: CallOptions) -> Self {
        Self {
            http: self.http.clone(),
            options: options.or(&self.options),
        }
    }

    /// Returns where the gateway is.
    pub fn base_url(&self) -> &str {
        self.http.base()
    }

    /// Calls an action and returns its output.
    ///
    /// # Errors
    ///
    /// If the call fails, or its output is no `T`.
    pub async fn execute<T: DeserializeOwned + Send>(
        &self,
        action: &str,
        input: &(impl Serialize + ?Sized),
    ) -> Result<T, Error> {
        self.action(action).input(input).execute().await
    }

    /// Calls an action, and also returns which run that was.
    ///
    /// # Errors
    ///
    /// If the call fails, or its output is no `T`.
    pub async fn execute_raw<T: DeserializeOwned + Send>(
        &self,
        action: &str,
        input: &(impl Serialize + ?Sized),
    ) -> Result<RawResult<T>, Error> {
        self.action(action).input(input).execute_raw().await
    }

    /// Begins a call of an action, for options, pages, dry runs and streams.
    pub fn action(&self, id: impl Into<String>) -> Action {
        let subject = OwnConnections::from(&self.options);
        Action::new(self.http.clone(), id, subject, self.options.limits)
    }

    /// Makes tools of a language model of the actions with these ids. In a pattern, `*` is any text:
    /// `github.*` are all actions of GitHub.
    pub fn tools<P: Into<String>>(&self, actions: impl IntoIterator<Item = P>) -> Tools {
        let patterns = actions.into_iter().map(Into::into).collect();
        let subject = OwnConnections::from(&self.options);
        Tools::new(self.clone(), subject, self.options.limits, patterns)
    }

    /// Sends a request to a connector's API, with the credential of the connection.
    ///
    /// It gets an idempotency key of its own unless it is a GET.
    ///
    /// ```
    /// # use plugwright_client::{Connector, Error, ProxyRequest};
    /// # use serde_json::{Value, json};
    /// # async fn example(client: Connector) -> Result<(), Error> {
    /// let request = ProxyRequest::get("/user/repos").query("per_page", 5);
    /// let repos = client.proxy::<Vec<Value>>("github", &request).await?;
    /// println!("{} {}", repos.status, repos.data.len());
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If there was no exchange with the provider, or its data is no `T`. An exchange that the provider
    /// ended with an error is a success.
    pub async fn proxy<T: DeserializeOwned>(
        &self,
        service: &str,
        request: &ProxyRequest,
    ) -> Result<ProxyResponse<T>, Error> {
        let url = self.http.url("/proxy", Some(service))?;
        let limits = self.options.limits.resolve();
        let body = request.body()?;
        let mut call = self.call(Method::POST, url)?;
        call.body = Some(body.into());
        call.key = request.key(limits)?;
        Ok(self.http.send(call).await?.data)
    }

    /// Returns what the gateway can do.
    pub fn catalog(&self) -> Catalog<'_> {
        Catalog(self)
    }

    /// Returns what is connected.
    pub fn apps(&self) -> Apps<'_> {
        Apps(self)
    }

    /// Asks the gateway what it is. This needs no key.
    ///
    /// # Errors
    ///
    /// If the gateway can't be reached.
    pub async fn health(&self) -> Result<Health, Error> {
        self.http.health(self.limits()).await
    }

    pub(crate) fn http(&self) -> &Http {
        &self.http
    }

    pub(crate) fn limits(&self) -> Limits {
        self.options.limits.resolve()
    }

    pub(crate) fn url(&self, path: &str, id: Option<&str>) -> Result<Url, Error> {
        self.http.url(path, id)
    }

    pub(crate) fn call(&self, method: Method, url: Url) -> Result<Call<'static>, Error> {
        Ok(Call {
            method,
            url,
            headers: OwnConnections::from(&self.options).headers()?,
            body: None,
            action: None,
            limits: self.limits(),
            key: Key::None,
        })
    }

    /// Reads something of the gateway.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        url: Url,
        action: Option<&str>,
    ) -> Result<T, Error> {
        let call = Call {
            action,
            ..self.call(Method::GET, url)?
        };
        Ok(self.http.send(call).await?.data)
    }
}
