//! Invoke: runs the action's code over the transport of the call's mode.

mod dry_run;
mod lost;
mod mock;
mod observed;

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use http::Method;
use plugwright_egress::{Asker, CallTransport, CallUsage, EgressCall};
use plugwright_sdk::host::{ActionContextBuilder, ErrorMapper, ResponseMemory};
use plugwright_sdk::transport::{Network, Relayed, Transport};
use plugwright_sdk::{ActionContext, ActionError, ActionResult, Cassette, ErrorCode, Value};
use plugwright_store::Owner;
use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use super::caller_credential::CallerCredential;
use super::credential::CallCredential;
use super::decode::Operation;
use super::proxy;
use super::resolve::Resolved;
use crate::call::{Call, Handles, Mode};
use crate::outbound::Outbound;
use crate::spans;
pub(super) use lost::find_lost;
use observed::Observed;

/// How long after a call a server may be told that it was given up.
const AFTERWARDS: Duration = Duration::from_secs(5);

/// A call that is ready to be sent.
pub(super) struct Prepared<'a> {
    pub(super) call: &'a Call,
    pub(super) resolved: &'a Resolved<'a>,
    pub(super) picked: CallCredential,
    pub(super) owner: Option<&'a Owner>,
    pub(super) cursor: Option<String>,
    /// Methods that the caller may not use.
    pub(super) withheld: Vec<Method>,
    /// Whether the caller may say for whom else the credential acts.
    pub(super) may_act_for_others: bool,
    pub(super) run: Uuid,
    /// What responses take their memory from.
    pub(super) memory: Arc<dyn ResponseMemory>,
    /// Whether the provider's cursor is sealed later.
    pub(super) seals_cursors: bool,
}

pub(super) async fn invoke(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
) -> (Result<ActionResult, ActionError>, CallUsage) {
    match (prepared.call.options.mode, &prepared.call.handles.upstream) {
        (Mode::Live, None) => live(outbound, prepared, operation).await,
        (Mode::Live, Some(upstream)) => diverted(outbound, prepared, operation, upstream).await,
        // Boxed, so that not every call reserves room for the largest.
        (Mode::Mock | Mode::Recorded, _) => {
            Box::pin(mock::answer(outbound, prepared, operation)).await
        }
        (Mode::DryRun, _) => (
            Box::pin(dry_run::plan(outbound, prepared, operation)).await,
            CallUsage::default(),
        ),
    }
}

async fn live(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
) -> (Result<ActionResult, ActionError>, CallUsage) {
    let deadline = deadline(outbound, prepared.call);
    let sending = Sending {
        repeatable: prepared.resolved.repeatable,
        on_error: match operation {
            Operation::Action { .. } => prepared.resolved.connector.error_mapper(),
            // Its answers are passed on as they are.
            Operation::Proxy(_) => None,
        },
        deadline,
    };
    let network = match transport(outbound, &prepared, sending) {
        Ok(transport) => transport,
        Err(error) => return (Err(error), CallUsage::default()),
    };
    let span = spans::invoke(prepared.resolved.connector.name());
    if let Some(relay) = prepared.resolved.connector.relay() {
        if matches!(operation, Operation::Proxy(_)) {
            let message = "direct requests can't be made to an MCP server; call its actions";
            let error = ActionError::new(ErrorCode::PolicyDenied, message);
            return (Err(error), CallUsage::default());
        }
        let sending = Sending {
            deadline: deadline + AFTERWARDS,
            ..sending
        };
        let after = match transport(outbound, &prepared, sending) {
            Ok(transport) => transport,
            Err(error) => return (Err(error), CallUsage::default()),
        };
        let relayed: Arc<dyn Transport> = Arc::new(Relayed {
            relay: Arc::clone(relay),
            network: Network {
                during: network,
                after,
            },
            peer: peer(&prepared),
        });
        return Box::pin(diverted(outbound, prepared, operation, &relayed))
            .instrument(span)
            .await;
    }
    let sending = Arc::clone(&network) as _;
    let result = run(outbound, prepared, operation, sending, deadline)
        .instrument(span)
        .await;
    (result, network.usage())
}

