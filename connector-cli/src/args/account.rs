//! What the commands take by which people connect accounts of their own.

use clap::Args;

use crate::args::{AccountFormat, ListFormat, Setting};

/// Connects an account: in the browser, where the provider or the gateway asks for what it takes.
#[derive(Debug, Args)]
#[command(after_help = "\
The gateway's page opens in the browser, where there is one; otherwise the address is printed, for
any browser anywhere. The command waits until the account is connected. The token must be granted
the connector (`token add --connect`).

Examples:
  plugwright connect github
  plugwright connect github --name work --scopes repo,read:org
  plugwright connect github --reconnect work
  plugwright connect todoist --no-browser")]
pub(crate) struct ConnectArguments {
    /// Names the connector.
    pub(crate) connector: String,
    /// Names the connection: letters, digits, `_` and `-`.
    #[arg(long, value_name = "NAME", conflicts_with = "reconnect")]
    pub(crate) name: Option<String>,
    /// Says what people call it.
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// Asks for these scopes instead of the usual ones.
    #[arg(long, value_name = "SCOPE,...", value_delimiter = ',')]
    pub(crate) scopes: Vec<String>,
    /// Sets a setting of the connection, such as the address of a service of one's own.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) settings: Vec<Setting>,
    /// Connects the account for this organization.
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Connects this connection again, by name or id.
    #[arg(long, value_name = "NAME|ID")]
    pub(crate) reconnect: Option<String>,
    /// Asks the provider to let you choose an account.
    #[arg(long)]
    pub(crate) select_account: bool,
    /// Opens no browser.
    #[arg(long)]
    pub(crate) no_browser: bool,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
}

/// Lists the accounts that are connected.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright connections
  plugwright connections --connector github --output json
  plugwright connections --status reauth_required")]
pub(crate) struct AccountListArguments {
    /// Lists only those of this connector.
    #[arg(long, value_name = "NAME")]
    pub(crate) connector: Option<String>,
    /// Lists only those of this organization.
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Lists only those with this status: `active` or `reauth_required`.
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Option<String>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
}

/// Disconnects an account: the gateway gives its token back to the provider and forgets it.
#[derive(Debug, Args)]
#[command(after_help = "\
A connection is named by its id, or by its name if no other has it; `github/work` says of which
connector it is.

Examples:
  plugwright disconnect github/work
  plugwright disconnect github/work --yes")]
pub(crate) struct DisconnectArguments {
    /// Names the connection.
    #[arg(value_name = "NAME|ID")]
    pub(crate) connection: String,
    /// Takes the connection of this organization.
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Asks nothing.
    #[arg(short, long)]
    pub(crate) yes: bool,
}
