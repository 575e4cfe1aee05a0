//! `cargo xtask soak`: the property tests with many cases, the fault tests with many faults, and
//! the record of them in the book.

mod report;

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use self::report::{Fault, Law};
use crate::command::{cargo, output, run as run_command};
use crate::tool::{self, NEXTEST};
use crate::workspace::Workspace;

/// What the caller asks of `cargo xtask soak`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Cases of each law.
    #[arg(long, default_value_t = 200_000)]
    cases: u32,
    /// Kills of a gateway under load.
    #[arg(long, default_value_t = 50)]
    kills: u32,
    /// Stops of a gateway under load.
    #[arg(long, default_value_t = 20)]
    stops: u32,
    /// Slow clients at the same time.
    #[arg(long, default_value_t = 1_000)]
    clients: u32,
    /// Expiries of credentials while gateways are killed, for each kind of store.
    #[arg(long, default_value_t = 1_000)]
    expiries: u32,
    /// Callers who need those credentials.
    #[arg(long, default_value_t = 200)]
    callers: u32,
    /// Kills of gateways around the refresh of credentials, a quarter of them in the window in
    /// which that costs the credential.
    #[arg(long, default_value_t = 40)]
    refresh_kills: u32,
}

impl Arguments {
    /// The variables that tell the fault tests their counts.
    fn counts(&self) -> [(&'static str, u32); 6] {
        [
            ("FAULTS_KILLS", self.kills),
            ("FAULTS_STOPS", self.stops),
            ("FAULTS_CLIENTS", self.clients),
            ("REFRESH_EXPIRIES", self.expiries),
            ("REFRESH_CALLERS", self.callers),
            ("REFRESH_KILLS", self.refresh_kills),
        ]
    }
}

/// Where the record stands, between the two marks that the report knows.
const DOCUMENT: &str = "docs/benchmarks.md";

/// The package and its binary that have these tests; only these are built.
const PACKAGE: &str = "plugwright-tests";
const BINARY: &str = "suite";
/// Laws are the tests of one module whose own names hold the word.
const LAWS: &str = "test(/^law::.*law_/)";
const FAULTS: &str = "test(/^(faults|refresh)::/)";

/// Runs each test by itself, and writes what was found only if all of them hold.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    NEXTEST.provide()?;
    tool::provide_node()?;
    tool::provide_postgres()?;
    tool::provide_faketime()?;
    let path = Workspace::load()?.root.join(DOCUMENT);
    let document =
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    // A document without marks is found before the long run, not after it.
    report::replace(&document, "").with_context(|| DOCUMENT)?;

    let mut laws = Vec::new();
    let mut broken = Vec::new();
    for name in names(LAWS)? {
        let start = Instant::now();
        let cases = [("PROPTEST_CASES", arguments.cases)];
        match run_test(&name, &cases) {
            Ok(()) => laws.push(Law {
                name,
                duration: start.elapsed(),
            }),
            Err(error) => broken.push(format!("{name}: {error:#}")),
        }
    }
    let mut faults = Vec::new();
    for name in names(FAULTS)? {
        let start = Instant::now();
        match run_test(&name, &arguments.counts()) {
            Ok(()) => faults.push(Fault {
                name,
                duration: start.elapsed(),
            }),
            Err(error) => broken.push(format!("{name}: {error:#}")),
        }
    }
    if !broken.is_empty() {
        bail!(
            "{DOCUMENT} is left as it was, since not every law and fault test holds\n  {}",
            broken.join("\n  ")
        );
    }

    let cores = std::thread::available_parallelism().context("cannot count the cores")?;
    let section = report::section(&laws, arguments.cases, &faults, &arguments.counts(), cores);
    fs::write(&path, report::replace(&document, &section)?)
        .with_context(|| format!("cannot write {}", path.display()))?;
    println!("{section}");
    Ok(())
}

fn run_test(name: &str, counts: &[(&str, u32)]) -> Result<()> {
    let mut command = nextest("run");
    command.args(["--profile", "soak", "--filterset"]);
    command.arg(format!("test(={name})"));
    let counts = counts.iter().map(|(name, count)| (name, count.to_string()));
    run_command(command.envs(counts))
}

fn names(filter: &str) -> Result<Vec<String>> {
    let mut command = nextest("list");
    command.args(["--filterset", filter, "--message-format", "json"]);
    let names = matching(&output(&mut command)?)?;
    if names.is_empty() {
        bail!("{PACKAGE} has no test that `{filter}` finds");
    }
    Ok(names)
}

/// Begins a command of nextest that concerns long runs alone.
fn nextest(subcommand: &str) -> Command {
    let mut command = cargo([
        "nextest",
        subcommand,
        "--cargo-profile",
        "release",
        "--locked",
    ]);
    command.args(["--package", PACKAGE, "--test", BINARY]);
    command
}

/// The tests that nextest's list says it would run.
fn matching(list: &[u8]) -> Result<Vec<String>> {
    #[derive(Deserialize)]
    struct List {
        #[serde(rename = "rust-suites")]
        suites: BTreeMap<String, Suite>,
    }
    #[derive(Deserialize)]
    struct Suite {
        #[serde(default)]
        testcases: BTreeMap<String, Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        #[serde(rename = "filter-match")]
        filter: Match,
    }
    #[derive(Deserialize)]
    struct Match {
        status: String,
    }

    let list: List = serde_json::from_slice(list)
        .context("cannot read the list of tests of this version of cargo-nextest")?;
    let cases = list.suites.into_values().flat_map(|suite| suite.testcases);
    Ok(cases
        .filter(|(_, case)| case.filter.status == "matches")
        .map(|(name, _)| name)
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_tests_that_match_from_the_list() {
        let list = br#"{"rust-suites": {
            "plugwright-tests::laws": {"status": "listed", "testcases": {
                "law::schema": {"ignored": false, "filter-match": {"status": "matches"}},
                "other": {"ignored": false, "filter-match": {"status": "mismatch"}}
            }},
            "plugwright-tests::ui": {"status": "skipped"}
        }}"#;

        assert_eq!(matching(list).unwrap(), ["law::schema"]);
    }
}
