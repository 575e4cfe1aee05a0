//! Every action has a cassette, and cassettes replay with the outcome that they state.

use std::sync::Arc;

use serde_json::Value;

use super::Contexts;
use super::definitions::validator;
use super::effects;
use super::effects::Operations;
use crate::action::{Action, ActionDefinition};
use crate::cassette::Cassette;
use crate::connector::ConnectorDefinition;
use crate::result::Returns;
use crate::testing::Report;
use crate::testing::cassette_call::pages;
use crate::transport::Replay;

pub(super) fn load(connector: &ConnectorDefinition, report: &mut Report) -> Vec<Cassette> {
    let mut cassettes = Vec::new();
    for (name, text) in connector.cassettes() {
        match Cassette::parse(name, text) {
            Ok(cassette) => {
                if !connector
                    .actions()
                    .iter()
                    .any(|action| action.name() == cassette.action)
                {
                    report.find(
                        None,
                        "cassette",
                        format!("{name} is of `{}`, which is not an action", cassette.action),
                    );
                }
                if cassette.provenance.source.trim().is_empty() {
                    report.find(
                        Some(&cassette.action),
                        "provenance",
                        format!("{name} has no provenance"),
                    );
                }
                *report
                    .cassettes
                    .entry(cassette.provenance.kind)
                    .or_default() += 1;
                cassettes.push(cassette);
            }
            Err(error) => report.find(None, "cassette", error.to_string()),
        }
    }
    cassettes
}

pub(super) async fn check(
    contexts: &Contexts,
    action: &ActionDefinition,
    cassettes: &[&Cassette],
    report: &mut Report,
) {
    let name = Some(action.name());
    if !cassettes
        .iter()
        .any(|cassette| cassette.expect.error.is_none())
    {
        report.find(name, "cassette", "has no cassette of a call that succeeds");
    }
    for cassette in cassettes {
        replay(contexts, action, cassette, report).await;
    }
}

async fn replay(
    contexts: &Contexts,
    action: &ActionDefinition,
    cassette: &Cassette,
    report: &mut Report,
) {
    let name = Some(action.name());
    let title = if cassette.title.is_empty() {
        "a cassette"
    } else {
        &cassette.title
    };
    report.cassettes_run += 1;
    check_input(action, cassette, title, report);
    let replay = Arc::new(Operations::new(Replay::new([cassette])));
    let cx = contexts
        .of(cassette, replay.clone())
        .cursor(cassette.call.cursor.clone())
        .build();
    let pages = pages(action, &cx, cassette).await;
    effects::check(action, &replay.sent(), report);
    match (pages, cassette.expect.error) {
        (Ok(pages), None) => {
            if replay.unused() > 0 {
                report.find(
                    name,
                    "replay",
                    format!("\"{title}\": {} exchanges were not used", replay.unused()),
                );
            }
            if cassette.call.all_pages
                && pages.last().is_some_and(|page| page.meta.cursor.is_some())
            {
                report.find(
                    name,
                    "pagination",
                    format!("\"{title}\": the list does not end"),
                );
            }
            check_output(action, &pages, cassette, title, report);
        }
        (Ok(_), Some(code)) => report.find(
            name,
            "replay",
            format!("\"{title}\": succeeded; expected {code}"),
        ),
        (Err(error), Some(code)) if error.code() == code => {}
        (Err(error), Some(code)) => {
            report.find(
                name,
                "replay",
                format!("\"{title}\": fails with {error}; expected {code}"),
            );
        }
        (Err(error), None) => {
            let detail = error
                .detail()
                .map(|detail| format!(" ({detail})"))
                .unwrap_or_default();
            report.find(name, "replay", format!("\"{title}\": {error}{detail}"));
        }
    }
}

fn check_input(action: &ActionDefinition, cassette: &Cassette, title: &str, report: &mut Report) {
    let input = Value::Object(cassette.call.input.clone());
    match validator(&action.input_schema()) {
        Ok(validator) => {
            if let Err(error) = validator.validate(&input) {
                report.find(
                    Some(action.name()),
                    "cassette",
                    format!("\"{title}\": the input does not fit the schema: {error}"),
                );
            }
        }
        Err(message) => report.find(Some(action.name()), "input-schema", message),
    }
}

fn check_output(
    action: &ActionDefinition,
    pages: &[crate::result::ActionResult],
    cassette: &Cassette,
    title: &str,
    report: &mut Report,
) {
    let name = Some(action.name());
    match validator(&action.output_schema()) {
        Ok(validator) => {
            let outputs: Vec<_> = pages.iter().map(|page| page.data.value()).collect();
            for error in outputs.iter().flat_map(|data| validator.iter_errors(data)) {
                report.find(
                    name,
                    "output",
                    format!(
                        "\"{title}\": the output does not fit its schema at `{}`: {error}",
                        error.instance_path()
                    ),
                );
            }
        }
        Err(message) => report.find(name, "output-schema", message),
    }
    if action.returns() == Returns::List {
        let items: usize = pages
            .iter()
            .filter_map(|page| page.data.value().as_array().map(Vec::len))
            .sum();
        if cassette.expect.items.is_some_and(|wanted| wanted != items) {
            report.find(
                name,
                "replay",
                format!(
                    "\"{title}\": {items} items; expected {}",
                    cassette.expect.items.unwrap_or_default()
                ),
            );
        }
    }
}
