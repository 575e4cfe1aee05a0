//! Looks for a write whose response was lost.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures_util::FutureExt as _;
use plugwright_egress::CallUsage;
use plugwright_sdk::host::Reconciliation;
use plugwright_sdk::transport::{ReadOnly, Transport};
use plugwright_sdk::{ActionError, ActionResult, ErrorCode, Outcome, Value};
use tokio::time::Instant;

use super::{Observed, Prepared, Sending, context, panicked, transport};
use crate::outbound::Outbound;

/// Finds out what became of a write until the deadline. Nothing is written.
pub(in crate::pipeline) async fn find_lost(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    reconciliation: Reconciliation,
    input: &Arc<Value>,
    deadline: Instant,
) -> (Result<Outcome<ActionResult>, ActionError>, CallUsage) {
    if let Some(upstream) = &prepared.call.handles.upstream {
        let transport = Arc::new(Observed::new(Arc::clone(upstream)));
        let reading = Arc::clone(&transport) as _;
        let found = find(outbound, prepared, reading, reconciliation, input, deadline).await;
        return (found, transport.usage());
    }
    let sending = Sending {
        repeatable: true,
        on_error: prepared.resolved.connector.error_mapper(),
        deadline,
    };
    let transport = match transport(outbound, &prepared, sending) {
        Ok(transport) => transport,
        Err(error) => return (Err(error), CallUsage::default()),
    };
    let reading = Arc::clone(&transport) as _;
    let found = find(outbound, prepared, reading, reconciliation, input, deadline).await;
    (found, transport.usage())
}

async fn find(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    transport: Arc<dyn Transport>,
    reconciliation: Reconciliation,
    input: &Arc<Value>,
    deadline: Instant,
) -> Result<Outcome<ActionResult>, ActionError> {
    let resolved = prepared.resolved;
    let transport = Arc::new(ReadOnly::new(transport));
    let cx = context(outbound, prepared, transport, deadline, Some(input)).build();
    let work = AssertUnwindSafe(reconciliation.find(&cx)).catch_unwind();
    match tokio::time::timeout_at(deadline, work).await {
        Ok(Ok(found)) => found,
        Ok(Err(_panic)) => Err(panicked(resolved)),
        Err(_elapsed) => Err(ActionError::new(
            ErrorCode::UpstreamTimeout,
            "it took too long",
        )),
    }
}
