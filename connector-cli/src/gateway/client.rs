//! Requests to the operator's API of a running gateway.

use std::time::Duration;

use http::Method;
use plugwright_sdk::{ActionError, ErrorCode, Fault, Hint, Secret};
use reqwest::redirect::Policy;
use serde::Deserialize;
use serde_json::Value;
use url::{Host, Url};

use crate::args::GatewayArguments;
use crate::failure::{Failure, Stop};
use crate::runtime;

const TOKEN_VARIABLE: &str = "PLUGWRIGHT_ADMIN_TOKEN";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Resealing a large vault takes a while; nothing else comes near.
const TIMEOUT: Duration = Duration::from_mins(5);

/// A running gateway, called as its operator.
pub(super) struct Client {
    http: reqwest::Client,
    base: Url,
    token: Secret,
}

/// Does what takes requests.
pub(super) fn with<T>(
    arguments: &GatewayArguments,
    work: impl AsyncFnOnce(&Client) -> Result<T, Failure>,
) -> Result<T, Stop> {
    let done = runtime::block_on(async |cancellation| {
        let client = Client::new(arguments)?;
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
    fn new(arguments: &GatewayArguments) -> Result<Self, Failure> {
        let base = &arguments.gateway;
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
            .timeout(TIMEOUT)
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
            token: token(arguments)?,
        })
    }

    /// Gets something; parameters without a value are left out.
    pub(super) async fn get(
        &self,
        path: &[&str],
        query: &[(&str, Option<String>)],
    ) -> Result<Value, Failure> {
        self.send(Method::GET, path, query, None).await
    }

    /// Gets the items of a list.
    pub(super) async fn items(
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
    pub(super) async fn send_body(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
    ) -> Result<Value, Failure> {
        self.send(method, path, &[], Some(body)).await
    }

    /// Makes a request without a body.
    pub(super) async fn call(&self, method: Method, path: &[&str]) -> Result<Value, Failure> {
        self.send(method, path, &[], None).await
    }

    async fn send(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, Option<String>)],
        body: Option<&Value>,
    ) -> Result<Value, Failure> {
        let mut request = self
            .http
            .request(method, self.url(path, query)?)
            .bearer_auth(self.token.expose());
        if let Some(body) = body {
            request = request
                .header("content-type", "application/json")
                .body(body.to_string());
        }
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
                return Ok(Value::Null);
            }
            return serde_json::from_slice(&body)
                .map_err(|_| self.strange("the answer is not JSON"));
        }
        match serde_json::from_slice::<Answer>(&body) {
            Ok(answer) => Err(answer.error.into_failure()),
            Err(_) => Err(self.strange(&format!("the answer has the status {status}"))),
        }
    }

    fn url(&self, path: &[&str], query: &[(&str, Option<String>)]) -> Result<Url, Failure> {
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| Failure::internal("the gateway's URL takes no path"))?
            .pop_if_empty()
            .push("admin")
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

    fn strange(&self, what: &str) -> Failure {
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

fn token(arguments: &GatewayArguments) -> Result<Secret, Failure> {
    let (text, from) = match &arguments.token_file {
        Some(file) => {
            let refused = |error| {
                let message = format!("is `{}`, which can't be read: {error}", file.display());
                Failure::usage(ActionError::invalid_param("token-file", message))
            };
            let text = std::fs::read_to_string(file).map_err(refused)?;
            (text, format!("`{}`", file.display()))
        }
        None => {
            let text = std::env::var(TOKEN_VARIABLE).unwrap_or_default();
            (text, TOKEN_VARIABLE.to_owned())
        }
    };
    let text = text.trim();
    if text.is_empty() {
        let message = match arguments.token_file {
            Some(_) => format!("there is no token in {from}"),
            None => "this needs the operator's token".to_owned(),
        };
        let error = ActionError::new(ErrorCode::AdminAuthRequired, message);
        return Err(Failure::from(error).advise(advice()));
    }
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        let message = format!("{from} must hold one token, without blanks");
        return Err(Failure::from(ActionError::new(
            ErrorCode::AdminAuthInvalid,
            message,
        )));
    }
    Ok(Secret::new(text))
}

fn advice() -> String {
    format!(
        "set {TOKEN_VARIABLE} to the operator's token, or give a file with --token-file; \
         `serve` prints the token on its first start"
    )
}

#[derive(Deserialize)]
struct Answer {
    error: Told,
}

/// An error as the gateway tells it. Codes and hints of a newer gateway are read too.
#[derive(Deserialize)]
struct Told {
    code: String,
    message: String,
    hint: Option<String>,
    status: Option<u16>,
    detail: Option<String>,
    retry_after: Option<u64>,
    #[serde(default)]
    faults: Vec<ToldFault>,
}

#[derive(Deserialize)]
struct ToldFault {
    param: String,
    message: String,
}

impl Told {
    fn into_failure(self) -> Failure {
        let known: Option<ErrorCode> = self.code.parse().ok();
        let code = known.unwrap_or(ErrorCode::InternalError);
        let mut error = if code == ErrorCode::ValidationError && self.faults.len() > 1 {
            let fault = |fault: ToldFault| Fault {
                param: fault.param,
                message: fault.message,
            };
            ActionError::invalid(self.faults.into_iter().map(fault).collect())
        } else {
            ActionError::new(code, self.message)
        };
        match self.hint.as_deref() {
            Some("retry") => error = error.with_hint(Hint::Retry),
            Some("auth") => error = error.with_hint(Hint::Auth),
            Some("abort") => error = error.with_hint(Hint::Abort),
            _ => {}
        }
        if let Some(status) = self.status {
            error = error.with_status(status);
        }
        let detail = match (self.detail, known) {
            (None, None) => Some(format!("the code is {}", self.code)),
            (detail, _) => detail,
        };
        if let Some(detail) = detail {
            error = error.with_detail(detail);
        }
        if let Some(wait) = self.retry_after {
            error = error.with_retry_after(Duration::from_secs(wait));
        }
        match code {
            ErrorCode::Unauthorized
            | ErrorCode::AdminAuthRequired
            | ErrorCode::AdminAuthInvalid => Failure::from(error).advise(advice()),
            ErrorCode::ValidationError => Failure::usage(error),
            _ => error.into(),
        }
    }
}
