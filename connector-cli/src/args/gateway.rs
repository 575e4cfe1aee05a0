//! Where commands run.

use std::convert::Infallible;
use std::path::PathBuf;

use clap::Args;
use plugwright_sdk::Secret;
use url::Url;

/// Which gateway, and who calls it.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Gateway")]
pub(crate) struct GatewayArguments {
    /// Names the gateway that does it, instead of PLUGWRIGHT_GATEWAY and the profile in use.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) gateway: Option<Url>,
    /// Gives the token for the gateway. Others on this machine may see it: a file keeps it.
    #[arg(long = "token", id = "gateway_token", global = true, value_name = "TOKEN", value_parser = secret)]
    pub(crate) token: Option<Secret>,
    /// Reads the token for the gateway from this file.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,
    /// Uses the gateway and the token of this profile.
    #[arg(
        long = "profile",
        id = "gateway_profile",
        global = true,
        value_name = "NAME"
    )]
    pub(crate) profile: Option<String>,
    /// Uses no gateway, whatever the environment and the profile in use say.
    #[arg(long, global = true)]
    pub(crate) local: bool,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "it is what parses an argument, and takes any"
)]
fn secret(text: &str) -> Result<Secret, Infallible> {
    Ok(Secret::new(text))
}
