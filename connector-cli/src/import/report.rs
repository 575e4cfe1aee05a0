//! What became of each document.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use plugwright_import::{OperationReport, Outcome};
use serde_json::{Value, json};

use super::Done;
use crate::args::ReportDetail;
use crate::output::{count, escape};

const STRONG: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

pub(super) fn text(done: &Done, detail: ReportDetail) -> String {
    let path = escape(&done.document.to_string());
    let imported = match &done.result {
        Ok(imported) => imported,
        Err(problem) => return format!("{BAD}refused{BAD:#}  {path}: {}\n", escape(problem)),
    };
    let report = &imported.report;
    let name = &imported.connector.parts.name;
    let mut text = format!(
        "{GOOD}{name}{GOOD:#}  {path}\n  {}: {} imported, {} degraded, {} refused\n",
        count(report.operations.len(), "operation"),
        report.count(Outcome::Imported),
        report.count(Outcome::Degraded),
        report.count(Outcome::Refused),
    );
    for note in &report.notes {
        // Writing to a string can't fail.
        let _ = writeln!(text, "  note: {}", escape(note));
    }
    match detail {
        ReportDetail::Summary => {
            for (reason, number) in reasons(&report.operations).into_iter().take(5) {
                let _ = writeln!(text, "  {number} x {}", escape(&reason));
            }
        }
        ReportDetail::Full => {
            for operation in &report.operations {
                text.push_str(&line(operation));
            }
        }
    }
    text
}

/// Counts the reasons, the commonest first.
fn reasons(operations: &[OperationReport]) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in operations.iter().flat_map(|operation| &operation.reasons) {
        *counts.entry(reason).or_default() += 1;
    }
    let mut counts: Vec<_> = counts
        .into_iter()
        .map(|(reason, number)| (reason.to_owned(), number))
        .collect();
    counts.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    counts
}

fn line(operation: &OperationReport) -> String {
    let (style, outcome) = match operation.outcome {
        Outcome::Imported => (GOOD, "imported"),
        Outcome::Degraded => (STRONG, "degraded"),
        Outcome::Refused => (BAD, "refused"),
        Outcome::Hidden => (STRONG, "hidden"),
    };
    let name = operation.name.as_deref().unwrap_or("-");
    let mut line = format!(
        "  {style}{outcome}{style:#}  {name}  {} {}",
        operation.method,
        escape(&operation.path)
    );
    if !operation.reasons.is_empty() {
        line.push_str(": ");
        line.push_str(&escape(&operation.reasons.join("; ")));
    }
    line.push('\n');
    line
}

pub(super) fn object(done: &Done) -> Value {
    let path = done.document.to_string();
    match &done.result {
        Ok(imported) => json!({
            "document": path,
            "connector": imported.connector.parts.name,
            "source": imported.connector.source,
            "report": imported.report,
        }),
        Err(problem) => json!({ "document": path, "error": problem }),
    }
}
