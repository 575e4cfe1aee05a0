//! How calls end, and the one table of what each surface says about it.

mod page;
mod table;

use plugwright_sdk::host::Effect;
use plugwright_sdk::{ActionError, ActionResult, ErrorCode};
use uuid::Uuid;

pub use page::outcome_table;
pub use table::{Answer, Case, Surface, answer};

/// How a call ended.
#[derive(Debug)]
pub struct Outcome {
    /// Id of the run; that of the first run if an idempotency key brought back its outcome.
    pub execution_id: Uuid,
    /// The action's id, once it is known; for a proxy call the connector's name.
    pub target: Option<String>,
    /// What it does to the world, once the target is known.
    pub effect: Option<Effect>,
    /// What came of it.
    pub result: Result<ActionResult, ActionError>,
    /// Which column of the table an error is in.
    pub case: Case,
    /// Whether an idempotency key brought back an earlier outcome.
    pub replayed: bool,
    /// Whether the provider, or what stands in for it, may have got a request.
    pub sent: bool,
    /// How many answers the action got to its requests.
    pub answers: u32,
}

impl Outcome {
    /// The end of a call whose task broke off, which is a defect.
    pub(crate) fn broken() -> Self {
        let error = ActionError::new(
            ErrorCode::InternalError,
            "the call broke off: a defect in the gateway",
        );
        Self {
            execution_id: Uuid::now_v7(),
            target: None,
            effect: None,
            result: Err(error),
            case: Case::DoubtfulWrite,
            replayed: false,
            sent: true,
            answers: 0,
        }
    }
}
