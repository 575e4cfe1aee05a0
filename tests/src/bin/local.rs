//! The command line with the connectors of the tests.

use std::process::ExitCode;

fn main() -> ExitCode {
    plugwright::main([&plugwright_tests::LOCAL, &plugwright_tests::FREE])
}
