//! Benchmarks of Plugwright against its limits.
//!
//! `cargo run --release -p plugwright-bench -- catalog` measures a gateway with imported documents, and
//! `-- recall` counts how often its search finds the right action; `-- client` measures what the Rust client costs;
//! `-- compile` what actions cost an author's
//! compiler; `-- dev` how long it takes from a save to an answer; `-- files` how much memory a long
//! file takes on its way; `-- gateway` measures calls through the gateway against a bare pass-through; `-- hostile` measures what a good caller gets
//! beside hostile ones; `-- import PATH..` measures what importing documents takes; `-- run-log` measures
//! the run log alone.
//! What they found goes into docs/benchmarks.md.

mod catalog;
mod client;
mod compile;
mod dev_loop;
mod files;
mod gateway;
mod hostile;
mod http;
mod import;
mod kernel;
mod recall;
mod report;
mod run_log;

use anyhow::Result;
use clap::Parser;

/// That of the stock binary, for the floor too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Benchmarks of Plugwright against its limits.
#[derive(Parser)]
enum Benchmark {
    /// Measures a gateway with a catalog of imported documents.
    Catalog(catalog::Arguments),
    /// Measures calls by the Rust client against the same requests by reqwest.
    Client(report::Flags),
    /// Measures what actions cost an author's compiler.
    Compile,
    /// Measures how long it takes from a save to an answer with `plugwright dev`.
    Dev,
    /// Measures how much memory a long file takes on its way.
    Files,
    /// Measures calls through the gateway against a bare pass-through.
    Gateway(gateway::Arguments),
    /// Measures what a good caller gets beside hostile ones.
    Hostile(report::Flags),
    /// Measures what importing documents takes.
    Import(import::Arguments),
    /// Counts how often the search finds the right action.
    Recall(recall::Arguments),
    /// Measures the run log alone.
    RunLog,
}

fn main() -> Result<()> {
    match Benchmark::parse() {
        Benchmark::Catalog(arguments) => catalog::run(&arguments),
        Benchmark::Client(flags) => client::run(&flags),
        Benchmark::Compile => compile::run(),
        Benchmark::Dev => dev_loop::run(),
        Benchmark::Files => files::run(),
        Benchmark::Gateway(arguments) => gateway::run(arguments),
        Benchmark::Hostile(flags) => hostile::run(&flags),
        Benchmark::Import(arguments) => import::run(&arguments),
        Benchmark::Recall(arguments) => recall::run(&arguments),
        Benchmark::RunLog => run_log::run(),
    }
}

/// A runtime with the threads that a server has who does not think about it.
fn on_all_cores() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
}

fn on_one_core() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
