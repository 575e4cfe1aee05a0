//! `POST /v1/actions/{id}`: calls of actions.

pub(super) mod options;

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value};

use plugwright_sdk::host::Faults;

use super::envelope::{Failure, render};
use super::request::{self, Query};
use super::{Dialect, bad_segment};
use crate::body::{Bodies, Kind, Received};
use crate::request::trace_context;
use options::Options;
use plugwright_engine::Principal;
use plugwright_engine::Surface;
use plugwright_engine::{Call, CallOptions, ConnectionSelector, Handles, OwnerSelector, Target};

pub(super) use options::MOST_RETRIES;

const MEMBERS: [&str; 4] = ["input", "connectionName", "alias", "options"];

/// `POST /v1/actions/{id}`. When the client goes away, this future is dropped; what that means for
/// the call is for the gateway to say: a read ends, a write goes on.
pub(super) async fn execute(
    State(dialect): State<Arc<Dialect>>,
    path: Result<Path<String>, PathRejection>,
    mut request: Request,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let query = Query::parse(request.uri().query());
    // Who is not let in sends no body either.
    let principal = dialect.principal(&headers).await?;
    let Path(name) = path.map_err(bad_segment("actionId"))?;
    let gateway = dialect.gateway.clone();
    let bodies = &gateway.inner().bodies;
    let may_bring_file = || gateway.engine().takes_file(&name);
    let body = request::body(bodies, request, Kind::MayBringFile(&may_bring_file)).await?;
    let called = |body| called(dialect, principal, name, headers, query, body);
    bodies.serve(body, called).await?
}

async fn called(
    dialect: Arc<Dialect>,
    principal: Arc<Principal>,
    name: String,
    headers: HeaderMap,
    query: Query,
    mut body: Received,
) -> Result<Response, Failure> {
    let bodies = &dialect.gateway.inner().bodies;
    let asked = Asked::parse(bodies, &headers, &query, &mut body)
        .map_err(|failure| failure.with_action(name.clone()))?;
    let call = Call {
        surface: Surface::Action,
        principal,
        target: Target::Action {
            name: name.clone(),
            input: Arc::new(asked.input),
        },
        connection: asked.connection,
        owner: OwnerSelector::Organization(asked.organization),
        options: asked.options,
        bytes_in: body.length() as u64,
        trace_context: trace_context(&headers),
        cancellation: None,
        handles: Handles::default(),
    };
    let outcome = dialect
        .gateway
        .engine()
        .execute_holding(call, body.into_held())
        .await;
    render(&outcome, Surface::Action, &name)
}

/// What a request asks for, beside the name of the action.
#[derive(Debug)]
struct Asked {
    input: Value,
    connection: ConnectionSelector,
    organization: Option<String>,
    options: CallOptions,
}

impl Asked {
    fn parse(
        bodies: &Bodies,
        headers: &HeaderMap,
        query: &Query,
        body: &mut Received,
    ) -> Result<Self, Failure> {
        let mut body = request::object(bodies, headers, body)?;
        let mut faults = Faults::new();
        request::only(&MEMBERS, &body, "", &mut faults);
        let options = Options::parse(bodies, body.get("options"), &mut faults);
        if !faults.is_empty() {
            return Err(Failure::invalid(faults, Surface::Action));
        }
        let mut call_options = options.call;
        call_options.idempotency_key = request::idempotency_key(headers)?;
        let named = [body.get("connectionName"), body.get("alias")];
        let connection = request::connection(headers, query, named, options.connection_id)?;
        let input = body.remove("input").unwrap_or_else(|| Map::new().into());
        Ok(Self {
            input,
            connection,
            organization: request::organization(headers)?,
            options: call_options,
        })
    }
}

#[cfg(test)]
mod tests;
