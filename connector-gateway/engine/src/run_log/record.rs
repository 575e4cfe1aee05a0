//! What a call hands to the run log.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use plugwright_sdk::ErrorCode;
use plugwright_sdk::host::{Effect, Redactor};
use plugwright_store::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::call::Mode;
use crate::outcome::Surface;

/// One run, as the pipeline saw it. Making one is cheap: nothing is formatted before it is
/// written.
#[derive(Debug)]
pub struct RunRecord {
    /// Id, a UUID of version 7: its time orders the log.
    pub id: Uuid,
    /// When the call came in.
    pub started_at: Timestamp,
    /// Where it came in; `None` is the gateway's own work.
    pub surface: Option<Surface>,
    /// Who made it.
    pub principal: Cow<'static, str>,
    /// In which organization.
    pub organization: Option<Cow<'static, str>>,
    /// For which end user.
    pub end_user: Option<EndUser>,
    /// The connector, once it was known.
    pub connector: Option<Cow<'static, str>>,
    /// The action's id, once it was known; `proxy` for a proxy call.
    pub action: Option<Cow<'static, str>>,
    /// The connection, if one was used.
    pub connection: Option<Uuid>,
    /// What the call does to the world, once that was known.
    pub effect: Option<Effect>,
    /// Whether the provider was asked.
    pub mode: Mode,
    /// How it ended.
    pub outcome: RunOutcome,
    /// The HTTP status that the surface answered with.
    pub status: u16,
    /// Whether an idempotency key brought back an earlier outcome.
    pub replayed: bool,
    /// How many requests were sent to the provider.
    pub attempts: u32,
    /// How long each stage took.
    pub durations: StageTimes,
    /// Size of the input as JSON.
    pub bytes_in: u64,
    /// Size of the output as JSON.
    pub bytes_out: u64,
    /// Bytes of request bodies sent to the provider.
    pub upstream_bytes_sent: u64,
    /// Bytes of response bodies taken from the provider.
    pub upstream_bytes_received: u64,
    /// Input and output, where the log keeps them ([`RunLog::keeps_payloads`]).
    ///
    /// [`RunLog::keeps_payloads`]: super::RunLog::keeps_payloads
    pub payload: Option<Box<Payload>>,
}

impl RunRecord {
    /// Makes the record of a call that begins now, as if it had ended well.
    pub fn begin(
        surface: impl Into<Option<Surface>>,
        principal: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            id: Uuid::now_v7(),
            started_at: Timestamp::now(),
            surface: surface.into(),
            principal: principal.into(),
            organization: None,
            end_user: None,
            connector: None,
            action: None,
            connection: None,
            effect: None,
            mode: Mode::Live,
            outcome: RunOutcome::Ok,
            status: 200,
            replayed: false,
            attempts: 0,
            durations: StageTimes::default(),
            bytes_in: 0,
            bytes_out: 0,
            upstream_bytes_sent: 0,
            upstream_bytes_received: 0,
            payload: None,
        }
    }
}

/// An end user of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct EndUser {
    /// The project's id.
    pub project: Uuid,
    /// The project's own id of the user.
    pub user: String,
}

impl RunRecord {
    /// Returns the path of the surface, or what stands for the gateway itself.
    pub fn surface_path(&self) -> &'static str {
        self.surface.map_or("gateway", Surface::path)
    }

    /// Logs a call that has ended: at `debug` if it ended well, at `warn` if the gateway or the provider
    /// failed, else at `info`. Costs nothing where no filter asks for it.
    pub fn log(&self) {
        macro_rules! event {
        ($level:ident, $($more:tt)*) => {
            tracing::$level!(
                run = %self.id,
                surface = self.surface_path(),
                principal = &*self.principal,
                action = self.action.as_deref(),
                connection = self.connection.map(tracing::field::display),
                status = self.status,
                duration = ?self.durations.total,
                attempts = self.attempts,
                $($more)*
            )
        };
    }
        match &self.outcome {
            RunOutcome::Ok => event!(debug, "a call ended"),
            RunOutcome::Error { code, message } if code.default_status() >= 500 => {
                event!(
                    warn,
                    code = code.as_str(),
                    reason = message,
                    "a call failed"
                );
            }
            RunOutcome::Error { code, message } => {
                event!(
                    info,
                    code = code.as_str(),
                    reason = message,
                    "a call failed"
                );
            }
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunOutcome {
    /// Well.
    Ok,
    /// With an error.
    Error {
        /// Its code.
        code: ErrorCode,
        /// Its message, as the caller got it.
        message: String,
    },
}

/// How long each stage of a call took; zero where it was not reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// The whole call.
    pub total: Duration,
    /// Finding the action and the verdict of policy.
    pub authorize: Duration,
    /// Decoding the input.
    pub decode: Duration,
    /// Taking and finishing the idempotency key.
    pub claim: Duration,
    /// Finding and opening the connection.
    pub credential: Duration,
    /// The connector's code, all attempts and waits included.
    pub invoke: Duration,
    /// Of that, waiting for the provider.
    pub upstream: Duration,
    /// Checking and cutting the output.
    pub shape: Duration,
}

/// Input and output of a run with what it takes to clean them.
#[derive(Debug)]
pub struct Payload {
    /// The input.
    pub input: Value,
    /// The output, or the error.
    pub output: Value,
    /// The schema of the input: what it marks `writeOnly` or `password` is not kept.
    pub input_schema: Option<Arc<Value>>,
    /// The schema of the output, likewise.
    pub output_schema: Option<Arc<Value>>,
    /// Knows the secrets of the connection that was used.
    pub redactor: Redactor,
}
