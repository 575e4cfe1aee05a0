//! The dialects of other systems: which one a path belongs to, and what they share.

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

use crate::answer::{defect, refuse};
use crate::body::Bodies;
use crate::connect::paths::CALLBACK;
use crate::gateway::Gateway;
use crate::own::nothing_at;
use crate::request::query_fault;
use crate::{api_v1, cors, feelr, oomol};

/// The dialects that are enabled. Two of them share `/v1`.
///
/// Not an axum router, whose layers box the requests and responses of all calls.
#[derive(Clone)]
pub struct Dialects(Arc<EnabledDialects>);

struct EnabledDialects {
    bodies: Bodies,
    oomol: Option<Dialect>,
    feelr: Option<Dialect>,
    alumia: Option<Dialect>,
}

struct Dialect {
    routes: Router,
    /// Renders an error.
    refuse: fn(ActionError) -> Response,
}

impl Dialects {
    pub(super) fn new(gateway: &Gateway) -> Self {
        let dialect = |router: fn(Gateway) -> Router, refuse: fn(ActionError) -> Response| {
            let mut routes = router(gateway.clone());
            if gateway.is_open() {
                routes = cors::guarded(routes, gateway);
            }
            Dialect { routes, refuse }
        };
        let enabled = &gateway.inner().dialects;
        let oomol = || dialect(oomol::router, refuse::<oomol::Failure>);
        let feelr = || dialect(feelr::router, refuse::<feelr::Failure>);
        let alumia = || dialect(api_v1::router, refuse::<api_v1::Failure>);
        Self(Arc::new(EnabledDialects {
            bodies: gateway.inner().bodies.clone(),
            oomol: enabled.oomol.then(oomol),
            feelr: enabled.feelr.then(feelr),
            alumia: enabled.alumia.then(alumia),
        }))
    }

    /// Tells whether a path may belong to a dialect.
    pub(super) fn may_have(path: &str) -> bool {
        // The callback exists whichever dialects are enabled.
        let below = below(path, "/v1").or_else(|| below(path, "/api/v1"));
        below.is_some() && path != CALLBACK
    }

    /// Returns the dialect of a path. Connectors can't have the names that OOMOL's paths start with,
    /// so no path belongs to two dialects.
    fn of(&self, path: &str) -> Option<&Dialect> {
        let enabled = &*self.0;
        if below(path, "/api/v1").is_some() {
            return enabled.alumia.as_ref();
        }
        let below = below(path, "/v1")?;
        let first = below.split('/').nth(1).unwrap_or_default();
        if first.is_empty() || oomol::SEGMENTS.contains(&first) {
            enabled.oomol.as_ref()
        } else {
            // Without Feelr's dialect, OOMOL's answers 404.
            enabled.feelr.as_ref().or(enabled.oomol.as_ref())
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
            return Box::pin(std::future::ready(Ok((dialect.refuse)(error))));
        }
        let refuse = dialect.refuse;
        let response = dialect.routes.clone().call(request);
        Box::pin(async move {
            // The panic hook has written the message to standard error; no caller sees it.
            let response = AssertUnwindSafe(response).catch_unwind().await;
            response.unwrap_or_else(|_| Ok(refuse(defect())))
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
    use serde_json::Value;
    use tower::ServiceExt as _;

    use super::*;

    async fn broken() -> Response {
        panic!("pw_secret");
    }

    #[tokio::test]
    async fn a_dialect_answers_for_a_handler_that_panics() {
        let dialects = Dialects(Arc::new(EnabledDialects {
            bodies: Bodies::default(),
            oomol: Some(Dialect {
                routes: Router::new().fallback(broken),
                refuse: refuse::<oomol::Failure>,
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
        let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await;
        let body: Value = serde_json::from_slice(&body.unwrap()).unwrap();
        assert_eq!(body["errorCode"], "internal_error");
        assert!(!body.to_string().contains("pw_secret"));
    }
}
