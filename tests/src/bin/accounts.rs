//! The command line with the connectors whose accounts people connect.

use std::process::ExitCode;

use plugwright_tests::{FREE, KEYED, LOCAL, PAIRED, SIGNED, SOON};

fn main() -> ExitCode {
    plugwright::main([&SIGNED, &PAIRED, &KEYED, &LOCAL, &FREE, &SOON])
}
