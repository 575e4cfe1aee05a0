//! Step `ui`: the compiler's messages for each mistake that an author can make.

use anyhow::{Context as _, Result};

use crate::command::{self, cargo};

pub(super) fn run() -> Result<()> {
    // The whole workspace is named so that features, and with them all dependencies, are the ones
    // that are built already; only plugwright-tests-ui has a test of this name.
    command::run(&mut cargo([
        "test",
        "--workspace",
        "--all-features",
        "--test",
        "ui",
        "--locked",
    ]))
    .context(
        "a message is not the pinned one: if the new one is better, \
         run `TRYBUILD=overwrite cargo test -p plugwright-tests-ui`",
    )
}
