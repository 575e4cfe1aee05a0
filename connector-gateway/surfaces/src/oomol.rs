//! The dialect of OOMOL's clients: `/v1/actions`, `/v1/providers`, `/v1/apps`, `/v1/proxy` and
//! `/v1/health`, for the npm package `@oomol-lab/connector` as it is published.

mod actions;
mod apps;
mod calls;
mod catalog;
mod connections;
mod dialect;
mod envelope;
mod execute;
mod guide;
mod health;
pub(super) mod openapi;
mod providers;
mod proxy;
mod request;
mod saas;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, Uri};
use axum::response::{IntoResponse as _, Response};
use plugwright_sdk::host::Echo;

use crate::caller::Caller;
use crate::erased::erase;
use crate::gateway::Gateway;
use crate::openapi::operation::routes;
use crate::selectors::Selectors;
use catalog::Catalog;
use dialect::{Dialect, Segment};
pub(crate) use envelope::Failure;

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

/// Returns the routes. Unknown paths are answered in this dialect.
pub(crate) fn router(gateway: Gateway) -> Router {
    let mut operations = openapi::operations();
    operations.extend(saas::operations());
    operations.extend(connections::operations());
    routes(operations)
        .fallback(erase(unknown_path))
        .method_not_allowed_fallback(erase(wrong_method))
        .with_state(Dialect {
            catalog: Arc::new(Catalog::new(gateway.registry())),
            gateway,
        })
}

/// Where actions are called, with their id after it.
pub(crate) const CALLS: &str = "/v1/actions/";

/// Serves a request at [`CALLS`].
pub(crate) async fn call(gateway: Gateway, action: String, request: Request) -> Response {
    let called = async {
        let caller = Caller::of_request(&gateway, request.headers(), request.extensions());
        let caller = caller.await?;
        Selectors::OOMOL.check(request.headers(), request.uri().query())?;
        execute::execute(caller, Segment(action), request).await
    };
    called.await.into_response()
}

async fn unknown_path(uri: Uri) -> Failure {
    let message = format!("there is nothing at `{}`", Echo(uri.path()));
    Failure::own(404, "not_found", message)
}

async fn wrong_method(method: Method, uri: Uri) -> Failure {
    let message = crate::request::wrong_method(&method, &uri);
    Failure::own(405, "method_not_allowed", message)
}
