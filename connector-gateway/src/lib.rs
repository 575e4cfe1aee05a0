#![doc = include_str!("../README.md")]

mod call;
mod egress;
mod gateway;
mod outcome;
mod pipeline;
mod policy;
mod principal;
mod run_log;
mod store;
mod surface;
mod telemetry;
mod time;
mod vault;

pub use call::{Call, CallOptions, ConnectionSelector, Mode, ProxyRequest, Target};
pub use gateway::Gateway;
pub use outcome::{Answer, Case, Outcome, Surface, answer};
pub use policy::{Pattern, PatternError, Patterns};
pub use principal::{Grant, Principal, RateLimit};
pub use run_log::{
    OutcomeFilter, Payload, RunEntry, RunFilter, RunLog, RunLogError, RunLogSettings, RunOutcome,
    RunPage, RunPayload, RunRecord, StageTimes,
};
pub use store::{
    Claim, Claimed, Connection, ConnectionFilter, ConnectionStatus, NameTaken, Organization, Owner,
    Store, StoreError, Token,
};
pub use telemetry::{
    CallMeasure, InFlight, LogFormat, LogSettings, Metrics, Telemetry, TelemetryError,
    TraceSettings, init as init_telemetry,
};
pub use time::Timestamp;
