//! What the check found.

use std::fmt;

use plugwright_sdk::Action as _;
use plugwright_sdk::host::{ActionDefinition, Effect, ReconcileBy};
use plugwright_sdk::testing::Finding;
use serde::Serialize;

plugwright_sdk::__spelled! {
    /// What makes sure that a write whose answer got lost happens once.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Resolution {
        /// The request carries a key of the call, by which the provider knows a repeated one.
        Key = "key",
        /// The request names what it changes, so that a repeated one changes nothing more.
        NaturalKey = "natural key",
        /// A function of the connector finds out whether it happened.
        Reconciled = "reconciled",
        /// Nothing: the caller is told that the outcome is unknown.
        Unknown = "unknown",
    }
}

/// The result of a [`FaultCheck`](super::FaultCheck).
#[derive(Clone, Debug, Serialize)]
pub struct FaultReport {
    /// Name of the connector.
    pub connector: String,
    /// Its writes.
    pub writes: Vec<WriteReport>,
    /// What is wrong: a write that the provider did twice, or not at all though the caller was told
    /// that it was done, or that it did though the caller was told that it failed.
    pub findings: Vec<Finding>,
}

/// What becomes of one write.
#[derive(Clone, Debug, Serialize)]
pub struct WriteReport {
    /// Name of the action.
    pub action: String,
    /// Its effect.
    pub effect: Effect,
    /// What makes sure that it happens once; `None` if it could not be tried.
    pub resolution: Option<Resolution>,
    /// By what a function of the connector finds the write, if there is one.
    pub reconciled_by: Option<ReconcileBy>,
    /// Number of requests that a call sends.
    pub requests: usize,
    /// Number of answers that were cut.
    pub cuts: usize,
    /// Requests that the double had no answer to.
    pub unanswered: Vec<String>,
}

impl FaultReport {
    pub(super) fn new(connector: &str) -> Self {
        Self {
            connector: connector.to_owned(),
            writes: Vec::new(),
            findings: Vec::new(),
        }
    }

    pub(super) fn find(&mut self, action: &str, rule: &'static str, message: impl Into<String>) {
        self.findings.push(Finding {
            action: Some(action.to_owned()),
            rule,
            message: message.into(),
        });
    }

    /// Returns the number of writes that end this way.
    pub fn count(&self, resolution: Resolution) -> usize {
        let ends = |write: &&WriteReport| write.resolution == Some(resolution);
        self.writes.iter().filter(ends).count()
    }
}

impl WriteReport {
    pub(super) fn new(action: &ActionDefinition) -> Self {
        Self {
            action: action.name().to_owned(),
            effect: action.effect(),
            resolution: None,
            reconciled_by: action.reconciles_by(),
            requests: 0,
            cuts: 0,
            unanswered: Vec::new(),
        }
    }
}

impl fmt::Display for FaultReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = Resolution::ALL.map(|resolution| {
            let count = self.count(resolution);
            format!("{count} {}", resolution.as_str())
        });
        let (writes, counts) = (self.writes.len(), counts.join(", "));
        write!(f, "{}: {writes} writes: {counts}", self.connector)?;
        for Finding {
            action,
            rule,
            message,
        } in &self.findings
        {
            let action = action.as_deref().unwrap_or_default();
            write!(f, "\n  {rule}: {action}: {message}")?;
        }
        Ok(())
    }
}
