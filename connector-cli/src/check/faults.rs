//! `check --faults`: what becomes of writes whose answers get lost.

use std::fmt::Write as _;

use std::sync::Arc;

use plugwright_engine::faults::{FaultCheck, FaultReport, Resolution};
use plugwright_sdk::ConnectorDefinition;
use plugwright_store::{SqliteStore, vault::Vault};
use serde_json::json;

use super::{BAD, GOOD, RULE, judge, line};
use crate::args::DetailFormat;
use crate::failure::{Failure, Stop};
use crate::output::grid::Grid;
use crate::output::{self, count, escape};
use crate::runtime::block_on;

pub(super) fn check(
    connectors: &[&'static ConnectorDefinition],
    format: DetailFormat,
) -> Result<(), Stop> {
    let reports = block_on(async |cancellation| {
        let checked = cancellation.run_until_cancelled(reports(connectors)).await;
        checked.unwrap_or_else(|| Err("the check was cancelled".to_owned()))
    })?
    .map_err(Failure::internal)?;
    let text = match format {
        DetailFormat::Text => text(&reports),
        DetailFormat::Json => output::json::pretty(&json!(reports)),
    };
    output::print(&text)?;
    judge(reports.iter().map(|report| report.findings.len()).sum())
}

async fn reports(connectors: &[&'static ConnectorDefinition]) -> Result<Vec<FaultReport>, String> {
    let store = SqliteStore::in_memory().await;
    let store = Arc::new(store.map_err(|error| error.to_string())?);
    let vault = Vault::ephemeral();
    let mut reports = Vec::new();
    for connector in connectors {
        let check = FaultCheck::new(connector, Arc::clone(&store) as _, vault.clone());
        let check = check.map_err(|error| format!("{}: {error}", connector.name()))?;
        reports.push(check.run().await);
    }
    Ok(reports)
}

fn text(reports: &[FaultReport]) -> String {
    let mut grid = Grid::new(["ACTION", "EFFECT", "OUTCOME"]);
    for report in reports {
        for write in &report.writes {
            let outcome = write.resolution.map_or("not tried", |found| found.as_str());
            let id = format!("{}.{}", report.connector, write.action);
            grid.push([id.as_str(), write.effect.as_str(), outcome]);
        }
    }
    let mut text = grid.render(output::width());
    text.push('\n');
    text.extend(reports.iter().map(summary));
    text
}

fn summary(report: &FaultReport) -> String {
    let (style, verdict) = match report.findings.len() {
        0 => (GOOD, "no write was made twice or lost".to_owned()),
        findings => (BAD, count(findings, "problem")),
    };
    let cuts = report.writes.iter().map(|write| write.cuts).sum();
    let counts = Resolution::ALL.map(|resolution| {
        let number = report.count(resolution);
        format!("{number} {}", resolution.as_str())
    });
    let mut text = format!(
        "{RULE}{}{RULE:#}: {style}{verdict}{style:#}\n  {}: {}\n  {} cut\n",
        report.connector,
        count(report.writes.len(), "write"),
        counts.join(", "),
        count(cuts, "answer"),
    );
    for write in &report.writes {
        for request in &write.unanswered {
            let request = escape(request);
            // Writing to a string never fails.
            let _ = writeln!(
                text,
                "  {}: the test double has no response to {request}",
                write.action
            );
        }
    }
    text.extend(report.findings.iter().map(line));
    text
}
