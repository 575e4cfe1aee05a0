//! Routes requests to their surfaces.

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Version};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::{BoxError, Router};
use bytes::Bytes;
use futures_util::future::{Either, Ready, ready};
use plugwright_engine::{Limit, LimitHits, SharedMemory};
use plugwright_sdk::{ActionError, ErrorCode};
use tower::{Layer as _, Service};

use crate::admin::{self, AdminState};
use crate::connect;
use crate::cors::{self, WithCors};
use crate::dialects::Dialects;
use crate::erased::erase;
use crate::gateway::Gateway;
use crate::own::{self, nothing_at};
use crate::request::{bearer_token, query_fault};
use crate::selectors::Selectors;
use crate::timed_body::{BodyTimes, TimedBody};
use crate::unread::Counted;
use crate::{feelr, head, icons, mcp, openapi, operations};

fn others(gateway: &Gateway) -> Router {
    let operator = middleware::from_fn_with_state(gateway.clone(), operators_only);
    let runs = Arc::clone(gateway.engine().run_log());
    let admin = admin::router(AdminState::of(gateway), runs).layer(operator);
    let mut operations = operations::router(gateway.clone());
    let mut router = Router::new()
        .merge(openapi::router(gateway.clone()))
        .fallback(erase(async |request: Request| {
            nothing_at(request.uri().path())
        }));
    if gateway.inner().dialects.feelr {
        router = router.merge(feelr::health_router(gateway.clone()));
    }
    if gateway.is_open() {
        router = cors::guarded(router, gateway);
        operations = cors::guarded(operations, gateway);
    }
    if gateway.inner().mcp {
        let mcp = mcp::router(gateway);
        router = router.merge(cors::guarded(mcp, gateway));
    }
    router
        .layer(cors::cors(gateway))
        .nest("/admin", admin)
        .merge(operations)
        .merge(connect::routes::router(gateway.clone()))
        .merge(icons::router())
        .layer(middleware::from_fn_with_state(
            gateway.clone(),
            short_queries,
        ))
        // Builds the routes once instead of for each request.
        .with_state(())
}

/// Everything that the gateway serves over HTTP: the dialects, and all else.
#[derive(Clone)]
pub struct Surfaces {
    dialects: WithCors<Dialects>,
    others: Router,
    body_times: Arc<BodyTimes>,
    heads: Heads,
    hits: LimitHits,
    /// For answers that clients have not read yet.
    memory: Arc<SharedMemory>,
}

/// What heads of requests are allowed.
#[derive(Clone, Copy)]
struct Heads {
    size: usize,
    fields: usize,
}

impl Heads {
    /// The connection checks the size over HTTP/1.1.
    fn allow<B>(self, request: &Request<B>) -> bool {
        request.headers().len() <= self.fields
            && (request.version() != Version::HTTP_2 || list_size(request) <= self.size)
    }

    fn refusal(self) -> ActionError {
        let Self { size, fields } = self;
        let message = format!(
            "the head of the request is too large: at most {fields} header fields and {size} bytes are allowed"
        );
        ActionError::new(ErrorCode::ValidationError, message).with_status(431)
    }
}

/// Returns the size of a head as HTTP/2 counts it (RFC 9113, section 10.5.1).
fn list_size<B>(request: &Request<B>) -> usize {
    const OVERHEAD: usize = 32;
    let uri = request.uri();
    let target = uri.path_and_query().map_or(0, |it| it.as_str().len());
    let authority = uri.authority().map_or(0, |it| it.as_str().len());
    let pseudo = ":method:scheme:authority:path".len() + 4 * OVERHEAD;
    let pseudo = pseudo + request.method().as_str().len() + uri.scheme_str().map_or(0, str::len);
    let fields = request.headers().iter();
    let fields = fields.map(|(name, value)| name.as_str().len() + value.len() + OVERHEAD);
    pseudo + authority + target + fields.sum::<usize>()
}

impl Surfaces {
    /// Builds the surfaces of a gateway.
    pub fn new(gateway: &Gateway) -> Self {
        let limits = gateway.engine().limits();
        let hits = gateway.engine().metrics().limit_hits().clone();
        Self {
            dialects: cors::cors(gateway).layer(Dialects::new(gateway)),
            others: others(gateway),
            body_times: Arc::new(BodyTimes::new(limits, hits.clone())),
            heads: Heads {
                size: limits.header_size,
                fields: limits.headers,
            },
            hits,
            memory: Arc::clone(gateway.engine().response_memory()),
        }
    }

    /// Returns the response to a request from the network that HTTP/1 asks to refuse.
    pub fn refusal<B>(request: &Request<B>) -> Option<<Self as Service<Request>>::Future> {
        let error = head::fault(request.version(), request.headers())?;
        Some(answered(own::error(&error)))
    }

    /// Returns the body of the response to a request whose head is too large.
    pub fn head_refusal(&self) -> String {
        own::body(&self.heads.refusal()).to_string()
    }
}

/// Returns what resolves to a brief answer.
fn answered(answer: Response) -> <Surfaces as Service<Request>>::Future {
    Counted::brief(Either::Right(Either::Right(ready(Ok(answer)))))
}

impl<B> Service<Request<B>> for Surfaces
where
    B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Counted<
        Either<
            <WithCors<Dialects> as Service<Request>>::Future,
            Either<<Router as Service<Request>>::Future, Ready<Result<Response, Infallible>>>,
        >,
    >;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        // Routers are always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if !self.heads.allow(&request) {
            self.hits.add(Limit::Headers);
            return answered(own::error(&self.heads.refusal()));
        }
        if let Some(answer) = head::coded(request.headers()) {
            return answered(answer);
        }
        let version = request.version();
        let times = Arc::clone(&self.body_times);
        let request = request.map(|body| Body::new(TimedBody::new(body, times)));
        let answer = if Dialects::may_have(request.uri().path()) {
            Either::Left(self.dialects.call(request))
        } else {
            Either::Right(Either::Left(self.others.call(request)))
        };
        Counted::new(answer, version, &self.memory)
    }
}

impl Gateway {
    /// Returns everything that is served over HTTP.
    pub fn router(&self) -> Router {
        Router::new().fallback_service(Surfaces::new(self))
    }
}

/// Refuses queries with too many or too long names, or with what is not UTF-8.
async fn short_queries(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    match query_fault(&gateway.inner().bodies, &request) {
        Some(error) => own::error(&error),
        None => next.run(request).await,
    }
}

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
        Ok(principal) if principal.operator => match Selectors::OPERATOR.check(&headers, None) {
            Ok(()) => next.run(request).await,
            Err(error) => own::error(&error),
        },
        Ok(_) => own::error(&ActionError::new(
            ErrorCode::AdminAuthInvalid,
            "this token is not the operator's",
        )),
        Err(error) => own::error(&error),
    }
}
