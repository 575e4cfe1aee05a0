//! What the command line takes.

mod account;
mod call;
mod gateway;
#[cfg(not(all(feature = "postgres", feature = "serve")))]
mod left_out;
#[cfg(feature = "postgres")]
mod migrate;
mod new;
mod operator;
mod pair;
mod profile;
mod record;
#[cfg(feature = "serve")]
mod serve;

use std::path::PathBuf;

pub(crate) use account::{AccountListArguments, ConnectArguments, DisconnectArguments};
use anstyle::{AnsiColor, Style};
pub(crate) use call::CallArguments;
use clap::builder::Styles;
use clap::{Args, Parser, Subcommand, ValueEnum};
pub(crate) use gateway::GatewayArguments;
#[cfg(not(all(feature = "postgres", feature = "serve")))]
pub(crate) use left_out::LeftOutArguments;
#[cfg(feature = "postgres")]
pub(crate) use migrate::MigrateArguments;
pub(crate) use new::{AuthScheme, NewArguments};
pub(crate) use operator::*;
pub(crate) use pair::{Assignment, Setting};
pub(crate) use profile::{ProfileAddArguments, ProfileArguments, ProfileCommand};
pub(crate) use record::RecordArguments;
#[cfg(feature = "serve")]
pub(crate) use serve::{ConfigArguments, McpArguments, ServeArguments, SettingArguments};

const HEADING: Style = AnsiColor::Green.on_default().bold();
const NAME: Style = AnsiColor::Cyan.on_default().bold();

const STYLES: Styles = Styles::styled()
    .header(HEADING)
    .usage(HEADING)
    .literal(NAME)
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes: 0 success, 1 failure, 2 authentication, 3 not found, 4 wrong usage or input.";

/// Finds, inspects and runs the actions of connectors.
///
/// Data goes to standard output, everything else to standard error.
#[derive(Debug, Parser)]
#[command(name = "plugwright", version, styles = STYLES, after_help = EXIT_CODES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) gateway: GatewayArguments,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    List(ListArguments),
    Show(ShowArguments),
    Search(SearchArguments),
    Run(Box<RunArguments>),
    #[cfg(feature = "check")]
    Check(CheckArguments),
    Record(Box<RecordArguments>),
    New(NewArguments),
    #[cfg(feature = "serve")]
    Serve(ServeArguments),
    #[cfg(feature = "serve")]
    Mcp(McpArguments),
    #[cfg(feature = "serve")]
    Config(ConfigArguments),
    #[cfg(feature = "postgres")]
    Migrate(MigrateArguments),
    #[cfg(not(feature = "serve"))]
    #[command(hide = true, disable_help_flag = true)]
    Serve(LeftOutArguments),
    #[cfg(not(feature = "serve"))]
    #[command(hide = true, disable_help_flag = true)]
    Mcp(LeftOutArguments),
    #[cfg(not(feature = "serve"))]
    #[command(hide = true, disable_help_flag = true)]
    Config(LeftOutArguments),
    #[cfg(not(feature = "postgres"))]
    #[command(hide = true, disable_help_flag = true)]
    Migrate(LeftOutArguments),
    Connect(Box<ConnectArguments>),
    Connections(AccountListArguments),
    Disconnect(DisconnectArguments),
    Connection(ConnectionArguments),
    Token(TokenArguments),
    Organization(OrganizationArguments),
    #[command(alias = "projects")]
    Project(ProjectArguments),
    #[command(name = "oauth")]
    OAuth(OAuthArguments),
    Runs(Box<RunsArguments>),
    Vault(VaultArguments),
    Profile(ProfileArguments),
    Completions(CompletionsArguments),
}

/// Lists all actions, or those of one connector.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright list
  plugwright list github --output json")]
pub(crate) struct ListArguments {
    /// Lists only the actions of this connector.
    pub(crate) connector: Option<String>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
}

/// Shows what an action does, what it takes and what it returns, or what a connector is.
#[derive(Debug, Args)]
#[command(after_help = "\
Any spelling of the action's name will do: github.issues.list, github.list-issues,
github_issues_list.

Examples:
  plugwright show github
  plugwright show github.issues.list
  plugwright show github.issues.list --output json
  plugwright show github --output markdown > github.md")]
pub(crate) struct ShowArguments {
    /// Names the action or the connector.
    #[arg(value_name = "ACTION|CONNECTOR")]
    pub(crate) name: String,
    /// Sets the form of the output; `json` has the input and output schemas.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ShowFormat,
}

/// Finds actions by words of their name, title, description and parameters.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright search close issue
  plugwright search label --limit 3 --output json")]
pub(crate) struct SearchArguments {
    /// Gives the words to look for.
    #[arg(required = true)]
    pub(crate) words: Vec<String>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
    /// Shows at most this many actions.
    #[arg(short, long, value_name = "N", default_value_t = 10)]
    pub(crate) limit: usize,
}

