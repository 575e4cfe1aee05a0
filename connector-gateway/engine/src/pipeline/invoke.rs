//! Invoke: the action's own code, over the transport that the mode asks for.

mod dry_run;
mod mock;
mod observed;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use plugwright_egress::EgressCall;
use plugwright_sdk::host::{ActionContextBuilder, Redactor};
use plugwright_sdk::transport::Transport;
use plugwright_sdk::{ActionContext, ActionError, ActionResult, ErrorCode};
use plugwright_store::Owner;
use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use super::credential::Picked;
use super::decode::Operation;
use super::proxy;
use super::resolve::Resolved;
use crate::call::{Call, Handles, Mode};
use crate::outbound::Outbound;
use crate::spans;
use observed::Observed;

/// A call with all that it takes to make it.
pub(super) struct Prepared<'a> {
    pub(super) call: &'a Call,
    pub(super) resolved: &'a Resolved<'a>,
    pub(super) picked: Picked,
    pub(super) owner: Option<&'a Owner>,
    pub(super) cursor: Option<String>,
    pub(super) run: Uuid,
    /// Whether the provider's cursor will be sealed.
    pub(super) seals_cursors: bool,
}

/// What is known of the requests that were made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Invoked {
    /// Whether the provider may have got a request.
    pub(crate) sent: bool,
    /// Whether the provider may have changed something.
    pub(crate) acted: bool,
    /// How many requests were made, repeated ones too.
    pub(crate) attempts: u32,
    /// How many answers the action got.
    pub(crate) answers: u32,
    /// How long the provider took.
    pub(crate) upstream: Duration,
    /// Bytes of the requests' bodies.
    pub(crate) bytes_sent: u64,
    /// Bytes of the answers' bodies.
    pub(crate) bytes_received: u64,
    /// Finds the credential's secrets.
    pub(crate) redactor: Redactor,
}

impl Invoked {
    /// Adds what is known of a further try.
    pub(crate) fn and(self, next: Self) -> Self {
        Self {
            sent: self.sent || next.sent,
            acted: self.acted || next.acted,
            attempts: self.attempts + next.attempts,
            answers: self.answers + next.answers,
            upstream: self.upstream + next.upstream,
            bytes_sent: self.bytes_sent + next.bytes_sent,
            bytes_received: self.bytes_received + next.bytes_received,
            redactor: next.redactor,
        }
    }
}

pub(super) async fn invoke(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
) -> (Result<ActionResult, ActionError>, Invoked) {
    match (prepared.call.options.mode, &prepared.call.handles.upstream) {
        (Mode::Live, None) => live(outbound, prepared, operation).await,
        (Mode::Live, Some(upstream)) => diverted(outbound, prepared, operation, upstream).await,
        // Boxed, as every call has room for the largest of these.
        (Mode::Mock | Mode::Recorded, _) => {
            Box::pin(mock::answer(outbound, prepared, operation)).await
        }
        (Mode::DryRun, _) => (
            Box::pin(dry_run::plan(outbound, prepared, operation)).await,
            Invoked::default(),
        ),
    }
}

async fn live(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
) -> (Result<ActionResult, ActionError>, Invoked) {
    let call = prepared.call;
    let egress = match outbound.egress() {
        Ok(egress) => egress,
        Err(error) => return (Err(error), Invoked::default()),
    };
    let deadline = deadline(outbound, call);
    let budget = prepared.picked.connection_id();
    let transport = egress.for_call(EgressCall {
        // Without a connection each caller has its own: what one caller's requests bring about is
        // learned for nobody else.
        budget: budget.map_or_else(
            || {
                format!(
                    "{}:{}",
                    prepared.resolved.connector.name(),
                    call.principal.id
                )
            },
            |id| id.to_string(),
        ),
        caller: EgressCall::caller_of(&call.principal.id),
        repeatable: prepared.resolved.repeatable,
        retries: call.options.retries,
        deadline,
        headers: call.options.headers.clone(),
        on_error: match operation {
            Operation::Action { .. } => prepared.resolved.connector.error_mapper(),
            // Its answers are passed on as they are.
            Operation::Proxy(_) => None,
        },
        response_cap: outbound.response_cap,
    });
    let redactor = prepared.picked.redactor.clone();
    let span = spans::invoke(prepared.resolved.connector.name());
    let sending = Arc::clone(&transport) as _;
    let result = run(outbound, prepared, operation, sending, deadline)
        .instrument(span)
        .await;
    let invoked = Invoked {
        sent: transport.sent(),
        acted: transport.acted(),
        attempts: transport.attempts(),
        answers: transport.answers(),
        upstream: transport.upstream_time(),
        bytes_sent: transport.bytes_sent(),
        bytes_received: transport.bytes_received(),
        redactor,
    };
    (result, invoked)
}

