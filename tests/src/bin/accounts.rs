//! The command line with the connectors whose accounts people connect.

use std::process::ExitCode;

use plugwright_tests::{FREE, KEYED, LOCAL, MACHINE, PAIRED, SIGNED, SOON};

fn main() -> ExitCode {
    plugwright::main([&SIGNED, &PAIRED, &KEYED, &MACHINE, &LOCAL, &FREE, &SOON])
}
