//! Converts records to rows and back.
//!
//! Searchable fields have columns; the rest is one JSON string, which is cheaper to write and can
//! be extended without a migration.

use plugwright_store::{Timestamp, damage};
use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::record::{EndUser, Payload, RunOutcome, RunRecord, StageTimes};
use super::redact::redact;
use crate::call::Mode;
use plugwright_store::run_log::{FoundRun, RunRow};

/// A stored record, in the form of the operator's API.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunEntry {
    /// Id.
    pub id: Uuid,
    /// When the call was received.
    pub started_at: Timestamp,
    /// Path of the surface that received it.
    pub surface: String,
    /// The principal.
    pub principal: String,
    /// The organization.
    pub organization: Option<String>,
    /// The end user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_user: Option<EndUser>,
    /// The connector.
    pub connector: Option<String>,
    /// The action's id, or `proxy`.
    pub action: Option<String>,
    /// The connection.
    pub connection: Option<Uuid>,
    /// `read`, `write` or `destructive`.
    pub effect: Option<String>,
    /// `live`, `mock` or `dry_run`.
    pub mode: String,
    /// `ok`, or the error's code.
    pub outcome: String,
    /// The error's message.
    pub message: Option<String>,
    /// The HTTP status of the response.
    pub status: u16,
    /// Whether an idempotency key returned an earlier outcome.
    pub replayed: bool,
    /// What was found out about a write whose response was lost: `done`, `not_done` or `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reconciled: Option<String>,
    /// Requests sent to the provider.
    pub attempts: u32,
    /// Duration of each stage, in microseconds.
    pub duration_micros: StageTimes<u64>,
    /// Sizes in bytes.
    pub bytes: Sizes,
    /// Input and output; only in the response for one run, and if they were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<RunPayload>,
}

/// Redacted input and output, possibly truncated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunPayload {
    /// The input.
    pub input: Value,
    /// The output, or the error.
    pub output: Value,
    /// Whether something was cut off.
    #[serde(default)]
    pub cut: bool,
    /// Whether it was dropped because too much was waiting to be written.
    #[serde(default)]
    pub omitted: bool,
}

/// Sizes in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Sizes {
    /// The input as JSON.
    pub input: u64,
    /// The output as JSON.
    pub output: u64,
    /// Request bodies sent to the provider.
    pub upstream_sent: u64,
    /// Response bodies received from the provider.
    pub upstream_received: u64,
}

impl From<[u64; 4]> for Sizes {
    fn from(stored: [u64; 4]) -> Self {
        let [input, output, upstream_sent, upstream_received] = stored;
        Self {
            input,
            output,
            upstream_sent,
            upstream_received,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Details<'a> {
    surface: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organization: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_user: Option<Cow<'a, EndUser>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    effect: Option<Cow<'a, str>>,
    mode: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<Cow<'a, str>>,
    status: u16,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reconciled: Option<Cow<'a, str>>,
    attempts: u32,
    /// In the order of [`StageTimes`]; an array, so that names are not repeated in each record.
    micros: [u64; 8],
    /// In the order of [`Sizes`].
    bytes: [u64; 4],
}

/// Longer messages are truncated.
const LONGEST_MESSAGE: usize = 1024;

pub(super) fn details(record: &RunRecord) -> String {
    let message = match &record.outcome {
        RunOutcome::Ok => None,
        RunOutcome::Error { message, .. } => {
            Some(message[..message.floor_char_boundary(LONGEST_MESSAGE)].into())
        }
    };
    let details = Details {
        surface: record.surface_path().into(),
        organization: record.organization.as_deref().map(Cow::Borrowed),
        end_user: record.end_user.as_ref().map(Cow::Borrowed),
        effect: record.effect.map(|effect| effect.as_str().into()),
        mode: mode(record.mode).into(),
        message,
        status: record.status,
        replayed: record.replayed,
        reconciled: record.reconciled.map(Cow::Borrowed),
        attempts: record.attempts,
        micros: record.durations.micros(),
        bytes: [
            record.bytes_in,
            record.bytes_out,
            record.upstream_bytes_sent,
            record.upstream_bytes_received,
        ],
    };
    // It only has strings and numbers, so this can't fail; an empty object would count as damaged.
    serde_json::to_string(&details).unwrap_or_default()
}

pub(super) fn payload(payload: &Payload, cap: usize) -> String {
    let input = redact(
        &payload.input,
        payload.input_schema.as_deref(),
        &payload.redactor,
        cap,
    );
    let output = redact(
        &payload.output,
        payload.output_schema.as_deref(),
        &payload.redactor,
        cap,
    );
    format!(
        r#"{{"input":{},"output":{},"cut":{}}}"#,
        input.json,
        output.json,
        input.cut || output.cut
    )
}

/// Replaces a payload that was dropped.
pub(super) const OMITTED: &str = r#"{"input":null,"output":null,"omitted":true}"#;

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "live",
        Mode::Mock => "mock",
        Mode::Recorded => "recorded",
        Mode::DryRun => "dry_run",
    }
}

/// Parses a row of a list. A damaged one is logged and left out.
pub(super) fn listed(found: FoundRun) -> Option<RunEntry> {
    let id = found.id;
    found
        .row
        .and_then(entry)
        .inspect_err(|error| {
            let name = id.map_or_else(|| "without an id".to_owned(), |id| id.to_string());
            damage::note("run", &name, error);
        })
        .ok()
}

/// Parses a row, with or without its payload.
pub(super) fn entry(row: RunRow<'static>) -> Result<RunEntry, String> {
    let damaged = |error: serde_json::Error| format!("a record is damaged: {error}");
    let details: Details<'_> = serde_json::from_str(&row.details).map_err(damaged)?;
    Ok(RunEntry {
        id: row.id,
        started_at: row.started_at,
        surface: details.surface.into_owned(),
        principal: row.principal.into_owned(),
        organization: details.organization.map(Cow::into_owned),
        end_user: details.end_user.map(Cow::into_owned),
        connector: row.connector.map(Cow::into_owned),
        action: row.action.map(Cow::into_owned),
        connection: row.connection,
        effect: details.effect.map(Cow::into_owned),
        mode: details.mode.into_owned(),
        outcome: row.code.map_or_else(|| "ok".to_owned(), Cow::into_owned),
        message: details.message.map(Cow::into_owned),
        status: details.status,
        replayed: details.replayed,
        reconciled: details.reconciled.map(Cow::into_owned),
        attempts: details.attempts,
        duration_micros: details.micros.into(),
        bytes: details.bytes.into(),
        payload: row
            .payload
            .map(|payload| serde_json::from_str(&payload))
            .transpose()
            .map_err(damaged)?,
    })
}
