//! Logs and traces.

mod lines;
pub(crate) mod logs;
#[cfg(feature = "otlp")]
mod otlp;

pub use logs::{LogFormat, LogSettings, Telemetry, TelemetryError, TraceSettings, init};
