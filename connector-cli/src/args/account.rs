//! Arguments of `connect`, `connections` and `disconnect`.

use clap::Args;

use crate::args::{DetailFormat, ListFormat, Setting};
use crate::failure::Options;

/// Connect an account in the browser
#[derive(Debug, Args)]
#[command(after_help = "\
Opens the gateway's connect page in the browser, or prints its URL if there is no browser here, and
waits until the account is connected. The token needs a grant for the connector
(`token add --connect`).

Examples:
  plugwright connect github
  plugwright connect github --name work --scopes repo,read:org
  plugwright connect github --reconnect work
  plugwright connect todoist --no-browser")]
pub(crate) struct ConnectArguments {
    /// Connector
    pub(crate) connector: String,
    /// Connection name: letters, digits, `_` and `-`
    #[arg(long, value_name = "NAME", conflicts_with = "reconnect")]
    pub(crate) name: Option<String>,
    /// Label shown to people
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// Scopes to request instead of the default ones
    #[arg(long, value_name = "SCOPE,...", value_delimiter = ',')]
    pub(crate) scopes: Vec<String>,
    /// Connection setting, such as the URL of a self-hosted service
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Organization that the account belongs to
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Reconnect this existing connection
    #[arg(long, value_name = "NAME|ID")]
    pub(crate) reconnect: Option<String>,
    /// Ask the provider to show its account picker
    #[arg(long)]
    pub(crate) select_account: bool,
    /// Don't open a browser
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

impl ConnectArguments {
    pub(crate) const OPTIONS: Options = &[
        ("alias", "--name"),
        ("appId", "--reconnect"),
        ("authorizationOptionIds", "--scopes"),
        ("comment", "--label"),
        ("extra", "--set"),
    ];
}

/// List connected accounts
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright connections
  plugwright connections --connector github --output json
  plugwright connections --status reauth_required")]
pub(crate) struct AccountListArguments {
    /// Only list accounts of this connector
    #[arg(long, value_name = "NAME")]
    pub(crate) connector: Option<String>,
    /// Only list accounts of this organization
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Only list accounts with this status: `active` or `reauth_required`
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Option<String>,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
}

/// Disconnect an account: revoke its token at the provider and delete the credential
#[derive(Debug, Args)]
#[command(after_help = "\
Name the connection by its id, or by its name if that is unique. `github/work` also names the
connector.

Examples:
  plugwright disconnect github/work
  plugwright disconnect github/work --yes")]
pub(crate) struct DisconnectArguments {
    /// Connection
    #[arg(value_name = "NAME|ID")]
    pub(crate) connection: String,
    /// Organization that the connection belongs to
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Don't ask for confirmation
    #[arg(short, long)]
    pub(crate) yes: bool,
}
