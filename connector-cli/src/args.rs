//! Arguments of the command line.

mod account;
mod bindings;
mod call;
mod catalog;
#[cfg(feature = "serve")]
mod dev;
mod gateway;
mod import;
#[cfg(not(all(feature = "postgres", feature = "serve")))]
mod left_out;
mod lock;
#[cfg(feature = "postgres")]
mod migrate;
mod new;
mod number;
mod operator;
mod pair;
mod profile;
mod record;
#[cfg(feature = "serve")]
mod serve;

use std::path::PathBuf;

pub(crate) use account::{AccountListArguments, ConnectArguments, DisconnectArguments};
use anstyle::{AnsiColor, Style};
pub(crate) use bindings::{Language, TypesArguments};
pub(crate) use call::CallArguments;
pub(crate) use catalog::CatalogArguments;
use clap::builder::Styles;
use clap::{Args, Parser, Subcommand, ValueEnum};
#[cfg(feature = "serve")]
pub(crate) use dev::DevArguments;
pub(crate) use gateway::GatewayArguments;
pub(crate) use import::{DataArguments, ImportArguments, ReportDetail};
#[cfg(not(all(feature = "postgres", feature = "serve")))]
pub(crate) use left_out::LeftOutArguments;
pub(crate) use lock::{DeniedKind, LockArguments};
#[cfg(feature = "postgres")]
pub(crate) use migrate::MigrateArguments;
pub(crate) use new::{AuthScheme, NewArguments};
pub(crate) use number::within;
pub(crate) use operator::*;
pub(crate) use pair::{Assignment, Setting};
use plugwright_sdk::host::Effect;
use plugwright_sdk::tools::Dialect;
pub(crate) use profile::{ProfileAddArguments, ProfileArguments, ProfileCommand};
pub(crate) use record::RecordArguments;
#[cfg(feature = "serve")]
pub(crate) use serve::{ConfigArguments, McpArguments, ServeArguments, SettingArguments};

use crate::failure::Options;

const HEADING: Style = AnsiColor::Green.on_default().bold();
const NAME: Style = AnsiColor::Cyan.on_default().bold();

const STYLES: Styles = Styles::styled()
    .header(HEADING)
    .usage(HEADING)
    .literal(NAME)
    .placeholder(AnsiColor::Cyan.on_default());

const EXIT_CODES: &str = "\
Exit codes: 0 success, 1 failure, 2 authentication, 3 not found, 4 wrong usage or input.";

/// Find, inspect and run connector actions
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
    Types(TypesArguments),
    Search(SearchArguments),
    Run(Box<RunArguments>),
    #[cfg(feature = "check")]
    Check(CheckArguments),
    Record(Box<RecordArguments>),
    Import(ImportArguments),
    Catalog(CatalogArguments),
    New(NewArguments),
    Lock(LockArguments),
    #[cfg(feature = "serve")]
    Dev(DevArguments),
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
    Dev(LeftOutArguments),
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

impl Command {
    /// Returns the operator's options by the names that the gateway's API has for their values.
    pub(crate) fn options(&self) -> Options {
        match self {
            Self::Connection(_) => ConnectionArguments::OPTIONS,
            Self::Token(_) => TokenArguments::OPTIONS,
            Self::Project(arguments) => arguments.command.options(),
            Self::OAuth(_) => OAuthArguments::OPTIONS,
            Self::Runs(_) => RunsArguments::OPTIONS,
            _ => &[],
        }
    }
}

/// List all actions, or those of one connector
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright list
  plugwright list github --output json")]
pub(crate) struct ListArguments {
    /// Only list actions of this connector
    pub(crate) connector: Option<String>,
    #[command(flatten)]
    pub(crate) data: DataArguments,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
}

/// Show what an action does, takes and returns, or describe a connector
#[derive(Debug, Args)]
#[command(after_help = "\
Any spelling of an action's name works: github.issues.list, github.list-issues,
github_issues_list.

Examples:
  plugwright show github
  plugwright show github.issues.list
  plugwright show github.issues.list --output json
  plugwright show github --output markdown > github.md
  plugwright show github.issues.list --format anthropic")]
pub(crate) struct ShowArguments {
    /// Action or connector
    #[arg(value_name = "ACTION|CONNECTOR")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) data: DataArguments,
    /// Output format; `json` includes the schemas, and a model's dialect prints tool definitions
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ShowFormat,
}

/// Search actions by name, title, description and parameters
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright search close issue
  plugwright search label --limit 3 --output json")]
pub(crate) struct SearchArguments {
    /// Words to search for
    #[arg(required = true)]
    pub(crate) words: Vec<String>,
    /// Only actions of this connector
    #[arg(long, value_name = "NAME")]
    pub(crate) connector: Option<String>,
    /// Only actions with these effects: read, write, destructive
    #[arg(long, value_name = "EFFECT,...", value_delimiter = ',', value_parser = effect)]
    pub(crate) effect: Vec<Effect>,
    /// Only actions that can be run now, with the accounts on the gateway
    #[arg(long)]
    pub(crate) ready: bool,
    #[command(flatten)]
    pub(crate) data: DataArguments,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: ListFormat,
    /// Show at most this many actions
    #[arg(short, long, value_name = "N", default_value_t = 10, value_parser = within(1..=MOST_FOUND))]
    pub(crate) limit: usize,
}

const MOST_FOUND: usize = 10_000;

