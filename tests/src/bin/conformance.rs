//! The command line with the connectors that MCP's conformance suite asks for.

use std::process::ExitCode;

fn main() -> ExitCode {
    plugwright::main(plugwright_tests::conformance::CONNECTORS)
}
