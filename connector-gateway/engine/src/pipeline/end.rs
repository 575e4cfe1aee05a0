//! How a call ends.

use plugwright_sdk::{ActionError, ActionResult};
use uuid::Uuid;

use super::claim::Stored;
use crate::outcome::Case;

/// The end of a call that may have been sent.
pub(super) struct Ended {
    pub(super) result: Result<ActionResult, ActionError>,
    pub(super) case: Case,
}

/// The end of a call of which nothing was sent.
pub(super) enum Stop {
    Failed(ActionError),
    Replayed { run: Uuid, stored: Box<Stored> },
}

impl From<ActionError> for Stop {
    fn from(error: ActionError) -> Self {
        Self::Failed(error)
    }
}
