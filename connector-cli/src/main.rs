//! The `plugwright` binary, with the bundled connectors.

use std::process::ExitCode;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    plugwright::main(plugwright::BUNDLED.iter().copied())
}
