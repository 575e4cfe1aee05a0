//! `cargo xtask test`: everything that a change must pass, as steps that run in order.

mod deny;
mod docs;
mod doctests;
mod features;
mod format;
mod lint;
mod machine_paths;
mod package;
mod pages;
mod tests;
mod tools;
mod ui;

use std::env;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use clap::ValueEnum;

use crate::workspace::Workspace;

/// What the caller asks of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Runs this step alone; may be given several times.
    #[arg(long, value_enum, value_name = "STEP")]
    only: Vec<Step>,
    /// Runs what a change needs while it is worked on: format, lint, unit tests, laws, and gateways
    /// on SQLite. It takes neither PostgreSQL nor a browser, Node.js or Python.
    #[arg(long)]
    fast: bool,
    /// Names the steps instead of running them.
    #[arg(long, conflicts_with = "only")]
    list: bool,
}

/// One check, in the order of running: what ends soonest and fails most often comes first.
#[derive(Clone, Copy, ValueEnum)]
enum Step {
    /// Installs the Cargo subcommands that the other steps call.
    Tools,
    /// The code is formatted.
    Format,
    /// No file holds a path of the machine that it was written on.
    MachinePaths,
    /// Clippy has nothing to say, with all features and in tests too.
    Lint,
    /// Unit and integration tests pass.
    Tests,
    /// The book's pages about connectors are what the definitions say.
    Pages,
    /// The macros' error messages are the pinned ones.
    Ui,
    /// The examples in the documentation pass.
    Doctests,
    /// The documentation builds without warnings.
    Docs,
    /// Dependencies: no unexplained duplicate, only allowed licences, only crates.io.
    Deny,
    /// Each published crate builds with no feature and with each one alone, without warnings.
    Features,
    /// Each published crate says what crates.io needs, and builds from its package without warnings.
    Package,
}

/// How much is checked. Which tests that means is in `.config/nextest.toml`.
#[derive(Clone, Copy)]
enum Extent {
    Whole,
    Fast,
}

impl Extent {
    fn steps(self) -> &'static [Step] {
        match self {
            Self::Whole => Step::value_variants(),
            Self::Fast => &[Step::Format, Step::MachinePaths, Step::Lint, Step::Tests],
        }
    }

    /// What chooses this extent on the command line.
    fn flag(self) -> &'static str {
        match self {
            Self::Whole => "",
            Self::Fast => "--fast ",
        }
    }
}

/// Runs the steps, and stops at the first that does not pass.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let extent = if arguments.fast {
        Extent::Fast
    } else {
        Extent::Whole
    };
    if arguments.list {
        list(extent);
        return Ok(());
    }
    let steps = if arguments.only.is_empty() {
        extent.steps()
    } else {
        &arguments.only
    };
    let workspace = Workspace::load()?;
    env::set_current_dir(&workspace.root)?;

    let mut durations = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let name = step.name();
        eprintln!(
            "\n==> {name} ({} of {}): {}",
            index + 1,
            steps.len(),
            step.about()
        );
        let start = Instant::now();
        step.run(&workspace, extent).map_err(|error| {
            anyhow!(
                "step `{name}`: {error:#}\n\
                 repeat this step with `cargo xtask test {}--only {name}`",
                extent.flag()
            )
        })?;
        let duration = start.elapsed();
        eprintln!("<== {name}: passed in {}", seconds(duration));
        durations.push((name, duration));
    }
    summarize(&durations);
    Ok(())
}

impl Step {
    fn run(self, workspace: &Workspace, extent: Extent) -> Result<()> {
        match self {
            Self::Tools => tools::run(),
            Self::Format => format::run(),
            Self::MachinePaths => machine_paths::run(&workspace.root),
            Self::Lint => lint::run(),
            Self::Tests => tests::run(extent),
            Self::Pages => pages::run(),
            Self::Ui => ui::run(),
            Self::Doctests => doctests::run(),
            Self::Docs => docs::run(),
            Self::Deny => deny::run(&workspace.root),
            Self::Features => features::run(workspace),
            Self::Package => package::run(workspace),
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }

    fn about(self) -> String {
        self.to_possible_value()
            .and_then(|value| value.get_help().map(ToString::to_string))
            .unwrap_or_default()
    }
}

fn list(extent: Extent) {
    for step in extent.steps() {
        println!("{:<14} {}", step.name(), step.about());
    }
}

fn summarize(durations: &[(String, Duration)]) {
    eprintln!("\nall steps passed:");
    for (name, duration) in durations {
        eprintln!("  {name:<14} {:>9}", seconds(*duration));
    }
    let total = durations.iter().map(|(_, duration)| *duration).sum();
    eprintln!("  {:<14} {:>9}", "together", seconds(total));
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