#[derive(Clone, Copy)]
struct Sending {
    repeatable: bool,
    on_error: Option<ErrorMapper>,
    deadline: Instant,
}

/// Returns what sends the requests of a call over the network.
fn transport(
    outbound: &Outbound,
    prepared: &Prepared<'_>,
    sending: Sending,
) -> Result<Arc<CallTransport>, ActionError> {
    let call = prepared.call;
    let transport = outbound.egress()?.for_call(EgressCall {
        budget: peer(prepared),
        asker: Asker::of(&call.principal.id, &tenant(prepared)),
        repeatable: sending.repeatable,
        retries: call.options.retries,
        deadline: sending.deadline,
        headers: CallerCredential::others(call, prepared.resolved),
        withheld: prepared.withheld.clone(),
        on_error: sending.on_error,
        response_cap: outbound.response_cap,
    });
    Ok(transport)
}

/// Returns the project or organization that a call is made for.
fn tenant<'a>(prepared: &'a Prepared<'_>) -> Cow<'a, str> {
    let principal = &prepared.call.principal;
    let project = prepared.owner.and_then(Owner::project);
    if let Some(project) = project.or(principal.project) {
        return Cow::Owned(project.to_string());
    }
    let named = prepared.owner.and_then(Owner::organization);
    let organizations = &principal.grant.organizations;
    let first = || organizations.first().map_or("", String::as_str);
    Cow::Borrowed(named.unwrap_or_else(first))
}

/// Returns whose rate limits and sessions a call uses: those of its account. Without one, each
/// caller has its own, so that callers don't affect each other.
fn peer(prepared: &Prepared<'_>) -> String {
    prepared.picked.account.map_or_else(
        || {
            let connector = prepared.resolved.connector.name();
            format!("{connector}:{}", prepared.call.principal.id)
        },
        |id| id.to_string(),
    )
}

async fn diverted(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
    upstream: &Arc<dyn Transport>,
) -> (Result<ActionResult, ActionError>, CallUsage) {
    let transport = Arc::new(Observed::new(Arc::clone(upstream)));
    let deadline = deadline(outbound, prepared.call);
    let sending = Arc::clone(&transport) as _;
    let result = run(outbound, prepared, operation, sending, deadline).await;
    (result, transport.usage())
}

fn deadline(outbound: &Outbound, call: &Call) -> Instant {
    Instant::now() + call.options.timeout.unwrap_or(outbound.timeout)
}

/// Runs the operation over a transport until it ends, times out, or is canceled.
async fn run(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
    transport: Arc<dyn Transport>,
    deadline: Instant,
) -> Result<ActionResult, ActionError> {
    let (call, resolved) = (prepared.call, prepared.resolved);
    let seals_cursors = prepared.seals_cursors;
    let redactor = prepared.picked.redactor.clone();
    let input = match &operation {
        Operation::Action { input, .. } => Some(input),
        Operation::Proxy(_) => None,
    };
    let builder = context(outbound, prepared, transport, deadline, input);
    let cx = with_handles(builder, &call.handles)?.build();
    let work = async {
        match operation {
            Operation::Action { invocation, .. } => invocation.run(&cx).await,
            // Boxed, or every call would reserve room for it several times.
            Operation::Proxy(request) => {
                let mut answered = Box::pin(proxy::send(&cx, request)).await;
                // Actions do the same with their results.
                match &mut answered {
                    Ok(result) => redactor.redact_result(result),
                    Err(_) => answered = answered.map_err(|error| redactor.redact_error(error)),
                }
                answered
            }
        }
    };
    let work = AssertUnwindSafe(work).catch_unwind();
    let wanted = async {
        match call.stop(resolved.effect) {
            Some(token) => token.run_until_cancelled(work).await,
            None => Some(work.await),
        }
    };
    let mut result = match tokio::time::timeout_at(deadline, wanted).await {
        Ok(Some(Ok(result))) => result,
        Ok(Some(Err(_panic))) => Err(panicked(resolved)),
        Ok(None) => Err(cancelled()),
        Err(_elapsed) => Err(ActionError::new(
            ErrorCode::UpstreamTimeout,
            "the call timed out",
        )),
    };
    // It is passed on unsealed.
    if !seals_cursors
        && let Ok(result) = &mut result
        && let Some(cursor) = result.meta.cursor.take()
    {
        result.meta.cursor = Some(redactor.redact(&cursor));
    }
    result
}

