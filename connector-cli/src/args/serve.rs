//! The settings of a gateway as flags.

use std::path::PathBuf;

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, FromArgMatches};
use plugwright_gateway::{Pattern, SETTINGS, Setting};

use super::DetailFormat;

/// Serve the actions over HTTP.
///
/// Flags override environment variables, which override the configuration file.
#[derive(Debug, Args)]
#[command(after_help = "\
The operator's token is read from PLUGWRIGHT_ADMIN_TOKEN; without it, the first start creates and
prints one. The key that seals credentials is read from PLUGWRIGHT_VAULT_KEY; without it, the first
start creates a key file in the data directory.

Examples:
  plugwright serve
  plugwright serve --listen 0.0.0.0:8080 --data-dir /var/lib/plugwright
  plugwright serve --dev --log-format json")]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}

/// Serve actions to an MCP client on standard input and output
///
/// For clients that start their servers themselves. Needs a data directory that no other process
/// uses. A running gateway already serves MCP at `/mcp`.
#[derive(Debug, Args)]
#[command(after_help = "\
Takes the flags of `serve`, but ignores --listen and --dev. Logs go to standard error.

Examples:
  plugwright mcp --data-dir /var/lib/plugwright
  plugwright mcp --tools 'github.issues.*,todoist.tasks.create'")]
pub(crate) struct McpArguments {
    /// Tools to offer: actions, and discovery tools by name [default: the discovery tools]
    #[arg(long, value_name = "PATTERN,...", value_delimiter = ',')]
    pub(crate) tools: Option<Vec<Pattern>>,
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
}

/// Print the settings of a gateway and where each comes from
#[derive(Debug, Args)]
#[command(after_help = "\
Takes the flags of `serve`. For a secret it only prints whether it is set.

Examples:
  plugwright config
  plugwright config --config staging.toml --output json")]
pub(crate) struct ConfigArguments {
    #[command(flatten)]
    pub(crate) settings: SettingArguments,
    /// Output format
    #[arg(short, long, visible_alias = "format", value_enum, default_value_t)]
    pub(crate) output: DetailFormat,
}

/// Settings given as flags.
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
            .help("Configuration file [env: PLUGWRIGHT_CONFIG] [default: plugwright.toml, if it exists]");
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
