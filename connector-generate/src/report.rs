//! What became of the operations of a document.

use std::collections::BTreeMap;

/// What was written, and what was left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What holds for the crate as a whole.
    pub notes: Vec<String>,
    /// The actions, in order.
    pub actions: Vec<ActionReport>,
    /// Operations that are no actions, and why.
    pub left_out: Vec<(String, String)>,
    /// Types of which members were left out, with the reasons.
    pub types: BTreeMap<String, Vec<String>>,
}

/// What became of an operation that is an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionReport {
    /// The action's name.
    pub name: String,
    /// Method and path.
    pub operation: String,
    /// Parameters and other parts that were left out, and why.
    pub left_out: Vec<String>,
    /// Whether the cassette is an example of the document, or made after its schemas.
    pub has_example: bool,
}

impl Report {
    /// Says why operations are no actions.
    pub(crate) fn reasons(&self) -> String {
        let reasons = self.left_out.iter();
        let reasons: Vec<_> = reasons
            .map(|(what, why)| format!("{what}: {why}"))
            .collect();
        reasons.join("; ")
    }

    pub(crate) fn left_out_of(&mut self, name: &str, what: String) {
        let known = self.types.entry(name.to_owned()).or_default();
        if !known.contains(&what) {
            known.push(what);
        }
    }
}
