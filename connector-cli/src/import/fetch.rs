//! Documents at URLs, fetched by the rules of egress: nothing inside of the network unless it is
//! allowed.

use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT, LOCATION, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use plugwright_egress::{
    AllowedDestination, Asker, CallTransport, Egress, EgressCall, EgressSettings,
};
use plugwright_import::LARGEST_DOCUMENT;
use plugwright_sdk::ErrorCode;
use plugwright_sdk::transport::{Request, Response, Transport as _, TransportError};
use tokio::runtime::Runtime;
use tokio::time::Instant;
use url::Url;

use crate::failure::no_response;
use crate::runtime;

/// All documents of an import must be there after this time.
const PATIENCE: Duration = Duration::from_mins(2);

const MOST_REDIRECTS: usize = 5;

const AGENT: &str = concat!("plugwright/", env!("CARGO_PKG_VERSION"));
const ALLOW: &str = "allow it with --egress-allow";
const ACCEPTED: &str = "application/json, application/yaml, application/vnd.oai.openapi, */*;q=0.5";

/// Why there is no document.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) message: String,
    pub(super) code: ErrorCode,
}

impl From<String> for Problem {
    /// Of what is wrong with the document, or with how it is asked for.
    fn from(message: String) -> Self {
        let code = ErrorCode::ValidationError;
        Self { message, code }
    }
}

impl From<TransportError> for Problem {
    fn from(error: TransportError) -> Self {
        let code = match &error {
            TransportError::Unreachable { .. } => ErrorCode::UpstreamUnreachable,
            TransportError::Interrupted(_) => ErrorCode::UpstreamError,
            TransportError::Timeout(_) => ErrorCode::UpstreamTimeout,
            TransportError::Suspended { .. } => ErrorCode::UpstreamSuspended,
            _ => ErrorCode::ValidationError,
        };
        let message = match &error {
            TransportError::DestinationRefused(refusal) => allowed_by_option(refusal),
            TransportError::Unreachable { source, .. } => {
                format!("{error}: {}", no_response(source.as_ref()))
            }
            error => error.to_string(),
        };
        Self { message, code }
    }
}

/// Names the option where a message names the setting of a gateway.
pub(super) fn allowed_by_option(refusal: &str) -> String {
    refusal.replace("an operator can allow it with `egress.allow`", ALLOW)
}

pub(super) struct Fetcher {
    egress: Egress,
    runtime: Runtime,
    deadline: Instant,
}

/// A document with the URL where it was in the end.
pub(super) struct Fetched {
    pub(super) url: Url,
    pub(super) bytes: Vec<u8>,
}

impl Fetcher {
    pub(super) fn new(allow: &[AllowedDestination]) -> Result<Self, String> {
        Ok(Self {
            egress: egress(allow)?,
            runtime: runtime::start().map_err(|failure| failure.error.message().to_owned())?,
            deadline: Instant::now() + PATIENCE,
        })
    }

    pub(super) fn fetch(&self, url: &Url) -> Result<Fetched, Problem> {
        self.fetch_if(url, |_| true)
    }

    /// Fetches a document that another one refers to, from its origin and nowhere else.
    pub(super) fn fetch_within(&self, base: &Url, url: &Url) -> Result<Vec<u8>, String> {
        let origin = base.origin();
        self.fetch_if(url, |url| url.origin() == origin)
            .map(|fetched| fetched.bytes)
            .map_err(|problem| problem.message)
    }

    fn fetch_if(&self, url: &Url, allows: impl Fn(&Url) -> bool) -> Result<Fetched, Problem> {
        let transport = transport(&self.egress, self.deadline, LARGEST_DOCUMENT);
        let following = follow(&transport, url.clone(), allows);
        // The time starts to run within the runtime.
        let fetching = async { tokio::time::timeout_at(self.deadline, following).await };
        self.runtime.block_on(fetching).unwrap_or_else(|_| {
            Err(Problem {
                message: format!("it took more than {} s", PATIENCE.as_secs()),
                code: ErrorCode::UpstreamTimeout,
            })
        })
    }
}

pub(super) fn egress(allow: &[AllowedDestination]) -> Result<Egress, String> {
    let settings = EgressSettings {
        allow: allow.to_vec(),
        ..EgressSettings::default()
    };
    Egress::new(settings).map_err(|error| error.to_string())
}

pub(super) fn transport(
    egress: &Egress,
    deadline: Instant,
    response_cap: usize,
) -> Arc<CallTransport> {
    egress.for_call(EgressCall {
        budget: "import".to_owned(),
        asker: Asker::alone("import"),
        repeatable: true,
        retries: None,
        deadline,
        headers: HeaderMap::new(),
        withheld: Vec::new(),
        on_error: None,
        response_cap,
    })
}

/// Sends a request, and goes where redirects lead. None leads from https to http.
async fn follow(
    transport: &CallTransport,
    mut url: Url,
    allows: impl Fn(&Url) -> bool,
) -> Result<Fetched, Problem> {
    for _ in 0..=MOST_REDIRECTS {
        let mut request = Request::new(Method::GET, url.clone());
        let headers = &mut request.headers;
        headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        let response = transport.send(&request).await?;
        match response.status {
            200 => {
                let bytes = response.read(LARGEST_DOCUMENT).await?;
                return Ok(Fetched {
                    url,
                    bytes: bytes.into(),
                });
            }
            301 | 302 | 303 | 307 | 308 => {
                let next =
                    target(&url, &response).ok_or("the redirect leads nowhere".to_owned())?;
                if url.scheme() == "https" && next.scheme() != "https" {
                    return Err("it is redirected from https to http".to_owned().into());
                }
                if !allows(&next) {
                    return Err("it is redirected to another origin".to_owned().into());
                }
                url = next;
            }
            status => {
                return Err(Problem {
                    message: format!("the server answers with status {status}"),
                    code: match status {
                        401 => ErrorCode::AuthRequired,
                        403 => ErrorCode::Forbidden,
                        404 | 410 => ErrorCode::NotFound,
                        _ => ErrorCode::UpstreamError,
                    },
                });
            }
        }
    }
    Err(format!("it is redirected more than {MOST_REDIRECTS} times").into())
}

fn target(url: &Url, response: &Response) -> Option<Url> {
    let location = response.headers.get(LOCATION)?.to_str().ok()?;
    let mut next = url.join(location).ok()?;
    next.set_fragment(None);
    Some(next)
}
