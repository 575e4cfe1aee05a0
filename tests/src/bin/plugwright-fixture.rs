//! The command line with the connectors that the environment names.

use std::process::ExitCode;

use plugwright_tests::Connectors;

fn main() -> ExitCode {
    match Connectors::from_environment() {
        Ok(connectors) => plugwright::main(connectors.definitions()),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
