//! CORS, and the refusal of requests from other sites.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{ETAG, ORIGIN, RETRY_AFTER};
use axum::http::{HeaderName, Method};
use axum::middleware::{self, Next};
use axum::response::Response;
use futures_util::future::Either;
use tower::{Layer, Service};
use tower_http::cors::{AllowHeaders, AllowOrigin, Cors, CorsLayer};

use super::own;
use crate::gateway::Gateway;
use crate::web::WebSettings;

/// How long a browser may cache a preflight response. No browser caches it for longer.
const MEMORY: Duration = Duration::from_hours(2);

/// Tells browsers which pages may read responses. Credentials are not allowed: callers send tokens.
pub(super) fn cors(gateway: &Gateway) -> CorsForPages {
    let settings = Arc::clone(&gateway.inner().web);
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| {
            settings.allows(origin)
        }))
        .allow_methods([
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([
            ETAG,
            RETRY_AFTER,
            HeaderName::from_static("x-request-id"),
            HeaderName::from_static("mcp-session-id"),
            HeaderName::from_static("ratelimit-limit"),
            HeaderName::from_static("ratelimit-remaining"),
            HeaderName::from_static("ratelimit-reset"),
        ])
        .max_age(MEMORY);
    CorsForPages(Arc::new(cors))
}

/// CORS for requests with an `Origin`. Others don't pay for it: no cache that serves pages stores
/// their responses.
#[derive(Clone)]
pub(super) struct CorsForPages(Arc<CorsLayer>);

impl<S> Layer<S> for CorsForPages {
    type Service = WithCors<S>;

    fn layer(&self, inner: S) -> WithCors<S> {
        WithCors {
            inner,
            cors: Arc::clone(&self.0),
        }
    }
}

/// A service with [`CorsForPages`].
#[derive(Clone)]
pub struct WithCors<S> {
    inner: S,
    cors: Arc<CorsLayer>,
}

impl<S> Service<Request> for WithCors<S>
where
    S: Service<Request, Response = Response> + Clone,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Either<<Cors<S> as Service<Request>>::Future, S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        if request.headers().contains_key(ORIGIN) {
            // Use the service that is ready, not its clone (see the documentation of `Service`).
            let copy = self.inner.clone();
            let ready = std::mem::replace(&mut self.inner, copy);
            Either::Left(self.cors.layer(ready).call(request))
        } else {
            Either::Right(self.inner.call(request))
        }
    }
}

/// Refuses requests from other sites or for other hosts. It is for routes that need no token, and
/// for MCP, which requires it.
pub(super) fn guarded(router: Router, gateway: &Gateway) -> Router {
    let settings = Arc::clone(&gateway.inner().web);
    router.layer(middleware::from_fn_with_state(settings, guard))
}

