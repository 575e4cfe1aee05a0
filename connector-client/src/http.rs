//! Requests to a gateway: attempts, repetitions and what comes back.

mod envelope;
mod key;
mod payload;
mod retry;
mod transport;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, USER_AGENT};
use reqwest::{Body, Method, Request, Response, Url};
use serde::de::{DeserializeOwned, IgnoredAny};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::action::upload::FileError;
use crate::error::{Error, ErrorCode};
use crate::options::Limits;
use crate::secret::Secret;
pub(crate) use envelope::Answer;
use envelope::Received;
pub(crate) use key::Key;
pub(crate) use payload::Payload;
use retry::{Attempts, Repetition};
use transport::Failure;
pub(crate) use transport::Transport;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const CLIENT: HeaderValue =
    HeaderValue::from_static(concat!("plugwright-client/", env!("CARGO_PKG_VERSION")));

/// Largest response that is read as a whole, in bytes. It may contain a file in base64.
const LARGEST: usize = 512 << 20;

/// As `encodeURIComponent` encodes.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

#[derive(Clone, Debug)]
pub(crate) struct Http(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    transport: Transport,
    /// Without a slash at its end.
    base: String,
    /// Of every request. The key is marked as sensitive, so `Debug` does not show it.
    headers: HeaderMap,
    runtime: OnceLock<String>,
}

pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Payload>,
    pub(crate) action: Option<&'a str>,
    pub(crate) limits: Limits,
    pub(crate) key: Key,
}

impl Call<'_> {
    async fn repeat(&mut self, how: Repetition) -> Result<(), Error> {
        if how.is_key_spent {
            self.key = Key::random()?;
        }
        tokio::time::sleep(how.wait).await;
        Ok(())
    }
}

