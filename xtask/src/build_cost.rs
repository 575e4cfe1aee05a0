//! `cargo xtask build-cost`: what building, testing and checking take, and the record in the book.

mod checkout;
mod checks;
mod spent;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use clap::ValueEnum;

use self::checkout::Checkout;
use self::spent::{Spent, spend};
use crate::command::{self, cargo};
use crate::place::Place;
use crate::tool::NEXTEST;
use crate::workspace::Workspace;

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
}

const PLACE: Place = Place("build-cost");

/// The table of all costs but checks, by the first cell of its header.
const COSTS: &str = "What";

/// The crate that is edited before the fast checks.
const EDITED: &str = "plugwright-engine";

/// Measures a clone of the last commit, so that edits meet nobody's work.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let workspace = Workspace::load()?;
    let mut record = Record::read(&workspace.root, arguments.write)?;
    warn_of_load();
    let bench = Bench::new(&workspace)?;
    let costs = if arguments.only.is_empty() {
        Cost::value_variants()
    } else {
        &arguments.only
    };
    let mut failures = Vec::new();
    for cost in costs {
        // One that fails must not cost the others, which take an hour.
        if let Err(error) = cost.measure(&bench, &mut record) {
            failures.push(format!("{}: {error:#}", cost.name()));
        }
    }
    bench.remove()?;
    println!("{}", record.section);
    if !failures.is_empty() {
        bail!("not everything was measured\n  {}", failures.join("\n  "));
    }
    Ok(())
}

impl Cost {
    fn measure(self, bench: &Bench, record: &mut Record) -> Result<()> {
        let spent = match self {
            Self::Downloads => bench.downloads()?,
            Self::FirstCommand => bench.first_command()?,
            Self::Release => bench.binary("release")?,
            Self::Shipped => bench.binary("dist")?,
            Self::TestBuild => bench.test_build()?,
            Self::Test => bench.test()?,
            Self::Fast => bench.fast()?,
            Self::Checks => return checks::measure(bench, record),
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
        }
    }

    fn name(self) -> String {
        self.to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default()
    }
}

/// The section of the book, as far as it is measured.
struct Record {
    root: PathBuf,
    section: String,
    write: bool,
}

impl Record {
    fn read(root: &Path, write: bool) -> Result<Self> {
        Ok(Self {
            root: root.to_owned(),
            section: PLACE.read(root)?,
            write,
        })
    }

    /// Puts the last cells of a row, at once: a later measurement may be broken off.
    fn put(&mut self, table: &str, label: &str, cells: &[String]) -> Result<()> {
        self.section = table::put(&self.section, table, label, cells)?;
        eprintln!("<== {label}: {}", cells.join(", "));
        if self.write {
            PLACE.write(&self.root, &format!("\n{}\n", self.section))?;
        }
        Ok(())
    }
}

/// What is measured, and where.
struct Bench {
    folder: PathBuf,
    checkout: Checkout,
}

impl Bench {
    fn new(workspace: &Workspace) -> Result<Self> {
        let folder = workspace.target.join("build-cost");
        remove(&folder)?;
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        let checkout = Checkout::clone(&workspace.root, &folder.join("checkout"))?;
        // Downloads are a cost of their own.
        command::run(checkout.at(&mut cargo(["fetch", "--locked"])))?;
        Ok(Self { folder, checkout })
    }

    fn downloads(&self) -> Result<Spent> {
        let home = self.fresh("cargo-home")?;
        let mut command = cargo(["fetch", "--locked"]);
        let spent = spend(self.checkout.at(&mut command).env("CARGO_HOME", &home))?;
        remove(&home)?;
        Ok(spent)
    }

    fn first_command(&self) -> Result<Spent> {
        let path = self.checkout.workspace().root.join("README.md");
        let readme =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let words = first_command(&readme).context("README.md has no line with `cargo run`")?;
        self.cold(&mut cargo(words), &[])
    }

    fn binary(&self, profile: &str) -> Result<Spent> {
        self.cold(&mut cargo(["build", "--locked", "--profile", profile]), &[])
    }

    fn test_build(&self) -> Result<Spent> {
        NEXTEST.provide()?;
        let mut command = cargo(["nextest", "run", "--locked", "--no-run"]);
        command.args(["--workspace", "--all-features"]);
        self.cold(&mut command, &CI)
    }

    fn test(&self) -> Result<Spent> {
        self.cold(
            &mut Command::new(self.checkout.workspace().root.join(".ci/run")),
            &[],
        )
    }

    fn fast(&self) -> Result<Spent> {
        let target = self.fresh("target")?;
        let command = || {
            let mut command = cargo(["xtask", "test", "--fast"]);
            self.checkout.at(&mut command).env(TARGET, &target);
            command
        };
        command::run(&mut command())?;
        let edit = self.checkout.edit(EDITED)?;
        edit.make(0)?;
        let spent = spend(&mut command());
        remove(&target)?;
        spent
    }

    /// Runs a command with an empty target directory.
    fn cold(&self, command: &mut Command, variables: &[(&str, &str)]) -> Result<Spent> {
        let target = self.fresh("target")?;
        let command = self.checkout.at(command).env(TARGET, &target);
        let spent = spend(command.envs(variables.iter().copied()));
        remove(&target)?;
        spent
    }

    /// An empty folder.
    fn fresh(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        remove(&folder)?;
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(folder)
    }

    fn remove(self) -> Result<()> {
        remove(&self.folder)
    }
}

const TARGET: &str = "CARGO_TARGET_DIR";

/// What `.ci/run` sets for the same build.
const CI: [(&str, &str); 2] = [
    ("CARGO_INCREMENTAL", "0"),
    ("CARGO_PROFILE_DEV_DEBUG", "false"),
];

/// The arguments of the first command that is meant to be typed.
fn first_command(readme: &str) -> Option<Vec<&str>> {
    let line = readme.lines().find(|line| line.starts_with("cargo run "))?;
    Some(line.split_whitespace().skip(1).collect())
}

fn remove(folder: &Path) -> Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    fs::remove_dir_all(folder).with_context(|| format!("cannot remove {}", folder.display()))
}

/// Says if others keep the machine busy: times would be theirs as well.
fn warn_of_load() {
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').nth(1).and_then(|load| load.parse().ok());
    if let Some(load) = load.filter(|load: &f64| *load > 0.5) {
        eprintln!("warning: the machine is busy (load average over 5 minutes: {load})");
    }
}
