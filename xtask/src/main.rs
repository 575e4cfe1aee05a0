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
use std::process::ExitCode;

use anyhow::Result;
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
        None => run(&Arguments::parse().task).map(|()| ExitCode::SUCCESS),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
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