/// Runs an action.
#[derive(Debug, Args)]
#[command(after_help = "\
Values are typed by the action's schema: `per_page=30` is a number where a number is taken, and
`title=30` is a text where a text is. A list is `labels=bug,ui`, `labels=bug labels=ui` or
`labels='[\"bug\",\"ui\"]'`. `name:=JSON` takes any value as JSON. `name=null` clears a field where
that is allowed. Where the parameter is a file, `name=@FILE` sends it.

Live calls take their credential from PLUGWRIGHT_<CONNECTOR>_TOKEN or --credential-file; at a
gateway, from a connection.

Examples:
  plugwright run github.issues.list repo=octocat/Hello-World state=open
  plugwright run github.issues.create repo=o/r title='Broken link' labels=bug,docs --dry-run
  plugwright run github.issues.create --input @issue.json
  plugwright run github.issues.list repo=o/r --all-pages --output jsonl --fields number,title")]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) call: CallArguments,
    #[command(flatten)]
    pub(crate) mode: ModeArguments,
    /// Uses this connection of the gateway, by id or name, instead of the default one.
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) connection: Option<String>,
    /// Uses the connections of this organization of the gateway.
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Reads a list to its end.
    #[arg(long, conflicts_with = "cursor")]
    pub(crate) all_pages: bool,
    /// Continues a list where a page before ended.
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub(crate) cursor: Option<String>,
    /// Prints the provider's answer as it came, as JSON.
    #[arg(long, conflicts_with = "fields")]
    pub(crate) raw: bool,
    /// Prints only these fields; `user.login` names a field within a field.
    #[arg(long, value_name = "FIELD,...", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: RunFormat,
    /// Saves the file that the action returns, however long it is.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["all_pages", "raw", "dry_run"])]
    pub(crate) save: Option<PathBuf>,
}

/// Where the answers come from.
#[derive(Debug, Args)]
#[group(multiple = false)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one flag each, of which clap takes one"
)]
pub(crate) struct ModeArguments {
    /// Calls the provider. This is the default.
    #[arg(long)]
    live: bool,
    /// Answers from recorded traffic; sends nothing.
    #[arg(long)]
    replay: bool,
    /// Answers with plausible data, whatever the parameters are; sends nothing.
    #[arg(long)]
    mock: bool,
    /// Prints the request that would be sent, with placeholders for secrets; sends nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Where the answers come from, as one choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Live,
    Replay,
    Mock,
    DryRun,
}

impl ModeArguments {
    pub(crate) fn choice(&self) -> Mode {
        match self {
            Self { replay: true, .. } => Mode::Replay,
            Self { mock: true, .. } => Mode::Mock,
            Self { dry_run: true, .. } => Mode::DryRun,
            _ => Mode::Live,
        }
    }
}

/// Checks connectors: definitions, schemas, and every action against its recorded traffic.
#[cfg(feature = "check")]
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is sent. The exit code is 1 if there is anything to mend.

Examples:
  plugwright check
  plugwright check github --output json")]
pub(crate) struct CheckArguments {
    /// Checks only this connector.
    pub(crate) connector: Option<String>,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: CheckFormat,
}

/// Prints a script that completes commands, options and action names in a shell.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright completions bash > ~/.local/share/bash-completion/completions/plugwright
  plugwright completions zsh > ~/.zfunc/_plugwright
  plugwright completions fish > ~/.config/fish/completions/plugwright.fish")]
pub(crate) struct CompletionsArguments {
    /// Names the shell.
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

/// The forms of a list of actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Columns for people.
    #[default]
    Table,
    /// A JSON array.
    Json,
}

/// The forms of an account of one thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AccountFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON.
    Json,
}

/// The forms of an account of an action or a connector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON.
    Json,
    /// Markdown, for pages.
    Markdown,
}

/// The forms of a check's report.
#[cfg(feature = "check")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// Text for people.
    #[default]
    Text,
    /// JSON.
    Json,
}

/// The forms of an action's result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    /// Columns for people.
    #[default]
    Table,
    /// Indented JSON.
    Json,
    /// One JSON value per line and item.
    Jsonl,
    /// One line per item without a header, few characters.
    Minimal,
}

impl RunFormat {
    /// Tells whether programs read it.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonl)
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn modes_exclude_each_other() {
        let parse =
            |flags: &[&str]| Arguments::try_parse_from(["p", "run", "a.b.c"].iter().chain(flags));
        assert!(parse(&["--replay", "--mock"]).is_err());
        let Ok(Arguments {
            command: Command::Run(run),
            ..
        }) = parse(&["--dry-run"])
        else {
            panic!("`--dry-run` is accepted");
        };
        assert_eq!(run.mode.choice(), Mode::DryRun);
    }
}
