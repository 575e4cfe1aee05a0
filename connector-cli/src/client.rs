//! Requests to a running gateway.

pub(crate) mod choice;
mod error;

use std::fmt::Display;
use std::time::Duration;

use http::Method;
use plugwright_engine::loopback;
use plugwright_sdk::transport::Live;
use plugwright_sdk::{ActionError, ErrorCode};
use reqwest::redirect::Policy;
use serde_json::Value;
use url::Url;

use crate::failure::{Failure, Stop, no_response};
use crate::remote::Remote;
use crate::runtime;
pub(crate) use error::GatewayError;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Long enough to reseal a large vault, the slowest request without a timeout of its own.
const TIMEOUT: Duration = Duration::from_mins(5);

/// Largest response of a gateway, in bytes. It may contain a file in base64.
const LARGEST: usize = 512 << 20;

pub(crate) struct Client {
    http: reqwest::Client,
    base: Url,
    remote: Remote,
    /// First segment of every path.
    root: &'static str,
}

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
                Err(ActionError::new(ErrorCode::Cancelled, "interrupted").into())
            }
        }
    })?;
    Ok(done?)
}

impl Client {
    pub(crate) fn new(remote: &Remote, root: &'static str) -> Result<Self, Failure> {
        let mut base = remote.base.clone();
        // With what clients of the API need at its end.
        if base.path().trim_end_matches('/').ends_with("/v1")
            && let Ok(mut segments) = base.path_segments_mut()
        {
            segments.pop_if_empty().pop();
        }
        // A proxy can't reach this machine's loopback address.
        let local = base.host().is_some_and(|host| loopback::is_host(&host));
        let unusable = |error: &dyn Display| {
            Failure::internal(format!("can't create an HTTP client: {error}"))
        };
        let mut http = Live::client_builder()
            .map_err(|error| unusable(&error))?
            .connect_timeout(CONNECT_TIMEOUT)
            // The token must not leave the named gateway.
            .redirect(Policy::none());
        if local {
            http = http.no_proxy();
        }
        Ok(Self {
            http: http.build().map_err(|error| unusable(&error))?,
            base,
            remote: remote.clone(),
            root,
        })
    }

