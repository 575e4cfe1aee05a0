//! Step `format`: rustfmt with its default style.

use anyhow::{Context as _, Result};

use crate::command::{self, cargo};
use crate::tool::RUSTFMT;

pub(super) fn run() -> Result<()> {
    RUSTFMT.provide()?;
    command::run(&mut cargo(["fmt", "--all", "--check"]))
        .context("some files are not formatted: run `cargo fmt --all`")
}
