//! `project`: what end users connect accounts to.

use clap::{Args, Subcommand};
use plugwright_sdk::host::Effect;
use plugwright_store::Pattern;

use super::token::{Expiry, Rate, effect};
use crate::args::{AccountFormat, GatewayArguments, ListFormat};

/// Manages projects: products whose end users connect accounts of their own.
#[derive(Debug, Args)]
pub(crate) struct ProjectArguments {
    #[command(subcommand)]
    pub(crate) command: ProjectCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Adds a project.
    #[command(after_help = "\
Examples:
  plugwright project add acme --display-name 'Acme Ltd' --return-uri https://app.acme.example/")]
    Add(Box<ProjectAddArguments>),
    /// Lists the projects.
    #[command(after_help = "\
Examples:
  plugwright project list --output json")]
    List(ProjectListArguments),
    /// Shows a project.
    #[command(after_help = "\
Examples:
  plugwright project show acme")]
    Show(ProjectOneArguments),
    /// Changes a project. What no option names stays as it is.
    #[command(after_help = "\
Examples:
  plugwright project update acme --display-name 'Acme Inc'
  plugwright project update acme --return-uri https://app.acme.example/,acme-app:")]
    Update(Box<ProjectUpdateArguments>),
    /// Removes a project whose end users have no connections, with its keys and provider configs.
    #[command(after_help = "\
Examples:
  plugwright project remove acme")]
    Remove(ProjectRemoveArguments),
    Key(ProjectKeyArguments),
    Config(ProjectConfigArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ProjectAddArguments {
    /// Names the project: letters, digits, `_` and `-`.
    pub(crate) name: String,
    /// Gives the name that its end users know it by.
    #[arg(long, value_name = "NAME")]
    pub(crate) display_name: Option<String>,
    /// Lets browsers be sent back to addresses that begin with these, once an account is connected.
    #[arg(long, value_name = "URL,...", value_delimiter = ',')]
    pub(crate) return_uri: Vec<String>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectListArguments {
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectOneArguments {
    /// Names the project, by id or name.
    #[arg(value_name = "ID|NAME")]
    pub(crate) project: String,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectUpdateArguments {
    #[command(flatten)]
    pub(crate) one: ProjectOneArguments,
    /// Gives it another name.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Gives it another name that its end users know it by.
    #[arg(long, value_name = "NAME")]
    pub(crate) display_name: Option<String>,
    /// Lets browsers be sent back to addresses that begin with these, and no others; `none` is none.
    #[arg(long, value_name = "URL,...", value_delimiter = ',')]
    pub(crate) return_uri: Option<Vec<String>>,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectRemoveArguments {
    /// Names the project, by id or name.
    #[arg(value_name = "ID|NAME")]
    pub(crate) project: String,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

/// Manages the keys of a project, with which its backend acts for its end users.
#[derive(Debug, Args)]
pub(crate) struct ProjectKeyArguments {
    #[command(subcommand)]
    pub(crate) command: ProjectKeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectKeyCommand {
    /// Adds a key and prints it, this once.
    #[command(after_help = "\
Only the key goes to standard output, so that it can be captured. `token update` changes it.

Examples:
  plugwright project key add acme --name backend
  plugwright project key add acme --name reports --effects read --expires 90d")]
    Add(Box<ProjectKeyAddArguments>),
    /// Lists a project's keys, the newest first.
    #[command(after_help = "\
Examples:
  plugwright project key list acme")]
    List(ProjectKeyListArguments),
    /// Revokes a key; it stays listed.
    #[command(after_help = "\
Examples:
  plugwright project key revoke acme backend")]
    Revoke(ProjectKeyRevokeArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ProjectKeyAddArguments {
    /// Names the project, by id or name.
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Names the key, for people.
    #[arg(long)]
    pub(crate) name: String,
    /// Allows these actions; `*` stands for any text. All if none is named.
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) allow: Option<Vec<Pattern>>,
    /// Blocks these actions, though they are allowed.
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) block: Option<Vec<Pattern>>,
    /// Allows these effects: read, write, destructive. All if none is named.
    #[arg(long, value_name = "EFFECT,...", value_delimiter = ',', value_parser = effect)]
    pub(crate) effects: Option<Vec<Effect>>,
    /// Allows connecting and disconnecting accounts of these connectors. All if none is named.
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) connect: Option<Vec<Pattern>>,
    /// Allows so many calls in so much time, such as `100/1m`, or `none` for any number.
    #[arg(long, value_name = "CALLS/TIME")]
    pub(crate) rate: Option<Rate>,
    /// Sets when it stops to work: a time from now (`90d`) or a date (`2027-01-31T12:00:00Z`).
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Expiry>,
    /// Sets the form of the output; `json` has all that is known of the key.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectKeyListArguments {
    /// Names the project, by id or name.
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectKeyRevokeArguments {
    /// Names the project, by id or name.
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Names the key, by id or name.
    #[arg(value_name = "KEY")]
    pub(crate) key: String,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

/// Manages the provider configs of a project: by which connectors its end users connect accounts.
#[derive(Debug, Args)]
pub(crate) struct ProjectConfigArguments {
    #[command(subcommand)]
    pub(crate) command: ProjectConfigCommand,
}

const CONFIGS: &str = "\
A provider config is named by its id, or by its connector or its name if no other of the project has
it.";

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectConfigCommand {
    /// Lets a project use a connector.
    #[command(after_help = "\
Examples:
  plugwright project config add acme github --scopes repo,read:user")]
    Add(Box<ProjectConfigAddArguments>),
    /// Lists a project's provider configs, the oldest first.
    #[command(after_help = "\
Examples:
  plugwright project config list acme")]
    List(ProjectKeyListArguments),
    /// Changes a provider config. What no option names stays as it is.
    #[command(after_help = CONFIGS)]
    Update(Box<ProjectConfigUpdateArguments>),
    /// Removes a provider config that has no connections.
    #[command(after_help = CONFIGS)]
    Remove(ProjectConfigRemoveArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ProjectConfigAddArguments {
    /// Names the project, by id or name.
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Names the connector.
    pub(crate) connector: String,
    /// Names the provider config, for people.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Asks people for these scopes; those that the connector asks for if none is named.
    #[arg(long, value_name = "SCOPE,...", value_delimiter = ',')]
    pub(crate) scopes: Option<Vec<String>>,
    /// Adds it so that no account can be connected or used by it yet.
    #[arg(long)]
    pub(crate) inactive: bool,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectConfigUpdateArguments {
    /// Names the project, by id or name.
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Names the provider config.
    #[arg(value_name = "CONFIG")]
    pub(crate) config: String,
    /// Gives it another name.
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Asks people for these scopes; `none` for those that the connector asks for.
    #[arg(long, value_name = "SCOPE,...", value_delimiter = ',')]
    pub(crate) scopes: Option<Vec<String>>,
    /// Sets whether accounts can be connected and used by it.
    #[arg(long, value_name = "true|false")]
    pub(crate) active: Option<bool>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectConfigRemoveArguments {
    /// Names the project, by id or name.
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Names the provider config.
    #[arg(value_name = "CONFIG")]
    pub(crate) config: String,
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
}
