//! `cargo xtask soak`: the property tests with many cases, the fault tests with many faults, fuzzing
//! for long, and the record of them in the book.

mod fuzz;
mod report;

use std::collections::BTreeMap;
use std::num::NonZero;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;
use xshell::{Cmd, Shell, cmd};

use self::report::Passed;
use crate::findings;
use crate::place::Place;
use crate::tool::{FAKETIME, NEXTEST, NODE, POSTGRES, PYTHON};

/// What the caller asks of `cargo xtask soak`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Cases of each law.
    #[arg(long, default_value_t = 200_000)]
    cases: u32,
    /// Kills of a gateway under load.
    #[arg(long, default_value_t = 50)]
    kills: u32,
    /// Kills of a gateway between a provider's commit and its own record.
    #[arg(long, default_value_t = 200)]
    reconcile_kills: u32,
    /// Stops of a gateway under load.
    #[arg(long, default_value_t = 20)]
    stops: u32,
    /// Slow clients at the same time.
    #[arg(long, default_value_t = 1_000)]
    clients: u32,
    /// Calls by the Rust client while its gateway is stopped and killed.
    #[arg(long, default_value_t = 10_000)]
    client_calls: u32,
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
    /// Hostile callers who send huge inputs at the same time.
    #[arg(long, default_value_t = 64)]
    hostile_callers: u32,
    /// Connections of each kind that makes no progress.
    #[arg(long, default_value_t = 400)]
    hostile_connections: u32,
    /// Idle connections that crowd a gateway, and those that wait within the first letters.
    #[arg(long, default_value_t = 6_000)]
    crowd: u32,
    /// Frames of HTTP/2 that a client floods a gateway with.
    #[arg(long, default_value_t = 1_000_000)]
    frames: u32,
    /// Requests made up for each operation of the OpenAPI documents.
    #[arg(long, default_value_t = 100)]
    openapi_examples: u32,
    /// Minutes of fuzzing for each reader of bytes from the network; 0 leaves it out.
    #[arg(long, default_value_t = 10)]
    fuzz_minutes: u32,
    /// Readers that are fuzzed at the same time; as many as there are cores if left out.
    #[arg(long)]
    fuzz_jobs: Option<NonZero<usize>>,
    /// Leaves out everything but the fuzzing.
    #[arg(long)]
    only_fuzz: bool,
    /// Fuzzes this reader alone; may be given several times. What is recorded of the others stays.
    #[arg(long, value_name = "NAME", requires = "only_fuzz")]
    reader: Vec<String>,
}

