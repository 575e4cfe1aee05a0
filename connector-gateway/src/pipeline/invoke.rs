//! Invoke: the action's own code, over the transport that the mode asks for.

mod dry_run;
mod mock;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use plugwright_sdk::transport::Transport;
use plugwright_sdk::{ActionContext, ActionError, ActionResult, ErrorCode, Redactor};
use tokio::time::Instant;
use tracing::Instrument as _;
use uuid::Uuid;

use super::credential::Picked;
use super::decode::Operation;
use super::proxy;
use super::resolve::Resolved;
use crate::call::{Call, Mode};
use crate::egress::EgressCall;
use crate::gateway::Inner;
use crate::telemetry::spans;

/// A call with all that it takes to make it.
pub(super) struct Prepared<'a> {
    pub(super) call: &'a Call,
    pub(super) resolved: &'a Resolved<'a>,
    pub(super) picked: Picked,
    pub(super) organization: Option<&'a str>,
    pub(super) cursor: Option<String>,
    pub(super) run: Uuid,
}

/// What is known of the requests that were made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Invoked {
    /// Whether the provider may have got a request.
    pub(crate) sent: bool,
    /// How many requests were made, repeated ones too.
    pub(crate) attempts: u32,
    /// How long the provider took.
    pub(crate) upstream: Duration,
    /// Bytes of the requests' bodies.
    pub(crate) bytes_sent: u64,
    /// Bytes of the answers' bodies.
    pub(crate) bytes_received: u64,
    /// Finds the credential's secrets, where the run log keeps payloads.
    pub(crate) redactor: Redactor,
}

pub(super) async fn invoke(
    gateway: &Inner,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
) -> (Result<ActionResult, ActionError>, Invoked) {
    match prepared.call.options.mode {
        Mode::Live => live(gateway, prepared, operation).await,
        Mode::Mock => (
            mock::answer(gateway, prepared, operation).await,
            Invoked::default(),
        ),
        Mode::DryRun => (
            dry_run::plan(gateway, prepared, operation).await,
            Invoked::default(),
        ),
    }
}

async fn live(
    gateway: &Inner,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
) -> (Result<ActionResult, ActionError>, Invoked) {
    let call = prepared.call;
    let timeout = call.options.timeout.unwrap_or(gateway.limits.timeout);
    let deadline = Instant::now() + timeout;
    let budget = prepared.picked.connection_id();
    let transport = gateway.egress.for_call(EgressCall {
        budget: budget.map_or_else(
            || prepared.resolved.connector.name().to_owned(),
            |id| id.to_string(),
        ),
        repeatable: prepared.resolved.repeatable,
        retries: call.options.retries,
        deadline,
        headers: call.options.headers.clone(),
    });
    let redactor = if gateway.run_log.keeps_payloads() {
        prepared.picked.credential.redactor()
    } else {
        Redactor::default()
    };
    let span = spans::invoke(prepared.resolved.connector.name());
    let sending = Arc::clone(&transport) as _;
    let result = run(gateway, prepared, operation, sending, deadline)
        .instrument(span)
        .await;
    let invoked = Invoked {
        sent: transport.sent(),
        attempts: transport.attempts(),
        upstream: transport.upstream_time(),
        bytes_sent: transport.bytes_sent(),
        bytes_received: transport.bytes_received(),
        redactor,
    };
    (result, invoked)
}

/// Runs the operation over a transport until it is done, out of time, or no longer wanted.
async fn run(
    gateway: &Inner,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
    transport: Arc<dyn Transport>,
    deadline: Instant,
) -> Result<ActionResult, ActionError> {
    let Prepared {
        call,
        resolved,
        picked,
        organization,
        cursor,
        run,
    } = prepared;
    let raw = call.options.raw;
    let credential = picked.credential.clone();
    let mut builder = ActionContext::builder(resolved.connector, transport)
        .credential(picked.credential)
        .run_id(run.to_string())
        .cursor(cursor)
        .deadline(deadline)
        .cancellation(call.cancellation.clone())
        .response_cap(gateway.limits.response_cap)
        .capture_raw(raw);
    for (name, value) in picked.settings {
        builder = builder.setting(name, value);
    }
    if let Some(base_url) = gateway.base_urls.get(resolved.connector.name()) {
        builder = builder.base_url(base_url);
    }
    if let Some(key) = &call.options.idempotency_key {
        builder = builder.idempotency_key(format!("{}:{key}", call.principal.id));
    }
    if let Some(organization) = organization {
        builder = builder.tenant(organization);
    }
    if let Operation::Action { input, .. } = &operation {
        builder = builder.params(input);
    }
    let cx = builder.build();
    let work = async {
        match operation {
            Operation::Action { invocation, .. } => invocation.run(&cx).await,
            Operation::Proxy(request) => proxy::send(&cx, request).await,
        }
    };
    let wanted = call
        .cancellation
        .run_until_cancelled(AssertUnwindSafe(work).catch_unwind());
    let mut result = match tokio::time::timeout_at(deadline, wanted).await {
        Ok(Some(Ok(result))) => result,
        Ok(Some(Err(_panic))) => Err(ActionError::new(
            ErrorCode::InternalError,
            format!("`{}` broke off: a defect in the connector", resolved.id()),
        )),
        Ok(None) => Err(ActionError::new(
            ErrorCode::Cancelled,
            "the caller gave up before the answer came",
        )),
        Err(_elapsed) => Err(ActionError::new(
            ErrorCode::UpstreamTimeout,
            "the call took longer than it may",
        )),
    };
    // What the provider sends back as it is may repeat what it was sent.
    if let Ok(result) = &mut result
        && (raw || resolved.action.is_none())
    {
        let redactor = credential.redactor();
        redactor.redact_json(&mut result.data);
        if let Some(raw) = &mut result.raw {
            redactor.redact_json(raw);
        }
    }
    result
}
