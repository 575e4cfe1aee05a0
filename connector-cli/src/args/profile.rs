//! Arguments of `profile`.

use clap::{Args, Subcommand};

use super::ListFormat;

/// Manage profiles: named gateways with their tokens
#[derive(Debug, Args)]
pub(crate) struct ProfileArguments {
    #[command(subcommand)]
    pub(crate) command: ProfileCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Add a profile for the gateway given by --gateway
    #[command(after_help = "\
The token comes from --token, --token-file or PLUGWRIGHT_TOKEN, or from a prompt.

Examples:
  plugwright profile add work --gateway https://gateway.example.com --token-file token.txt")]
    Add(ProfileAddArguments),
    /// List profiles
    #[command(after_help = "\
Examples:
  plugwright profile list --output json")]
    List(ProfileListArguments),
    /// Switch to a profile, or to none
    #[command(after_help = "\
Examples:
  plugwright profile use work
  plugwright profile use")]
    Use {
        /// Profile; if omitted, actions run in this process again
        name: Option<String>,
    },
    /// Remove a profile
    #[command(after_help = "\
Examples:
  plugwright profile remove work")]
    Remove {
        /// Profile
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ProfileAddArguments {
    /// Profile name: letters, digits, `_` and `-`
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileListArguments {
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
}
