//! The `plugwright` binary, with the bundled connectors.

use std::process::ExitCode;

use plugwright_sdk::ConnectorDefinition;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BUNDLED: &[&ConnectorDefinition] = &[
    #[cfg(feature = "github")]
    &plugwright_github::CONNECTOR,
    #[cfg(feature = "gmail")]
    &plugwright_gmail::CONNECTOR,
    #[cfg(feature = "hackernews")]
    &plugwright_hackernews::CONNECTOR,
    #[cfg(feature = "todoist")]
    &plugwright_todoist::CONNECTOR,
];

fn main() -> ExitCode {
    plugwright::main(BUNDLED.iter().copied())
}
