//! `--dry-run`: the request that would be sent.

use std::fmt::Write as _;
use std::sync::Arc;

use anstyle::Style;
use plugwright_sdk::cassette::RecordedBody;
use plugwright_sdk::transport::{Plan, PlannedRequest};
use serde_json::json;

use super::call::Call;
use crate::args::RunFormat;
use crate::failure::Stop;
use crate::output::{self, escape};

const STRONG: Style = Style::new().bold();

pub(super) fn run(call: &Call<'_>) -> Result<(), Stop> {
    let plan = Arc::new(Plan::new());
    let ended = call.attempt(
        Arc::clone(&plan) as _,
        super::placeholder(call.prepared.entry.connector),
    )?;
    let requests = plan.requests();
    match ended {
        Err(error) if requests.is_empty() => return Err(call.failure(error, false).into()),
        // That the plan sends nothing is an error to the action, and no news here.
        _ => {}
    }
    let text = match call.arguments.output {
        RunFormat::Json => output::json::pretty(&json!(requests)),
        RunFormat::Jsonl => requests
            .iter()
            .map(|request| output::json::line(&json!(request)))
            .collect(),
        RunFormat::Table | RunFormat::Minimal => {
            requests.iter().map(text).collect::<Vec<_>>().join("\n")
        }
    };
    output::print(&text)?;
    output::note(match requests.len() {
        0 => "dry run: the action sends no request",
        _ => "dry run: nothing was sent; what may follow depends on the answer",
    });
    Ok(())
}

/// Writes a request as HTTP does, with the body exactly as it would be sent.
fn text(request: &PlannedRequest) -> String {
    let mut text = format!("{STRONG}{} {}{STRONG:#}\n", request.method, request.url);
    for (name, value) in &request.headers {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name}: {}", escape(value));
    }
    match &request.body {
        None => {}
        Some(RecordedBody::Json(value)) => {
            let _ = writeln!(text, "\n{}", output::json::compact(value));
        }
        Some(RecordedBody::Text(body)) => {
            let lines: Vec<_> = body.lines().map(escape).collect();
            let _ = writeln!(text, "\n{}", lines.join("\n"));
        }
        Some(body @ RecordedBody::Base64(_)) => {
            let _ = writeln!(text, "\n({})", output::count(body.bytes().len(), "byte"));
        }
    }
    text
}