fn effect(text: &str) -> Result<Effect, String> {
    text.parse()
        .map_err(|_| "expected read, write or destructive".to_owned())
}

/// Run an action
#[derive(Debug, Args)]
#[command(after_help = "\
The action's schema decides the type of each value: `per_page=30` is a number, `title=30` a string.
Write a list as `labels=bug,ui`, `labels=bug labels=ui` or `labels='[\"bug\",\"ui\"]'`. Use
`name:=JSON` to pass any JSON value, `name=null` to clear a field that may be null, and
`name=@FILE` to send a file.

Live calls read their credential from PLUGWRIGHT_<CONNECTOR>_TOKEN or --credential-file. On a
gateway they use a connection instead.

Examples:
  plugwright run github.issues.list repo=octocat/Hello-World state=open
  plugwright run github.issues.create repo=o/r title='Broken link' labels=bug,docs --dry-run
  plugwright run github.issues.create --input @issue.json
  plugwright run github.issues.list repo=o/r --all-pages --output jsonl --fields number,title")]
pub(crate) struct RunArguments {
    #[command(flatten)]
    pub(crate) call: CallArguments,
    #[command(flatten)]
    pub(crate) data: DataArguments,
    #[command(flatten)]
    pub(crate) mode: ModeArguments,
    /// Gateway connection to use instead of the default one
    #[arg(long, value_name = "ID|NAME")]
    pub(crate) connection: Option<String>,
    /// Gateway organization whose connections to use
    #[arg(long, value_name = "NAME")]
    pub(crate) organization: Option<String>,
    /// Fetch all pages of a list
    #[arg(long, conflicts_with = "cursor")]
    pub(crate) all_pages: bool,
    /// Continue a list from this cursor
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub(crate) cursor: Option<String>,
    /// Print the provider's response unchanged, as JSON
    #[arg(long, conflicts_with = "fields")]
    pub(crate) raw: bool,
    /// Only print these fields; use dots for nested ones, as in `user.login`
    #[arg(long, value_name = "FIELD,...", value_delimiter = ',')]
    pub(crate) fields: Vec<String>,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: RunFormat,
    /// Save the file that the action returns
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
    /// Call the provider (default)
    #[arg(long)]
    live: bool,
    /// Answer from recorded traffic, without sending anything
    #[arg(long)]
    replay: bool,
    /// Answer with sample data that ignores the parameters, without sending anything
    #[arg(long)]
    mock: bool,
    /// Print the request with placeholders for secrets, without sending it
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

/// Check definitions and schemas, and replay the recorded traffic of every action
#[cfg(feature = "check")]
#[derive(Debug, Args)]
#[command(after_help = "\
Nothing is sent. Exits with 1 if there are problems.

`--faults` runs every write against a test double, loses each response in several ways,
repeats the call with the same idempotency key, and counts the writes that happened.

Examples:
  plugwright check
  plugwright check github --output json
  plugwright check --faults")]
pub(crate) struct CheckArguments {
    /// Only check this connector
    pub(crate) connector: Option<String>,
    /// Check how writes handle lost responses instead
    #[arg(long)]
    pub(crate) faults: bool,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  plugwright completions bash > ~/.local/share/bash-completion/completions/plugwright
  plugwright completions zsh > ~/.zfunc/_plugwright
  plugwright completions fish > ~/.config/fish/completions/plugwright.fish")]
pub(crate) struct CompletionsArguments {
    /// Shell
    #[arg(value_enum)]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// Aligned columns
    #[default]
    Table,
    /// JSON
    Json,
}

/// Output formats for a single record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum DetailFormat {
    /// Readable text
    #[default]
    Text,
    /// JSON
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowFormat {
    /// Readable text
    #[default]
    Text,
    /// JSON
    Json,
    /// Markdown page
    Markdown,
    /// Tool for OpenAI's chat completions
    #[value(name = "openai")]
    OpenAi,
    /// Tool for OpenAI's chat completions, strict
    #[value(name = "openai-strict")]
    OpenAiStrict,
    /// Tool for OpenAI's responses
    #[value(name = "openai-responses")]
    OpenAiResponses,
    /// Tool for OpenAI's responses, strict
    #[value(name = "openai-responses-strict")]
    OpenAiResponsesStrict,
    /// Tool for Anthropic's messages
    Anthropic,
    /// Function declaration for Gemini
    Gemini,
}

impl ShowFormat {
    pub(crate) const fn dialect(self) -> Option<Dialect> {
        Some(match self {
            Self::Text | Self::Json | Self::Markdown => return None,
            Self::OpenAi => Dialect::OpenAi,
            Self::OpenAiStrict => Dialect::OpenAiStrict,
            Self::OpenAiResponses => Dialect::OpenAiResponses,
            Self::OpenAiResponsesStrict => Dialect::OpenAiResponsesStrict,
            Self::Anthropic => Dialect::Anthropic,
            Self::Gemini => Dialect::Gemini,
        })
    }
}

/// Output formats for the result of an action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum RunFormat {
    /// Aligned columns
    #[default]
    Table,
    /// Indented JSON
    Json,
    /// One JSON value per line
    Jsonl,
    /// Compact lines without a header
    Minimal,
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
    fn each_dialect_is_a_format_of_its_name() {
        for dialect in Dialect::ALL {
            let format = ShowFormat::from_str(dialect.as_str(), false).unwrap();
            assert_eq!(format.dialect(), Some(dialect));
        }
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