impl Http {
    pub(crate) fn new(
        base: &str,
        key: Option<&Secret>,
        transport: Option<Transport>,
    ) -> Result<Self, Error> {
        let base = base.trim_end_matches('/');
        let url = Url::parse(base).ok();
        let url = url.filter(|url| {
            ["http", "https"].contains(&url.scheme())
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if url.is_none() {
            let message = "`base_url` must be an absolute HTTP URL without a query, such as `https://gateway.example.com/v1`";
            return Err(Error::invalid_request(message));
        }
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, CLIENT);
        headers.insert(ACCEPT, JSON);
        if let Some(key) = key {
            if key.expose().is_empty() {
                return Err(Error::invalid_request("`api_key` must not be empty"));
            }
            let mut value = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
                .map_err(|_| Error::invalid_request("`api_key` must be visible ASCII"))?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        let transport = match transport {
            Some(transport) => transport,
            None => Transport::network()?,
        };
        Ok(Self(Arc::new(Inner {
            transport,
            base: base.to_owned(),
            headers,
            runtime: OnceLock::new(),
        })))
    }

    pub(crate) fn base(&self) -> &str {
        &self.0.base
    }

    /// What `/health` says that the gateway is; remembered for as long as this client.
    pub(crate) fn runtime(&self) -> &OnceLock<String> {
        &self.0.runtime
    }

    /// Returns a URL of the gateway. The last of the segments is encoded, the others are not.
    pub(crate) fn url(&self, path: &str, id: Option<&str>) -> Result<Url, Error> {
        let base = &self.0.base;
        let url = match id {
            None => Url::parse(&format!("{base}{path}")),
            // A path with these would lead elsewhere.
            Some(id @ ("" | "." | "..")) => {
                return Err(Error::invalid_request(format!("`{id}` is not a name")));
            }
            Some(id) => {
                let id = utf8_percent_encode(id, SEGMENT);
                Url::parse(&format!("{base}{path}/{id}"))
            }
        };
        url.map_err(|error| Error::invalid_request("the URL is invalid").with_source(error))
    }

    pub(crate) async fn send<T: DeserializeOwned>(
        &self,
        mut call: Call<'_>,
    ) -> Result<Answer<T>, Error> {
        let span = span(&call);
        let sending = async {
            let mut attempts = Attempts::new(call.limits);
            loop {
                let timeout = attempts.begin();
                let attempt = self.attempt(&call, timeout).await;
                match attempt.and_then(|received| received.read(call.action)) {
                    Ok(answer) => return Ok(answer),
                    Err(error) => call.repeat(attempts.after(error, &call.key)?).await?,
                }
            }
        };
        let ended = sending.instrument(span.clone()).await;
        match &ended {
            Ok(answer) => record(&span, None, answer.meta.execution_id.as_deref(), None),
            Err(error) => record_error(&span, error),
        }
        ended
    }

    /// Makes a call; returns the response as soon as its head says that it is a success.
    pub(crate) async fn open(&self, mut call: Call<'_>) -> Result<Response, Error> {
        let span = span(&call);
        let opening = async {
            let mut attempts = Attempts::new(call.limits);
            loop {
                let timeout = attempts.begin();
                let error = match within(timeout, self.request(&call, None)).await {
                    Ok(response) if response.status().is_success() => return Ok(response),
                    Ok(response) => match within(timeout, receive(response)).await {
                        Ok(received) => match received.read::<IgnoredAny>(call.action) {
                            Ok(_) => Error::invalid_response("a failure can't be read"),
                            Err(error) => error,
                        },
                        Err(error) => error.with_action(call.action),
                    },
                    Err(error) => error.with_action(call.action),
                };
                call.repeat(attempts.after(error, &call.key)?).await?;
            }
        };
        let ended = opening.instrument(span.clone()).await;
        if let Err(error) = &ended {
            record_error(&span, error);
        }
        ended
    }

    async fn attempt(&self, call: &Call<'_>, timeout: Duration) -> Result<Received, Error> {
        let sending = async {
            let response = self.request(call, Some(timeout)).await?;
            receive(response).await
        };
        let received = if self.0.transport.keeps_time() {
            sending.await.map_err(|failure| failure.error(timeout))
        } else {
            within(timeout, sending).await
        };
        received.map_err(|error| error.with_action(call.action))
    }

    /// Sends one request; returns its response, whose body has not been read.
    fn request(
        &self,
        call: &Call<'_>,
        timeout: Option<Duration>,
    ) -> impl Future<Output = Result<Response, Failure>> {
        let common = &self.0.headers;
        let mut headers = HeaderMap::with_capacity(common.len() + call.headers.len() + 2);
        for (name, value) in common.iter().chain(&call.headers) {
            headers.insert(name.clone(), value.clone());
        }
        call.key.add_to(&mut headers);
        let mut request = Request::new(call.method.clone(), call.url.clone());
        if let Some(body) = &call.body {
            headers.insert(CONTENT_TYPE, JSON);
            *request.body_mut() = Some(body.send());
        }
        *request.headers_mut() = headers;
        *request.timeout_mut() = timeout;
        self.0.transport.send(request)
    }
}

async fn receive(response: Response) -> Result<Received, Failure> {
    let header = |name: &str| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    Ok(Received {
        status: response.status(),
        retry_after: retry::retry_after(response.headers()),
        request_id: header("x-request-id"),
        body: body(response, LARGEST).await?,
    })
}

async fn body(response: Response, most: usize) -> Result<Bytes, Failure> {
    let body = Limited::new(Body::from(response), most).collect().await;
    match body.map_err(<dyn std::error::Error + Send + Sync>::downcast) {
        Ok(body) => Ok(body.to_bytes()),
        Err(Ok(broken)) => Err(Failure::Network(*broken)),
        Err(Err(_)) => Err(Failure::TooLarge),
    }
}

async fn within<T>(
    timeout: Duration,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Error> {
    match tokio::time::timeout(timeout, work).await {
        Ok(done) => done.map_err(|failure| failure.error(timeout)),
        Err(_) => Err(timed_out(timeout)),
    }
}

pub(crate) fn timed_out(timeout: Duration) -> Error {
    Error::new(
        ErrorCode::ClientTimeout,
        format!("no complete response within {timeout:?}"),
    )
}

pub(crate) fn network(error: reqwest::Error, timeout: Duration) -> Error {
    if let Some(file) = FileError::of(&error) {
        return Error::invalid_request(file.to_string());
    }
    if error.is_timeout() {
        return timed_out(timeout).with_source(error.without_url());
    }
    if error.is_builder() {
        return Error::invalid_request("the request can't be made")
            .with_source(error.without_url());
    }
    Error::new(
        ErrorCode::ClientNetworkError,
        "the gateway can't be reached, or the connection broke",
    )
    .with_source(error.without_url())
}

pub(crate) fn header(field: &str, text: &str) -> Result<HeaderValue, Error> {
    // Like `fetch`, which sends Latin-1.
    let bytes: Result<Vec<u8>, _> = text.chars().map(u8::try_from).collect();
    let value = bytes
        .ok()
        .and_then(|bytes| HeaderValue::from_bytes(&bytes).ok());
    value.ok_or_else(|| {
        Error::invalid_request(format!(
            "`{field}` must only have Latin-1 characters and no control characters"
        ))
    })
}

fn span(call: &Call<'_>) -> Span {
    tracing::info_span!(
        "gateway_call",
        method = call.method.as_str(),
        path = call.url.path(),
        action = call.action,
        status = Empty,
        code = Empty,
        attempts = Empty,
        execution_id = Empty,
        request_id = Empty,
    )
}

fn record(span: &Span, status: Option<u16>, execution_id: Option<&str>, request_id: Option<&str>) {
    span.record("status", status);
    span.record("execution_id", execution_id);
    span.record("request_id", request_id);
}

fn record_error(span: &Span, error: &Error) {
    span.record("code", error.code().as_str());
    span.record("attempts", error.attempts());
    record(
        span,
        error.status(),
        error.execution_id(),
        error.request_id(),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_is_read_up_to_a_size() {
        let response = || http::Response::new("four").into();
        assert_eq!(body(response(), 4).await.ok().unwrap(), "four");
        let failure = body(response(), 3).await.err().unwrap();
        let error = failure.error(Duration::ZERO);
        assert_eq!(*error.code(), ErrorCode::ClientInvalidResponse);
    }
}
