//! What actions cost an author's compiler.
//!
//! Two crates are generated with 200 functions of five parameters each: plain async functions, and
//! the same as actions. Both are checked in turn, from nothing and after an edit, so that the
//! machine's mood meets both alike. Then one action of the GitHub connector is edited and checked.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::report::{self, Spread};

const ACTIONS: usize = 200;
const ROUNDS: usize = 9;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

pub(crate) fn run() -> Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .ok_or("the workspace has no root")?
        .to_owned();
    let bench = Bench {
        folder: root.join("target/bench-compile"),
        root,
    };
    let plain = bench.generate("plain", &plain_function)?;
    let actions = bench.generate("actions", &action_function)?;
    let mut samples: [Vec<Duration>; 5] = Default::default();
    // Dependencies are built once, outside of what is measured.
    bench.check(&plain)?;
    bench.check(&actions)?;
    for round in 0..ROUNDS {
        for (index, krate) in [&plain, &actions].into_iter().enumerate() {
            bench.forget(krate)?;
            samples[index].push(bench.check(krate)?);
            edit(&krate.join("src/lib.rs"), round)?;
            samples[2 + index].push(bench.check(krate)?);
        }
    }
    samples[4] = bench.edit_github()?;
    let [plain_cold, actions_cold, plain_edit, actions_edit, github] =
        samples.map(|samples| Spread::of(samples).ok_or("no samples"));
    let (plain_cold, actions_cold, plain_edit, actions_edit, github) = (
        plain_cold?,
        actions_cold?,
        plain_edit?,
        actions_edit?,
        github?,
    );
    let above = |actions: &Spread, plain: &Spread| {
        actions.median.as_secs_f64() - plain.median.as_secs_f64()
    };
    let text = format!(
        "\nMedian of {ROUNDS} rounds, least and greatest in brackets; the crates take turns in each round.\n\n\
         | `cargo check` of a crate with {ACTIONS} functions of 5 parameters | plain functions | actions | above plain |\n\
         | --- | --- | --- | --- |\n\
         | the crate from nothing (dependencies built) | {plain_cold} | {actions_cold} | {:.2} s |\n\
         | after an edit of one function | {plain_edit} | {actions_edit} | {:.2} s |\n\n\
         | `cargo check` of `plugwright-github` | time |\n\
         | --- | --- |\n\
         | after an edit of one action | {github} |\n\n",
        above(&actions_cold, &plain_cold),
        above(&actions_edit, &plain_edit),
    );
    println!("{text}");
    report::replace(&bench.root.join("docs/benchmarks.md"), "compile", &text)
}

struct Bench {
    root: PathBuf,
    folder: PathBuf,
}

impl Bench {
    fn generate(&self, name: &str, function: &dyn Fn(usize) -> String) -> Result<PathBuf> {
        let krate = self.folder.join(name);
        fs::create_dir_all(krate.join("src"))?;
        let sdk = self.root.join("connector-sdk");
        fs::write(
            krate.join("Cargo.toml"),
            format!(
                "[package]\nname = \"bench-{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
                 [dependencies]\nplugwright-sdk = {{ path = {:?} }}\n\n[workspace]\n",
                sdk.display().to_string()
            ),
        )?;
        // The workspace's versions, so that nothing is looked up or built anew.
        fs::copy(self.root.join("Cargo.lock"), krate.join("Cargo.lock"))?;
        let mut code = HEAD.to_owned();
        for index in 0..ACTIONS {
            code.push_str(&function(index));
        }
        if name == "actions" {
            let list: Vec<_> = (0..ACTIONS).map(|index| format!("list_{index}")).collect();
            write!(
                code,
                "pub static CONNECTOR: ConnectorDefinition = ConnectorDefinition::new(\"bench\", \"Bench\", \"1.0.0\")\n    \
                 .base_url(\"https://api.example.com\")\n    .actions(actions![{}]);\n",
                list.join(", ")
            )?;
        }
        fs::write(krate.join("src/lib.rs"), code)?;
        Ok(krate)
    }

