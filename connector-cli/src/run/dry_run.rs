//! `--dry-run`: prints the request.

use std::fmt::Write as _;

use anstyle::Style;
use plugwright_engine::Mode;
use plugwright_sdk::cassette::RecordedBody;
use plugwright_sdk::host::Registry;
use plugwright_sdk::transport::PlannedRequest;
use serde_json::json;

use super::call::{Call, judge};
use super::executor::Executor;
use super::pages;
use crate::args::RunFormat;
use crate::failure::{Failure, Stop};
use crate::output::{self, escape};
use crate::runtime::block_on;

const STRONG: Style = Style::new().bold();

pub(super) fn run(registry: Registry, call: &Call<'_>) -> Result<(), Stop> {
    plan(&pages::offline(registry)?, call)
}

pub(super) fn plan(executor: &Executor, call: &Call<'_>) -> Result<(), Stop> {
    let outcome = block_on(async |cancellation| {
        let mut made = call.of_gateway(cancellation);
        made.options.mode = Mode::DryRun;
        executor.execute(made).await
    })??;
    let plan = outcome.result.map_err(judge)?;
    let mut data = plan.data.into_value();
    let requests: Vec<PlannedRequest> = serde_json::from_value(data["requests"].take())
        .map_err(|error| Failure::internal(format!("malformed plan: {error}")))?;
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
        0 => "dry run: this call sends no request",
        _ => "dry run: nothing was sent; later requests may depend on the response",
    });
    Ok(())
}

/// Formats a request like HTTP, with the exact body.
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
