//! `cargo xtask build-cost`: what building, testing and checking take, and the record in the book.

mod checks;
mod connectors;
mod edit;
mod spent;
mod table;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::ValueEnum;
use xshell::{Cmd, Shell, cmd};

use self::edit::Edit;
use self::spent::{Spent, spend};
use crate::findings;
use crate::place::Place;
use crate::tool::{self, NEXTEST};
use crate::workspace::{Package, Workspace};

/// What the caller asks of `cargo xtask build-cost`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Measures this alone; may be given several times.
    #[arg(long, value_enum, value_name = "COST")]
    only: Vec<Cost>,
    /// Writes each result into docs/benchmarks.md; what is not measured stays there as it is.
    #[arg(long)]
    write: bool,
}

/// What is measured, in this order.
#[derive(Clone, Copy, ValueEnum)]
enum Cost {
    /// Downloads of all crates, with an empty cache.
    Downloads,
    /// The first command of the README, from nothing.
    FirstCommand,
    /// The stock binary in the profile `release`, from nothing.
    Release,
    /// The stock binary as it is shipped, from nothing.
    Shipped,
    /// All tests, built from nothing and not run.
    TestBuild,
    /// All checks as CI runs them, from nothing.
    Test,
    /// The fast checks after an edit of the engine.
    Fast,
    /// `cargo check` after an edit of each published crate.
    Checks,
    /// Each connector, with its dependencies built.
    Connectors,
}

const PLACE: Place = Place("build-cost");

/// The table of costs that are no table of their own, by the first cell of its header.
const COSTS: &str = "What";

/// The crate that is edited before the fast checks.
const EDITED: &str = "plugwright-engine";

/// Measures a clone of the last commit, so that edits meet nobody's work.
pub(crate) fn run(sh: &Shell, workspace: &Workspace, arguments: &Arguments) -> Result<()> {
    let mut record = Record {
        sh,
        section: PLACE.read(sh)?,
        write: arguments.write,
    };
    warn_of_load();
    let bench = Bench::new(workspace)?;
    let costs = if arguments.only.is_empty() {
        Cost::value_variants()
    } else {
        &arguments.only
    };
    let mut failures = Vec::new();
    for cost in costs {
        // One that fails must not cost the others, which take an hour.
        if let Err(error) = cost.measure(&bench, &mut record) {
            failures.push(format!("{}: {error:#}", tool::name_of(cost)));
        }
    }
    sh.remove_path(&bench.folder)?;
    println!("{}", record.section);
    findings::none(&failures, "not everything was measured")
}

impl Cost {
    fn measure(self, bench: &Bench, record: &mut Record<'_>) -> Result<()> {
        let spent = match self {
            Self::Downloads => bench.downloads()?,
            Self::FirstCommand => bench.first_command()?,
            Self::Release => bench.binary("release")?,
            Self::Shipped => bench.binary("dist")?,
            Self::TestBuild => bench.test_build()?,
            Self::Test => bench.test()?,
            Self::Fast => bench.fast()?,
            Self::Checks => return checks::measure(bench, record),
            Self::Connectors => return connectors::measure(bench, record),
        };
        record.put(COSTS, self.label(), &spent.cells())
    }

    /// The first cell of its row.
    fn label(self) -> &'static str {
        match self {
            Self::Downloads => "downloads with an empty cache, `cargo fetch`",
            Self::FirstCommand => "the README's first command, from nothing",
            Self::Release => "the stock binary, `cargo build --release`, from nothing",
            Self::Shipped => "the shipped binary, `cargo build --profile dist`, from nothing",
            Self::TestBuild => "all tests built, not run, from nothing",
            Self::Test => "`cargo xtask test`, from nothing",
            Self::Fast => "`cargo xtask test --fast`, after an edit of the engine",
            Self::Checks => "`cargo check`",
            Self::Connectors => "connectors",
        }
    }
}

/// The section of the book, as far as it is measured.
struct Record<'a> {
    sh: &'a Shell,
    section: String,
    write: bool,
}

impl Record<'_> {
    /// Puts the last cells of a row, at once: a later measurement may be broken off.
    fn put(&mut self, table: &str, label: &str, cells: &[String]) -> Result<()> {
        self.section = table::put(&self.section, table, label, cells)?;
        eprintln!("<== {label}: {}", cells.join(", "));
        if self.write {
            PLACE.write(self.sh, &format!("\n{}\n", self.section))?;
        }
        Ok(())
    }
}

