//! Mock: a recorded response, or an example of the output schema.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use plugwright_egress::CallUsage;
use plugwright_sdk::schema::example;
use plugwright_sdk::transport::{Mock, Replay, Request, Response, Transport, TransportError};
use plugwright_sdk::{ActionError, ActionResult, Cassette, ErrorCode};
use tokio::time::Instant;

use super::observed::Observed;
use super::{Operation, Prepared, run};
use crate::call::Mode;
use crate::outbound::Outbound;

const LIMIT: Duration = Duration::from_secs(10);

pub(super) async fn answer(
    outbound: &Outbound,
    prepared: Prepared<'_>,
    operation: Operation<'_>,
) -> (Result<ActionResult, ActionError>, CallUsage) {
    let mut usage = CallUsage::default();
    let result = made(outbound, prepared, operation, &mut usage).await;
    (result, usage)
}

async fn made(
    outbound: &Outbound,
    mut prepared: Prepared<'_>,
    operation: Operation<'_>,
    usage: &mut CallUsage,
) -> Result<ActionResult, ActionError> {
    let Some(action) = prepared.resolved.action else {
        return Err(ActionError::invalid_param(
            "mode",
            "can't be `mock` for direct requests: nothing is recorded for them",
        ));
    };
    let cassettes =
        Cassette::shipped(prepared.resolved.connector.cassettes()).map_err(|error| {
            ActionError::new(
                ErrorCode::InternalError,
                "the connector's recordings can't be read",
            )
            .with_source(error)
        })?;
    let own: Vec<_> = cassettes
        .iter()
        .filter(|cassette| cassette.action == action.entry.action.name())
        .collect();
    let succeeds = |cassette: &&&Cassette| cassette.expect.error.is_none();
    let first = own.iter().find(succeeds).copied();
    let Some(mock) = Mock::new(first) else {
        if prepared.call.handles.save_to.is_some() {
            return Err(ActionError::new(
                ErrorCode::NotFound,
                "nothing is recorded for this action, so there is no file to save",
            ));
        }
        return Ok(ActionResult::new(example::of(&action.output_schema())));
    };
    for (name, value) in first.iter().flat_map(|cassette| &cassette.call.settings) {
        prepared
            .picked
            .settings
            .entry(name.clone())
            .or_insert_with(|| value.clone());
    }
    let stand_in = Arc::new(StandIn {
        recorded: (prepared.call.options.mode == Mode::Recorded).then(|| Replay::new(own)),
        mock,
        mocked: AtomicBool::new(false),
    });
    let transport = Arc::new(Observed::new(Arc::clone(&stand_in) as _));
    let sending = Arc::clone(&transport) as _;
    let result = run(
        outbound,
        prepared,
        operation,
        sending,
        Instant::now() + LIMIT,
    )
    .await;
    usage.answers = transport.usage().answers;
    let mut result = result?;
    // The cursor of the only mocked page leads back to it.
    if stand_in.mocked.load(Ordering::Acquire) && result.meta.cursor.take().is_some() {
        result.meta.has_more = Some(false);
    }
    Ok(result)
}

/// The recorded answer to the same request, or a mock.
struct StandIn {
    recorded: Option<Replay>,
    mock: Mock,
    /// Whether a request had the mock's answer.
    mocked: AtomicBool,
}

#[async_trait::async_trait]
impl Transport for StandIn {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        if let Some(recorded) = &self.recorded {
            match recorded.send(request).await {
                Err(TransportError::NotRecorded(_)) => {}
                answer => return answer,
            }
        }
        self.mocked.store(true, Ordering::Release);
        self.mock.send(request).await
    }
}
