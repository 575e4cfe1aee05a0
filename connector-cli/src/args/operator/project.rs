//! Arguments of `project`.

use clap::{Args, Subcommand};
use plugwright_store::Pattern;

use super::token::{AllowedActions, Expiry, Rate, TokenArguments};
use crate::args::{DetailFormat, ListFormat};
use crate::failure::Options;

/// Manage projects: products whose end users connect their own accounts
#[derive(Debug, Args)]
pub(crate) struct ProjectArguments {
    #[command(subcommand)]
    pub(crate) command: ProjectCommand,
}

impl ProjectCommand {
    const OPTIONS: Options = &[
        ("displayName", "--display-name"),
        ("returnUris", "--return-uri"),
    ];
    const UPDATE_OPTIONS: Options = &[
        ("name", "--name"),
        ("displayName", "--display-name"),
        ("returnUris", "--return-uri"),
    ];
    const CONFIG_OPTIONS: Options = &[
        ("name", "--name"),
        ("scopes", "--scopes"),
        ("active", "--active"),
    ];

    pub(crate) fn options(&self) -> Options {
        match self {
            Self::Update(_) => Self::UPDATE_OPTIONS,
            Self::Key(_) => TokenArguments::OPTIONS,
            Self::Config(_) => Self::CONFIG_OPTIONS,
            _ => Self::OPTIONS,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectCommand {
    /// Add a project
    #[command(after_help = "\
Examples:
  plugwright project add acme --display-name 'Acme Ltd' --return-uri https://app.acme.example/")]
    Add(Box<ProjectAddArguments>),
    /// List projects
    #[command(after_help = "\
Examples:
  plugwright project list --output json")]
    List {
        /// Output format
        #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
        output: ListFormat,
    },
    /// Show a project
    #[command(after_help = "\
Examples:
  plugwright project show acme")]
    Show(ProjectOneArguments),
    /// Change a project, keeping whatever is not given
    #[command(after_help = "\
Examples:
  plugwright project update acme --display-name 'Acme Inc'
  plugwright project update acme --return-uri https://app.acme.example/,acme-app:")]
    Update(Box<ProjectUpdateArguments>),
    /// Remove a project with its keys and provider configs, if its end users have no connections
    #[command(after_help = "\
Examples:
  plugwright project remove acme")]
    Remove {
        /// Project
        #[arg(value_name = "ID|NAME")]
        project: String,
    },
    Key(ProjectKeyArguments),
    Config(ProjectConfigArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ProjectAddArguments {
    /// Project name: letters, digits, `_` and `-`
    pub(crate) name: String,
    /// Name shown to end users
    #[arg(long, value_name = "NAME")]
    pub(crate) display_name: Option<String>,
    /// URLs that browsers may return to once an account is connected
    #[arg(long, value_name = "URL,...", value_delimiter = ',')]
    pub(crate) return_uri: Vec<String>,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectOneArguments {
    /// Project
    #[arg(value_name = "ID|NAME")]
    pub(crate) project: String,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectUpdateArguments {
    #[command(flatten)]
    pub(crate) one: ProjectOneArguments,
    /// New name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// New name shown to end users
    #[arg(long, value_name = "NAME")]
    pub(crate) display_name: Option<String>,
    /// URLs that browsers may return to, replacing the current list; `none` clears it
    #[arg(long, value_name = "URL,...", value_delimiter = ',')]
    pub(crate) return_uri: Option<Vec<String>>,
}

/// Manage the keys that a project's backend uses to act for its end users
#[derive(Debug, Args)]
pub(crate) struct ProjectKeyArguments {
    #[command(subcommand)]
    pub(crate) command: ProjectKeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectKeyCommand {
    /// Add a key and print it; it is only shown once
    #[command(after_help = "\
Only the key goes to standard output, so that scripts can capture it. Use `token update` to change
it.

Examples:
  plugwright project key add acme --name backend
  plugwright project key add acme --name reports --effects read --expires 90d")]
    Add(Box<ProjectKeyAddArguments>),
    /// List a project's keys, newest first
    #[command(after_help = "\
Examples:
  plugwright project key list acme")]
    List(ProjectKeyListArguments),
    /// Revoke a key; it stays in the list
    #[command(after_help = "\
Examples:
  plugwright project key revoke acme backend")]
    Revoke {
        /// Project
        #[arg(value_name = "PROJECT")]
        project: String,
        /// Key, by id or name
        #[arg(value_name = "KEY")]
        key: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ProjectKeyAddArguments {
    /// Project
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Key name
    #[arg(long)]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) actions: AllowedActions,
    /// Connectors whose accounts it may connect and disconnect [default: all]
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) connect: Option<Vec<Pattern>>,
    /// Rate limit such as `100/1m`, or `none`
    #[arg(long, value_name = "CALLS/TIME")]
    pub(crate) rate: Option<Rate>,
    /// When it expires: in a given time (`90d`) or on a date (`2027-01-31T12:00:00Z`)
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<Expiry>,
    /// Output format; `json` prints the whole record, not just the key
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectKeyListArguments {
    /// Project
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
}

/// Manage the provider configs of a project: the connectors its end users can use
#[derive(Debug, Args)]
pub(crate) struct ProjectConfigArguments {
    #[command(subcommand)]
    pub(crate) command: ProjectConfigCommand,
}

const CONFIGS: &str = "\
Name the provider config by its id, or by its connector or name if that is unique in the project.";

#[derive(Debug, Subcommand)]
pub(crate) enum ProjectConfigCommand {
    /// Let a project use a connector
    #[command(after_help = "\
Examples:
  plugwright project config add acme github --scopes repo,read:org")]
    Add(Box<ProjectConfigAddArguments>),
    /// List a project's provider configs, oldest first
    #[command(after_help = "\
Examples:
  plugwright project config list acme")]
    List(ProjectKeyListArguments),
    /// Change a provider config, keeping whatever is not given
    #[command(after_help = CONFIGS)]
    Update(Box<ProjectConfigUpdateArguments>),
    /// Remove a provider config that has no connections
    #[command(after_help = CONFIGS)]
    Remove {
        /// Project
        #[arg(value_name = "PROJECT")]
        project: String,
        /// Provider config
        #[arg(value_name = "CONFIG")]
        config: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ProjectConfigAddArguments {
    /// Project
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Connector
    pub(crate) connector: String,
    /// Provider config name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Scopes to request from end users [default: those of the connector]
    #[arg(long, value_name = "SCOPE,...", value_delimiter = ',')]
    pub(crate) scopes: Option<Vec<String>>,
    /// Add it inactive: accounts can be neither connected nor used
    #[arg(long)]
    pub(crate) inactive: bool,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

#[derive(Debug, Args)]
pub(crate) struct ProjectConfigUpdateArguments {
    /// Project
    #[arg(value_name = "PROJECT")]
    pub(crate) project: String,
    /// Provider config
    #[arg(value_name = "CONFIG")]
    pub(crate) config: String,
    /// New name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// Scopes to request from end users; `none` for those of the connector
    #[arg(long, value_name = "SCOPE,...", value_delimiter = ',')]
    pub(crate) scopes: Option<Vec<String>>,
    /// Whether accounts can be connected and used
    #[arg(long, value_name = "true|false")]
    pub(crate) active: Option<bool>,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}
