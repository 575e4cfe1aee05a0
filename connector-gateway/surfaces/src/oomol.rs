//! The dialect of OOMOL's clients: `/v1/actions`, `/v1/providers`, `/v1/apps`, `/v1/proxy` and
//! `/v1/health`, for the npm package `@oomol-lab/connector` as it is published.

mod actions;
mod apps;
mod calls;
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

use std::sync::Arc;

use axum::Router;
use axum::extract::path::ErrorKind;
use axum::extract::rejection::PathRejection;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{Method, Uri};
use axum::response::Response;
use plugwright_sdk::host::Echo;
use schemars::JsonSchema;
use serde::Serialize;

use crate::caller::Caller;
use crate::gateway::Gateway;
use crate::openapi::operation::routes;
use catalog::Catalog;
pub(crate) use envelope::Failure;
use envelope::fresh;
use request::fault;

/// The first segments of this dialect's paths, below `/v1`.
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

/// What handlers need.
#[derive(Clone)]
struct Dialect {
    gateway: Gateway,
    catalog: Arc<Catalog>,
}

/// Returns the routes. Unknown paths are answered in this dialect.
pub(crate) fn router(gateway: Gateway) -> Router {
    let mut operations = openapi::operations();
    operations.extend(saas::operations());
    operations.extend(connections::operations());
    routes(operations)
        .fallback(unknown_path)
        .method_not_allowed_fallback(wrong_method)
        .with_state(Dialect {
            catalog: Arc::new(Catalog::new(gateway.registry())),
            gateway,
        })
}

impl FromRequestParts<Dialect> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, dialect: &Dialect) -> Result<Self, Failure> {
        Ok(Self::of(&dialect.gateway, &parts.headers).await?)
    }
}

/// The parameter of the path. Extract it after the caller, who must be identified first.
struct Segment(String);

impl<S: Send + Sync> FromRequestParts<S> for Segment {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        match Path::from_request_parts(parts, state).await {
            Ok(Path(segment)) => Ok(Self(segment)),
            Err(PathRejection::FailedToDeserializePathParams(error)) => Err(match error.kind() {
                ErrorKind::InvalidUtf8InPathParam { key } => {
                    let message = "must be percent-encoded UTF-8, one segment of the path";
                    Failure::invalid(fault(key, message))
                }
                _ => Failure::defect(),
            }),
            Err(_) => Err(Failure::defect()),
        }
    }
}

/// Makes the failure for a connector that does not exist, or that the caller does not see.
fn unknown_service(caller: &Caller, service: &str) -> Failure {
    caller.unknown_connector("service", service).into()
}

#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
struct Health {
    #[schemars(extend("const" = true))]
    ok: bool,
    runtime: &'static str,
}

/// Reports that the process is alive. Whether it can take calls is for the readiness check.
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
    let message = crate::request::wrong_method(&method, &uri);
    Failure::own(405, "method_not_allowed", message)
}