impl Arguments {
    /// The variables that tell the fault tests their counts.
    fn counts(&self) -> [(&'static str, u32); 14] {
        [
            ("FAULTS_KILLS", self.kills),
            ("RECONCILE_KILLS", self.reconcile_kills),
            ("FAULTS_STOPS", self.stops),
            ("FAULTS_CLIENTS", self.clients),
            ("FAULTS_CLIENT_CALLS", self.client_calls),
            ("REFRESH_EXPIRIES", self.expiries),
            ("REFRESH_CALLERS", self.callers),
            ("REFRESH_KILLS", self.refresh_kills),
            ("HOSTILE_CALLERS", self.hostile_callers),
            ("HOSTILE_SLOW_CLIENTS", self.hostile_connections),
            ("HOSTILE_CROWD", self.crowd),
            ("HOSTILE_UNDECIDED", self.crowd),
            ("HOSTILE_FRAMES", self.frames),
            ("OPENAPI_EXAMPLES", self.openapi_examples),
        ]
    }
}

/// The package and its binary that have these tests; only these are built.
const PACKAGE: &str = "plugwright-tests";
const BINARY: &str = "suite";
/// Laws are the tests of one module whose own names hold the word.
const LAWS: &str = "test(/^law::.*law_/)";
const FAULTS: &str = "test(/^(faults|hostile|openapi|refresh)::/)";

/// Where in the document each of them stands.
const SOAK: Place = Place("soak");
const FUZZ: Place = Place("fuzz");

/// Runs each test and each fuzzed reader by itself. What was found of tests is written only if all hold; of
/// readers, those that hold are.
pub(crate) fn run(sh: &Shell, arguments: &Arguments) -> Result<()> {
    // A document without marks is found before the long run, not after it.
    for place in [SOAK, FUZZ] {
        place.read(sh)?;
    }
    let cores = std::thread::available_parallelism().context("cannot count the cores")?;
    if !arguments.only_fuzz {
        let section = tests(sh, arguments, cores)?;
        SOAK.write(sh, &section)?;
        println!("{section}");
    }
    if arguments.fuzz_minutes > 0 {
        let jobs = arguments.fuzz_jobs.unwrap_or(cores);
        let run = fuzz::run(sh, arguments.fuzz_minutes, jobs, &arguments.reader)?;
        let section = report::fuzzing(&FUZZ.read(sh)?, &run, cores);
        FUZZ.write(sh, &section)?;
        println!("{section}");
        findings::none(&run.broken, "not every reader holds")?;
    }
    Ok(())
}

/// Runs laws and faults; returns the record of them.
fn tests(sh: &Shell, arguments: &Arguments, cores: NonZero<usize>) -> Result<String> {
    NEXTEST.provide(sh)?;
    for program in [NODE, POSTGRES, FAKETIME, PYTHON] {
        program.provide(sh)?;
    }
    let mut broken = Vec::new();
    let mut passed = |filter, counts: &[(&str, u32)]| -> Result<Vec<_>> {
        let mut passed = Vec::new();
        for name in names(sh, filter)? {
            let start = Instant::now();
            match run_test(sh, &name, counts) {
                Ok(()) => passed.push(Passed {
                    name,
                    duration: start.elapsed(),
                }),
                Err(error) => broken.push(format!("{name}: {error:#}")),
            }
        }
        Ok(passed)
    };
    let (cases, counts) = (arguments.cases, arguments.counts());
    let laws = passed(LAWS, &[("PROPTEST_CASES", cases)])?;
    let faults = passed(FAULTS, &counts)?;
    findings::none(
        &broken,
        "docs/benchmarks.md is left as it was, since not every law and fault test holds",
    )?;
    Ok(report::section(&laws, cases, &faults, &counts, cores))
}

fn run_test(sh: &Shell, name: &str, counts: &[(&str, u32)]) -> Result<()> {
    let counts = counts.iter().map(|(name, count)| (name, count.to_string()));
    let filter = format!("test(={name})");
    let run = nextest(sh, "run").args(["--profile", "soak", "--filterset", &filter]);
    Ok(run.envs(counts).run()?)
}

fn names(sh: &Shell, filter: &str) -> Result<Vec<String>> {
    let list = nextest(sh, "list").args(["--filterset", filter, "--message-format", "json"]);
    let names = matching(&list.read()?)?;
    if names.is_empty() {
        bail!("{PACKAGE} has no test that `{filter}` finds");
    }
    Ok(names)
}

/// Begins a command of nextest that concerns long runs alone.
fn nextest<'a>(sh: &'a Shell, subcommand: &str) -> Cmd<'a> {
    let nextest = cmd!(sh, "cargo nextest {subcommand} --cargo-profile release");
    nextest.args(["--locked", "--package", PACKAGE, "--test", BINARY])
}

/// The tests that nextest's list says it would run.
fn matching(list: &str) -> Result<Vec<String>> {
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

    let list: List = serde_json::from_str(list)
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
        let list = r#"{"rust-suites": {
            "plugwright-tests::laws": {"status": "listed", "testcases": {
                "law::schema": {"ignored": false, "filter-match": {"status": "matches"}},
                "other": {"ignored": false, "filter-match": {"status": "mismatch"}}
            }},
            "plugwright-tests::ui": {"status": "skipped"}
        }}"#;

        assert_eq!(matching(list).unwrap(), ["law::schema"]);
    }
}
