//! The settings of a gateway as flags.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, FromArgMatches};
use plugwright_gateway::{Pattern, SETTINGS, Setting};

use super::AccountFormat;

/// Serves the actions over HTTP.
///
/// Flags win over environment variables, those over the file, and that over the defaults.
#[derive(Debug, Args)]
#[command(after_help = "\
The operator's token is taken from PLUGWRIGHT_ADMIN_TOKEN, or else made and printed by the first
start. The key that seals credentials is taken from PLUGWRIGHT_VAULT_KEY, or else from a file in the
data directory that the first start makes.

Examples:
  plugwright serve
  plugwright serve --listen 0.0.0.0:8080 --data-dir /var/lib/plugwright
  plugwright serve --dev --log-format json")]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}

/// Serves the actions to an MCP client on standard input and output.
///
/// For a client that starts its servers itself. It keeps what `serve` keeps, in a data directory that
/// no other process uses meanwhile; a gateway that runs has MCP at `/mcp` already.
#[derive(Debug, Args)]
#[command(after_help = "\
Takes the flags of `serve`; --listen and --dev mean nothing here. Logs go to standard error.

Examples:
  plugwright mcp --data-dir /var/lib/plugwright
  plugwright mcp --tools 'github.issues.*,todoist.tasks.create'")]
pub(crate) struct McpArguments {
    /// Offers these actions as tools of their own, and of the tools for discovery those that are
    /// named; without it, the tools for discovery.
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) tools: Option<Vec<Pattern>>,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}

/// Prints the settings of a gateway and where each comes from.
#[derive(Debug, Args)]
#[command(after_help = "\
Takes the flags of `serve`. Of a secret it prints only whether it is set.

Examples:
  plugwright config
  plugwright config --config staging.toml --output json")]
pub(crate) struct ConfigArguments {
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
    /// Sets the form of the output.
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: AccountFormat,
}

/// What flags say of the settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingArguments {
    /// The configuration file.
    pub(crate) config: Option<PathBuf>,
    /// Flags without their dashes, and their values.
    pub(crate) flags: Vec<(String, String)>,
}

const FILE: &str = "config";

fn argument(setting: &Setting) -> Option<Arg> {
    let flag = setting.flag()?;
    let default = setting
        .default_text()
        .map(|text| format!(" [default: {text}]"))
        .unwrap_or_default();
    let help = format!(
        "{}: {} [env: {}]{default}",
        setting.meaning,
        setting.takes,
        setting.variable()
    );
    let argument = Arg::new(flag.clone()).long(flag).help(help);
    Some(if setting.switch {
        argument
            .value_name("true|false")
            .num_args(0..=1)
            .require_equals(true)
            .default_missing_value("true")
    } else {
        argument.value_name("VALUE").allow_hyphen_values(true)
    })
}

impl Args for SettingArguments {
    fn augment_args(command: clap::Command) -> clap::Command {
        let file = Arg::new(FILE)
            .long(FILE)
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help("Reads the configuration from this file [env: PLUGWRIGHT_CONFIG] [default: plugwright.toml, if it is there]");
        command.arg(file).args(SETTINGS.iter().filter_map(argument))
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for SettingArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let flags = SETTINGS
            .iter()
            .filter_map(Setting::flag)
            .filter(|flag| matches.value_source(flag) == Some(ValueSource::CommandLine))
            .filter_map(|flag| {
                let value = matches.get_one::<String>(&flag)?.clone();
                Some((flag, value))
            })
            .collect();
        Ok(Self {
            config: matches.get_one(FILE).cloned(),
            flags,
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
