//! Surfaces: each parses a dialect of HTTP, makes calls, and renders how they end.
//!
//! They hold no logic of calls: who may do what, and how it is done, is the gateway's.

mod admin;
mod api_v1;
pub(crate) mod connect;
mod entity_tag;
mod feelr;
pub(crate) mod mcp;
mod nesting;
mod oomol;
mod openapi;
mod operations;
pub(crate) mod own;
mod retry_after;
mod revalidation;
mod web;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::middleware::{self, Next};
use axum::response::Response;
use plugwright_sdk::{ActionError, ErrorCode};
use tower::ServiceExt as _;
use tower_http::timeout::RequestBodyTimeoutLayer;

use crate::gateway::Gateway;
use admin::AdminState;

/// Returns everything that the gateway serves over HTTP.
pub(crate) fn router(gateway: &Gateway) -> Router {
    let limits = &gateway.inner().limits;
    let operator = middleware::from_fn_with_state(gateway.clone(), operators_only);
    let runs = Arc::clone(&gateway.inner().run_log);
    let admin = admin::router(AdminState::of(gateway), runs).layer(operator);
    let dialects = &gateway.inner().dialects;
    let body = limits.request_body;
    let calls = Calls {
        oomol: dialects.oomol.then(|| oomol::router(gateway.clone(), body)),
        feelr: dialects.feelr.then(|| feelr::router(gateway.clone(), body)),
        alumia: dialects
            .alumia
            .then(|| api_v1::router(gateway.clone(), body)),
    };
    let mut operations = operations::router(gateway.clone());
    let mut router = Router::new().merge(openapi::router(gateway.clone()));
    if dialects.feelr {
        router = router.merge(feelr::health_router(gateway.clone()));
    }
    // Not nested, since both dialects match paths as they came.
    router = router.fallback(move |request| calls.answer(request));
    if gateway.is_open() {
        router = web::guarded(router, gateway);
        operations = web::guarded(operations, gateway);
    }
    if gateway.inner().mcp {
        router = router.merge(web::guarded(mcp::router(gateway, body), gateway));
    }
    router
        .layer(web::cors(gateway))
        .nest("/admin", admin)
        .merge(operations)
        .merge(connect::routes::router(gateway.clone()))
        .layer(RequestBodyTimeoutLayer::new(limits.body_timeout))
        // Makes the routes once; without it they would be made anew for each request.
        .with_state(())
}

/// The dialects of other systems, as far as they are switched on. Two of them share `/v1`.
#[derive(Clone)]
struct Calls {
    oomol: Option<Router>,
    feelr: Option<Router>,
    alumia: Option<Router>,
}

impl Calls {
    /// Returns the dialect of a path. Names that one of them uses are no connectors' names, so no
    /// path belongs to two.
    fn of(self, path: &str) -> Option<Router> {
        if below(path, "/api/v1").is_some() {
            return self.alumia;
        }
        let below = below(path, "/v1")?;
        let first = below.split('/').nth(1).unwrap_or_default();
        if first.is_empty() || oomol::SEGMENTS.contains(&first) {
            self.oomol
        } else {
            // What no dialect has is refused by the one that is there.
            self.feelr.or(self.oomol)
        }
    }

    async fn answer(self, request: Request) -> Response {
        match self.of(request.uri().path()) {
            Some(dialect) => match dialect.oneshot(request).await {
                Ok(response) => response,
                Err(never) => match never {},
            },
            None => nothing_at(request.uri().path()),
        }
    }
}

/// Returns what follows a prefix that ends where a segment of the path does.
fn below<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    let below = path.strip_prefix(prefix)?;
    matches!(below.bytes().next(), None | Some(b'/')).then_some(below)
}

/// Lets the operator's token alone through to the operator's API.
async fn operators_only(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
    request: Request,
    next: Next,
) -> Response {
    let known = async {
        let token = bearer_token(&headers)?;
        if token.is_none() {
            return Err(ActionError::new(
                ErrorCode::AdminAuthRequired,
                "the operator's token is required: send it as `Authorization: Bearer TOKEN`",
            ));
        }
        gateway.authenticate(token).await
    };
    match known.await {
        Ok(principal) if principal.operator => next.run(request).await,
        Ok(_) => own::error(&ActionError::new(
            ErrorCode::AdminAuthInvalid,
            "this token is not the operator's",
        )),
        Err(error) => own::error(&error),
    }
}

fn nothing_at(path: &str) -> Response {
    own::error(&ActionError::new(
        ErrorCode::NotFound,
        format!("nothing is at `{path}`"),
    ))
}

/// Returns the headers that say which trace a request belongs to (W3C Trace Context).
pub(crate) fn trace_context(headers: &HeaderMap) -> HeaderMap {
    let mut context = HeaderMap::new();
    for name in ["traceparent", "tracestate"] {
        if let Some(value) = headers.get(name) {
            context.insert(name, value.clone());
        }
    }
    context
}

/// Returns the bearer token of a request (RFC 6750, section 2.1), if it has an `Authorization`
/// header.
///
/// # Errors
///
/// `UNAUTHORIZED` if the header is there and is not `Bearer <token>`: whoever sends a credential
/// means to be known by it.
pub(crate) fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>, ActionError> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let token = value
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim())
        .filter(|token| !token.is_empty());
    match (token, values.next()) {
        (Some(token), None) => Ok(Some(token)),
        _ => Err(ActionError::new(
            ErrorCode::Unauthorized,
            "the `Authorization` header must be `Bearer <token>`, once",
        )),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn token(values: &[&str]) -> Result<Option<String>, ActionError> {
        let headers = values
            .iter()
            .map(|value| (AUTHORIZATION, HeaderValue::from_str(value).unwrap()))
            .collect();
        bearer_token(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn reads_a_bearer_token_whatever_the_case_of_its_scheme() {
        assert_eq!(token(&[]).unwrap(), None);
        for value in ["Bearer pw_1", "bearer pw_1", "BEARER  pw_1 "] {
            assert_eq!(token(&[value]).unwrap().as_deref(), Some("pw_1"), "{value}");
        }
    }

    #[test]
    fn refuses_another_scheme_an_empty_token_and_two() {
        for values in [
            &["Basic YQ=="][..],
            &["Bearer "],
            &["pw_1"],
            &["Bearer a", "Bearer b"],
        ] {
            let error = token(values).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Unauthorized, "{values:?}");
            assert!(!error.message().contains("YQ"), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_header_is_too_odd(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                let headers = [(AUTHORIZATION, value)].into_iter().collect();
                drop(bearer_token(&headers));
            }
        }
    }
}
