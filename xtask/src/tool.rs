//! Cargo subcommands that the tasks need, and how each comes onto a machine.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command::{cargo, output, run, succeeds};

/// Runs the tests.
pub(crate) const NEXTEST: Tool = Tool {
    subcommand: "nextest",
    source: Source::Crate {
        package: "cargo-nextest@0.9.143",
        // Without the parts that update the program itself.
        options: &["--no-default-features"],
    },
};

/// Fuzzes what reads bytes from the network.
pub(crate) const FUZZ: Tool = Tool {
    subcommand: "fuzz",
    source: Source::Crate {
        package: "cargo-fuzz@0.13.2",
        options: &[],
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

/// The oldest Node.js that the vendors' clients of the tests were seen to run on.
const OLDEST_NODE: u32 = 20;

/// Makes sure that Node.js and npm can be called: with Debian's packages where they are missing.
pub(crate) fn provide_node() -> Result<()> {
    let has_npm = || succeeds(Command::new("npm").arg("--version"));
    if !has_npm() && has_apt() {
        install_packages(&["nodejs", "npm"])?;
    }
    if !has_npm() {
        bail!("npm is not installed: install Node.js {OLDEST_NODE} or newer with npm");
    }
    let version = output(Command::new("node").arg("--version"))?;
    let version = String::from_utf8_lossy(&version).trim().to_owned();
    if major(&version).is_none_or(|major| major < OLDEST_NODE) {
        bail!(
            "Node.js is {version}, and the tests need {OLDEST_NODE} or newer: \
             run `npm install --global node@{OLDEST_NODE}`"
        );
    }
    Ok(())
}

/// The program that makes a database directory, where Debian's package puts it.
const INITDB: &str = "/usr/lib/postgresql/15/bin/initdb";

/// Makes sure that tests can start PostgreSQL servers: with Debian's package where it is missing.
pub(crate) fn provide_postgres() -> Result<()> {
    let is_there = || Path::new(INITDB).exists();
    if !is_there() && has_apt() {
        install_packages(&["postgresql-15"])?;
    }
    if !is_there() {
        bail!("PostgreSQL 15 is not installed: the tests look for {INITDB}");
    }
    Ok(())
}

/// What shifts the clocks of processes, below the directory of a machine's kind.
const FAKETIME: &str = "faketime/libfaketimeMT.so.1";

/// Makes sure that tests can run processes whose clocks are wrong: with Debian's package where it
/// is missing.
pub(crate) fn provide_faketime() -> Result<()> {
    let is_there = || {
        let kinds = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
        kinds
            .map(|kind| kind.path().join(FAKETIME))
            .any(|library| library.exists())
    };
    if !is_there() && has_apt() {
        install_packages(&["libfaketime"])?;
    }
    if !is_there() {
        bail!("libfaketime is not installed: the tests look for /usr/lib/*/{FAKETIME}");
    }
    Ok(())
}

/// Makes sure that tests can drive a browser: with Debian's packages where it is missing.
pub(crate) fn provide_browser() -> Result<()> {
    let is_there = || {
        let mut programs = ["chromium", "chromedriver"].into_iter();
        programs.all(|program| succeeds(Command::new(program).arg("--version")))
    };
    if !is_there() && has_apt() {
        install_packages(&["chromium", "chromium-driver"])?;
    }
    if !is_there() {
        bail!("`chromium` and `chromedriver` are not installed: tests look at pages with them");
    }
    Ok(())
}

/// Makes sure that Python can make environments: with Debian's packages where it can't.
pub(crate) fn provide_python() -> Result<()> {
    let has_venv = || succeeds(Command::new("python3").args(["-c", "import ensurepip, venv"]));
    if !has_venv() && has_apt() {
        install_packages(&["python3", "python3-venv"])?;
    }
    if !has_venv() {
        bail!("Python can't make environments: install Python 3.10 or newer with venv");
    }
    Ok(())
}

fn has_apt() -> bool {
    succeeds(Command::new("apt-get").arg("--version"))
}

/// Installs packages of Debian.
fn install_packages(names: &[&str]) -> Result<()> {
    run(Command::new("apt-get")
        .args(["install", "--yes", "--no-install-recommends"])
        .args(names)
        .env("DEBIAN_FRONTEND", "noninteractive"))
    .with_context(|| {
        let names = names.join(" ");
        format!("cannot install {names}: run `apt-get install {names}` as root")
    })
}

/// Reads the first number of `v20.11.0`.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_version_of_node() {
        assert_eq!(major("v20.20.2"), Some(20));
        assert_eq!(major("v9.0"), Some(9));
        assert_eq!(major("20.1"), None);
        assert_eq!(major(""), None);
    }
}
