//! Records as rows, and back.
//!
//! What the log is searched by has columns; the rest is one JSON text, which costs less to write
//! and can grow without a migration.

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

/// A record as it was kept. Serialized, it is what the operator's API answers.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunEntry {
    /// Id.
    pub id: Uuid,
    /// When the call came in.
    pub started_at: Timestamp,
    /// Path of the surface where it came in.
    pub surface: String,
    /// Who made it.
    pub principal: String,
    /// In which organization.
    pub organization: Option<String>,
    /// For which end user.
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
    /// The HTTP status that the surface answered with.
    pub status: u16,
    /// Whether an idempotency key brought back an earlier outcome.
    pub replayed: bool,
    /// How many requests were sent to the provider.
    pub attempts: u32,
    /// How long each stage took, in microseconds.
    pub duration_micros: Micros,
    /// Sizes in bytes.
    pub bytes: Sizes,
    /// Input and output, in the answer for one run and only if they were kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<RunPayload>,
}

/// Input and output as they were kept: without secrets, and cut where they were too long.
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
    /// Whether all of it was left out, because too much waited to be written.
    #[serde(default)]
    pub omitted: bool,
}

/// How long each stage took, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Micros {
    /// The whole call.
    pub total: u64,
    /// Finding the action and the verdict of policy.
    pub authorize: u64,
    /// Decoding the input.
    pub decode: u64,
    /// Taking and finishing the idempotency key.
    pub claim: u64,
    /// Finding and opening the connection.
    pub credential: u64,
    /// The connector's code, all attempts and waits included.
    pub invoke: u64,
    /// Of that, waiting for the provider.
    pub upstream: u64,
    /// Checking and cutting the output.
    pub shape: u64,
}

impl Micros {
    fn stored(times: &StageTimes) -> [u64; 8] {
        [
            times.total,
            times.authorize,
            times.decode,
            times.claim,
            times.credential,
            times.invoke,
            times.upstream,
            times.shape,
        ]
        .map(|time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
    }
}

impl From<[u64; 8]> for Micros {
    fn from(stored: [u64; 8]) -> Self {
        let [
            total,
            authorize,
            decode,
            claim,
            credential,
            invoke,
            upstream,
            shape,
        ] = stored;
        Self {
            total,
            authorize,
            decode,
            claim,
            credential,
            invoke,
            upstream,
            shape,
        }
    }
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
    /// Response bodies taken from the provider.
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

/// The columns that are not searched.
#[derive(Serialize)]
struct Details<'a> {
    surface: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_user: Option<&'a EndUser>,
    #[serde(skip_serializing_if = "Option::is_none")]
    effect: Option<&'a str>,
    mode: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    status: u16,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    replayed: bool,
    attempts: u32,
    /// In the order of [`Micros`]; as lists, since each record would repeat the names.
    micros: [u64; 8],
    /// In the order of [`Sizes`].
    bytes: [u64; 4],
}

#[derive(Deserialize)]
struct StoredDetails {
    surface: String,
    organization: Option<String>,
    end_user: Option<EndUser>,
    effect: Option<String>,
    mode: String,
    message: Option<String>,
    status: u16,
    #[serde(default)]
    replayed: bool,
    attempts: u32,
    micros: [u64; 8],
    bytes: [u64; 4],
}

/// Longer messages are cut: the log is no place for a provider's error page.
const LONGEST_MESSAGE: usize = 1024;

pub(super) fn details(record: &RunRecord) -> String {
    let message = match &record.outcome {
        RunOutcome::Ok => None,
        RunOutcome::Error { message, .. } => {
            Some(&message[..message.floor_char_boundary(LONGEST_MESSAGE)])
        }
    };
    let details = Details {
        surface: record.surface_path(),
        organization: record.organization.as_deref(),
        end_user: record.end_user.as_ref(),
        effect: record.effect.map(plugwright_sdk::host::Effect::as_str),
        mode: mode(record.mode),
        message,
        status: record.status,
        replayed: record.replayed,
        attempts: record.attempts,
        micros: Micros::stored(&record.durations),
        bytes: [
            record.bytes_in,
            record.bytes_out,
            record.upstream_bytes_sent,
            record.upstream_bytes_received,
        ],
    };
    // Texts and numbers alone, so this can't fail; an empty object would read as damaged.
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

/// What is kept of a payload that had to be left out.
pub(super) const OMITTED: &str = r#"{"input":null,"output":null,"omitted":true}"#;

const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "live",
        Mode::Mock => "mock",
        Mode::Recorded => "recorded",
        Mode::DryRun => "dry_run",
    }
}

/// Reads a row of a list. One that is damaged is named in the log and left out.
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

/// Reads a row; its payload may be missing.
pub(super) fn entry(row: RunRow<'static>) -> Result<RunEntry, String> {
    let damaged = |error: serde_json::Error| format!("a record is damaged: {error}");
    let details: StoredDetails = serde_json::from_str(&row.details).map_err(damaged)?;
    Ok(RunEntry {
        id: row.id,
        started_at: row.started_at,
        surface: details.surface,
        principal: row.principal.into_owned(),
        organization: details.organization,
        end_user: details.end_user,
        connector: row.connector.map(Cow::into_owned),
        action: row.action.map(Cow::into_owned),
        connection: row.connection,
        effect: details.effect,
        mode: details.mode,
        outcome: row.code.map_or_else(|| "ok".to_owned(), Cow::into_owned),
        message: details.message,
        status: details.status,
        replayed: details.replayed,
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
