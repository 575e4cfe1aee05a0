//! Runs the command line: from arguments to an exit code.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::SystemTime;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, FromArgMatches as _};
use plugwright_sdk::ConnectorDefinition;
use plugwright_sdk::host::{Connector, Entry, Registry};

use crate::args::{Arguments, Command, DataArguments};
use crate::backend::Backend;
#[cfg(not(all(feature = "postgres", feature = "serve")))]
use crate::binary::left_out;
use crate::failure::{Exit, Failure, Stop};
use crate::{binary, imports};

/// Runs the command line with these connectors.
///
/// A binary with your own connectors is this function and a list:
///
/// ```no_run
/// use std::process::ExitCode;
///
/// use plugwright_sdk::{ConnectorDefinition, actions};
///
/// static CONNECTOR: ConnectorDefinition =
///     ConnectorDefinition::new("acme", "Acme", "1.0.0").base_url("https://api.example.com").actions(actions![]);
///
/// fn main() -> ExitCode {
///     plugwright::main([&CONNECTOR])
/// }
/// ```
///
/// The exit code is 0 for success, 1 for failure, 2 if authentication is missing or was refused,
/// 3 if something was not found, and 4 for wrong usage or input.
pub fn main(connectors: impl IntoIterator<Item = &'static ConnectorDefinition>) -> ExitCode {
    plugwright_engine::process::protect();
    let parsed = binary::command()
        .try_get_matches()
        .and_then(|matches| Ok((Arguments::from_arg_matches(&matches)?, matches)));
    let connectors: Vec<_> = connectors.into_iter().map(Connector::from).collect();
    let (arguments, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(mut error) => {
            // The catalog is only looked at where it can help.
            if error.kind() == ErrorKind::UnknownArgument
                && let Ok(registry) = all(&connectors)
            {
                let given = std::env::args_os().skip(1);
                let given = given.filter_map(|argument| argument.into_string().ok());
                advise_parameter(&registry, &mut error, given);
            }
            return unparsed(&error);
        }
    };
    match execute(&connectors, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop::Failed(failure)) => {
            report(&failure, wants_json(&matches));
            failure.exit.into()
        }
        Err(Stop::Output(error)) => unprinted(&error),
    }
}

fn unparsed(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        return match error.print() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => unprinted(&error),
        };
    }
    if format_of(std::env::args_os().skip(1)).is_some_and(|format| is_json(&format)) {
        report(&Failure::arguments(error), true);
    } else {
        // There is nowhere left to report a failure to print.
        let _ = error.print();
    }
    Exit::Usage.into()
}

