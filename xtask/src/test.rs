//! `cargo xtask test`: everything that a change must pass, as steps that run in order.

mod deny;
mod machine_paths;
mod manifest;
mod package;

use std::env;
use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow};
use clap::ValueEnum;
use xshell::{Cmd, Shell, cmd};

use crate::rustdoc;
use crate::tool::{BROWSER, DENY, FAKETIME, NEXTEST, NODE, POSTGRES, PYTHON, name_of};
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
    /// Clippy has nothing to say, with all features and in tests too. What it compiles is what tests run.
    Lint,
    /// Unit and integration tests pass. Among them, the macros' error messages are the pinned ones, and
    /// the book's pages about connectors are what the definitions say.
    Tests,
    /// The documentation builds without warnings, and its examples pass.
    Docs,
    /// Dependencies: no unexplained duplicate, only allowed licences, only crates.io.
    Deny,
    /// Each published crate says what crates.io needs, and its package has all that the crate is built from.
    Package,
    /// Each package builds by itself, unpacked, with its default features, with none and with each alone, without
    /// warnings. It takes minutes and runs only by its name: for changes of dependencies or features,
    /// and before a release.
    Alone,
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
            Self::Whole => &[
                Step::Tools,
                Step::Format,
                Step::MachinePaths,
                Step::Lint,
                Step::Tests,
                Step::Docs,
                Step::Deny,
                Step::Package,
            ],
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
pub(crate) fn run(sh: &Shell, workspace: &Workspace, arguments: &Arguments) -> Result<()> {
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
    thread::scope(|scope| {
        // cargo-deny takes two minutes to compile, most of them on one processor. What this says of a failure
        // is said again by the step that needs it.
        if steps.len() > 1 && steps.iter().any(|step| matches!(step, Step::Deny)) {
            scope.spawn(|| DENY.provide(&Shell::new()?));
        }
        run_all(sh, workspace, extent, steps)
    })
}

fn run_all(sh: &Shell, workspace: &Workspace, extent: Extent, steps: &[Step]) -> Result<()> {
    let mut durations = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let name = name_of(step);
        eprintln!(
            "\n==> {name} ({} of {}): {}",
            index + 1,
            steps.len(),
            step.about()
        );
        let start = Instant::now();
        step.run(sh, workspace, extent).map_err(|error| {
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

/// What all steps that build the workspace build: its features, and so all dependencies, are the same.
const WHOLE: [&str; 3] = ["--workspace", "--all-features", "--locked"];

/// Lets Clippy compile the crates of the workspace, so that they are compiled once for what it has to say and
/// for what runs.
const BY_CLIPPY: [&str; 2] = ["--config", "build.rustc-workspace-wrapper='clippy-driver'"];

impl Step {
    fn run(self, sh: &Shell, workspace: &Workspace, extent: Extent) -> Result<()> {
        match self {
            Self::Tools => tools(sh)?,
            Self::Format => cmd!(sh, "cargo fmt --all --check")
                .run()
                .context("some files are not formatted: run `cargo fmt --all`")?,
            Self::MachinePaths => machine_paths::run(sh)?,
            Self::Lint => {
                NEXTEST.provide(sh)?;
                by_clippy(cmd!(
                    sh,
                    "cargo nextest run {WHOLE...} {BY_CLIPPY...} --no-run"
                ))
                .run()?;
            }
            Self::Tests => tests(sh, extent)?,
            Self::Docs => docs(sh, workspace)?,
            Self::Deny => deny::run(sh)?,
            Self::Package => package::run(sh, workspace)?,
            Self::Alone => package::alone(sh, workspace)?,
        }
        Ok(())
    }

    fn about(self) -> String {
        self.to_possible_value()
            .and_then(|value| value.get_help().map(ToString::to_string))
            .unwrap_or_default()
    }
}

/// Provides all tools at the start, so that a missing one doesn't end a long run late.
fn tools(sh: &Shell) -> Result<()> {
    NEXTEST.provide(sh)?;
    for program in [NODE, POSTGRES, FAKETIME, BROWSER, PYTHON] {
        program.provide(sh)?;
    }
    Ok(())
}

/// Runs unit and integration tests, one process per test.
fn tests(sh: &Shell, extent: Extent) -> Result<()> {
    NEXTEST.provide(sh)?;
    let cores = thread::available_parallelism().map_or(2, NonZero::get);
    // Many tests wait for processes and for time to pass: others can run meanwhile.
    let (profile, threads) = match extent {
        // In this profile a test takes two threads, unless it waits nearly all the time.
        Extent::Whole => ("whole", cores * 8),
        Extent::Fast => ("fast", cores * 3 / 2),
    };
    let threads = threads.to_string();
    by_clippy(cmd!(
        sh,
        "cargo nextest run {WHOLE...} {BY_CLIPPY...} --profile {profile} --test-threads {threads}"
    ))
    .run()?;
    Ok(())
}

/// Documents all crates that have examples, and runs these.
fn docs(sh: &Shell, workspace: &Workspace) -> Result<()> {
    let rustdoc = env::current_exe().context("this program has no path")?;
    by_clippy(cmd!(sh, "cargo test --doc {WHOLE...} {BY_CLIPPY...}"))
        .env("RUSTDOC", rustdoc)
        .env(rustdoc::FOLDER, workspace.target.join("documented"))
        .run()?;
    Ok(())
}

/// A command in which Clippy compiles, and refuses what it has something to say about: it reads its arguments
/// from here, as `cargo clippy` writes them.
fn by_clippy(command: Cmd<'_>) -> Cmd<'_> {
    command.env(
        "CLIPPY_ARGS",
        "--deny__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__",
    )
}

fn list(extent: Extent) {
    for step in extent.steps() {
        println!("{:<14} {}", name_of(step), step.about());
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
