//! Records, as calls hand them over.

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

/// A run. Creating it is cheap: formatting is left to the writer.
#[derive(Debug)]
pub struct RunRecord {
    /// A UUID of version 7, whose time orders the log.
    pub id: Uuid,
    /// When the call was received.
    pub started_at: Timestamp,
    /// The surface that received it; `None` for the gateway's own work.
    pub surface: Option<Surface>,
    /// The principal.
    pub principal: Cow<'static, str>,
    /// The organization.
    pub organization: Option<Cow<'static, str>>,
    /// The end user.
    pub end_user: Option<EndUser>,
    /// The connector, once known.
    pub connector: Option<Cow<'static, str>>,
    /// The action's id, once known; `proxy` for a proxy call.
    pub action: Option<Cow<'static, str>>,
    /// The connection, if any.
    pub connection: Option<Uuid>,
    /// The call's effect, once known.
    pub effect: Option<Effect>,
    /// Whether the call was sent.
    pub mode: Mode,
    /// How it ended.
    pub outcome: RunOutcome,
    /// The HTTP status of the response.
    pub status: u16,
    /// Whether an idempotency key returned an earlier outcome.
    pub replayed: bool,
    /// Requests sent to the provider.
    pub attempts: u32,
    /// Duration of each stage.
    pub durations: StageTimes,
    /// Size of the input as JSON.
    pub bytes_in: u64,
    /// Size of the output as JSON.
    pub bytes_out: u64,
    /// Bytes of request bodies sent to the provider.
    pub upstream_bytes_sent: u64,
    /// Bytes of response bodies received from the provider.
    pub upstream_bytes_received: u64,
    /// Input and output, if the log keeps them ([`RunLog::keeps_payloads`]).
    ///
    /// [`RunLog::keeps_payloads`]: super::RunLog::keeps_payloads
    pub payload: Option<Box<Payload>>,
}

impl RunRecord {
    /// Creates the record of a call that begins now, as successful.
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
    /// The user's id in the project.
    pub user: String,
}

impl RunRecord {
    /// Returns the surface's path, or a placeholder for the gateway itself.
    pub fn surface_path(&self) -> &'static str {
        self.surface.map_or("gateway", Surface::path)
    }

    /// Logs a finished call: at `debug` if it succeeded, at `warn` if the gateway or the provider
    /// failed, else at `info`. Costs nothing if no filter enables it.
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
    /// It succeeded.
    Ok,
    /// It failed.
    Error {
        /// The error's code.
        code: ErrorCode,
        /// The error's message, as the caller received it.
        message: String,
    },
}

macro_rules! stage_times {
    ($($(#[$meta:meta])* $stage:ident,)*) => {
        /// Duration of each stage of a call; zero if it was not reached.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
        #[serde(rename_all = "camelCase")]
        #[schemars(rename = "Micros")]
        pub struct StageTimes<T = Duration> {
            $($(#[$meta])* pub $stage: T,)*
        }

        impl StageTimes {
            /// Returns the times in microseconds, in the order in which they are stored.
            pub(super) fn micros(&self) -> [u64; 8] {
                [$(self.$stage),*].map(|time| u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
            }
        }

        impl From<[u64; 8]> for StageTimes<u64> {
            fn from([$($stage),*]: [u64; 8]) -> Self {
                Self { $($stage),* }
            }
        }
    };
}

stage_times! {
    /// The whole call.
    total,
    /// Finding the action and checking policy.
    authorize,
    /// Decoding the input.
    decode,
    /// Claiming and completing the idempotency key.
    claim,
    /// Selecting and opening the connection.
    credential,
    /// The connector's code, with all attempts and waits.
    invoke,
    /// Waiting for the provider, as a part of the above.
    upstream,
    /// Checking and shaping the output.
    shape,
}

/// Input and output of a run, with what redacts them.
#[derive(Debug)]
pub struct Payload {
    /// The input.
    pub input: Value,
    /// The output, or the error.
    pub output: Value,
    /// The input's schema: values marked `writeOnly` or `password` are not kept.
    pub input_schema: Option<Arc<Value>>,
    /// The output's schema, likewise.
    pub output_schema: Option<Arc<Value>>,
    /// Knows the secrets of the connection.
    pub redactor: Redactor,
}
