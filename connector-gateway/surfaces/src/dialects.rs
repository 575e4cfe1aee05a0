//! The dialects of other systems: which one a path belongs to, and what they share.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use plugwright_sdk::ActionError;
use tower::Service;

use crate::answer::{defect, refuse};
use crate::body::Bodies;
use crate::connect::paths::is_callback;
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
    /// Whose calls need no router: its layers would copy and box each of them several times.
    direct: Option<Gateway>,
    oomol: Option<Dialect>,
    feelr: Option<Dialect>,
    alumia: Option<Dialect>,
}

struct Dialect {
    routes: Router,
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
            // An open gateway guards its routes.
            direct: (enabled.oomol && !gateway.is_open()).then(|| gateway.clone()),
            oomol: enabled.oomol.then(oomol),
            feelr: enabled.feelr.then(feelr),
            alumia: enabled.alumia.then(alumia),
        }))
    }

    pub(super) fn may_have(path: &str) -> bool {
        // The callback exists whichever dialects are enabled.
        let below = below(path, "/v1").or_else(|| below(path, "/api/v1"));
        below.is_some() && !is_callback(path)
    }

    /// Returns the action that OOMOL's dialect is asked to call, if its id is written as documents
    /// do: with dots, which no other path of this length has.
    fn called<'r>(&self, request: &'r Request) -> Option<(&Gateway, &'r str)> {
        let gateway = self.0.direct.as_ref()?;
        let action = request.uri().path().strip_prefix(oomol::CALLS)?;
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        let is_call = request.method() == Method::POST && action.bytes().all(is_plain);
        (is_call && action.contains('.')).then_some((gateway, action))
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
        match self.called(&request) {
            Some((gateway, action)) => {
                // Boxed here, so that it is moved once.
                let response = Box::pin(oomol::call(gateway.clone(), action.to_owned(), request));
                Box::pin(unbroken(response.map(Ok), refuse))
            }
            None => Box::pin(unbroken(dialect.routes.clone().call(request), refuse)),
        }
    }
}

/// Answers for a handler that panics.
async fn unbroken(
    response: impl Future<Output = Result<Response, Infallible>>,
    refuse: fn(ActionError) -> Response,
) -> Result<Response, Infallible> {
    // The panic hook has written the message to standard error; no caller sees it.
    let response = AssertUnwindSafe(response).catch_unwind().await;
    response.unwrap_or_else(|_| Ok(refuse(defect())))
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
    use plugwright_engine::EngineSettings;
    use plugwright_sdk::host::Registry;
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
            direct: None,
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

    #[tokio::test]
    async fn a_call_is_answered_alike_with_and_without_the_router() {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let gateway = Gateway::builder(registry).engine(EngineSettings::offline());
        let dialects = Dialects::new(&gateway.build().unwrap());
        let answer = async |path: &str, token: &str| {
            let request = Request::post(path)
                .header("authorization", token)
                .body(Body::empty());
            let request = request.unwrap();
            let is_direct = dialects.called(&request).is_some();
            let answer = dialects.clone().oneshot(request).await.unwrap();
            let (status, headers) = (answer.status(), answer.headers().clone());
            let body = axum::body::to_bytes(answer.into_body(), 1 << 20).await;
            let body: Value = serde_json::from_slice(&body.unwrap()).unwrap();
            let types = headers.get("content-type").cloned();
            (is_direct, (status, types, body["errorCode"].clone()))
        };
        for token in ["Bearer pw_unknown", "Basic YQ=="] {
            let direct = answer("/v1/actions/github.issues.list", token).await;
            let routed = answer("/v1/actions/github%2Eissues%2Elist", token).await;
            assert!(direct.0 && !routed.0);
            assert_eq!(direct.1, routed.1);
            assert_eq!(direct.1.0, StatusCode::UNAUTHORIZED);
        }
        for path in ["/v1/actions/search", "/v1/actions/a.b/guide.md"] {
            let (is_direct, (status, ..)) = answer(path, "Bearer pw_unknown").await;
            assert_eq!((is_direct, status), (false, StatusCode::METHOD_NOT_ALLOWED));
        }
    }
}
