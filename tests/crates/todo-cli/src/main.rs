//! The command line with the connectors of our own.

use std::process::ExitCode;

fn main() -> ExitCode {
    plugwright::main([&plugwright_todo::CONNECTOR])
}
