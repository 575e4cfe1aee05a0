//! `/v1/{connector}/{action}`: calls of actions.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::ALLOW;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use plugwright_sdk::host::{Echo, Effect, Entry, Fault, Returns, nearest};
use plugwright_sdk::{ActionError, ErrorCode};

use super::envelope::{Failure, Subject, render};
use super::request::{Arguments, CURSOR, RAW};
use super::{connector, identify, limited};
use crate::body::{BufferedBody, Kind};
use crate::caller::Caller;
use crate::gateway::Gateway;
use crate::request::trace_context;
use crate::web;
use plugwright_engine::{Call, Handles, Outcome, OwnerSelector, Surface, Target};

/// Calls an action, with parameters from the query (GET) or from the body (POST).
pub(super) async fn call(
    State(gateway): State<Gateway>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Response {
    let started = Instant::now();
    // Before the body is read.
    let caller = match identify(&gateway, request.headers(), request.uri().query()).await {
        Ok(caller) => caller,
        Err(failure) => return failure.into_response(),
    };
    let response = match subject(path) {
        Ok(subject) => {
            let served = serve(&caller, subject.clone(), request, started).await;
            served.map_err(|failure| failure.about(subject))
        }
        Err(failure) => Err(failure),
    };
    limited(&caller, response)
}

pub(super) fn subject(
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Subject, Failure> {
    let Path((connector, action)) = path.map_err(|_| bad_path())?;
    Ok(Subject { connector, action })
}

pub(super) fn bad_path() -> Failure {
    Failure::invalid(Fault {
        param: "path".to_owned(),
        message: "must be percent-encoded UTF-8".to_owned(),
    })
}

/// Reads the body, and makes the call with it.
async fn serve(
    caller: &Caller,
    subject: Subject,
    request: Request,
    started: Instant,
) -> Result<Response, Failure> {
    let entry = find(caller, &subject)?;
    let is_post = *request.method() == Method::POST;
    // Clients and proxies repeat a GET at will.
    let effect = entry.action.effect();
    if !is_post && effect != Effect::Read && caller.allows(&entry.id()) {
        let id = entry.id();
        let message =
            format!("`{id}` changes something ({effect}), and GET only reads: call it with POST");
        let refused = Failure::wrong_method(message).about(subject);
        return Ok(([(ALLOW, HeaderValue::from_static("POST"))], refused).into_response());
    }
    if !is_post && caller.principal.is_anonymous() {
        web::check_get(request.headers(), web::GetEffect::Call)?;
    }
    let (head, body) = request.into_parts();
    let bodies = &caller.gateway.inner().bodies;
    let id = entry.id();
    let may_bring_file = || caller.gateway.engine().takes_file(&id);
    let body = if is_post {
        let kind = Kind::MayBringFile(&may_bring_file);
        let is_refused = || !caller.allows(&id);
        let read = bodies.read_call(body, kind, &caller.principal, &is_refused);
        // Without it the call is refused, answered and recorded as others are.
        read.await?.unwrap_or_default()
    } else {
        BufferedBody::default()
    };
    let work = |body| execute(caller.clone(), subject, entry, head, body, started);
    bodies.serve(body, work).await?
}

async fn execute(
    caller: Caller,
    subject: Subject,
    entry: Entry,
    head: Parts,
    mut body: BufferedBody,
    started: Instant,
) -> Result<Response, Failure> {
    let Parts { headers, uri, .. } = head;
    let params = entry.action.params();
    let declares = |name: &str| params.iter().any(|param| param.name == name);
    let bodies = &caller.gateway.inner().bodies;
    let arguments = Arguments::parse(bodies, &headers, uri.query(), &mut body, declares)?;
    let raw = arguments.options.raw;
    let call = Call {
        surface: Surface::Feelr,
        principal: caller.principal,
        target: Target::Action {
            name: entry.id(),
            input: Arc::new(arguments.input),
        },
        connection: arguments.connection,
        owner: OwnerSelector::Organization(arguments.organization),
        options: arguments.options,
        bytes_in: body.length() as u64,
        trace_context: trace_context(&headers),
        cancellation: None,
        given_up: None,
        handles: Handles::default(),
    };
    let engine = caller.gateway.engine();
    let outcome = engine.execute_holding(call, body.into_reserved()).await;
    let outcome = Outcome {
        result: outcome.result.map_err(|error| {
            let pages = entry.action.returns() == Returns::List;
            let extra = [(CURSOR, pages), (RAW, true)].into_iter();
            let extra = extra.filter(|(name, is_ours)| *is_ours && !declares(name));
            error.allow_also(&extra.map(|(name, _)| name).collect::<Vec<_>>())
        }),
        ..outcome
    };
    Ok(render(&outcome, raw, subject, started))
}

/// Finds an action, by any spelling of its name within the connector.
pub(super) fn find(caller: &Caller, subject: &Subject) -> Result<Entry, Failure> {
    let connector = connector(caller, &subject.connector)?;
    let name = format!("{}.{}", connector.name(), subject.action);
    let near = match caller.gateway.engine().find(&caller.principal, &name) {
        Ok(entry) if entry.connector.name() == connector.name() => return Ok(entry),
        // A spelling may fit an action of another connector; the path names this one.
        Ok(_) => None,
        Err(mut error) => {
            error.nearest.truncate(1);
            nearest::question(&error.nearest)
        }
    };
    let near = near.unwrap_or_default();
    let message = format!("no action is named `{}`{near}", Echo(&name));
    Err(ActionError::new(ErrorCode::ActionNotFound, message).into())
}
