#![doc = include_str!("../README.md")]
#![allow(
    clippy::missing_errors_doc,
    reason = "errors are `ActionError`s, whose codes are explained once, at `ErrorCode`"
)]

pub mod accounts;
mod call;
mod catalog;
mod concurrent;
pub mod connect;
pub mod connections;
mod engine;
#[cfg(feature = "testing")]
pub mod faults;
mod lane;
mod large;
mod limits;
pub mod lock;
pub mod loopback;
pub mod markdown;
mod memory;
mod metrics;
pub mod oauth;
mod outbound;
mod outcome;
mod output_check;
pub mod patterns;
mod pipeline;
mod principal;
pub mod process;
pub mod projects;
mod random;
mod rate_limits;
mod refresh;
pub mod run_log;
mod settings;
mod shares;
pub mod spans;
mod storage;
pub mod threads;
pub mod tokens;

pub use call::{
    Call, CallOptions, ConnectionSelector, Handles, InputForm, Mode, OwnerSelector, ProxyRequest,
    SaveTo, Target,
};
pub use catalog::{Catalog, unknown_connector};
pub use engine::{Engine, EngineError, EngineSettings};
pub use lane::Lane;
pub use limits::{Limit, Limits};
pub use memory::{Reservation, SharedMemory, UnreadAnswer};
pub use metrics::{CallMeasure, InFlight, LimitHits, Metrics};
pub use outcome::{Answer, Case, Outcome, Surface, answer};
pub use pipeline::outcome_unknown;
pub use plugwright_store::{Grant, RateLimit};
pub use principal::Principal;
pub use rate_limits::{Allowance, RateLimits};
pub use refresh::Refresher;
pub use settings::{OutputCheck, Policy};
pub use storage::{CachedToken, Directory, Storage};
