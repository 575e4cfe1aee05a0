//! `POST /v1/actions/{id}`: calls of actions.

mod misplaced;
pub(super) mod options;

use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::calls::{CallRequest, InputSchema};
use super::dialect::Segment;
use super::envelope::{Failure, render};
use super::request::{self, LONGEST_NAME, Query};
use crate::body::{Bodies, BufferedBody};
use crate::caller::Caller;
use crate::members::{Body, Kind, Members};
pub(super) use misplaced::place;
use options::Options;
use plugwright_engine::{CallOptions, ConnectionSelector, OwnerSelector, Surface, Target};

/// `POST /v1/actions/{id}`.
pub(super) async fn execute(
    caller: Caller,
    Segment(name): Segment,
    request: Request,
) -> Result<Response, Failure> {
    CallRequest::serve(caller, name, Surface::Action, render, request, call).await
}

async fn call(mut request: CallRequest) -> Result<Response, Failure> {
    let arguments = request.parse(Arguments::parse)?;
    let input = Arc::new(arguments.input);
    let target = |name| Target::Action { name, input };
    let owner = OwnerSelector::Organization(arguments.organization);
    request
        .execute(target, arguments.connection, owner, arguments.options)
        .await
}

/// The body of a call. `TYPED` is for the operations that OpenAPI has for single actions.
pub(super) struct CallBody<const TYPED: bool> {
    input: Option<Value>,
    /// The first that is not empty counts.
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
    Kind::new("JSON", |_| json!({}), Some).about("The input of the action.");

const CONNECTION_NAME: Kind<Value> = Kind::new(
    "a string",
    |api| {
        let name = json!({
            "type": ["string", "null"],
            "pattern": "^([A-Za-z0-9][A-Za-z0-9_-]*)?$",
            "maxLength": LONGEST_NAME,
            "description": "Name of the connection to use; without it and \
                            `options.connectionId`, the default one.",
        });
        api.schema("ConnectionName", name)
    },
    Some,
);

/// What a request says of its call, apart from the action's name.
#[derive(Debug)]
struct Arguments {
    input: Value,
    connection: ConnectionSelector,
    organization: Option<String>,
    options: CallOptions,
}

impl Arguments {
    fn parse(
        bodies: &Bodies,
        headers: &HeaderMap,
        query: &Query,
        body: &mut BufferedBody,
        schema: InputSchema<'_>,
    ) -> Result<Self, Failure> {
        let (mut body, mut faults) =
            request::read_placing::<CallBody<false>>(bodies, headers, body, |body, unknown| {
                place(unknown, &mut body.input, schema)
            })?;
        let mut options = body.options.call(bodies, &mut faults);
        // The engine reports these with those of the input.
        options.faults = faults;
        options.idempotency_key = request::idempotency_key(headers)?;
        let id = body.options.connection_id;
        Ok(Self {
            connection: request::connection(headers, query, &body.connection_names, id)?,
            input: body.input.unwrap_or_else(|| Map::new().into()),
            organization: request::organization(headers)?,
            options,
        })
    }
}

#[cfg(test)]
mod tests;
