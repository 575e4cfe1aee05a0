//! Cargo subcommands that the tasks need, and how each comes onto a machine.

use anyhow::{Context as _, Result, bail};

use crate::command::{cargo, run, succeeds};

/// Runs the tests.
pub(crate) const NEXTEST: Tool = Tool {
    subcommand: "nextest",
    source: Source::Crate {
        package: "cargo-nextest@0.9.143",
        // Without the parts that update the program itself.
        options: &["--no-default-features"],
    },
};

/// Checks the dependencies: duplicates, licences, where they come from.
pub(crate) const DENY: Tool = Tool {
    subcommand: "deny",
    source: Source::Crate {
        package: "cargo-deny@0.20.2",
        options: &[],
    },
};

/// Compares a crate with the release before it.
pub(crate) const SEMVER_CHECKS: Tool = Tool {
    subcommand: "semver-checks",
    source: Source::Crate {
        package: "cargo-semver-checks@0.51.0",
        options: &[],
    },
};

/// Lists what a crate offers.
pub(crate) const PUBLIC_API: Tool = Tool {
    subcommand: "public-api",
    source: Source::Crate {
        package: "cargo-public-api@0.52.0",
        options: &[],
    },
};

/// Formats the code.
pub(crate) const RUSTFMT: Tool = Tool {
    subcommand: "fmt",
    source: Source::Component { name: "rustfmt" },
};

/// Lints the code.
pub(crate) const CLIPPY: Tool = Tool {
    subcommand: "clippy",
    source: Source::Component { name: "clippy" },
};

/// A Cargo subcommand that Cargo does not bring along.
pub(crate) struct Tool {
    subcommand: &'static str,
    source: Source,
}

enum Source {
    /// Built from a crate. The version is what these tasks were tried with; a machine that has
    /// another one keeps it.
    Crate {
        package: &'static str,
        options: &'static [&'static str],
    },
    /// A part of the toolchain, which only the person who chose the toolchain should change.
    Component { name: &'static str },
}

impl Tool {
    /// Makes sure that the tool can be called, installing it where that is safe.
    pub(crate) fn provide(&self) -> Result<()> {
        if succeeds(&mut cargo([self.subcommand, "--version"])) {
            return Ok(());
        }
        match self.source {
            Source::Crate { package, options } => install(package, options),
            Source::Component { name } => bail!(
                "`cargo {}` is not installed: run `rustup component add {name}`",
                self.subcommand
            ),
        }
    }
}

/// Installs a crate's program, built for a quick build: cargo-deny's own profile takes twice as
/// long as this one, and does not make its checks noticeably faster.
fn install(package: &str, options: &[&str]) -> Result<()> {
    let mut command = cargo(["install", "--locked", package]);
    command
        .args(options)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    run(&mut command).with_context(|| {
        format!("cannot install {package}: repeat it with `cargo install --locked {package}`")
    })
}
