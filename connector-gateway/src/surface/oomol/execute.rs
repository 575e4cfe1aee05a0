//! `POST /v1/actions/{id}`: calls of actions.

mod options;

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use plugwright_sdk::{Action as _, Effect};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::envelope::{Failure, render};
use super::request::{self, Query};
use super::{Dialect, bad_segment};
use crate::call::{Call, CallOptions, ConnectionSelector, Target};
use crate::gateway::Gateway;
use crate::outcome::{Outcome, Surface};
use options::Options;

const MEMBERS: [&str; 4] = ["input", "connectionName", "alias", "options"];

/// `POST /v1/actions/{id}`.
pub(super) async fn execute(
    State(dialect): State<Arc<Dialect>>,
    path: Result<Path<String>, PathRejection>,
    request: Request,
) -> Result<Response, Failure> {
    let headers = request.headers().clone();
    let query = Query::parse(request.uri().query());
    // Who is not let in sends no body either.
    let principal = dialect.principal(&headers).await?;
    let Path(name) = path.map_err(bad_segment("actionId"))?;
    let body = request::body(request).await?;
    let asked = Asked::parse(&headers, &query, &body)
        .map_err(|failure| failure.with_action(name.clone()))?;
    // A name that is not known fails before anything is sent.
    let writes = dialect
        .gateway
        .registry()
        .find(&name)
        .is_ok_and(|entry| entry.action.effect() != Effect::Read);
    let call = Call {
        surface: Surface::Action,
        principal,
        target: Target::Action {
            name: name.clone(),
            input: asked.input,
        },
        connection: asked.connection,
        organization: asked.organization,
        options: asked.options,
        cancellation: CancellationToken::new(),
    };
    let outcome = run(&dialect.gateway, call, writes).await?;
    render(&outcome, Surface::Action, &name)
}

/// Makes a call. One that reads ends when the client goes away: the handler is dropped then, and
/// with it the call. One that writes, or that has an idempotency key, runs to its end all the same,
/// as a task of its own: half a write helps nobody, and a key must learn how its call ended.
pub(super) async fn run(gateway: &Gateway, call: Call, writes: bool) -> Result<Outcome, Failure> {
    if !writes && call.options.idempotency_key.is_none() {
        let _cancelled_with_the_handler = call.cancellation.clone().drop_guard();
        return Ok(gateway.execute(call).await);
    }
    let surface = call.surface;
    let gateway = gateway.clone();
    let task = tokio::spawn(async move { gateway.execute(call).await });
    task.await.map_err(|_| {
        // The task panicked. Of a write nobody knows how far it came, and no client may repeat it.
        if writes {
            Failure::lost(surface)
        } else {
            Failure::defect()
        }
    })
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
    fn parse(headers: &HeaderMap, query: &Query, body: &[u8]) -> Result<Self, Failure> {
        let mut body = request::object(headers, body)?;
        let mut faults = Vec::new();
        request::only(&MEMBERS, &body, "", &mut faults);
        let options = Options::parse(body.get("options"), &mut faults);
        if !faults.is_empty() {
            return Err(Failure::invalid(faults, Surface::Action));
        }
        let mut call_options = options.call;
        call_options.idempotency_key = request::idempotency_key(headers)?;
        let named = [body.get("connectionName"), body.get("alias")];
        let connection = request::connection(headers, query, named, options.connection_id)?;
        let input = body.remove("input").unwrap_or_else(|| Map::new().into());
        request::shallow("input", &input)?;
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
