//! Surfaces: each parses a dialect of HTTP, makes calls, and renders how they end.
//!
//! They hold no logic of calls: who may do what, and how it is done, is the gateway's.

mod admin;
mod api_v1;
mod body;
#[cfg(test)]
mod bounds;
pub(crate) mod connect;
mod dialects;
mod entity_tag;
mod feelr;
pub(crate) mod mcp;
mod oomol;
mod openapi;
mod operations;
pub(crate) mod own;
mod retry_after;
mod revalidation;
mod timed_body;
mod web;

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{BoxError, Router};
use bytes::Bytes;
use futures_util::future::{Either, Ready, ready};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use tower::{Layer as _, Service};

use crate::gateway::Gateway;
use crate::limits::Limit;
use crate::telemetry::LimitHits;
use admin::AdminState;
pub(crate) use body::{Bodies, Held};
use dialects::Dialects;
use timed_body::{BodyTimes, TimedBody};
use web::WithCors;

/// Returns what is not of the dialects.
fn others(gateway: &Gateway) -> Router {
    let operator = middleware::from_fn_with_state(gateway.clone(), operators_only);
    let runs = Arc::clone(&gateway.inner().run_log);
    let admin = admin::router(AdminState::of(gateway), runs).layer(operator);
    let mut operations = operations::router(gateway.clone());
    let mut router = Router::new()
        .merge(openapi::router(gateway.clone()))
        .fallback(async |request: Request| nothing_at(request.uri().path()));
    if gateway.inner().dialects.feelr {
        router = router.merge(feelr::health_router(gateway.clone()));
    }
    if gateway.is_open() {
        router = web::guarded(router, gateway);
        operations = web::guarded(operations, gateway);
    }
    if gateway.inner().mcp {
        let mcp = mcp::router(gateway);
        router = router.merge(web::guarded(mcp, gateway));
    }
    router
        .layer(web::cors(gateway))
        .nest("/admin", admin)
        .merge(operations)
        .merge(connect::routes::router(gateway.clone()))
        .layer(middleware::from_fn_with_state(
            gateway.clone(),
            short_queries,
        ))
        // Makes the routes once; without it they would be made anew for each request.
        .with_state(())
}

/// Everything that the gateway serves over HTTP: the dialects, where calls come in, and all else.
#[derive(Clone)]
pub(crate) struct Surfaces {
    dialects: WithCors<Dialects>,
    others: Router,
    body_times: Arc<BodyTimes>,
    /// Most header fields of a request.
    headers: usize,
    hits: LimitHits,
}

impl Surfaces {
    pub(crate) fn new(gateway: &Gateway) -> Self {
        let limits = &gateway.inner().limits;
        let hits = gateway.inner().metrics.limit_hits();
        Self {
            dialects: web::cors(gateway).layer(Dialects::new(gateway)),
            others: others(gateway),
            body_times: Arc::new(BodyTimes::new(limits, hits.clone())),
            headers: limits.headers,
            hits,
        }
    }
}

impl<B> Service<Request<B>> for Surfaces
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Either<
        <WithCors<Dialects> as Service<Request>>::Future,
        Either<<Router as Service<Request>>::Future, Ready<Result<Response, Infallible>>>,
    >;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Routers always are.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if request.headers().len() > self.headers {
            self.hits.add(Limit::Headers);
            return Either::Right(Either::Right(ready(Ok(too_many_headers(self.headers)))));
        }
        let times = Arc::clone(&self.body_times);
        let request = request.map(|body| Body::new(TimedBody::new(body, times)));
        if Dialects::may_have(request.uri().path()) {
            Either::Left(self.dialects.call(request))
        } else {
            Either::Right(Either::Left(self.others.call(request)))
        }
    }
}

/// Refuses queries that have too much in them.
async fn short_queries(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    match query_fault(&gateway.inner().bodies, &request) {
        Some(error) => own::error(&error),
        None => next.run(request).await,
    }
}

/// Returns what is wrong with the query of a request before it is taken apart.
fn query_fault<B>(bodies: &Bodies, request: &Request<B>) -> Option<ActionError> {
    let query = request.uri().query()?;
    let error = bodies.check_pairs(query.as_bytes()).err()?;
    Some(ActionError::invalid_param("query", error.message()))
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

/// Cuts what a parser says, which repeats what it read.
pub(crate) fn reason(text: &str) -> &str {
    const LONGEST: usize = 200;
    let end = text.char_indices().nth(LONGEST);
    end.map_or(text, |(end, _)| &text[..end])
}

fn too_many_headers(most: usize) -> Response {
    let message = format!("too many header fields: at most {most} are allowed");
    own::error(&ActionError::new(ErrorCode::ValidationError, message).with_status(431))
}

fn nothing_at(path: &str) -> Response {
    own::error(&ActionError::new(
        ErrorCode::NotFound,
        format!("nothing is at `{}`", Echo(path)),
    ))
}

static TRACE_CONTEXT: [HeaderName; 2] = [
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("tracestate"),
];

/// Returns the headers that say which trace a request belongs to (W3C Trace Context).
pub(crate) fn trace_context(headers: &HeaderMap) -> HeaderMap {
    let mut context = HeaderMap::new();
    for name in &TRACE_CONTEXT {
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
