//! What the conformance suite found.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::cassette::ProvenanceKind;

/// Something that a connector does not keep to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The action, if it is one action's.
    pub action: Option<String>,
    /// Short name of the rule.
    pub rule: &'static str,
    /// What is wrong and what is wanted.
    pub message: String,
}

/// The result of the conformance suite.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Name of the connector.
    pub connector: String,
    /// What it does not keep to.
    pub findings: Vec<Finding>,
    /// Number of actions.
    pub actions: usize,
    /// Number of cassettes by provenance.
    pub cassettes: BTreeMap<ProvenanceKind, usize>,
    /// Number of cassettes that were replayed.
    pub cassettes_run: usize,
    /// Number of upstream failures that were simulated.
    pub failures_run: usize,
}

impl Report {
    pub(super) fn find(
        &mut self,
        action: Option<&str>,
        rule: &'static str,
        message: impl Into<String>,
    ) {
        self.findings.push(Finding {
            action: action.map(str::to_owned),
            rule,
            message: message.into(),
        });
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cassettes: Vec<_> = self
            .cassettes
            .iter()
            .map(|(kind, count)| format!("{count} {}", kind.as_str()))
            .collect();
        write!(
            f,
            "{}: {} actions, {} cassettes replayed ({}), {} upstream failures simulated",
            self.connector,
            self.actions,
            self.cassettes_run,
            if cassettes.is_empty() {
                "none".to_owned()
            } else {
                cassettes.join(", ")
            },
            self.failures_run,
        )?;
        for Finding {
            action,
            rule,
            message,
        } in &self.findings
        {
            let action = action
                .as_deref()
                .map(|action| format!("{action}: "))
                .unwrap_or_default();
            write!(f, "\n  {rule}: {action}{message}")?;
        }
        Ok(())
    }
}
