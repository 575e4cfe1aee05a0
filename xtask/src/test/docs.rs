//! Step `docs`: the documentation that docs.rs will show.

use anyhow::Result;

use crate::command::{self, cargo};

pub(super) fn run() -> Result<()> {
    let mut command = cargo([
        "doc",
        "--workspace",
        "--no-deps",
        "--all-features",
        "--locked",
    ]);
    command::run(command.env("RUSTDOCFLAGS", "--deny warnings"))
}
