//! Programs that the tasks need, and how each comes onto a machine.

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;
use xshell::{Cmd, Shell, cmd};

/// Runs the tests.
pub(crate) const NEXTEST: Subcommand = Subcommand {
    name: "nextest",
    package: "cargo-nextest@0.9.143",
    // Without the parts that update the program itself.
    options: &["--no-default-features"],
};

/// Fuzzes what reads bytes from the network.
pub(crate) const FUZZ: Subcommand = Subcommand {
    name: "fuzz",
    package: "cargo-fuzz@0.13.2",
    options: &[],
};

/// Checks the dependencies: duplicates, licences, where they come from.
pub(crate) const DENY: Subcommand = Subcommand {
    name: "deny",
    package: "cargo-deny@0.20.2",
    options: &[],
};

/// Compares a crate with the release before it.
pub(crate) const SEMVER_CHECKS: Subcommand = Subcommand {
    name: "semver-checks",
    package: "cargo-semver-checks@0.51.0",
    options: &[],
};

/// Lists what a crate offers.
pub(crate) const PUBLIC_API: Subcommand = Subcommand {
    name: "public-api",
    package: "cargo-public-api@0.52.0",
    options: &[],
};

/// A subcommand of Cargo that is built from a crate. The version is what these tasks were tried
/// with; a machine that has another one keeps it.
pub(crate) struct Subcommand {
    name: &'static str,
    package: &'static str,
    options: &'static [&'static str],
}

impl Subcommand {
    /// Makes sure that it can be called. It is installed with a quick build: cargo-deny's own
    /// profile takes more than twice as long as this one, and makes its checks a second faster.
    pub(crate) fn provide(&self, sh: &Shell) -> Result<()> {
        let &Self {
            name,
            package,
            options,
        } = self;
        if succeeds(cmd!(sh, "cargo {name} --version")) {
            return Ok(());
        }
        cmd!(sh, "cargo install --locked {package} {options...}")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .run()
            .with_context(|| format!("{package} cannot be installed"))
    }
}

/// For the vendors' clients that tests run; 20 is the oldest version that they were seen to run on.
pub(crate) const NODE: Program = Program {
    packages: &["nodejs", "npm"],
    probe: "npm --version && node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)'",
    missing: "Node.js 20 or newer with npm",
};

/// For tests on PostgreSQL, which look for it where Debian's package puts it.
pub(crate) const POSTGRES: Program = Program {
    packages: &["postgresql-15"],
    probe: "test -e /usr/lib/postgresql/15/bin/initdb",
    missing: "PostgreSQL 15 with /usr/lib/postgresql/15/bin/initdb",
};

/// For tests of processes whose clocks are wrong; it is in a directory of the machine's kind.
pub(crate) const FAKETIME: Program = Program {
    packages: &["libfaketime"],
    probe: "ls /usr/lib/*/faketime/libfaketimeMT.so.1",
    missing: "libfaketime with /usr/lib/*/faketime/libfaketimeMT.so.1",
};

/// For tests that look at pages.
pub(crate) const BROWSER: Program = Program {
    packages: &["chromium", "chromium-driver"],
    probe: "chromium --version && chromedriver --version",
    missing: "`chromium` with `chromedriver`",
};

/// For the vendors' clients that tests run in environments of their own; FastMCP needs 3.11.
pub(crate) const PYTHON: Program = Program {
    packages: &["python3", "python3-venv"],
    probe: "python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))'",
    missing: "Python 3.11 or newer with venv",
};

/// What tests run beside the crates, from packages of Debian.
pub(crate) struct Program {
    packages: &'static [&'static str],
    /// What a shell runs with success where the program is there.
    probe: &'static str,
    missing: &'static str,
}

impl Program {
    /// Makes sure that the program is there: with Debian's packages where they can be had.
    pub(crate) fn provide(&self, sh: &Shell) -> Result<()> {
        let &Self {
            packages,
            probe,
            missing,
        } = self;
        let is_there = || succeeds(cmd!(sh, "sh -c {probe}"));
        if !is_there() && succeeds(cmd!(sh, "apt-get --version")) {
            cmd!(
                sh,
                "apt-get install --yes --no-install-recommends {packages...}"
            )
            .env("DEBIAN_FRONTEND", "noninteractive")
            .run()
            .with_context(|| format!("{missing} cannot be installed: repeat it as root"))?;
        }
        if !is_there() {
            bail!("{missing} is not installed, and tests need it");
        }
        Ok(())
    }
}

pub(crate) fn name_of(choice: &impl ValueEnum) -> String {
    let value = choice.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

/// Whether a command can be started and ends well. Prints nothing.
pub(crate) fn succeeds(command: Cmd<'_>) -> bool {
    let command = command.quiet().ignore_stdout().ignore_stderr();
    command.run().is_ok()
}