    /// Runs `cargo check` and returns how long it took.
    fn check(&self, krate: &Path) -> Result<Duration> {
        let start = Instant::now();
        self.cargo(krate, &["check", "--quiet", "--offline"])?;
        Ok(start.elapsed())
    }

    /// Makes cargo forget what it knows of the crate itself, incremental state included.
    fn forget(&self, krate: &Path) -> Result<()> {
        let name = krate
            .file_name()
            .and_then(|name| name.to_str())
            .ok_or("the crate has no name")?;
        self.cargo(
            krate,
            &[
                "clean",
                "--quiet",
                "--offline",
                "--package",
                &format!("bench-{name}"),
            ],
        )
    }

    fn cargo(&self, folder: &Path, arguments: &[&str]) -> Result<()> {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(arguments)
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .output()?;
        if output.status.success() {
            return Ok(());
        }
        Err(format!(
            "cargo {} failed:\n{}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        )
        .into())
    }

    /// Edits one action of the GitHub connector, back and forth, and checks it each time.
    fn edit_github(&self) -> Result<Vec<Duration>> {
        let file = self.root.join("connectors/github/src/repos.rs");
        let before = fs::read_to_string(&file)?;
        let arguments = [
            "check",
            "--quiet",
            "--offline",
            "--package",
            "plugwright-github",
        ];
        let measured = (|| {
            self.cargo(&self.root, &arguments)?;
            let mut samples = Vec::new();
            for round in 0..ROUNDS {
                fs::write(
                    &file,
                    before.replace("Follows renames.", &format!("Follows renames {round}.")),
                )?;
                let start = Instant::now();
                self.cargo(&self.root, &arguments)?;
                samples.push(start.elapsed());
            }
            Ok(samples)
        })();
        fs::write(&file, before)?;
        measured
    }
}

/// Changes the body of one function.
fn edit(file: &Path, round: usize) -> Result<()> {
    let code = fs::read_to_string(file)?;
    let line = code
        .lines()
        .find(|line| line.contains("/things_7"))
        .ok_or("the generated crate has no function 7")?;
    let changed = code.replace(line, &format!("    cx.get(\"/things_7_{round}\")"));
    fs::write(file, changed)?;
    Ok(())
}

const HEAD: &str = "#![allow(dead_code, unused_imports)]\n\
    use plugwright_sdk::{ActionContext, ConnectorDefinition, Page, Param, Result, action, actions, model};\n\
    use plugwright_sdk::pagination::LinkHeader;\n\n\
    /// A thing.\n#[model]\npub struct Thing {\n    /// Id.\n    pub id: u64,\n    /// Name.\n    pub name: Option<String>,\n}\n\n\
    /// State.\n#[derive(Clone, Copy, Param)]\npub enum State {\n    /// Open.\n    Open,\n    /// Closed.\n    Closed,\n}\n\n";

fn body(index: usize) -> String {
    format!(
        "    cx.get(\"/things_{index}\")\n        .query(\"repo\", repo).query(\"state\", state).query(\"labels\", labels)\n        \
         .query(\"since\", since).query(\"per_page\", per_page)\n        .page(LinkHeader).await\n}}\n\n"
    )
}

fn plain_function(index: usize) -> String {
    format!(
        "/// Lists things.\npub async fn list_{index}(cx: &ActionContext, repo: String, state: Option<State>, \
         labels: Option<Vec<String>>, since: Option<String>, per_page: Option<u32>) -> Result<Page<Thing>> {{\n{}",
        body(index)
    )
}

fn action_function(index: usize) -> String {
    format!(
        "/// Lists things.\n#[action(\"things_{index}.list\", read)]\npub async fn list_{index}(\n    cx: &ActionContext,\n    \
         /// Repository.\n    #[param(length(1..=100))]\n    repo: String,\n    \
         /// State.\n    #[param(provider_default = State::Open)]\n    state: Option<State>,\n    \
         /// Labels.\n    labels: Option<Vec<String>>,\n    \
         /// First day.\n    #[param(format = \"date\")]\n    since: Option<String>,\n    \
         /// Items per page.\n    #[param(provider_default = 30, range(1..=100))]\n    per_page: Option<u32>,\n\
         ) -> Result<Page<Thing>> {{\n{}",
        body(index)
    )
}
