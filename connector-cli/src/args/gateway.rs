//! Arguments that choose a gateway.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::Args;
use plugwright_sdk::Secret;

/// Which gateway to use, and with which token.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Gateway")]
pub(crate) struct GatewayArguments {
    /// Gateway to use instead of PLUGWRIGHT_GATEWAY or the active profile
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) gateway: Option<String>,
    /// Token for the gateway; other users of this machine may see it, so prefer --token-file
    #[arg(long = "token", id = "gateway_token", global = true, value_name = "TOKEN", value_parser = secret)]
    pub(crate) token: Option<Secret>,
    /// File with the token for the gateway
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Profile whose gateway and token to use
    #[arg(
        long = "profile",
        id = "gateway_profile",
        global = true,
        value_name = "NAME"
    )]
    pub(crate) profile: Option<String>,
    /// Run in this process, ignoring PLUGWRIGHT_GATEWAY and the active profile
    #[arg(long, global = true)]
    pub(crate) local: bool,
}

#[expect(clippy::unnecessary_wraps, reason = "clap expects a fallible parser")]
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text))
}
