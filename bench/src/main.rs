//! Benchmarks of Plugwright against its limits.
//!
//! `cargo run --release -p plugwright-bench -- compile` measures what actions cost an author's
//! compiler; `-- files` measures how much memory a long file takes on its way; `-- gateway` measures
//! calls through the gateway against a bare pass-through. What they found goes into
//! docs/benchmarks.md.

mod compile;
mod files;
mod gateway;
mod report;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let outcome = match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["compile"] => compile::run(),
        ["files"] => files::run(),
        ["gateway", arguments @ ..] => gateway::run(arguments),
        _ => Err("usage: plugwright-bench compile|files|gateway".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