/// Makes a live call whose requests go to an upstream of the caller's.
async fn diverted(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
    upstream: &Arc<dyn Transport>,
) -> (Result<ActionResult, ActionError>, Invoked) {
    let transport = Arc::new(Observed::new(Arc::clone(upstream)));
    let deadline = deadline(outbound, prepared.call);
    let redactor = prepared.picked.redactor.clone();
    let sending = Arc::clone(&transport) as _;
    let result = run(outbound, prepared, operation, sending, deadline).await;
    let invoked = Invoked {
        sent: transport.requests() > 0,
        acted: transport.acted(),
        attempts: transport.requests(),
        answers: transport.answers(),
        redactor,
        ..Invoked::default()
    };
    (result, invoked)
}

fn deadline(outbound: &Outbound, call: &Call) -> Instant {
    Instant::now() + call.options.timeout.unwrap_or(outbound.timeout)
}

/// Runs the operation over a transport until it is done, out of time, or no longer wanted.
async fn run(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
    transport: Arc<dyn Transport>,
    deadline: Instant,
) -> Result<ActionResult, ActionError> {
    let Prepared {
        call,
        resolved,
        picked,
        owner,
        cursor,
        run,
        seals_cursors,
    } = prepared;
    let raw = call.options.raw;
    let redactor = picked.redactor;
    let mut builder = ActionContext::builder(resolved.connector, transport)
        .credential(picked.credential)
        .redactor(redactor.clone())
        .run_id(run.to_string())
        .cursor(cursor)
        .deadline(deadline)
        // Below, and in the way out.
        .supervised()
        .response_cap(outbound.response_cap)
        .capture_raw(raw)
        .settings(picked.settings);
    // What is recorded names the hosts of the connector itself.
    if !matches!(call.options.mode, Mode::Mock | Mode::Recorded)
        && let Some(base_url) = outbound.base_url(resolved.connector.name())
    {
        builder = builder.base_url(base_url);
    }
    if let Some(token) = &call.cancellation {
        builder = builder.cancellation(token.clone());
    }
    if let Some(key) = &call.options.idempotency_key {
        builder = builder.idempotency_key(format!("{}:{key}", call.principal.id));
    }
    if let Some(owner) = owner {
        builder = builder.tenant(match owner {
            Owner::Organization(name) => name.clone(),
            Owner::User { .. } => owner.key(),
        });
    }
    if let Operation::Action { input, .. } = &operation {
        builder = builder.params(Arc::clone(input));
    }
    let cx = with_handles(builder, &call.handles)?.build();
    let work = async {
        match operation {
            Operation::Action { invocation, .. } => invocation.run(&cx).await,
            // Boxed, as what is around it has room for it several times, in every call.
            Operation::Proxy(request) => {
                let mut answered = Box::pin(proxy::send(&cx, request)).await;
                // An action does the same to what it returns.
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
        match &call.cancellation {
            Some(token) => token.run_until_cancelled(work).await,
            None => Some(work.await),
        }
    };
    let mut result = match tokio::time::timeout_at(deadline, wanted).await {
        Ok(Some(Ok(result))) => result,
        Ok(Some(Err(_panic))) => Err(ActionError::new(
            ErrorCode::InternalError,
            format!("`{}` broke off: a defect in the connector", resolved.id()),
        )),
        Ok(None) => Err(ActionError::new(
            ErrorCode::Cancelled,
            "the caller cancelled before the response arrived",
        )),
        Err(_elapsed) => Err(ActionError::new(
            ErrorCode::UpstreamTimeout,
            "the call took longer than it may",
        )),
    };
    // It is handed out as the provider gave it.
    if !seals_cursors
        && let Ok(result) = &mut result
        && let Some(cursor) = result.meta.cursor.take()
    {
        result.meta.cursor = Some(redactor.redact(&cursor));
    }
    result
}

/// Gives a context what comes with its call and is no data.
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
