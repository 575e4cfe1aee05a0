//! stub
use crate::config::Config;
use crate::run_log::RunRecord;
#[derive(Debug, thiserror::Error)]
#[error("x")]
pub struct TelemetryError;
pub struct Telemetry;
pub struct LogSettings;
impl LogSettings {
    pub fn of(_: &Config) -> Self {
        Self
    }
}
impl Telemetry {
    pub fn start(_: &LogSettings) -> Result<Self, TelemetryError> {
        Ok(Self)
    }
    pub fn shut_down(self) {}
}
pub struct Metrics;
impl Metrics {
    pub const CONTENT_TYPE: &str = "text/plain";
    pub fn new(_: &plugwright_sdk::Registry) -> Self {
        Self
    }
    pub fn record(&self, _: &RunRecord) {}
    pub fn render(&self) -> String {
        String::new()
    }
}
