//! The command line with the connector of the tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    plugwright::main([&plugwright_tests::LOCAL])
}
