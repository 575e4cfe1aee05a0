//! `GET /openapi.json` and `GET /openapi/{connector}.json`: the operations that a caller may call, in
//! OpenAPI 3.1; and `GET /docs`, which shows them.

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

use crate::answer::JSON;
use crate::caller::Caller;
use crate::gateway::Gateway;
use crate::own;
pub(super) use api::{
    Access, Answers, Api, content, in_header, in_json, in_path, in_query, in_text, or_null,
    responses,
};
use documents::{Documents, Scope};
pub(super) use failures::{Failures, own as own_failures, shared};
use operation::{Operation, operations, routes};

#[derive(Clone)]
struct Service {
    gateway: Gateway,
    documents: Arc<Documents>,
}

fn operations() -> Vec<Operation<Service>> {
    operations! {
        get "/openapi.json" "readDocument" "Read the OpenAPI document" => whole,
            answers_with 200 document(), sets is_tagged = true;
        get "/openapi/{file}" "readDocumentOfConnector"
            "Read the OpenAPI document of a connector" => of_connector,
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

pub(super) fn router(gateway: Gateway) -> Router {
    let documents = Arc::new(Documents::new());
    routes(operations())
        .with_state(Service { gateway, documents })
        .merge(viewer::router())
}

async fn whole(State(service): State<Service>, headers: HeaderMap) -> Response {
    service.answer(&headers, Scope::Whole).await
}

async fn of_connector(
    State(service): State<Service>,
    headers: HeaderMap,
    Path(file): Path<String>,
) -> Response {
    match file.strip_suffix(".json") {
        Some(name) => {
            let scope = Scope::Connector(name.to_owned());
            service.answer(&headers, scope).await
        }
        None => own::error(&ActionError::new(
            ErrorCode::NotFound,
            format!(
                "there is nothing at `/openapi/{0}`; did you mean `/openapi/{0}.json`?",
                Echo(&file)
            ),
        )),
    }
}

impl Service {
    async fn answer(&self, headers: &HeaderMap, scope: Scope) -> Response {
        let document = async {
            let caller = Caller::of(&self.gateway, headers).await?;
            self.documents.render(caller, scope).await
        };
        match document.await {
            Ok(document) => document.response(headers, JSON),
            Err(error) => own::error(&error),
        }
    }
}

#[cfg(test)]
mod tests;
