//! The dialect of OOMOL's clients: `/v1/actions`, `/v1/providers`, `/v1/apps`, `/v1/proxy` and
//! `/v1/health`, for the npm package `@oomol-lab/connector` as it is.

mod actions;
mod apps;
mod catalog;
mod connections;
mod envelope;
mod execute;
mod guide;
pub(super) mod openapi;
mod providers;
mod proxy;
mod request;
mod saas;
#[cfg(test)]
mod testing;

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::{IntoResponse as _, Response};
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use schemars::JsonSchema;
use serde::Serialize;

use crate::gateway::Gateway;
use crate::openapi::operation::routes;
use crate::request::bearer_token;
use catalog::Catalog;
use envelope::{Failure, fresh};
use plugwright_engine::Principal;
use plugwright_engine::Surface;
use request::fault;

/// What the paths of this dialect start with, below `/v1`.
pub(crate) const SEGMENTS: [&str; 9] = [
    "actions",
    "apps",
    "catalog",
    "connection-requests",
    "connections",
    "health",
    "providers",
    "proxy",
    "saas",
];

/// What every handler needs.
struct Dialect {
    gateway: Gateway,
    catalog: Catalog,
}

/// Returns the routes. What is unknown is answered in this dialect.
pub(crate) fn router(gateway: Gateway) -> Router {
    let dialect = Dialect {
        catalog: Catalog::new(gateway.registry()),
        gateway,
    };
    let mut operations = openapi::operations();
    operations.extend(saas::operations());
    operations.extend(connections::operations());
    routes(operations)
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Arc::new(dialect))
}

/// Who calls.
struct Caller(Arc<Principal>);

impl FromRequestParts<Arc<Dialect>> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(
        parts: &mut Parts,
        dialect: &Arc<Dialect>,
    ) -> Result<Self, Failure> {
        dialect.principal(&parts.headers).await.map(Self)
    }
}

/// The parameter of the path. Whoever calls is known before it is looked at.
struct Segment(String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segment)) => Ok(Self(segment)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => Err(match error.kind() {
                ErrorKind::InvalidUtf8InPathParam { key } => {
                    let message = "must be percent-encoded UTF-8, one segment of the path";
                    Failure::invalid(vec![fault(key, message)], Surface::Action)
                }
                _ => Failure::defect(),
            }),
            Err(_) => Err(Failure::defect()),
        }
    }
}

impl Dialect {
    /// Finds out who calls.
    async fn principal(&self, headers: &HeaderMap) -> Result<Arc<Principal>, Failure> {
        let token = bearer_token(headers)?;
        Ok(self.gateway.authenticate(token).await?)
    }

    /// Tells whether any of a connector's actions may be called.
    fn shows(&self, principal: &Principal, service: &str) -> bool {
        self.catalog
            .of_service(service)
            .any(|card| self.gateway.allows(principal, card.id()))
    }

    /// Makes the failure for a connector that is not there, or that the caller does not see.
    fn unknown_service(&self, principal: &Principal, service: &str) -> Failure {
        let known = self
            .catalog
            .services()
            .filter(|known| self.shows(principal, known));
        let near = plugwright_sdk::host::nearest::did_you_mean(service, known).unwrap_or_default();
        let message = format!("no service is named `{}`{near}", Echo(service));
        Failure::from(plugwright_sdk::ActionError::new(
            ErrorCode::ConnectorNotFound,
            message,
        ))
    }
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Health {
    #[schemars(extend("const" = true))]
    ok: bool,
    runtime: &'static str,
}

/// Tells that the process answers. Whether it can take calls is for its readiness check to say.
async fn health() -> Result<Response, Failure> {
    fresh(&Health {
        ok: true,
        runtime: "plugwright",
    })
}

async fn unknown_path(uri: Uri) -> Failure {
    let message = format!("there is nothing at `{}`", Echo(uri.path()));
    Failure::own(404, "not_found", message)
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    let message = format!(
        "`{}` does not answer {}",
        Echo(uri.path()),
        Echo(method.as_str())
    );
    Failure::own(405, "method_not_allowed", message)
}

/// Answers a request that goes no further.
pub(super) fn refused(error: ActionError) -> Response {
    Failure::from(error).into_response()
}

/// Answers for a handler that panicked. What the panic says stays in the process: its hook has
/// written it to standard error.
pub(super) fn panicked(_: Box<dyn Any + Send>) -> Response {
    Failure::defect().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use testing::shown;

    #[test]
    fn a_panic_is_answered_in_the_dialect_and_not_told() {
        let answer = shown(panicked(Box::new("pw_secret")));
        assert_eq!(answer["status"], 500);
        assert_eq!(answer["body"]["errorCode"], "internal_error");
        assert!(!answer.to_string().contains("pw_secret"));
    }
}
