//! Each way in which a provider can fail maps to the right error, and none to a panic.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue};
use tokio::time::Instant;

use super::Contexts;
use crate::action::{Action, ActionDefinition};
use crate::cassette::{Cassette, RecordedBody};
use crate::error::{ErrorCode, Hint};
use crate::result::Returns;
use crate::testing::Canned;
use crate::testing::Report;
use crate::testing::cassette_call::call;
use crate::transport::{Request, Response, Transport, TransportError};

struct Failure {
    what: &'static str,
    answer: fn(&Recorded) -> Result<Response, TransportError>,
    codes: &'static [ErrorCode],
    hint: Option<Hint>,
    /// Whether an action that does not read the body may succeed all the same.
    body_only: bool,
}

/// The answer that the action gets when all is well.
struct Recorded {
    status: u16,
    body: Bytes,
}

fn status(status: u16) -> Response {
    Response::new(status, json_type(), r#"{"message":"simulated"}"#)
}

fn json_type() -> HeaderMap {
    HeaderMap::from_iter([(
        http::header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    )])
}

const NO_BODY: &str = "204 without a body";

const FAILURES: &[Failure] = &[
    Failure {
        what: "401",
        answer: |_| Ok(status(401)),
        codes: &[ErrorCode::AuthInvalid, ErrorCode::CredentialExpired],
        hint: Some(Hint::Auth),
        body_only: false,
    },
    Failure {
        what: "403",
        answer: |_| Ok(status(403)),
        codes: &[ErrorCode::Forbidden, ErrorCode::RateLimited],
        hint: None,
        body_only: false,
    },
    Failure {
        what: "404",
        answer: |_| Ok(status(404)),
        codes: &[ErrorCode::NotFound],
        hint: Some(Hint::Abort),
        body_only: false,
    },
    Failure {
        what: "422",
        answer: |_| Ok(status(422)),
        codes: &[ErrorCode::ValidationError],
        hint: Some(Hint::Abort),
        body_only: false,
    },
    Failure {
        what: "429",
        answer: |_| Ok(status(429)),
        codes: &[ErrorCode::RateLimited],
        hint: Some(Hint::Retry),
        body_only: false,
    },
    Failure {
        what: "500",
        answer: |_| Ok(status(500)),
        codes: &[ErrorCode::UpstreamError],
        hint: Some(Hint::Retry),
        body_only: false,
    },
    Failure {
        what: "503",
        answer: |_| Ok(status(503)),
        codes: &[ErrorCode::UpstreamError],
        hint: Some(Hint::Retry),
        body_only: false,
    },
    Failure {
        what: "an HTML page with status 502",
        answer: |_| {
            Ok(Response::new(
                502,
                HeaderMap::new(),
                "<html><body>Bad gateway</body></html>",
            ))
        },
        codes: &[ErrorCode::UpstreamError],
        hint: Some(Hint::Retry),
        body_only: false,
    },
    Failure {
        what: "an HTML page with status 200",
        answer: |_| {
            let html = HeaderMap::from_iter([(
                http::header::CONTENT_TYPE,
                HeaderValue::from_static("text/html"),
            )]);
            Ok(Response::new(
                200,
                html,
                "<html><body>Log in first</body></html>",
            ))
        },
        codes: &[ErrorCode::UpstreamInvalid],
        hint: None,
        body_only: true,
    },
    Failure {
        what: "JSON that ends in the middle",
        answer: |good| {
            Ok(Response::new(
                good.status,
                json_type(),
                good.body.slice(..good.body.len() / 2),
            ))
        },
        codes: &[ErrorCode::UpstreamInvalid],
        hint: None,
        body_only: true,
    },
    Failure {
        what: NO_BODY,
        answer: |_| Ok(Response::new(204, HeaderMap::new(), Bytes::new())),
        codes: &[ErrorCode::UpstreamInvalid],
        hint: None,
        body_only: true,
    },
    Failure {
        what: "a connection that breaks in the body",
        answer: |good| {
            let first = good.body.slice(..good.body.len() / 2);
            let broken = || Err(TransportError::Interrupted("reset by peer".into()));
            let body = futures_util::stream::iter([Ok(first), broken()]).boxed();
            Ok(Response {
                status: 200,
                headers: json_type(),
                body,
            })
        },
        codes: &[ErrorCode::UpstreamError],
        hint: Some(Hint::Retry),
        body_only: false,
    },
    Failure {
        what: "a body over the cap",
        answer: |_| Ok(Response::new(200, json_type(), vec![b' '; CAP + 1])),
        codes: &[ErrorCode::ResponseTooLarge],
        hint: None,
        body_only: false,
    },
    Failure {
        what: "no connection",
        answer: |_| {
            Err(TransportError::Unreachable {
                host: "example.test".to_owned(),
                source: "refused".into(),
            })
        },
        codes: &[ErrorCode::UpstreamUnreachable],
        hint: Some(Hint::Retry),
        body_only: false,
    },
];

const CAP: usize = 1 << 16;

pub(super) async fn check(
    contexts: &Contexts,
    action: &ActionDefinition,
    cassette: &Cassette,
    may_be_empty: bool,
    report: &mut Report,
) {
    for failure in FAILURES {
        if may_be_empty && failure.what == NO_BODY {
            continue;
        }
        let Some(good) = cassette.exchanges.last() else {
            return;
        };
        let recorded = Recorded {
            status: good.response.status,
            body: good.response.bytes(),
        };
        // Half of an empty body is no failure, and any bytes are a file or a text.
        let is_json = matches!(good.response.body, Some(RecordedBody::Json(_)));
        let reads_body = is_json && recorded.body.len() > 1;
        report.failures_run += 1;
        let answer = failure.answer;
        let transport = Arc::new(Canned::new(move |_| answer(&recorded)));
        let cx = contexts.of(cassette, transport).response_cap(CAP).build();
        let outcome = call(action, &cx, cassette).await;
        let name = Some(action.name());
        match outcome {
            Ok(_) if failure.body_only && !reads_body => {}
            // A page without content is an empty one.
            Ok(_) if failure.what == NO_BODY && action.returns() == Returns::List => {}
            Ok(_) => report.find(name, "failure", format!("{}: succeeds", failure.what)),
            Err(error) => {
                if !failure.codes.contains(&error.code()) {
                    let wanted: Vec<_> = failure.codes.iter().map(|code| code.as_str()).collect();
                    report.find(
                        name,
                        "failure",
                        format!(
                            "{}: {error}; should be {}",
                            failure.what,
                            wanted.join(" or ")
                        ),
                    );
                }
                if failure.hint.is_some_and(|hint| hint != error.hint()) {
                    report.find(
                        name,
                        "failure",
                        format!("{}: hint {} of {error}", failure.what, error.hint()),
                    );
                }
            }
        }
    }
    check_timeout(contexts, action, cassette, report).await;
}

struct Silent;

#[async_trait::async_trait]
impl Transport for Silent {
    async fn send(&self, _: &Request) -> Result<Response, TransportError> {
        std::future::pending().await
    }
}

async fn check_timeout(
    contexts: &Contexts,
    action: &ActionDefinition,
    cassette: &Cassette,
    report: &mut Report,
) {
    report.failures_run += 1;
    let deadline = Instant::now() + Duration::from_millis(50);
    let cx = contexts
        .of(cassette, Arc::new(Silent))
        .deadline(deadline)
        .build();
    match call(action, &cx, cassette).await {
        Err(error) if error.code() == ErrorCode::UpstreamTimeout => {}
        other => report.find(
            Some(action.name()),
            "failure",
            format!("no response before the deadline: {other:?}; expected UPSTREAM_TIMEOUT"),
        ),
    }
}
