//! `runs`: the run log.

use serde_json::Value;

use super::client::{Api, Client};
use super::connection;
use super::present::{self, Column, columns, text};
use crate::args::{DetailFormat, RunFormat, RunsArguments};
use crate::failure::{Failure, Stop};
use crate::output;

const COLUMNS: &[Column] = columns! {
    "started" = "startedAt"; "action" by target; "outcome"; "status"; "ms" by millis; "principal";
    "id";
};

const LINES: &[Column] = columns! {
    "id"; "started" = "startedAt"; "action" by target; "effect"; "mode"; "outcome"; "message";
    "status"; "replayed"; "reconciled"; "principal"; "organization"; "connection"; "attempts"; "ms" by millis;
    "input" = "payload/input"; "output" = "payload/output";
};

/// Returns the action's id, or `proxy` and the connector's name.
fn target(run: &Value) -> String {
    match (run["action"].as_str(), run["connector"].as_str()) {
        (Some("proxy"), Some(connector)) => text(&format!("proxy {connector}").into()),
        _ => text(&run["action"]),
    }
}

fn millis(run: &Value) -> String {
    match run["durationMicros"]["total"].as_u64() {
        Some(micros) => format!("{}.{}", micros / 1000, micros % 1000 / 100),
        None => "-".to_owned(),
    }
}

pub(super) fn runs(api: Api<'_>, arguments: &RunsArguments) -> Result<(), Stop> {
    if let Some(id) = &arguments.id {
        let run = api.with(async |client| client.get(&["runs", id], &[]).await)?;
        return match arguments.output {
            RunFormat::Table => Ok(present::detail(&run, DetailFormat::Text, LINES)?),
            RunFormat::Json => Ok(present::detail(&run, DetailFormat::Json, LINES)?),
            format => show(format, vec![run]),
        };
    }
    let (runs, cursor) = api.with(async |client| read(client, arguments).await)?;
    // The log may have runs of connectors that are gone.
    if let (Some(name), true) = (&arguments.connector, runs.is_empty()) {
        api.require_connector(name)?;
    }
    show(arguments.output, runs)?;
    if let Some(cursor) = cursor {
        output::note(&format!("more: --cursor {cursor}, or --all"));
    }
    Ok(())
}

async fn read(
    client: &Client,
    arguments: &RunsArguments,
) -> Result<(Vec<Value>, Option<String>), Failure> {
    let connection = match &arguments.connection {
        Some(name) => Some(connection::id(client, name, None).await?),
        None => None,
    };
    let mut cursor = arguments.cursor.clone();
    let mut runs = Vec::new();
    loop {
        let query = [
            ("action", arguments.action.clone()),
            ("connector", arguments.connector.clone()),
            ("connection", connection.clone()),
            ("principal", arguments.principal.clone()),
            ("outcome", arguments.outcome.clone()),
            ("since", arguments.since.map(|moment| moment.0.to_string())),
            ("until", arguments.until.map(|moment| moment.0.to_string())),
            ("limit", arguments.limit.map(|limit| limit.to_string())),
            ("cursor", cursor.clone()),
        ];
        let mut page = client.get(&["runs"], &query).await?;
        if let Value::Array(items) = page["items"].take() {
            runs.extend(items);
        }
        let next = page["cursor"].as_str().map(str::to_owned);
        // Stop if the cursor doesn't advance.
        if !arguments.all || next.is_none() || next == cursor {
            return Ok((runs, next.filter(|_| !arguments.all)));
        }
        cursor = next;
    }
}

fn show(format: RunFormat, runs: Vec<Value>) -> Result<(), Stop> {
    let text = match format {
        RunFormat::Table => present::table(&runs, COLUMNS),
        RunFormat::Json => output::json::pretty(&Value::Array(runs)),
        RunFormat::Jsonl => runs.iter().map(output::json::line).collect(),
        RunFormat::Minimal => runs
            .iter()
            .map(|run| {
                let cells: Vec<_> = COLUMNS.iter().map(|(_, of)| of(run)).collect();
                cells.join("\t") + "\n"
            })
            .collect(),
    };
    Ok(output::print(&text)?)
}