/// Says how to write a parameter that was written as an option of `run` or `record`.
fn advise_parameter(
    registry: &Registry,
    error: &mut clap::Error,
    arguments: impl Iterator<Item = String>,
) {
    let Some(ContextValue::String(option)) = error.get(ContextKind::InvalidArg) else {
        return;
    };
    let name = option.trim_start_matches('-').replace('-', "_");
    let mut called = arguments.skip_while(|argument| argument != "run" && argument != "record");
    let called = called.find_map(|argument| registry.find(&argument).ok());
    let is_parameter = |entry: &Entry| {
        let schema = entry.action.input_schema();
        schema["properties"].get(&name).is_some()
    };
    if called.as_ref().is_some_and(is_parameter) {
        // An option of a similar name leads astray.
        error.remove(ContextKind::SuggestedArg);
        error.remove(ContextKind::Usage);
        let tip = StyledStr::from(format!("write parameters as `{name}=VALUE`"));
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
}

fn unprinted(error: &io::Error) -> ExitCode {
    // The reader has closed the pipe, as `head` does.
    if error.kind() == io::ErrorKind::BrokenPipe {
        return ExitCode::SUCCESS;
    }
    report(
        &Failure::internal(format!("can't write to standard output: {error}")),
        false,
    );
    Exit::Failure.into()
}

fn execute(connectors: &[Connector], arguments: &Arguments) -> Result<(), Stop> {
    let gateway = &arguments.gateway;
    let with = |data: &DataArguments| -> Result<Backend, Failure> {
        Backend::new(|| imports::registry(connectors, &data.directory()), gateway)
    };
    match &arguments.command {
        Command::List(arguments) => crate::list::list(&with(&arguments.data)?, arguments),
        Command::Show(arguments) => crate::show::show(&with(&arguments.data)?, arguments),
        Command::Types(arguments) => crate::bindings::write(&with(&arguments.data)?, arguments),
        Command::Search(arguments) => crate::search::search(&with(&arguments.data)?, arguments),
        Command::Run(arguments) => crate::run::run(with(&arguments.data)?, arguments),
        Command::Profile(arguments) => crate::profiles::execute(&arguments.command, gateway),
        Command::Connect(arguments) => crate::connect::connect(gateway, arguments),
        Command::Connections(arguments) => crate::accounts::list(gateway, arguments),
        Command::Disconnect(arguments) => crate::accounts::disconnect(gateway, arguments),
        Command::Connection(_)
        | Command::Token(_)
        | Command::Organization(_)
        | Command::Project(_)
        | Command::OAuth(_)
        | Command::Runs(_)
        | Command::Vault(_) => {
            crate::gateway::execute(&all(connectors)?, gateway, &arguments.command)
        }
        command => {
            crate::remote::reject_arguments(gateway)?;
            of_this_process(connectors, command)
        }
    }
}

fn of_this_process(connectors: &[Connector], command: &Command) -> Result<(), Stop> {
    match command {
        Command::Record(arguments) => {
            crate::record::record(all(connectors)?, arguments, SystemTime::now())
        }
        Command::Import(arguments) => crate::import::import(connectors, arguments),
        Command::Catalog(arguments) => crate::catalog::show(arguments),
        #[cfg(feature = "serve")]
        Command::Serve(arguments) => crate::gateway::serve(connectors, arguments),
        #[cfg(feature = "serve")]
        Command::Mcp(arguments) => crate::gateway::mcp(connectors, arguments),
        #[cfg(feature = "serve")]
        Command::Dev(arguments) => crate::dev::dev(arguments),
        #[cfg(not(feature = "serve"))]
        Command::Dev(_) => Err(left_out("dev", "serve").into()),
        #[cfg(not(feature = "serve"))]
        Command::Serve(_) => Err(left_out("serve", "serve").into()),
        #[cfg(not(feature = "serve"))]
        Command::Mcp(_) => Err(left_out("mcp", "serve").into()),
        #[cfg(not(feature = "serve"))]
        Command::Config(_) => Err(left_out("config", "serve").into()),
        #[cfg(feature = "serve")]
        Command::Config(arguments) => crate::gateway::config(connectors, arguments),
        #[cfg(feature = "postgres")]
        Command::Migrate(arguments) => crate::gateway::migrate(&all(connectors)?, arguments),
        #[cfg(not(feature = "postgres"))]
        Command::Migrate(_) => Err(left_out("migrate", "postgres").into()),
        #[cfg(feature = "check")]
        Command::Check(arguments) => crate::check::check(&all(connectors)?, arguments),
        // An imported connector may become a crate of the same name.
        Command::New(arguments) => crate::scaffold::create(&compiled(connectors)?, arguments),
        Command::Lock(arguments) => crate::lock::lock(&all(connectors)?, arguments),
        Command::Completions(arguments) => crate::complete::complete(&all(connectors)?, arguments),
        _ => Err(Failure::internal("not a command of this process").into()),
    }
}

fn compiled(connectors: &[Connector]) -> Result<Registry, Failure> {
    Registry::new(connectors).map_err(|error| Failure::internal(error.to_string()))
}

fn all(connectors: &[Connector]) -> Result<Registry, Failure> {
    imports::registry(connectors, &DataArguments::default().directory())
}

fn wants_json(mut called: &ArgMatches) -> bool {
    while let Some((_, command)) = called.subcommand() {
        called = command;
    }
    let format = called.try_get_raw("output").ok().flatten();
    let format = format.and_then(|mut values| values.next_back());
    format.is_some_and(is_json)
}

fn is_json(format: &OsStr) -> bool {
    format == "json" || format == "jsonl"
}

/// Returns the output format among arguments that can't be parsed.
fn format_of(arguments: impl Iterator<Item = OsString>) -> Option<OsString> {
    let mut format = None;
    let mut arguments = arguments.take_while(|argument| argument != "--");
    while let Some(argument) = arguments.next() {
        let Some(text) = argument.to_str() else {
            continue;
        };
        let value = ["--output", "--format", "-o"].iter().find_map(|option| {
            let rest = text.strip_prefix(option)?;
            match rest.strip_prefix('=') {
                Some(value) => Some(value),
                None => (rest.is_empty() || *option == "-o").then_some(rest),
            }
        });
        match value {
            Some("") => format = arguments.next().or(format),
            Some(value) => format = Some(value.into()),
            None => {}
        }
    }
    format
}

fn report(failure: &Failure, json: bool) {
    let text = if json {
        failure.to_json()
    } else {
        failure.to_text()
    };
    // There is nowhere left to report a failure to print.
    let _ = anstream::stderr().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory as _, Parser as _};
    use plugwright_sdk::host::Entry;

    use super::*;
    use crate::BUNDLED;
    use crate::info::ActionInfo;
    use crate::{command_line, lookup};

    #[test]
    fn the_format_of_arguments_that_cannot_be_parsed_is_known() {
        let found = |line: &str| {
            let words = line.split(' ').map(OsString::from);
            format_of(words).map(|format| format.into_string().unwrap())
        };
        for line in [
            "-o json",
            "-ojson",
            "-o=json",
            "--output json",
            "--format=json",
            "-o x -o json",
        ] {
            assert_eq!(
                found(&format!("list --wrong {line}")).as_deref(),
                Some("json"),
                "{line}"
            );
        }
        assert_eq!(found("list -- -o json"), None);
        assert_eq!(found("list --outputs json"), None);
    }

    #[test]
    fn the_examples_of_the_help_are_commands() {
        fn examples(command: &clap::Command) -> Vec<String> {
            let help = command.get_after_help().map(ToString::to_string);
            let lines = help.iter().flat_map(|help| help.lines());
            let mut found: Vec<_> = lines
                .filter(|line| line.starts_with("  plugwright "))
                .map(|line| {
                    line.split(['|', '>', '#'])
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                })
                .collect();
            found.extend(command.get_subcommands().flat_map(examples));
            found
        }
        let examples = examples(&Arguments::command());
        assert!(examples.len() > 80, "{}", examples.len());
        for example in examples {
            let words = shlex::split(&example).unwrap();
            let parsed = Arguments::try_parse_from(words);
            assert!(parsed.is_ok(), "{example}: {}", parsed.unwrap_err());
        }
    }

    #[test]
    fn the_example_of_every_bundled_action_replays() {
        let mut command = Arguments::command();
        for connector in BUNDLED.iter().copied().map(Connector::from) {
            let cassettes = lookup::cassettes(&connector).unwrap();
            for entry in Entry::all_of(&connector) {
                let example = command_line::example_of(&ActionInfo::from(&entry), &cassettes);
                assert!(example.ends_with("--replay"), "{example}");
                let words = shlex::split(&example).unwrap();
                let parsed = command.try_get_matches_from_mut(words).unwrap();
                let arguments = Arguments::from_arg_matches(&parsed).unwrap();
                // Beside others it has the same names, and a registry of all takes long to make.
                let ran = execute(std::slice::from_ref(&connector), &arguments);
                assert!(ran.is_ok(), "{example}: {ran:?}");
            }
        }
    }
}
