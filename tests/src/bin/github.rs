//! The command line with the stock GitHub connector alone.

use std::process::ExitCode;

fn main() -> ExitCode {
    plugwright::main([&plugwright_github::CONNECTOR])
}
