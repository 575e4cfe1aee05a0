//! How calls end, and the one table of what each surface says about it.

mod table;

use plugwright_sdk::{ActionError, ActionResult, Effect};
use uuid::Uuid;

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
}
