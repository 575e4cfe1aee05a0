//! Requests to a running gateway.

mod told;

use std::time::Duration;

use http::Method;
use plugwright_sdk::{ActionError, ErrorCode, Secret};
use reqwest::redirect::Policy;
use serde_json::Value;
use url::{Host, Url};

use crate::failure::{Failure, Stop};
use crate::remote::Remote;
use crate::runtime;
pub(crate) use told::Told;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Resealing a large vault takes a while; nothing else that has no timeout of its own comes near.
const TIMEOUT: Duration = Duration::from_mins(5);

/// A running gateway.
pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Option<Secret>,
    /// What the paths start with.
    root: &'static str,
}

/// Does what takes requests to paths below `root`.
pub(crate) fn with<T>(
    remote: &Remote,
    root: &'static str,
    work: impl AsyncFnOnce(&Client) -> Result<T, Failure>,
) -> Result<T, Stop> {
    let done = runtime::block_on(async |cancellation| {
        let client = Client::new(remote, root)?;
        tokio::select! {
            done = work(&client) => done,
            () = cancellation.cancelled() => {
                Err(ActionError::new(ErrorCode::Cancelled, "the command was interrupted").into())
            }
        }
    })?;
    Ok(done?)
}

impl Client {
    pub(crate) fn new(remote: &Remote, root: &'static str) -> Result<Self, Failure> {
        let base = &remote.base;
        if !matches!(base.scheme(), "http" | "https") {
            let message = format!("must be a URL with http or https, not `{base}`");
            return Err(Failure::usage(ActionError::invalid_param(
                "gateway", message,
            )));
        }
        // A proxy for the internet can't reach this machine.
        let local = match base.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        };
        let mut http = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            // The token goes to the gateway that was named, and nowhere else.
            .redirect(Policy::none());
        if local {
            http = http.no_proxy();
        }
        Ok(Self {
            http: http
                .build()
                .map_err(|error| Failure::internal(format!("no requests can be sent: {error}")))?,
            base: base.clone(),
            token: remote.token.clone(),
            root,
        })
    }

    /// Gets something; parameters without a value are left out.
    pub(crate) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
    ) -> Result<Value, Failure> {
        self.send(Method::GET, path, query, None).await
    }

    /// Gets the items of a list.
    pub(crate) async fn items(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
    ) -> Result<Vec<Value>, Failure> {
        match self.get(path, query).await?["items"].take() {
            Value::Array(items) => Ok(items),
            _ => Err(self.strange("there is no list in the answer")),
        }
    }

    /// Sends a body.
    pub(crate) async fn send_body(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
    ) -> Result<Value, Failure> {
        self.send(method, path, &[], Some(body)).await
    }

    /// Makes a request without a body.
    pub(crate) async fn call(&self, method: Method, path: &[&str]) -> Result<Value, Failure> {
        self.send(method, path, &[], None).await
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, Option<String>)],
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut request = self.http.request(method, self.url(path, query)?);
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
        let told = self.ask(request.timeout(TIMEOUT)).await?;
        told.map_err(|told| told.into_failure(self.root))
    }

    /// Calls what a path names, with headers and a body, and waits as long as is said.
    pub(crate) async fn post(
        &self,
        path: &[&str],
        headers: &[(&'static str, &str)],
        body: &Value,
        patience: Duration,
    ) -> Result<Result<Value, Told>, Failure> {
        let mut request = self.http.request(Method::POST, self.url(path, &[])?);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        self.ask(request.timeout(patience)).await
    }

    /// Sends a request and reads the answer, or what the gateway says is wrong.
    async fn ask(&self, request: reqwest::RequestBuilder) -> Result<Result<Value, Told>, Failure> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token.expose()),
            None => request,
        };
        let response = request
            .send()
            .await
            .map_err(|error| self.unreached(&error))?;
        let status = response.status();
        let body = response
            .bytes()
            .await
            .map_err(|error| self.unreached(&error))?;
        if status.is_success() {
            if body.is_empty() {
                return Ok(Ok(Value::Null));
            }
            return serde_json::from_slice(&body)
                .map(Ok)
                .map_err(|_| self.strange("the answer is not JSON"));
        }
        match Told::read(&body) {
            Some(told) => Ok(Err(told)),
            None => Err(self.strange(&format!("the answer has the status {status}"))),
        }
    }

    fn url(&self, path: &[&str], query: &[(&str, Option<String>)]) -> Result<Url, Failure> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Failure::internal("the gateway's URL takes no path"))?
            .pop_if_empty()
            .push(self.root)
            .extend(path);
        for (name, value) in query {
            if let Some(value) = value {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        Ok(url)
    }

    fn unreached(&self, error: &reqwest::Error) -> Failure {
        let base = &self.base;
        let (code, message) = if error.is_timeout() && !error.is_connect() {
            (
                ErrorCode::UpstreamTimeout,
                format!("the gateway at {base} did not answer in time"),
            )
        } else {
            (
                ErrorCode::UpstreamUnreachable,
                format!("the gateway at {base} can't be reached"),
            )
        };
        let failure = Failure::from(ActionError::new(code, message).with_detail(cause(error)));
        failure.advise(format!(
            "is `{} serve` running at {base}? name another with --gateway or PLUGWRIGHT_GATEWAY",
            crate::program::name()
        ))
    }

    pub(crate) fn strange(&self, what: &str) -> Failure {
        let message = format!("what answers at {} is no gateway: {what}", self.base);
        Failure::from(ActionError::new(ErrorCode::UpstreamInvalid, message))
            .advise("name the gateway with --gateway or PLUGWRIGHT_GATEWAY")
    }
}

/// Returns the innermost cause: the outer ones repeat the URL.
fn cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
