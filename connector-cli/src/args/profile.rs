//! What `profile` takes.

use clap::{Args, Subcommand};

use super::ListFormat;

/// Manages profiles: gateways with their tokens, by name.
#[derive(Debug, Args)]
pub(crate) struct ProfileArguments {
    #[command(subcommand)]
    pub(crate) command: ProfileCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Adds a profile for the gateway that --gateway names.
    #[command(after_help = "\
Without --token and --token-file the token is PLUGWRIGHT_TOKEN, or is asked for.

Examples:
  plugwright profile add work --gateway https://gateway.example.com --token-file token.txt")]
    Add(ProfileAddArguments),
    /// Lists the profiles.
    #[command(after_help = "\
Examples:
  plugwright profile list --output json")]
    List(ProfileListArguments),
    /// Uses a profile from now on; without a name, none.
    #[command(after_help = "\
Examples:
  plugwright profile use work
  plugwright profile use")]
    Use {
        /// Names the profile.
        name: Option<String>,
    },
    /// Removes a profile.
    #[command(after_help = "\
Examples:
  plugwright profile remove work")]
    Remove {
        /// Names the profile.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ProfileAddArguments {
    /// Names the profile: letters, digits, `_` and `-`.
    pub(crate) name: String,
}

#[derive(Debug, Args)]
pub(crate) struct ProfileListArguments {
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
}
