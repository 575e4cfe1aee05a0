//! Tasks of this repository, run as `cargo xtask <task>`.

mod build_cost;
mod cassettes;
mod command;
mod order;
mod pages;
mod place;
mod release;
mod soak;
mod test;
mod tool;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

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
    /// Writes the cassettes again, from their published recordings.
    Cassettes,
    /// Writes the book's pages about connectors again, from the definitions.
    Pages(pages::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Test(arguments) => test::run(&arguments),
        Task::Soak(arguments) => soak::run(&arguments),
        Task::Release(arguments) => release::run(&arguments),
        Task::BuildCost(arguments) => build_cost::run(&arguments),
        Task::Cassettes => cassettes::run(),
        Task::Pages(arguments) => pages::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