async fn guard(State(settings): State<Arc<WebSettings>>, request: Request, next: Next) -> Response {
    match settings.check(request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => own::error(&error),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::StatusCode;
    use axum::http::header::HeaderMap;
    use plugwright_sdk::host::Registry;
    use tower::ServiceExt as _;

    use super::*;

    const PAGE: &str = "https://app.example.com";

    async fn answer(
        anonymous: bool,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
    ) -> (StatusCode, HeaderMap) {
        let registry = Registry::new([&plugwright_github::CONNECTOR]).unwrap();
        let gateway = Gateway::builder(registry)
            .engine(plugwright_engine::EngineSettings::offline())
            .allow_anonymous(anonymous)
            .web(WebSettings {
                hosts: Some(vec!["gateway.example.com".to_owned()]),
                origins: vec![PAGE.parse().unwrap()],
            })
            .build()
            .unwrap();
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = gateway.router().oneshot(request).await.unwrap();
        (response.status(), response.headers().clone())
    }

    fn allowed(headers: &HeaderMap) -> Option<&str> {
        let value = headers.get("access-control-allow-origin")?;
        Some(value.to_str().unwrap())
    }

    #[tokio::test]
    async fn a_browser_is_told_which_pages_may_send_what_callers_send() {
        for path in [
            "/v1/actions/github.issues.list",
            "/api/v1/connectors",
            "/mcp",
        ] {
            let asks = |origin| {
                [
                    ("origin", origin),
                    ("access-control-request-method", "POST"),
                    (
                        "access-control-request-headers",
                        "authorization,x-oo-connector-alias",
                    ),
                ]
            };
            let (status, headers) = answer(false, "OPTIONS", path, &asks(PAGE)).await;
            assert_eq!((status, allowed(&headers)), (StatusCode::OK, Some(PAGE)));
            assert_eq!(
                headers["access-control-allow-headers"],
                "authorization,x-oo-connector-alias"
            );
            let methods = headers["access-control-allow-methods"].to_str().unwrap();
            assert!(methods.contains("POST"), "{methods}");
            assert!(!headers.contains_key("access-control-allow-credentials"));

            let evil = asks("https://evil.example.com");
            let (_, headers) = answer(false, "OPTIONS", path, &evil).await;
            assert_eq!(allowed(&headers), None, "{path}");
        }
        // Nothing that only the operator or a person has to see.
        for path in ["/admin/tokens", "/connect/x", "/metrics"] {
            let (_, headers) = answer(false, "GET", path, &[("origin", PAGE)]).await;
            assert_eq!(allowed(&headers), None, "{path}");
        }
    }

    #[tokio::test]
    async fn a_page_reads_errors_as_well() {
        let path = "/v1/actions/github.issues.list";
        let (status, headers) = answer(false, "GET", path, &[("origin", PAGE)]).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED);
        assert_eq!(allowed(&headers), Some(PAGE));
        let exposed = headers["access-control-expose-headers"].to_str().unwrap();
        assert!(exposed.contains("retry-after"), "{exposed}");
    }

    /// What a request says of the page and the name behind it, and whether an open gateway takes it.
    const BEHIND: [(&str, &str, bool); 10] = [
        ("origin", "http://LOCALHOST\\.evil.example", false),
        ("host", "evil.example@127.0.0.1", false),
        ("host", "localhost\\.evil.example", false),
        ("origin", "https://evil.example.com", false),
        ("origin", "null", false),
        ("origin", PAGE, true),
        ("origin", "http://localhost:5173", true),
        ("host", "evil.example.com", false),
        ("host", "localhost:3000", true),
        ("host", "gateway.example.com", true),
    ];

    /// Sends what [`BEHIND`] says to an open gateway, and to one that answers with `closed` who has
    /// no token. Returns which pages the open one told the browser of.
    async fn pages_let_in(path: &str, closed: StatusCode) -> Vec<String> {
        let mut told = Vec::new();
        for (header, value, good) in BEHIND {
            let (status, headers) = answer(true, "GET", path, &[(header, value)]).await;
            let expected = if good {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(status, expected, "{path} {header}: {value}");
            told.extend(allowed(&headers).map(str::to_owned));
            let (status, _) = answer(false, "GET", path, &[(header, value)]).await;
            assert_eq!(status, closed, "{path} {header}: {value}");
        }
        told
    }

    #[tokio::test]
    async fn who_needs_no_token_is_no_page_of_others() {
        let path = "/v1/actions/github.issues.list";
        // Who needs one may be any page: a token is known to no page of others.
        let told = pages_let_in(path, StatusCode::UNAUTHORIZED).await;
        assert_eq!(told, [PAGE, "http://localhost:5173"]);
    }

    #[tokio::test]
    async fn what_operators_ask_an_open_gateway_is_told_to_no_page_of_others() {
        for (path, closed) in [
            // Whoever asks whether a gateway is there that needs tokens may call it anything.
            ("/healthz", StatusCode::OK),
            ("/readyz", StatusCode::OK),
            ("/metrics", StatusCode::UNAUTHORIZED),
        ] {
            // No page reads them, not even one that may call.
            assert!(pages_let_in(path, closed).await.is_empty(), "{path}");
        }
    }

    #[tokio::test]
    async fn a_page_of_others_runs_nothing_by_an_image() {
        let start = "/api/v1/connections/oauth/start?connectorSlug=github";
        let call = "/v1/github/repos.get?repo=a/b";
        let host = ("host", "localhost:3000");
        for headers in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("user-agent", "Mozilla/5.0 (X11; Linux x86_64)")],
        ] {
            for path in [start, call, "/status?deep=true"] {
                for (method, expected) in [
                    ("GET", StatusCode::FORBIDDEN),
                    ("HEAD", StatusCode::METHOD_NOT_ALLOWED),
                ] {
                    let sent = [headers, &[host]].concat();
                    let (status, _) = answer(true, method, path, &sent).await;
                    assert_eq!(status, expected, "{path} {headers:?}");
                }
            }
        }
        // What says nothing of a browser calls, and starts nothing.
        assert_eq!(
            answer(true, "GET", start, &[host]).await.0,
            StatusCode::FORBIDDEN
        );
        for headers in [
            &[host][..],
            &[host, ("sec-fetch-site", "none")],
            &[host, ("sec-fetch-site", "same-origin")],
            &[host, ("origin", PAGE), ("sec-fetch-site", "cross-site")],
        ] {
            let (status, _) = answer(true, "GET", call, headers).await;
            // It is let through to the call, which an offline gateway does not make.
            assert_ne!(status, StatusCode::NOT_FOUND, "{headers:?}");
            let reads = "/v1/actions/github.issues.list";
            assert_eq!(answer(true, "GET", reads, headers).await.0, StatusCode::OK);
        }
    }

    #[tokio::test]
    async fn a_form_of_another_site_needs_no_origin_to_be_refused() {
        let path = "/v1/github/issues.create";
        for headers in [
            &[
                ("sec-fetch-site", "cross-site"),
                ("content-type", "text/plain"),
            ][..],
            &[
                ("user-agent", "Mozilla/5.0"),
                ("content-type", "text/plain"),
            ],
            &[("origin", "null"), ("content-type", "text/plain")],
            &[
                ("origin", "http://LOCALHOST\\.evil.example"),
                ("content-type", "text/plain"),
            ],
        ] {
            let (status, _) = answer(true, "POST", path, headers).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{headers:?}");
        }
    }
}
