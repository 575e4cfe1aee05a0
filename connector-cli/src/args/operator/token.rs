//! `token`: the tokens of callers.

use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::SystemTime;

use clap::{Args, Subcommand};
use plugwright_sdk::host::Effect;
use plugwright_store::{Pattern, RateLimit, Timestamp};

use crate::args::{AccountFormat, GatewayArguments, ListFormat};

/// Manages the tokens of callers.
#[derive(Debug, Args)]
pub(crate) struct TokenArguments {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Adds a token and prints it, this once.
    #[command(after_help = "\
Only the token goes to standard output, so that it can be captured.

Examples:
  plugwright token add --name ci
  plugwright token add --name ci --allow 'github.*' --block '*.delete' --effects read,write
  plugwright token add --name trial --rate 100/1m --expires 90d")]
    Add(Box<TokenAddArguments>),
    /// Lists the tokens, the newest first.
    #[command(after_help = "\
Examples:
  plugwright token list
  plugwright token list --output json")]
    List(TokenListArguments),
    /// Changes what a token may do. What no option names stays as it is.
    #[command(after_help = "\
Examples:
  plugwright token update ci --allow 'github.issues.*'
  plugwright token update ci --expires never --rate none")]
    Update(Box<TokenUpdateArguments>),
    /// Revokes a token; it stays listed.
    #[command(after_help = "\
Examples:
  plugwright token revoke ci")]
    Revoke(TokenRevokeArguments),
}

#[derive(Debug, Args)]
pub(crate) struct TokenAddArguments {
    /// Names the token, for people.
    #[arg(long)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) grant: GrantArguments,
    /// Sets when it stops to work: a time from now (`90d`) or a date (`2027-01-31T12:00:00Z`).
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Expiry>,
    /// Sets the form of the output; `json` has all that is known of the token.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct TokenListArguments {
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct TokenUpdateArguments {
    /// Names the token, by id or name.
    pub(crate) token: String,
    /// Gives it another name.
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) grant: GrantArguments,
    /// Sets when it stops to work: a time from now, a date, or `never`.
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Expiry>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct TokenRevokeArguments {
    /// Names the token, by id or name.
    pub(crate) token: String,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

/// What a token may do. Each list takes commas, and may be given again.
#[derive(Debug, Default, Args)]
pub(crate) struct GrantArguments {
    /// Allows these actions; `*` stands for any text. All if none is named.
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) allow: Option<Vec<Pattern>>,
    /// Blocks these actions, though they are allowed.
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) block: Option<Vec<Pattern>>,
    /// Allows these effects: read, write, destructive. All if none is named.
    #[arg(long, value_name = "EFFECT,...", value_delimiter = ',', value_parser = effect)]
    pub(crate) effects: Option<Vec<Effect>>,
    /// Allows these connections, by id or name, or `*` for all, which is the default.
    #[arg(long, value_name = "ID|NAME,...", value_delimiter = ',')]
    pub(crate) connections: Option<Vec<String>>,
    /// Allows direct calls of these connectors' APIs. None if none is named.
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) proxies: Option<Vec<Pattern>>,
    /// Allows connecting and disconnecting accounts of these connectors. None if none is named.
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) connect: Option<Vec<Pattern>>,
    /// Allows the connections of these organizations; the first is used when a call names none.
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub(crate) organizations: Option<Vec<String>>,
    /// Allows so many calls in so much time, such as `100/1m`, or `none` for any number.
    #[arg(long, value_name = "CALLS/TIME")]
    pub(crate) rate: Option<Rate>,
    /// Offers these tools over MCP: actions, and tools for discovery by name; `none` takes the list
    /// away, so that the client chooses and gets those for discovery if it does not.
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) mcp_tools: Option<Vec<Pattern>>,
}

pub(super) fn effect(text: &str) -> Result<Effect, String> {
    [Effect::Read, Effect::Write, Effect::Destructive]
        .into_iter()
        .find(|effect| effect.as_str() == text)
        .ok_or_else(|| "there are read, write and destructive".to_owned())
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
            "expected calls and a time of whole seconds, such as `100/1m`, or `none`".to_owned()
        })
    }
}

/// When something ends; `None` is never.
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
                "expected a time from now such as `90d`, a date such as `2027-01-31T12:00:00Z`, or `never`"
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