pub(super) fn cancelled() -> ActionError {
    ActionError::new(
        ErrorCode::Cancelled,
        "the caller cancelled before the response arrived",
    )
}

fn panicked(resolved: &Resolved<'_>) -> ActionError {
    ActionError::new(
        ErrorCode::InternalError,
        format!("`{}` panicked: a bug in the connector", resolved.id()),
    )
}

fn context(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    transport: Arc<dyn Transport>,
    deadline: Instant,
    input: Option<&Arc<Value>>,
) -> ActionContextBuilder {
    let Prepared {
        call,
        resolved,
        picked,
        owner,
        cursor,
        run,
        memory,
        may_act_for_others,
        ..
    } = prepared;
    let run_id = match (call.options.mode, &call.handles.run_id) {
        (Mode::Recorded, _) => Cassette::RUN_ID.to_owned(),
        (_, Some(id)) => id.clone(),
        (_, None) => run.to_string(),
    };
    let mut builder = ActionContext::builder(resolved.connector, transport)
        .credential(picked.credential)
        .redactor(picked.redactor)
        .run_id(run_id)
        .cursor(cursor)
        .deadline(deadline)
        // Deadline and cancellation are handled below and by egress.
        .supervised()
        .response_cap(outbound.response_cap)
        .response_memory(memory)
        .capture_raw(call.options.raw)
        .may_act_for_others(may_act_for_others)
        .settings(picked.settings);
    // Recordings use the connector's own hosts.
    if !matches!(call.options.mode, Mode::Mock | Mode::Recorded)
        && let Some(base_url) = outbound.base_url(resolved.connector.name())
    {
        builder = builder.base_url(base_url);
    }
    if let Some(headers) = picked.headers {
        builder = builder.credential_headers(headers);
    }
    if let Some(token) = call.stop(resolved.effect) {
        builder = builder.cancellation(token.clone());
    }
    if let Some(key) = providers_key(call) {
        builder = builder.idempotency_key(key);
    }
    if let Some(owner) = owner {
        builder = builder.tenant(match owner {
            Owner::Organization(name) => name.clone(),
            Owner::User { .. } => owner.key(),
        });
    }
    if let Some(input) = input {
        builder = builder.params(Arc::clone(input));
    }
    builder
}

pub(super) fn providers_key(call: &Call) -> Option<String> {
    let key = call.options.idempotency_key.as_ref()?;
    Some(format!("{}:{key}", call.principal.id))
}

fn with_handles(
    mut builder: ActionContextBuilder,
    handles: &Handles,
) -> Result<ActionContextBuilder, ActionError> {
    for (name, file) in &handles.attachments {
        builder = builder.attachment(name, file.clone());
    }
    if let Some(save_to) = &handles.save_to {
        let writer = save_to.take().ok_or_else(|| {
            let message = "the place for the file was taken by an earlier call";
            ActionError::new(ErrorCode::InternalError, message)
        })?;
        builder = builder.save_to(writer);
    }
    if let Some(report) = &handles.on_progress {
        let report = Arc::clone(report);
        builder = builder.on_progress(move |progress| report(progress));
    }
    Ok(builder)
}
