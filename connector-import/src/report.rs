//! What became of each operation of a document.

use serde::Serialize;

/// What became of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DocumentReport {
    /// What was wrong with the document as a whole.
    pub notes: Vec<String>,
    /// What became of each operation, in the document's order.
    pub operations: Vec<OperationReport>,
}

/// What became of an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OperationReport {
    /// The method, in upper case.
    pub method: String,
    /// The path.
    pub path: String,
    /// The name of the action; none if it was refused or hidden.
    pub name: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it is not as the document has it.
    pub reasons: Vec<String>,
}

/// What became of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is an action.
    Imported,
    /// It is an action, but something of the document could not be kept.
    Degraded,
    /// It is no action.
    Refused,
    /// It is left out by an overlay.
    Hidden,
}

impl OperationReport {
    pub(crate) fn degrade(&mut self, reason: &str) {
        self.outcome = Outcome::Degraded;
        self.reasons.push(reason.to_owned());
    }
}

impl DocumentReport {
    /// Returns how many operations are actions, degraded ones included.
    pub fn imported(&self) -> usize {
        self.count(Outcome::Imported) + self.count(Outcome::Degraded)
    }

    /// Returns how many operations ended so.
    pub fn count(&self, outcome: Outcome) -> usize {
        let operations = self.operations.iter();
        operations
            .filter(|operation| operation.outcome == outcome)
            .count()
    }
}
