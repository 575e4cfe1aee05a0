//! `POST /v1/actions/{id}`: calls of actions.

pub(super) mod options;

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::envelope::{Failure, render};
use super::request::{self, LONGEST_NAME, Query};
use super::{Caller, Dialect, Segment};
use crate::body::{Bodies, Kind as BodyKind, Received};
use crate::members::{Body, Kind, Members};
use crate::request::trace_context;
use options::Options;
use plugwright_engine::Principal;
use plugwright_engine::Surface;
use plugwright_engine::{Call, CallOptions, ConnectionSelector, Handles, OwnerSelector, Target};

/// `POST /v1/actions/{id}`. When the client goes away, this future is dropped; what that means for
/// the call is for the gateway to say: a read ends, a write goes on.
pub(super) async fn execute(
    State(dialect): State<Arc<Dialect>>,
    // Who is not let in sends no body either.
    Caller(principal): Caller,
    Segment(name): Segment,
    mut request: Request,
) -> Result<Response, Failure> {
    let headers = std::mem::take(request.headers_mut());
    let query = Query::parse(request.uri().query());
    let gateway = dialect.gateway.clone();
    let bodies = &gateway.inner().bodies;
    let may_bring_file = || gateway.engine().takes_file(&name);
    let body = request::body(bodies, request, BodyKind::MayBringFile(&may_bring_file)).await?;
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

/// The body of a call; `TYPED` is that of an operation which one action has for itself.
pub(super) struct CallBody<const TYPED: bool> {
    input: Option<Value>,
    /// The first that says something counts.
    connection_names: [Option<Value>; 2],
    options: Options,
}

impl<const TYPED: bool> Body for CallBody<TYPED> {
    fn read(members: &mut Members<'_>) -> Self {
        let options = if TYPED {
            options::TYPED_OPTIONS
        } else {
            options::OPTIONS
        };
        Self {
            input: members.value("input", INPUT),
            connection_names: [
                members.value("connectionName", CONNECTION_NAME),
                members.alias("alias"),
            ],
            options: members
                .object("options", "options.", options)
                .unwrap_or_default(),
        }
    }
}

pub(super) const INPUT: Kind<Value> =
    Kind::new("JSON", |_| json!({}), Some).about("What the action takes.");

const CONNECTION_NAME: Kind<Value> = Kind::new(
    "a text",
    |api| {
        let name = json!({
            "type": ["string", "null"],
            "pattern": "^([A-Za-z0-9][A-Za-z0-9_-]*)?$",
            "maxLength": LONGEST_NAME,
            "description": "Name of the connection to use; without it, and without \
                            `options.connectionId`, the default one.",
        });
        api.schema("ConnectionName", name)
    },
    Some,
);

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
        let (mut body, mut faults) = request::read::<CallBody<false>>(bodies, headers, body)?;
        let mut options = body.options.call(bodies, &mut faults);
        if !faults.is_empty() {
            return Err(Failure::invalid(faults, Surface::Action));
        }
        options.idempotency_key = request::idempotency_key(headers)?;
        let id = body.options.connection_id;
        let connection = request::connection(headers, query, &body.connection_names, id)?;
        let input = body.input.unwrap_or_else(|| Map::new().into());
        Ok(Self {
            input,
            connection,
            organization: request::organization(headers)?,
            options,
        })
    }
}

#[cfg(test)]
mod tests;
