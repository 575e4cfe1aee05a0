//! The command line with connectors whose accounts people connect.

use std::process::ExitCode;

fn main() -> ExitCode {
    plugwright::main([
        &plugwright_tests::DESK,
        &plugwright_tests::MAIL,
        &plugwright_tests::CRM,
        &plugwright_tests::FREE,
    ])
}