/// What is measured: a clone of the last commit.
struct Bench {
    folder: PathBuf,
    /// In the clone.
    sh: Shell,
    workspace: Workspace,
}

impl Bench {
    fn new(original: &Workspace) -> Result<Self> {
        let (sh, folder) = (Shell::new()?, original.target.join("build-cost"));
        sh.remove_path(&folder)?;
        let (root, checkout) = (&original.root, folder.join("checkout"));
        cmd!(sh, "git clone --quiet --local {root} {checkout}").run()?;
        sh.change_dir(checkout);
        // Downloads are a cost of their own.
        cmd!(sh, "cargo fetch --locked").run()?;
        let workspace = Workspace::load(&sh)?;
        Ok(Self {
            folder,
            sh,
            workspace,
        })
    }

    fn downloads(&self) -> Result<Spent> {
        let home = self.fresh("cargo-home")?;
        let spent = spend(&self.cargo(["fetch", "--locked"]).env("CARGO_HOME", &home));
        self.sh.remove_path(home)?;
        spent
    }

    fn first_command(&self) -> Result<Spent> {
        let readme = self.sh.read_file("README.md")?;
        let words = first_command(&readme).context("README.md has no line with `cargo run`")?;
        self.cold(self.cargo(words))
    }

    fn binary(&self, profile: &str) -> Result<Spent> {
        self.cold(self.cargo(["build", "--locked", "--profile", profile]))
    }

    fn test_build(&self) -> Result<Spent> {
        NEXTEST.provide(&self.sh)?;
        let words = "nextest run --locked --no-run --workspace --all-features";
        // As `.ci/run` has it.
        let build = self.cargo(words.split(' ')).env("CARGO_INCREMENTAL", "0");
        self.cold(build.env("CARGO_PROFILE_DEV_DEBUG", "false"))
    }

    fn test(&self) -> Result<Spent> {
        self.cold(as_cloned(self.sh.cmd(self.workspace.root.join(".ci/run"))))
    }

    fn fast(&self) -> Result<Spent> {
        let target = self.fresh("target")?;
        let command = self.cargo(["xtask", "test", "--fast"]).env(TARGET, &target);
        command.run()?;
        Edit::of(&self.sh, self.package(EDITED)?)?.make(&self.sh, 0)?;
        let spent = spend(&command);
        self.sh.remove_path(target)?;
        spent
    }

    /// Runs a command with an empty target directory.
    fn cold(&self, command: Cmd<'_>) -> Result<Spent> {
        let target = self.fresh("target")?;
        let spent = spend(&command.env(TARGET, &target));
        self.sh.remove_path(target)?;
        spent
    }

    /// A command of Cargo as a person who just cloned would run it.
    fn cargo<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Cmd<'_> {
        as_cloned(self.sh.cmd("cargo").args(words))
    }

    fn package(&self, name: &str) -> Result<&Package> {
        let package = self.workspace.published().find(|one| one.name == name);
        package.with_context(|| format!("no published crate is called {name}"))
    }

    fn fresh(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        self.sh.remove_path(&folder)?;
        Ok(self.sh.create_dir(&folder)?)
    }
}

/// Takes the variables away that would make builds other than those of a person who just cloned.
fn as_cloned(command: Cmd<'_>) -> Cmd<'_> {
    let command = command.env_remove("CARGO_BUILD_JOBS");
    let command = command.env_remove("CARGO_INCREMENTAL");
    command.env_remove("CARGO_PROFILE_DEV_DEBUG")
}

const TARGET: &str = "CARGO_TARGET_DIR";

/// The arguments of the first command that is meant to be typed.
fn first_command(readme: &str) -> Option<Vec<&str>> {
    let line = readme.lines().find(|line| line.starts_with("cargo run "))?;
    Some(line.split_whitespace().skip(1).collect())
}

/// Says if others keep the machine busy: times would be theirs as well.
fn warn_of_load() {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(1).and_then(|load| load.parse().ok());
    if let Some(load) = load.filter(|load: &f64| *load > 0.5) {
        eprintln!("warning: the machine is busy (load average over 5 minutes: {load})");
    }
}
