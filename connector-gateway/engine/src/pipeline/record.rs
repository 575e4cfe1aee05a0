//! Record: creates the run log's record of a call.

use std::borrow::Cow;

use plugwright_sdk::{ErrorCode, Value};
use plugwright_store::Owner;

use super::reconcile::Reconciled;
use super::run::Run;
use crate::call::Target;
use crate::catalog::ActionFacts;
use crate::outcome::{Outcome, answer};
use crate::run_log::{EndUser, Payload, RunOutcome, RunRecord};

/// Creates the record of a call; without an outcome, its caller has gone.
pub(super) fn record(run: &Run<'_>, outcome: Option<&Outcome>) -> RunRecord {
    let call = run.call;
    let (status, ended) = match outcome.map(|outcome| (&outcome.result, outcome.case)) {
        Some((Ok(_), _)) => (200, RunOutcome::Ok),
        Some((Err(error), case)) => (
            answer(error.code(), case, call.surface).status,
            RunOutcome::Error {
                code: error.code(),
                message: error.message().to_owned(),
            },
        ),
        None => (
            CLIENT_GONE,
            RunOutcome::Error {
                code: ErrorCode::Cancelled,
                message: "the caller disconnected before the response".to_owned(),
            },
        ),
    };
    let action = run.resolved.and_then(|resolved| resolved.action);
    let is_proxy = matches!(call.target, Target::Proxy { .. });
    let (organization, end_user) = match &run.owner {
        Some(Owner::Organization(name)) => (Some(Cow::Owned(name.clone())), None),
        Some(Owner::User { project, user }) => {
            let (project, user) = (*project, user.clone());
            (None, Some(EndUser { project, user }))
        }
        None => (None, None),
    };
    let bytes_out = match outcome.map(|outcome| &outcome.result) {
        Some(Ok(result)) => result.data.to_json().len() as u64,
        Some(Err(_)) | None => 0,
    };
    let keeps_payloads = run.pipeline.run_log.keeps_payloads();
    RunRecord {
        id: run.id,
        started_at: run.started_at,
        surface: call.surface.into(),
        principal: Cow::Owned(call.principal.id.clone()),
        organization,
        end_user,
        connector: run
            .resolved
            .map(|resolved| resolved.connector.lasting_name()),
        action: match action {
            Some(action) => Some(Cow::Owned(action.id.clone())),
            None => is_proxy.then_some(Cow::Borrowed("proxy")),
        },
        connection: run.connection.as_ref().map(|connection| connection.id),
        effect: run.resolved.map(|resolved| resolved.effect),
        mode: call.options.mode,
        outcome: ended,
        status,
        replayed: outcome.is_some_and(|outcome| outcome.replayed),
        reconciled: run.reconciled.map(Reconciled::as_str),
        attempts: run.usage.attempts,
        durations: run.times,
        bytes_in: call.bytes_in,
        bytes_out,
        upstream_bytes_sent: run.usage.bytes_sent,
        upstream_bytes_received: run.usage.bytes_received,
        payload: keeps_payloads.then(|| Box::new(payload(run, outcome))),
    }
}

/// The status by which servers record that the client hung up.
const CLIENT_GONE: u16 = 499;

fn payload(run: &Run<'_>, outcome: Option<&Outcome>) -> Payload {
    let action = run.resolved.and_then(|resolved| resolved.action);
    let input = match &run.call.target {
        Target::Action { input, .. } => Value::clone(input),
        Target::Proxy { request, .. } => plugwright_sdk::json!({
            "endpoint": request.endpoint,
            "method": request.method.as_str(),
            "query": request.query,
            "body": request.body,
        }),
    };
    let output = match outcome.map(|outcome| &outcome.result) {
        Some(Ok(result)) => result.data.value().into_owned(),
        Some(Err(error)) => serde_json::to_value(error).unwrap_or_default(),
        None => Value::Null,
    };
    Payload {
        input,
        output,
        input_schema: action.map(ActionFacts::input_schema),
        output_schema: action.map(ActionFacts::output_schema),
        redactor: run.redactor.clone(),
    }
}
