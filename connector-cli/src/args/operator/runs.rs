//! Arguments of `runs`.

use std::str::FromStr;
use std::time::SystemTime;

use clap::Args;
use plugwright_store::Timestamp;

use crate::args::{RunFormat, within};
use crate::failure::Options;

/// List runs, newest first, or show one
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright runs
  plugwright runs --outcome error --since 1h
  plugwright runs --action 'github.issues.list' --all --output jsonl
  plugwright runs 01946b1e-7a3c-7000-8000-000000000000")]
pub(crate) struct RunsArguments {
    /// Run to show, with its input and output if they were kept
    #[arg(conflicts_with_all = ["action", "connector", "connection", "principal", "outcome", "since", "until", "limit", "cursor", "all"])]
    pub(crate) id: Option<String>,
    /// Only list runs of this action
    #[arg(long, value_name = "ACTION")]
    pub(crate) action: Option<String>,
    /// Only list runs of this connector
    #[arg(long, value_name = "NAME")]
    pub(crate) connector: Option<String>,
    /// Only list runs with this connection
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) connection: Option<String>,
    /// Only list runs of this caller: `admin`, `anonymous`, `local` or `token:<id>`
    #[arg(long, value_name = "CALLER")]
    pub(crate) principal: Option<String>,
    /// Only list runs with this outcome: `ok`, `error` or an error code
    #[arg(long, value_name = "OUTCOME")]
    pub(crate) outcome: Option<String>,
    /// Only list runs since a time ago (`1h`) or a date (`2027-01-31T12:00:00Z`)
    #[arg(long, value_name = "TIME")]
    pub(crate) since: Option<Moment>,
    /// Only list runs until then
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Moment>,
    /// Page size
    #[arg(long, value_name = "N", value_parser = within(1_u32..=200))]
    pub(crate) limit: Option<u32>,
    /// Continue from this cursor
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub(crate) cursor: Option<String>,
    /// List all matching runs
    #[arg(long, conflicts_with = "cursor")]
    pub(crate) all: bool,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: RunFormat,
}

impl RunsArguments {
    pub(crate) const OPTIONS: Options = &[
        ("action", "--action"),
        ("connector", "--connector"),
        ("connection", "--connection"),
        ("principal", "--principal"),
        ("outcome", "--outcome"),
        ("since", "--since"),
        ("until", "--until"),
        ("limit", "--limit"),
        ("cursor", "--cursor"),
    ];
}

/// A point in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl FromStr for Moment {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(ago) = humantime::parse_duration(text) {
            return Ok(Self(Timestamp::now().before(ago)));
        }
        humantime::parse_rfc3339_weak(text)
            .map(|time: SystemTime| Self(time.into()))
            .map_err(|_| {
                "expected a time ago such as `1h` or a date such as `2027-01-31T12:00:00Z`"
                    .to_owned()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_a_time_ago_or_a_date() {
        let date: Moment = "2027-01-15 08:00:00".parse().unwrap();
        assert_eq!(date.0.as_millis(), 1_800_000_000_000);
        let ago: Moment = "1h".parse().unwrap();
        assert!(ago.0 < Timestamp::now());
        assert!("yesterday".parse::<Moment>().is_err());
    }
}
