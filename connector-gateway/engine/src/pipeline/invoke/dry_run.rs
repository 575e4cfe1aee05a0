//! Dry run: returns the first request without sending it.

use std::sync::Arc;
use std::time::Duration;

use plugwright_sdk::transport::Plan;
use plugwright_sdk::{ActionError, ActionResult, json};
use tokio::time::Instant;

use super::{Operation, Prepared, run};
use crate::outbound::Outbound;

const LIMIT: Duration = Duration::from_secs(10);

pub(super) async fn plan(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
) -> Result<ActionResult, ActionError> {
    let plan = Arc::new(Plan::new());
    let ended = run(
        outbound,
        prepared,
        operation,
        Arc::clone(&plan) as _,
        Instant::now() + LIMIT,
    )
    .await;
    let requests = plan.requests();
    match ended {
        Err(error) if requests.is_empty() => Err(error),
        // The transport's error to the action is expected.
        _ => Ok(ActionResult::new(json!({ "requests": requests }))),
    }
}
