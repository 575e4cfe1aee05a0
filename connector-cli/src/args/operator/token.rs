//! Arguments of `token`.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::SystemTime;

use clap::{Args, Subcommand};
use plugwright_sdk::host::Effect;
use plugwright_store::{Grant, Pattern, RateLimit, Timestamp};

use crate::args::{DetailFormat, ListFormat};
use crate::failure::Options;

/// Manage the tokens of callers
#[derive(Debug, Args)]
pub(crate) struct TokenArguments {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

impl TokenArguments {
    pub(crate) const OPTIONS: Options = &[
        ("name", "--name"),
        ("expiresAt", "--expires"),
        ("grant.actions", "--allow"),
        ("grant.blockedActions", "--block"),
        ("grant.effects", "--effects"),
        ("grant.connections", "--connections"),
        ("grant.proxies", "--proxies"),
        ("grant.connect", "--connect"),
        ("grant.organizations", "--organizations"),
        ("grant.rateLimit", "--rate"),
        ("grant.mcpTools", "--mcp-tools"),
    ];
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Add a token and print it; it is only shown once
    #[command(after_help = "\
Only the token goes to standard output, so that scripts can capture it.

Examples:
  plugwright token add --name ci
  plugwright token add --name ci --allow 'github.*' --block '*.delete' --effects read,write
  plugwright token add --name trial --rate 100/1m --expires 90d")]
    Add(Box<TokenAddArguments>),
    /// List tokens, newest first
    #[command(after_help = "\
Examples:
  plugwright token list
  plugwright token list --output json")]
    List {
        /// Output format
        #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
        output: ListFormat,
    },
    /// Change a token, keeping whatever is not given
    #[command(after_help = "\
Examples:
  plugwright token update ci --allow 'github.issues.*'
  plugwright token update ci --expires never --rate none")]
    Update(Box<TokenUpdateArguments>),
    /// Revoke a token; it stays in the list
    #[command(after_help = "\
Examples:
  plugwright token revoke ci")]
    Revoke {
        /// Token, by id or name
        token: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TokenAddArguments {
    /// Token name
    #[arg(long)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) grant: GrantArguments,
    /// When it expires: in a given time (`90d`) or on a date (`2027-01-31T12:00:00Z`)
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Expiry>,
    /// Output format; `json` prints the whole record, not just the token
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

#[derive(Debug, Args)]
pub(crate) struct TokenUpdateArguments {
    /// Token, by id or name
    pub(crate) token: String,
    /// New name
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) grant: GrantArguments,
    /// When it expires: in a given time, on a date, or `never`
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Expiry>,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

/// The actions that a token may call.
#[derive(Debug, Default, Args)]
pub(crate) struct AllowedActions {
    /// Actions to allow; `*` matches any text [default: all]
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    allow: Option<Vec<Pattern>>,
    /// Actions to block even if they are allowed
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    block: Option<Vec<Pattern>>,
    /// Effects to allow: read, write, destructive [default: all]
    #[arg(long, value_name = "EFFECT,...", value_delimiter = ',', value_parser = super::super::effect)]
    effects: Option<Vec<Effect>>,
}

impl AllowedActions {
    pub(crate) fn apply(&self, grant: &mut Grant) {
        if let Some(patterns) = &self.allow {
            grant.actions = patterns.iter().cloned().collect();
        }
        if let Some(patterns) = &self.block {
            grant.blocked_actions = patterns.iter().cloned().collect();
        }
        if let Some(effects) = &self.effects {
            grant.effects.clone_from(effects);
        }
    }
}

/// What a token may do. Lists are separated by commas, and options may be repeated.
#[derive(Debug, Default, Args)]
pub(crate) struct GrantArguments {
    #[command(flatten)]
    pub(crate) actions: AllowedActions,
    /// Connections it may use, by id or name; `*` for all [default: all]
    #[arg(long, value_name = "ID|NAME,...", value_delimiter = ',')]
    pub(crate) connections: Option<Vec<String>>,
    /// Connectors whose API it may call directly [default: none]
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) proxies: Option<Vec<Pattern>>,
    /// Connectors whose accounts it may connect and disconnect [default: none]
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) connect: Option<Vec<Pattern>>,
    /// Organizations whose connections it may use; the first is the default of its calls
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub(crate) organizations: Option<Vec<String>>,
    /// Rate limit such as `100/1m`, or `none`
    #[arg(long, value_name = "CALLS/TIME")]
    pub(crate) rate: Option<Rate>,
    /// MCP tools to offer: actions, and discovery tools by name; `none` clears the list, so that
    /// the client chooses [default: the discovery tools]
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) mcp_tools: Option<Vec<Pattern>>,
}

/// A rate limit, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate(pub(crate) Option<RateLimit>);

impl FromStr for Rate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(None));
        }
        let read = || {
            let (calls, time) = text.split_once('/')?;
            let time = humantime::parse_duration(time).ok()?;
            let whole = time.subsec_nanos() == 0;
            Some(RateLimit {
                calls: calls.parse().ok()?,
                per_seconds: NonZeroU32::new(u32::try_from(time.as_secs()).ok()?)
                    .filter(|_| whole)?,
            })
        };
        read().map(|limit| Self(Some(limit))).ok_or_else(|| {
            "expected a number of calls and a time in whole seconds, such as `100/1m`, or `none`".to_owned()
        })
    }
}

/// When something expires; `None` is never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expiry(pub(crate) Option<Timestamp>);

impl FromStr for Expiry {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "never" {
            return Ok(Self(None));
        }
        if let Ok(wait) = humantime::parse_duration(text) {
            return Ok(Self(Some(Timestamp::now().after(wait))));
        }
        humantime::parse_rfc3339_weak(text)
            .map(|time: SystemTime| Self(Some(time.into())))
            .map_err(|_| {
                "expected a time such as `90d`, a date such as `2027-01-31T12:00:00Z`, or `never`"
                    .to_owned()
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_calls_in_a_time() {
        let rate: Rate = "100/1m".parse().unwrap();
        let limit = rate.0.unwrap();
        assert_eq!((limit.calls.get(), limit.per_seconds.get()), (100, 60));
        assert_eq!("none".parse(), Ok(Rate(None)));
        for bad in [
            "",
            "100",
            "0/1m",
            "1/0s",
            "1/500ms",
            "x/1m",
            "1/1000000000y",
        ] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn an_expiry_is_a_time_from_now_a_date_or_never() {
        assert_eq!("never".parse(), Ok(Expiry(None)));
        let date: Expiry = "2027-01-15T08:00:00Z".parse().unwrap();
        assert_eq!(date.0, Some(Timestamp::from_millis(1_800_000_000_000)));
        let soon: Expiry = "1h".parse().unwrap();
        assert!(soon.0.unwrap() > Timestamp::now());
        assert!("soon".parse::<Expiry>().is_err());
    }
}
