//! Outcomes of calls, and the table of each surface's statuses and codes.

mod table;

use plugwright_sdk::host::Effect;
use plugwright_sdk::{ActionError, ActionResult, ErrorCode};
use uuid::Uuid;

pub use table::{Answer, Case, Surface, answer};

/// The outcome of a call.
#[derive(Debug)]
pub struct Outcome {
    /// Id of the run; if an idempotency key returned an earlier outcome, that of the first run.
    pub execution_id: Uuid,
    /// The action's id once it is known; for a proxy call, the connector's name.
    pub target: Option<String>,
    /// Its effect, once the target is known.
    pub effect: Option<Effect>,
    /// The output or error.
    pub result: Result<ActionResult, ActionError>,
    /// The error's column in the table.
    pub case: Case,
    /// Whether an idempotency key returned an earlier outcome.
    pub replayed: bool,
    /// Whether the result was found at the provider after its response was lost.
    pub reconciled: bool,
    /// Whether the provider, or its replacement, may have received a request.
    pub sent: bool,
    /// How many responses the action received.
    pub answers: u32,
}

impl Outcome {
    /// The outcome of a call whose task panicked, which is a bug.
    pub(crate) fn broken() -> Self {
        let error = ActionError::new(
            ErrorCode::InternalError,
            "the call panicked, which is a bug of the gateway",
        );
        Self {
            execution_id: Uuid::now_v7(),
            target: None,
            effect: None,
            result: Err(error),
            case: Case::DoubtfulWrite,
            replayed: false,
            reconciled: false,
            sent: true,
            answers: 0,
        }
    }
}

#[cfg(test)]
mod tests;
