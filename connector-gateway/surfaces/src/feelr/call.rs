//! `/v1/{connector}/{action}`: calls of actions.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::header::ALLOW;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use axum::response::{IntoResponse as _, Response};
use plugwright_sdk::host::{Echo, Effect, Entry, Fault, Faults, Returns, nearest};
use plugwright_sdk::{ActionError, ErrorCode};

use super::Dialect;
use super::envelope::{Failure, Subject, render};
use super::request::{Asked, CURSOR, RAW};
use crate::body::{Kind, Received};
use crate::request::trace_context;
use crate::web;
use plugwright_engine::Principal;
use plugwright_engine::{Call, Handles, OwnerSelector, Target};
use plugwright_engine::{Outcome, Surface};

/// Calls an action, with parameters from the query (GET) or from the body (POST).
pub(super) async fn call(
    State(dialect): State<Arc<Dialect>>,
    path: Result<Path<(String, String)>, PathRejection>,
    request: Request,
) -> Response {
    let started = Instant::now();
    // Who is not let in sends no body either.
    let known = dialect.principal(request.headers(), request.uri().query());
    let principal = match known.await {
        Ok(principal) => principal,
        Err(failure) => return failure.into_response(),
    };
    let called = match subject(path) {
        Ok(subject) => {
            let entered = enter(&dialect, &principal, subject.clone(), request, started);
            entered.await.map_err(|failure| failure.about(subject))
        }
        Err(failure) => Err(failure),
    };
    dialect.limited(&principal, called.into_response())
}

/// Reads what the path names.
pub(super) fn subject(
    path: Result<Path<(String, String)>, PathRejection>,
) -> Result<Subject, Failure> {
    let Path((connector, action)) = path.map_err(|_| bad_path())?;
    Ok(Subject { connector, action })
}

pub(super) fn bad_path() -> Failure {
    Failure::invalid(Faults::from(Fault {
        param: "path".to_owned(),
        message: "must be percent-encoded UTF-8".to_owned(),
    }))
}

/// Reads the body, and makes the call with it.
async fn enter(
    dialect: &Arc<Dialect>,
    principal: &Arc<Principal>,
    subject: Subject,
    request: Request,
    started: Instant,
) -> Result<Response, Failure> {
    let entry = find(dialect, principal, &subject)?;
    if let Some(refused) = refuse_unsafe(dialect, principal, request.method(), &entry) {
        return Ok(refused.about(subject).into_response_with_post());
    }
    if *request.method() != Method::POST && principal.is_anonymous() {
        web::check_get(request.headers(), web::Deed::Call)?;
    }
    let (head, body) = request.into_parts();
    let bodies = &dialect.gateway.inner().bodies;
    let id = entry.id();
    let may_bring_file = || dialect.gateway.engine().takes_file(&id);
    let body = match head.method {
        Method::POST => {
            bodies
                .read(body, Kind::MayBringFile(&may_bring_file))
                .await?
        }
        _ => Received::default(),
    };
    let caller = (Arc::clone(dialect), Arc::clone(principal));
    let work = |body| called(caller, subject, entry, head, body, started);
    bodies.serve(body, work).await?
}

async fn called(
    (dialect, principal): (Arc<Dialect>, Arc<Principal>),
    subject: Subject,
    entry: Entry,
    head: Parts,
    mut body: Received,
    started: Instant,
) -> Result<Response, Failure> {
    let Parts { headers, uri, .. } = head;
    let params = entry.action.params();
    let declares = |name: &str| params.iter().any(|param| param.name == name);
    let bodies = &dialect.gateway.inner().bodies;
    let asked = Asked::parse(bodies, &headers, uri.query(), &mut body, declares)?;
    let raw = asked.options.raw;
    let call = Call {
        surface: Surface::Feelr,
        principal,
        target: Target::Action {
            name: entry.id(),
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
pub(super) fn find(
    dialect: &Dialect,
    principal: &Principal,
    subject: &Subject,
) -> Result<Entry, Failure> {
    let connector = dialect.connector(principal, &subject.connector)?;
    let name = format!("{}.{}", connector.name(), subject.action);
    let unknown = |near: &str| {
        let message = format!("no action is named `{}`{near}", Echo(&name));
        Failure::from(ActionError::new(ErrorCode::ActionNotFound, message))
    };
    match dialect.gateway.engine().find(&name) {
        // Spellings of names of two connectors may look alike; the path says which one is meant.
        Ok(entry) if entry.connector.name() == connector.name() => Ok(entry),
        Ok(_) => Err(unknown("")),
        Err(mut error) => {
            let visible = |id: &String| dialect.gateway.allows(principal, id);
            error.nearest.retain(visible);
            error.nearest.truncate(1);
            Err(unknown(
                &nearest::question(&error.nearest).unwrap_or_default(),
            ))
        }
    }
}

/// Refuses GET for what changes something: clients and what is between repeat a GET at will.
fn refuse_unsafe(
    dialect: &Dialect,
    principal: &Principal,
    method: &Method,
    entry: &Entry,
) -> Option<Failure> {
    let effect = entry.action.effect();
    let refused = *method != Method::POST
        && effect != Effect::Read
        && dialect.gateway.allows(principal, &entry.id());
    refused.then(|| {
        let message = format!(
            "`{}` changes something ({effect}), and GET only reads: call it with POST",
            entry.id()
        );
        Failure::wrong_method(message)
    })
}

impl Failure {
    /// Answers that POST would do.
    fn into_response_with_post(self) -> Response {
        let mut response = self.into_response();
        let headers = response.headers_mut();
        headers.insert(ALLOW, HeaderValue::from_static("POST"));
        response
    }
}
