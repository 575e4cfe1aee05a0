//! Benchmarks of Plugwright against its limits.
//!
//! `cargo run --release -p plugwright-bench -- compile` measures what actions cost an author's
//! compiler; `-- dev` how long it takes from a save to an answer; `-- files` how much memory a long
//! file takes on its way; `-- gateway` measures
//! calls through the gateway against a bare pass-through; `-- hostile` measures what a good caller gets
//! beside hostile ones; `-- run-log` measures the run log alone.
//! What they found goes into docs/benchmarks.md.

mod compile;
mod dev_loop;
mod files;
mod gateway;
mod hostile;
mod report;
mod run_log;

use std::process::ExitCode;

/// That of the stock binary, for the floor too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let outcome = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["compile"] => compile::run(),
        ["dev"] => dev_loop::run(),
        ["files"] => files::run(),
        ["gateway", arguments @ ..] => gateway::run(arguments),
        ["hostile", arguments @ ..] => hostile::run(arguments),
        ["run-log"] => run_log::run(),
        _ => Err("usage: plugwright-bench compile|dev|files|gateway|hostile|run-log".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
