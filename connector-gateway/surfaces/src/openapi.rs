//! `GET /openapi.json` and `GET /openapi/{connector}.json`: what a caller may call, in OpenAPI 3.1;
//! and `GET /docs`, which shows it.

mod actions;
mod api;
mod documents;
mod failures;
pub(super) mod operation;
mod operations;
mod schema;
mod viewer;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_sdk::host::Echo;
use plugwright_sdk::{ActionError, ErrorCode};
use serde_json::{Value, json};

use crate::gateway::Gateway;
use crate::request::bearer_token;
use crate::{own, revalidation};
pub(super) use api::{
    Access, Answers, Api, content, in_header, in_json, in_path, in_query, in_text, or_null,
    responses,
};
use documents::{Documents, Scope};
pub(super) use failures::{Failures, own as own_failures, shared};
use operation::{Operation, operations, routes};

/// Returns the operations on the documents.
fn operations() -> Vec<Operation<Arc<Documents>>> {
    operations! {
        get "/openapi.json" "readDocument" "Read in OpenAPI what may be called" => whole,
            answers_with 200 document(), sets is_tagged = true;
        get "/openapi/{file}" "readDocumentOfConnector"
            "Read in OpenAPI what may be called of a connector" => of_connector,
            with connector, answers_with 200 document(), fails [ConnectorNotFound],
            sets shown = Some("/openapi/{connector}.json"), sets is_tagged = true;
    }
}

fn connector(_: &mut Api) -> Value {
    in_path(
        "connector",
        "The connector's name.",
        &json!({ "type": "string" }),
    )
}

fn document() -> Value {
    in_json("The document.", &json!({ "type": "object" }))
}

/// Returns the routes.
pub(super) fn router(gateway: Gateway) -> Router {
    routes(operations())
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
