//! The dialects of other systems: which one a path belongs to, and what they have in common.

use std::any::Any;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use plugwright_sdk::ActionError;
use tower::Service;

use super::body::Bodies;
use super::connect::paths::CALLBACK;
use super::own::nothing_at;
use super::request::query_fault;
use super::{api_v1, cors, feelr, oomol};
use crate::gateway::Gateway;

/// The dialects, as far as they are switched on. Two of them share `/v1`.
///
/// No router of axum, since each of its layers boxes the requests and answers of all calls.
#[derive(Clone)]
pub struct Dialects(Arc<Known>);

struct Known {
    bodies: Bodies,
    oomol: Option<Dialect>,
    feelr: Option<Dialect>,
    alumia: Option<Dialect>,
}

struct Dialect {
    routes: Router,
    /// Answers with an error.
    refused: fn(ActionError) -> Response,
    /// What a handler that panicked answers.
    panicked: fn(Box<dyn Any + Send>) -> Response,
}

impl Dialects {
    pub(super) fn new(gateway: &Gateway) -> Self {
        let dialect = |routes: Router, refused, panicked| {
            let routes = if gateway.is_open() {
                cors::guarded(routes, gateway)
            } else {
                routes
            };
            Dialect {
                routes,
                refused,
                panicked,
            }
        };
        let switched_on = &gateway.inner().dialects;
        Self(Arc::new(Known {
            bodies: gateway.inner().bodies.clone(),
            oomol: switched_on.oomol.then(|| {
                dialect(
                    oomol::router(gateway.clone()),
                    oomol::refused,
                    oomol::panicked,
                )
            }),
            feelr: switched_on.feelr.then(|| {
                dialect(
                    feelr::router(gateway.clone()),
                    feelr::refused,
                    feelr::panicked,
                )
            }),
            alumia: switched_on.alumia.then(|| {
                dialect(
                    api_v1::router(gateway.clone()),
                    api_v1::refused,
                    api_v1::panicked,
                )
            }),
        }))
    }

    /// Tells whether a path is one that a dialect might have.
    pub(super) fn may_have(path: &str) -> bool {
        // That one is there whatever dialects are.
        let below = below(path, "/v1").or_else(|| below(path, "/api/v1"));
        below.is_some() && path != CALLBACK
    }

    /// Returns the dialect of a path. Names that one of them uses are no connectors' names, so no
    /// path belongs to two.
    fn of(&self, path: &str) -> Option<&Dialect> {
        let known = &*self.0;
        if below(path, "/api/v1").is_some() {
            return known.alumia.as_ref();
        }
        let below = below(path, "/v1")?;
        let first = below.split('/').nth(1).unwrap_or_default();
        if first.is_empty() || oomol::SEGMENTS.contains(&first) {
            known.oomol.as_ref()
        } else {
            // What no dialect has is refused by the one that is there.
            known.feelr.as_ref().or(known.oomol.as_ref())
        }
    }
}

impl Service<Request> for Dialects {
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Routers always are.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let Some(dialect) = self.of(request.uri().path()) else {
            let answer = nothing_at(request.uri().path());
            return Box::pin(std::future::ready(Ok(answer)));
        };
        if let Some(error) = query_fault(&self.0.bodies, &request) {
            return Box::pin(std::future::ready(Ok((dialect.refused)(error))));
        }
        let panicked = dialect.panicked;
        let answering = dialect.routes.clone().call(request);
        Box::pin(async move {
            let answer = AssertUnwindSafe(answering).catch_unwind().await;
            answer.unwrap_or_else(|panic| Ok(panicked(panic)))
        })
    }
}

/// Returns what follows a prefix that ends where a segment of the path does.
fn below<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let below = path.strip_prefix(prefix)?;
    matches!(below.bytes().next(), None | Some(b'/')).then_some(below)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use tower::ServiceExt as _;

    use super::*;

    async fn broken() -> Response {
        panic!("a handler of a test");
    }

    #[tokio::test]
    async fn a_dialect_answers_for_a_handler_that_panics() {
        let dialects = Dialects(Arc::new(Known {
            bodies: Bodies::default(),
            oomol: Some(Dialect {
                routes: Router::new().fallback(broken),
                refused: oomol::refused,
                panicked: oomol::panicked,
            }),
            feelr: None,
            alumia: None,
        }));
        let request = Request::new(Body::empty());
        let nothing = dialects.clone().oneshot(request).await.unwrap();
        assert_eq!(nothing.status(), StatusCode::NOT_FOUND);
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = "/v1/actions".parse().unwrap();
        let answer = dialects.oneshot(request).await.unwrap();
        assert_eq!(answer.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