    /// Sends a GET request; parameters without a value are left out.
    pub(crate) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
    ) -> Result<Value, Failure> {
        self.get_with(path, query, &[]).await
    }

    /// Sends a GET request with headers.
    pub(crate) async fn get_with(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
        headers: &[(&'static str, &str)],
    ) -> Result<Value, Failure> {
        let request = self.http.request(Method::GET, self.url(path, query)?);
        self.send(with_headers(request, headers)).await
    }

    pub(crate) async fn items(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
    ) -> Result<Vec<Value>, Failure> {
        match self.get(path, query).await?["items"].take() {
            Value::Array(items) => Ok(items),
            _ => Err(self.not_a_gateway("the response has no list")),
        }
    }

    pub(crate) async fn send_body(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
    ) -> Result<Value, Failure> {
        let request = self.http.request(method, self.url(path, &[])?);
        let request = request
            .header("content-type", "application/json")
            .body(body.to_string());
        self.send(request).await
    }

    pub(crate) async fn call(&self, method: Method, path: &[&str]) -> Result<Value, Failure> {
        self.send(self.http.request(method, self.url(path, &[])?))
            .await
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Value, Failure> {
        let response = self.ask(request.timeout(TIMEOUT)).await?;
        response.map_err(|error| self.failure(error))
    }

    /// Converts an error of the gateway to the failure of a command that calls no action.
    pub(crate) fn failure(&self, error: GatewayError) -> Failure {
        let refused = matches!(
            error.error.code(),
            ErrorCode::Unauthorized | ErrorCode::AdminAuthRequired | ErrorCode::AdminAuthInvalid
        );
        let failure = Failure::from(error.error);
        if refused {
            failure.advise(self.remote.advice(self.root))
        } else {
            failure
        }
    }

    pub(crate) async fn post(
        &self,
        path: &[&str],
        headers: &[(&'static str, &str)],
        body: &Value,
        timeout: Duration,
    ) -> Result<Result<Value, GatewayError>, Failure> {
        let request = self.http.request(Method::POST, self.url(path, &[])?);
        let request = with_headers(request, headers)
            .header("content-type", "application/json")
            .body(body.to_string());
        self.ask(request.timeout(timeout)).await
    }

    async fn ask(
        &self,
        request: reqwest::RequestBuilder,
    ) -> Result<Result<Value, GatewayError>, Failure> {
        let request = match &self.remote.token {
            Some(token) => request.bearer_auth(token.expose()),
            None => request,
        };
        let unreachable = |error| self.unreachable(&error);
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let body = body(response, LARGEST).await.map_err(unreachable)?;
        // A proxy between may say what it likes of a call that the gateway received.
        let foreign = |problem: &str| {
            let error = self.foreign(problem);
            Self::misaddressed(if status.is_client_error() {
                error
            } else {
                error.ambiguous()
            })
        };
        let body = body.ok_or_else(|| foreign("the response is too large"))?;
        if status.is_success() {
            if body.is_empty() {
                return Ok(Ok(Value::Null));
            }
            return serde_json::from_slice(&body)
                .map(Ok)
                .map_err(|_| foreign("the response is not JSON"));
        }
        match GatewayError::read(status, &body) {
            Some(mut error) => {
                // The gateway's own message is for programs that send headers.
                if self.remote.token.is_none() && error.error.code() == ErrorCode::Unauthorized {
                    let message = "this command requires a token";
                    error.error = ActionError::new(ErrorCode::Unauthorized, message);
                }
                Ok(Err(error))
            }
            None => Err(foreign(&format!("it responded with {status}"))),
        }
    }

    fn url(&self, path: &[&str], query: &[(&str, Option<String>)]) -> Result<Url, Failure> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Failure::internal("the gateway's URL can't have a path"))?
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

    /// Reports a request without a response, as ambiguous if the gateway may have received it.
    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        let base = &self.base;
        let sent = !error.is_connect() && !error.is_builder();
        let (code, message) = if error.is_timeout() && sent {
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
        let mut lost = ActionError::new(code, message).with_detail(no_response(error));
        if sent {
            lost = lost.ambiguous();
        }
        let failure = Failure::from(lost);
        if plugwright_egress::is_not_tls(error) {
            return failure.advise("if the gateway serves plain HTTP, write `http://` in its URL");
        }
        failure.advise(format!(
            "is `{} serve` running there? name another gateway with --gateway or PLUGWRIGHT_GATEWAY",
            crate::binary::name()
        ))
    }

    /// Reports a response that no gateway would send.
    pub(crate) fn not_a_gateway(&self, problem: &str) -> Failure {
        Self::misaddressed(self.foreign(problem))
    }

    fn foreign(&self, problem: &str) -> ActionError {
        let message = format!("{} is not a Plugwright gateway: {problem}", self.base);
        ActionError::new(ErrorCode::UpstreamInvalid, message)
    }

    fn misaddressed(error: ActionError) -> Failure {
        Failure::from(error).advise("set the gateway's URL with --gateway or PLUGWRIGHT_GATEWAY")
    }
}

fn with_headers(
    request: reqwest::RequestBuilder,
    headers: &[(&'static str, &str)],
) -> reqwest::RequestBuilder {
    let add = |request: reqwest::RequestBuilder, (name, value): &(&'static str, &str)| {
        request.header(*name, *value)
    };
    headers.iter().fold(request, add)
}

/// Reads a body; `None` if it has more than `most` bytes.
async fn body(mut response: reqwest::Response, most: usize) -> reqwest::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > most {
            return Ok(None);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Some(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_a_size() {
        let response = || http::Response::new("four").into();
        assert_eq!(body(response(), 4).await.unwrap().unwrap(), b"four");
        assert_eq!(body(response(), 3).await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_request_that_was_sent_may_have_taken_effect() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let post = async || {
            let base = Url::parse(&format!("http://{address}")).unwrap();
            let client = Client::new(&Remote::without_a_token(base), "v1").unwrap();
            let timeout = Duration::from_millis(200);
            let answer = client.post(&["actions"], &[], &Value::Null, timeout).await;
            answer.unwrap_err().error
        };
        // The system accepts the connection, and nobody answers.
        let lost = post().await;
        assert_eq!(lost.code(), ErrorCode::UpstreamTimeout);
        assert!(lost.is_ambiguous());
        drop(listener);
        let refused = post().await;
        assert_eq!(refused.code(), ErrorCode::UpstreamUnreachable);
        assert!(!refused.is_ambiguous());
    }
}
