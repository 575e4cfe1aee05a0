//! What operators see of the gateway while it runs: metrics, logs and traces.

pub(crate) mod logs;
mod metrics;
#[cfg(feature = "otlp")]
mod otlp;
pub(crate) mod spans;

pub(crate) use logs::log_call;
pub use logs::{LogFormat, LogSettings, Telemetry, TelemetryError, TraceSettings, init};
pub use metrics::{CallMeasure, InFlight, Metrics};
pub(crate) use metrics::{LimitHits, Refreshes};
