//! The dialect of Alumia: `/api/v1/connectors` and `/api/v1/connections`, by which a caller connects
//! accounts of its own.
//!
//! The caller's connections are those of the organizations that its token may use. A connection that
//! is pending is a request that a person has not finished; its id is the one that the connection will
//! have.

mod answer;
mod body;
mod connections;
mod connectors;
mod credentials;
mod form;
mod oauth;
pub(super) mod openapi;
mod record;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use uuid::Uuid;

use crate::gateway::Gateway;
use crate::request::bearer_token;
use answer::Failure;
use plugwright_engine::Principal;

/// Returns the routes. What is unknown is answered in this dialect. The address that providers send
/// browsers back to is not among them: it is there whatever dialects are.
pub(crate) fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/api/v1/connectors", get(connectors::list))
        .route(
            "/api/v1/connections",
            get(connections::list).post(connections::create),
        )
        .route("/api/v1/connections/oauth/start", get(oauth::start))
        .route(
            "/api/v1/connections/{id}",
            get(connections::show).delete(connections::delete),
        )
        .route(
            "/api/v1/connections/{id}/credentials",
            post(credentials::submit),
        )
        .route(
            "/api/v1/connections/{id}/oauth",
            get(oauth::show).post(oauth::again),
        )
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(gateway)
}

/// Who calls.
struct Caller(Arc<Principal>);

impl FromRequestParts<Gateway> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        principal(gateway, &parts.headers).await.map(Self)
    }
}

async fn principal(gateway: &Gateway, headers: &HeaderMap) -> Result<Arc<Principal>, Failure> {
    Ok(gateway.authenticate(bearer_token(headers)?).await?)
}

/// The id of a connection in a path. Whoever calls is known before it is looked at.
struct Id(Uuid);

impl FromRequestParts<Gateway> for Id {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Failure> {
        let text = Path::<String>::from_request_parts(parts, gateway).await;
        let id = text.ok().and_then(|Path(text)| Uuid::try_parse(&text).ok());
        id.map(Self).ok_or_else(|| {
            Failure::from(ActionError::new(
                ErrorCode::ValidationError,
                "the id of a connection is a UUID",
            ))
        })
    }
}

async fn unknown_path(uri: Uri) -> Failure {
    let message = format!("nothing is at `{}`", Echo(uri.path()));
    ActionError::new(ErrorCode::NotFound, message).into()
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    let message = format!(
        "`{}` does not answer {}",
        Echo(uri.path()),
        Echo(method.as_str())
    );
    Failure::own(405, "METHOD_NOT_ALLOWED", message)
}

/// Answers a request that goes no further.
pub(super) fn refused(error: ActionError) -> Response {
    Failure::from(error).into_response()
}

/// Answers for a handler that panicked. What the panic says stays in the process.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response {
    let error = ActionError::new(ErrorCode::InternalError, "a defect in the gateway");
    Failure::from(error).into_response()
}
