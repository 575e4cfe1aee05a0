//! `check`: the conformance suite for linked connectors.

#[cfg(feature = "serve")]
mod faults;

use std::collections::BTreeMap;

use anstyle::{AnsiColor, Style};
use plugwright_sdk::cassette::ProvenanceKind;
use plugwright_sdk::host::{Connector, Registry};
use plugwright_sdk::testing::{Finding, Report, block_on, report};
use serde_json::json;

use crate::args::{CheckArguments, DetailFormat};
use crate::failure::{Failure, Stop};
use crate::lookup;
use crate::output::{self, count, escape};

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const RULE: Style = Style::new().bold();

pub(crate) fn check(registry: &Registry, arguments: &CheckArguments) -> Result<(), Stop> {
    // Those that are not compiled in have no recordings to check.
    let connectors = match &arguments.connector {
        Some(name) => std::slice::from_ref(lookup::connector(registry, name)?),
        None => registry.own_connectors(),
    };
    let definitions: Vec<_> = connectors
        .iter()
        .filter_map(Connector::definition)
        .collect();
    if arguments.faults {
        #[cfg(feature = "serve")]
        return faults::check(&definitions, arguments.output);
        #[cfg(not(feature = "serve"))]
        return Err(crate::binary::left_out("check --faults", "serve").into());
    }
    let reports: Vec<_> = definitions
        .into_iter()
        .map(|definition| block_on(report(definition)))
        .collect();
    let text = match arguments.output {
        DetailFormat::Text => reports.iter().map(text).chain(total(&reports)).collect(),
        DetailFormat::Json => output::json::pretty(&json!(reports)),
    };
    output::print(&text)?;
    judge(reports.iter().map(|report| report.findings.len()).sum())
}

fn judge(findings: usize) -> Result<(), Stop> {
    match findings {
        0 => Ok(()),
        findings => Err(Failure::internal(format!("found {}", count(findings, "problem"))).into()),
    }
}

fn text(report: &Report) -> String {
    let (style, verdict) = match report.findings.len() {
        0 => (GOOD, "conforms".to_owned()),
        findings => (BAD, count(findings, "problem")),
    };
    let mut text = format!(
        "{RULE}{}{RULE:#}: {style}{verdict}{style:#}\n{}  {} replayed, {} simulated\n",
        report.connector,
        counts(report.actions, &report.cassettes),
        count(report.cassettes_run, "cassette"),
        count(report.failures_run, "upstream failure"),
    );
    text.extend(report.findings.iter().map(line));
    text
}

/// Adds several connectors up.
fn total(reports: &[Report]) -> Option<String> {
    let mut cassettes = BTreeMap::new();
    for (kind, number) in reports.iter().flat_map(|report| &report.cassettes) {
        *cassettes.entry(*kind).or_default() += number;
    }
    let actions = reports.iter().map(|report| report.actions).sum();
    let text = format!(
        "{RULE}{} connectors{RULE:#}\n{}",
        reports.len(),
        counts(actions, &cassettes)
    );
    (reports.len() > 1).then_some(text)
}

fn counts(actions: usize, cassettes: &BTreeMap<ProvenanceKind, usize>) -> String {
    let provenance: Vec<_> = cassettes
        .iter()
        .map(|(kind, number)| format!("{number} {}", kind.as_str()))
        .collect();
    let provenance = if provenance.is_empty() {
        "none; they are built in, so rebuild after recording".to_owned()
    } else {
        provenance.join(", ")
    };
    format!(
        "  {}\n  cassettes: {provenance}\n",
        count(actions, "action")
    )
}

fn line(finding: &Finding) -> String {
    let action = finding
        .action
        .as_deref()
        .map(|action| format!("{action}: "))
        .unwrap_or_default();
    let message = escape(&finding.message);
    format!("  {BAD}{}{BAD:#}  {action}{message}\n", finding.rule)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_counts_by_provenance_and_lists_what_is_wrong() {
        let report = Report {
            connector: "shop".to_owned(),
            findings: vec![Finding {
                action: Some("items.list".to_owned()),
                rule: "cassette",
                message: "has none".to_owned(),
            }],
            actions: 2,
            cassettes: [
                (ProvenanceKind::Recorded, 3),
                (ProvenanceKind::Constructed, 1),
            ]
            .into(),
            cassettes_run: 4,
            failures_run: 10,
        };
        assert_eq!(
            anstream::adapter::strip_str(&text(&report)).to_string(),
            "shop: 1 problem\n  2 actions\n  cassettes: 3 recorded, 1 constructed\n  \
             4 cassettes replayed, 10 upstream failures simulated\n  cassette  items.list: has none\n"
        );
    }

    #[test]
    fn several_reports_are_added_up() {
        let report = |actions, cassettes| Report {
            actions,
            cassettes,
            ..Report::default()
        };
        let reports = [
            report(
                2,
                [
                    (ProvenanceKind::Recorded, 3),
                    (ProvenanceKind::Constructed, 1),
                ]
                .into(),
            ),
            report(4, [(ProvenanceKind::Constructed, 5)].into()),
        ];
        let total =
            |reports| total(reports).map(|text| anstream::adapter::strip_str(&text).to_string());
        assert_eq!(
            total(&reports).unwrap(),
            "2 connectors\n  6 actions\n  cassettes: 3 recorded, 6 constructed\n"
        );
        assert_eq!(total(&reports[..1]), None);
    }

    #[test]
    fn a_report_without_cassettes_says_that_they_are_built_in() {
        let report = Report {
            connector: "shop".to_owned(),
            findings: Vec::new(),
            actions: 1,
            cassettes: [].into(),
            cassettes_run: 0,
            failures_run: 0,
        };
        let text = text(&report);
        assert!(
            text.contains("cassettes: none; they are built in, so rebuild after recording"),
            "{text}"
        );
    }
}
