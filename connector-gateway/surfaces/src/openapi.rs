//! `GET /openapi.json` and `GET /openapi/{connector}.json`: what a caller may call, in OpenAPI 3.1;
//! and `GET /docs`, which shows it.

mod actions;
mod api;
mod documents;
mod failures;
mod operations;
mod schema;
mod viewer;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};

use crate::gateway::Gateway;
use crate::request::bearer_token;
use crate::{own, revalidation};
pub(super) use api::{
    Access, Answers, Api, Operation, content, if_none_match, in_header, in_json, in_path, in_query,
    in_text, or_null, responses, tagged, unchanged,
};
use documents::{Documents, Scope};
pub(super) use failures::{Failures, own as own_failures, shared};

/// Returns the routes.
pub(super) fn router(gateway: Gateway) -> Router {
    Router::new()
        .route("/openapi.json", get(whole))
        .route("/openapi/{file}", get(of_connector))
        .with_state(Arc::new(Documents::new(gateway)))
        .merge(viewer::router())
}

async fn whole(State(documents): State<Arc<Documents>>, headers: HeaderMap) -> Response {
    answer(&documents, &headers, Scope::Whole).await
}

async fn of_connector(
    State(documents): State<Arc<Documents>>,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Response {
    match file.strip_suffix(".json") {
        Some(name) => answer(&documents, &headers, Scope::Connector(name.to_owned())).await,
        None => own::error(&ActionError::new(
            ErrorCode::NotFound,
            format!(
                "nothing is at `/openapi/{0}`; did you mean `/openapi/{0}.json`?",
                Echo(&file)
            ),
        )),
    }
}

async fn answer(documents: &Arc<Documents>, headers: &HeaderMap, scope: Scope) -> Response {
    let document = async {
        let principal = documents
            .gateway()
            .authenticate(bearer_token(headers)?)
            .await?;
        documents.render(principal, scope).await
    };
    match document.await {
        Ok(document) => revalidation::tagged(
            headers,
            "application/json",
            document.body.clone(),
            document.tag.clone(),
        ),
        Err(error) => own::error(&error),
    }
}

#[cfg(test)]
mod tests;
