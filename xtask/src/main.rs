//! Tasks of this repository, run as `cargo xtask <task>`.

mod build_cost;
mod cassettes;
mod documents;
mod findings;
mod npm;
mod place;
mod release;
mod rustdoc;
mod soak;
mod test;
mod tool;
mod workspace;

use std::env;
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use xshell::{Shell, cmd};

use self::workspace::Workspace;

/// Tasks of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks everything that a change must pass, step by step.
    Test(test::Arguments),
    /// Runs the property tests for long, and writes the result into docs/benchmarks.md.
    Soak(soak::Arguments),
    /// Checks whether the crates can be published, and says how.
    Release(release::Arguments),
    /// Measures what building, testing and checking take, each from nothing: this takes an hour.
    BuildCost(build_cost::Arguments),
    /// Writes connectors for the OpenAPI documents of well-known APIs, and checks them.
    Documents(documents::Arguments),
    /// Writes the cassettes again, from their published recordings.
    Cassettes,
    /// Writes the book's pages about connectors again, from the definitions.
    Pages,
}

fn main() -> ExitCode {
    let result = match env::var_os(rustdoc::FOLDER) {
        Some(folder) => rustdoc::run(&folder),
        None if env::var_os(PACKAGE).is_some() => again(),
        None => run(&Arguments::parse().task).map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

/// What Cargo says of a package to a program that it runs, among others.
const PACKAGE: &str = "CARGO_MANIFEST_DIR";

/// Runs this program without what Cargo says of its package. A build script that reads that (`ring` has one)
/// would run again for each command of Cargo from here, and what depends on it would be built again.
fn again() -> Result<ExitCode> {
    let mut itself = Command::new(env::current_exe().context("this program has no path")?);
    itself.args(env::args_os().skip(1));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_MANIFEST_") || text.starts_with("CARGO_PKG_") {
            itself.env_remove(&name);
        }
    }
    let status = itself
        .status()
        .context("this program can't be started again")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

fn run(task: &Task) -> Result<()> {
    let sh = Shell::new()?;
    let workspace = Workspace::load(&sh)?;
    sh.change_dir(&workspace.root);
    match task {
        Task::Test(arguments) => test::run(&sh, &workspace, arguments),
        Task::Soak(arguments) => soak::run(&sh, arguments),
        Task::Release(_) => release::run(&sh, &workspace),
        Task::BuildCost(arguments) => build_cost::run(&sh, &workspace, arguments),
        Task::Documents(arguments) => documents::run(&sh, &workspace, arguments),
        Task::Cassettes => cassettes::run(&sh),
        Task::Pages => Ok(cmd!(
            sh,
            "cargo test --locked --package plugwright --test cli pages::"
        )
        .env("PLUGWRIGHT_WRITE_PAGES", "1")
        .run()?),
    }
}
